"""Measure a publication of invented people: building, proving, and the public pages. Prints one JSON object.

    python benchmarks/publication.py [--people 100000] [--keep FOLDER]

Uses a fresh database like benchmarks/register.py, which makes the people.
"""

import argparse
import json
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import register as people_of

DAY = date(2022, 1, 25)
PAGES = {
    "home": "",
    "how do we know": "figures/detained/",
    "people, first page": "people/",
    "people, last page": "people/?page=999999",
    "people, filtered": "people/?status=missing&sex=female&age_group=30-44",
    "snapshots": "snapshots/",
    "map": "snapshots/1/pictures/map.svg",
}


def main() -> None:
    """Write people, publish them and read the pages; print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="a folder for the database; a temporary one otherwise")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KUAGER_DATA"] = str(arguments.keep or folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuager.project.settings")
        from kuager.interfaces.cli.setup import start_django

        start_django()
        people_of.write_afresh(arguments.people)
        chance = random.Random(7)  # the same names as people_of.write makes
        names = [people_of.made_up_name(chance) for _ in range(arguments.people)]
        answer = {"people": arguments.people, "publication": publication(), "pages": pages(names)}
        answer["peak_memory_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
        json.dump(answer, sys.stdout, indent=2)
        sys.stdout.write("\n")


def publication() -> dict[str, dict[str, float]]:
    """Build, publish, prove, build a second one to compare with, and write the files."""
    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.terms import Role
    from kuager.domain.publication import operations, queries

    farida = create_user(username="farida", role=Role.EDITOR)
    at = people_of.AT + timedelta(hours=2)
    taken: dict[str, dict[str, float]] = {}

    def lap(what: str, work: Callable[[], people_of.Found]) -> people_of.Found:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        taken[what] = {
            "seconds": round(time.perf_counter() - wall, 2),
            "cpu_seconds": round(time.process_time() - cpu, 2),
        }
        return result

    def build() -> object:
        return operations.build_snapshot(as_of=DAY, by=farida, at=at, is_example=True)

    snapshot = lap("build the first", build)
    lap("publish", lambda: operations.publish_snapshot(snapshot=snapshot, by=farida, at=at))
    lap("verify", lambda: queries.verify_snapshot(snapshot))
    lap("verify against the register", lambda: queries.verify_snapshot(snapshot, recompute=True))
    lap("build the second, with differences", build)
    with tempfile.TemporaryDirectory() as folder:
        lap("write the files", lambda: operations.export_snapshot(snapshot, Path(folder) / "out"))
    return taken


def pages(names: list[str]) -> dict[str, dict[str, float]]:
    """Ask for public pages as a stranger does."""
    from django.test import Client

    client = Client(headers={"host": "localhost"})

    def ask(address: str) -> None:
        status = client.get(f"/en/{address}").status_code
        if status != 200:
            raise SystemExit(f"{address}: {status}")

    taken = {
        name: people_of.milliseconds(lambda address=address: ask(address)) for name, address in PAGES.items()
    }
    searched = iter(names * 2)
    taken["search for a name"] = people_of.milliseconds(
        lambda: client.post("/en/people/", {"text": next(searched)}), rounds=50
    )
    return taken


if __name__ == "__main__":
    main()
