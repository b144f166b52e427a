"""Measure the register with invented people: writing, counting, searching. Prints one JSON object.

    .venv/bin/python benchmarks/register.py [--people 100000] [--keep FOLDER]

Uses a fresh SQLite database in a temporary folder, or the empty PostgreSQL database that KUAGER_DATABASE_URL
names. The people are made from parts of words and belong to nobody.
"""

import argparse
import json
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.people.rules import NewRecord
    from kuager.domain.register.rules import NewAssertion

AT = datetime(2026, 1, 1, tzinfo=UTC)
FIRST_DAY = date(2022, 1, 4)
TOLD = date(2022, 2, 1)
Found = TypeVar("Found")
HEADS = (
    *("Ас", "Бек", "Дар", "Ер", "Жан", "Кан", "Мар", "Нур", "Сан", "Тем"),
    *("Уал", "Аб", "Ай", "Бау", "Гал", "Ес", "Жум", "Кай", "Мед", "Рах"),
)
TAILS = (
    *("ат", "ан", "ар", "бек", "ет", "жан", "ил", "ис", "лан", "мат"),
    *("ник", "ол", "рат", "сул", "тан", "тай", "ур", "хан", "ын", "ия"),
)
ENDINGS = ("ов", "ев", "ин", "баев", "беков", "ханов", "жанов", "таев")
LATIN = str.maketrans(
    "абвгдежзийклмнопрстуфхцчшыэАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЫЭ",
    "abvgdejziyklmnoprstufhccsyeABVGDEJZIYKLMNOPRSTUFHCCSYE",
)


def made_up_name(chance: random.Random) -> str:
    """Make a family name and a given name from parts."""
    family = chance.choice(HEADS) + chance.choice(TAILS) + chance.choice(TAILS) + chance.choice(ENDINGS)
    given = chance.choice(HEADS) + chance.choice(TAILS) + chance.choice(["", "", chance.choice(TAILS)])
    return f"{family} {given}"


class Laps:
    """Times work by the clock on the wall, and by the processor: on a busy machine the first says little."""

    def __init__(self) -> None:
        self._laps: list[tuple[float, float]] = []

    def time(self, work: Callable[[], Found]) -> Found:
        """Run something once."""
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self._laps.append((1000 * (time.perf_counter() - wall), 1000 * (time.process_time() - cpu)))
        return result

    def summary(self) -> dict[str, float]:
        """Return the median and the 95th percentile in milliseconds, and those of the processor's time."""
        walls, cpus = (sorted(column) for column in zip(*self._laps, strict=True))
        place = min(len(walls) - 1, int(0.95 * len(walls)))
        return {
            "median_ms": round(statistics.median(walls), 1),
            "p95_ms": round(walls[place], 1),
            "cpu_median_ms": round(statistics.median(cpus), 1),
            "cpu_p95_ms": round(cpus[place], 1),
        }


def milliseconds(work: Callable[[], object], *, rounds: int = 15) -> dict[str, float]:
    """Run something several times."""
    laps = Laps()
    for _ in range(rounds):
        laps.time(work)
    return laps.summary()


def with_one_typo(name: str, chance: random.Random) -> str:
    """Replace one letter inside the family name."""
    place = chance.randrange(2, 5)
    return name[:place] + chance.choice("абеикостр") + name[place + 1 :]


def main() -> None:
    """Write in one process and ask in another, as an import and the pages do; print what it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--keep", type=Path, help="a folder for the database; a temporary one otherwise")
    parser.add_argument("--ask", action="store_true", help="only ask a register that was written before")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["KUAGER_DATA"] = str(arguments.keep or folder)
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuager.project.settings")
        from kuager.interfaces.cli.setup import start_django

        start_django()
        if arguments.ask:
            result = ask(arguments.people)
        else:
            result = write_afresh(arguments.people)
            command = [sys.executable, __file__, "--ask", "--people", str(arguments.people)]
            asked = subprocess.run(  # noqa: S603  # ourselves
                [*command, "--keep", os.environ["KUAGER_DATA"]], check=True, capture_output=True, text=True
            )
            result |= json.loads(asked.stdout)
        json.dump(result, sys.stdout, indent=2)
        sys.stdout.write("\n")


def write_afresh(people: int) -> dict[str, object]:
    """Fill an empty database."""
    from django.core.management import call_command
    from django.db import connection

    call_command("migrate", verbosity=0)
    written = write(people)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {"database": connection.vendor, "people": people, "write": written, "peak_memory_mib": peak}


def ask(people: int) -> dict[str, object]:
    """Ask questions of a full register."""
    from kuager.domain.people.models import Record

    chance = random.Random(7)  # reproducible, not secret
    names = [made_up_name(chance) for _ in range(people)]
    persons = list(Record.objects.order_by("id").values_list("home_person_id", flat=True))
    return {"count": counts(), "search": searches(names, persons)}


def write(people: int) -> dict[str, dict[str, float]]:
    """Import invented people as one list, then approve the deaths."""
    from django.db import transaction

    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.terms import Role
    from kuager.domain.people import operations as people_operations
    from kuager.domain.places.operations import load_places
    from kuager.domain.register import operations

    chance = random.Random(7)  # reproducible, not secret
    asel = create_user(username="asel", role=Role.DOCUMENTER)
    gulnar = create_user(username="gulnar", role=Role.DOCUMENTER)
    load_places(by=asel, at=AT)
    citation, consent = prepare_source(asel)
    names = [made_up_name(chance) for _ in range(people)]
    drafts = [new_record(name, citation, consent, chance) for name in names]
    taken: dict[str, dict[str, float]] = {}

    def lap(what: str, work: Callable[[], Found]) -> Found:
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        taken[what] = {
            "seconds": round(time.perf_counter() - wall, 2),
            "cpu_seconds": round(time.process_time() - cpu, 2),
        }
        return result

    with transaction.atomic():
        added = lap(
            "add_records",
            lambda: people_operations.add_records(drafts=drafts, by=asel, at=AT, cause="benchmark"),
        )
        assertions = new_assertions([record.id for record in added], citation, chance)
        numbers = lap(
            "add_assertions", lambda: operations.add_assertions(assertions=assertions, by=asel, at=AT)
        )
        persons = [record.home_person_id for record in added]
        lap("derive", lambda: operations.derive(persons, at=AT, cause="benchmark"))
    later = AT + timedelta(hours=1)
    lap(
        "approve the deaths",
        lambda: operations.approve_assertions(assertion_ids=numbers, by=gulnar, at=later),
    )
    return taken


def prepare_source(asel: "User") -> tuple[int, int]:
    """Write down the invented list and what may be published of it; return citation and consent."""
    from kuager.domain.sources import operations as sources

    publisher = sources.get_or_create_publisher(name="Invented list", kind="ngo", by=asel, at=AT)
    source = sources.add_source(publisher=publisher, kind="list", title="list", told_on=TOLD, by=asel, at=AT)
    consent = sources.record_consent(
        purpose="publication",
        given="already_public",
        fields=["name", "age", "place", "status"],
        given_on=TOLD,
        by=asel,
        at=AT,
    )
    return sources.add_citation(source=source, by=asel, at=AT).pk, consent.pk


def new_record(name: str, citation: int, consent: int, chance: random.Random) -> "NewRecord":
    """Make one record; three in ten write the name in Latin letters."""
    from kuager.domain.people.rules import NewRecord, RecordDraft
    from kuager.domain.people.terms import Sex

    age = chance.randrange(5, 80)
    draft = RecordDraft(
        name=name.translate(LATIN) if chance.random() < 0.3 else name,
        sex=chance.choice([Sex.MALE, Sex.MALE, Sex.FEMALE, Sex.UNKNOWN]),
        age_min=age,
        age_max=age,
        category=chance.choice(["", "", "bystander", "medic"]),
    )
    return NewRecord(draft=draft, citation_id=citation, told_on=TOLD, consent_id=consent)


def new_assertions(record_ids: list[int], citation: int, chance: random.Random) -> "list[NewAssertion]":
    """Make one status for each record, on some day of three weeks, in some place."""
    from kuager.core.dates import from_day
    from kuager.domain.places.queries import place_index
    from kuager.domain.register.rules import AssertionDraft, NewAssertion
    from kuager.domain.register.terms import Status

    statuses = (Status.DETAINED, Status.DETAINED, Status.DEAD, Status.INJURED, Status.MISSING)
    places = sorted(place_index().places)
    return [
        NewAssertion(
            record_id=record,
            citation_id=citation,
            draft=AssertionDraft(
                status=chance.choice(statuses),
                told_on=TOLD,
                since=from_day(FIRST_DAY + timedelta(days=chance.randrange(21))),
                place_id=chance.choice(places),
            ),
        )
        for record in record_ids
    ]


def counts() -> dict[str, dict[str, float]]:
    """Ask for counts of several kinds, as known now and as known before the approvals."""
    from kuager.domain.register import queries
    from kuager.domain.register.terms import Dimension

    asked: dict[str, tuple[Dimension, ...]] = {
        "status": (Dimension.STATUS,),
        "status,region": (Dimension.STATUS, Dimension.REGION),
        "region,sex,age_group": (Dimension.REGION, Dimension.SEX, Dimension.AGE_GROUP),
        "fate,custody,health,legal": (Dimension.FATE, Dimension.CUSTODY, Dimension.HEALTH, Dimension.LEGAL),
        "status,place,sex,age_group,category": (
            Dimension.STATUS,
            Dimension.PLACE,
            Dimension.SEX,
            Dimension.AGE_GROUP,
            Dimension.CATEGORY,
        ),
        "source,status": (Dimension.SOURCE, Dimension.STATUS),
    }
    day = date(2022, 1, 20)
    taken = {}
    for moment, known_at in (("now", None), ("past", AT + timedelta(minutes=1))):
        for name, by in asked.items():
            taken[f"{name} ({moment})"] = milliseconds(
                partial(queries.count, as_of=day, known_at=known_at, by=by)
            )
    taken["daily_counts of 90 days"] = milliseconds(
        lambda: queries.daily_counts(first=FIRST_DAY, last=FIRST_DAY + timedelta(days=90))
    )
    return taken


def searches(names: list[str], person_ids: list[int]) -> dict[str, dict[str, float]]:
    """Search known persons in several ways, and say how often that very person is among the 20 best.

    Several invented people share a name, and thousands a given name: not all of them fit into 20.
    """
    from kuager.domain.people.queries import search

    chance = random.Random(11)  # reproducible, not secret
    start = time.perf_counter()
    search("Асатов")
    results = {"first search of the process": {"ms": round(1000 * (time.perf_counter() - start), 1)}}
    ways: dict[str, Callable[[str], str]] = {
        "as written": lambda name: name,
        "in Latin letters": lambda name: name.translate(LATIN),
        "one typo": lambda name: with_one_typo(name, chance),
        "family name only": lambda name: name.split()[0],
        "given name only": lambda name: name.split()[1],
        "beginning": lambda name: name[:5],
        "family name and two letters": lambda name: name[: name.index(" ") + 3],
    }
    for way, change in ways.items():
        laps = Laps()
        found = 0
        for place in chance.sample(range(len(names)), 100):
            typed = change(names[place])
            hits = laps.time(partial(search, typed))
            found += any(hit.person_id == person_ids[place] for hit in hits)
        results[way] = laps.summary() | {"found_in_20": round(found / 100, 3)}
    return results


if __name__ == "__main__":
    main()
