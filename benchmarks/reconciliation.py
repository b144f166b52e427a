"""How long reconciling lists and printing the paper take: three lists of 50,000 rows, and three of 300."""

import json
import random
import resource
from collections.abc import Callable
from typing import TypeVar

import django
import numpy as np
import polars as pl
from django.conf import settings

from kuager.engines.linkage import LinkResult
from kuager.engines.linkage.drawing.draws import PartitionDraws
from kuager.engines.linkage.rival_lists.reconciling import Reconciliation, reconcile

LISTS = ("a", "b", "c")
PAIRS = ["list_l", "id_l", "list_r", "id_r", "probability", "match_weight", "reasons"]
Answer = TypeVar("Answer")


def account_of(rows: int, chance: random.Random) -> Reconciliation:
    """Reconcile three invented lists that share many persons; every fiftieth row has no name."""
    frames = {
        name: pl.DataFrame(
            {
                "id": [str(number) for number in range(rows)],
                "name": [f"Асан Нұров {number}" if number % 50 else "" for number in range(rows)],
            }
        )
        for name in LISTS
    }
    listed = [(name, str(number), chance.randrange(1, 2 * rows)) for name in LISTS for number in range(rows)]
    clusters = pl.DataFrame(listed, schema=["list", "id", "cluster"], orient="row")
    doubtful = [
        ("a", str(chance.randrange(rows)), "b", str(chance.randrange(rows)), chance.random(), 0.0, "[]")
        for _ in range(rows)
    ]
    persons = clusters["cluster"].to_numpy().astype(np.int32)
    alone = np.arange(len(persons), dtype=np.int32) + 2 * rows
    random_numbers = np.random.default_rng(1)
    drawn = [np.where(random_numbers.random(len(persons)) < 0.01, alone, persons) for _ in range(100)]
    draws = PartitionDraws(clusters.select("list", "id"), np.stack(drawn).astype(np.int32), 0, 0)
    result = LinkResult(pl.DataFrame(doubtful, schema=PAIRS, orient="row"), clusters, (), len(listed))
    return reconcile(result, frames, draws=draws, claimed={"a": rows + 1})


def timed(act: Callable[[], Answer]) -> tuple[Answer, float]:
    """Return what an act answers, and the seconds of CPU that it took."""
    before = resource.getrusage(resource.RUSAGE_SELF)
    answer = act()
    after = resource.getrusage(resource.RUSAGE_SELF)
    return answer, round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 2)


def main() -> None:
    """Print one JSON object."""
    settings.configure(USE_I18N=True, USE_TZ=True)
    django.setup()
    from kuager.interfaces.shell.reconciliation.facts import Facts, Method, Side
    from kuager.interfaces.shell.reconciliation.paper import reconciliation_paper

    found = {}
    for rows in (300, 50_000):
        account, seconds = timed(lambda rows=rows: account_of(rows, random.Random(1)))
        sides = tuple(Side(name=name) for name in LISTS)
        facts = Facts(account=account, sides=sides, method=Method(version="benchmark", seed=1))
        digest, digest_seconds = timed(lambda facts=facts: facts.digest)
        printed, paper_seconds = timed(lambda facts=facts: reconciliation_paper(facts))
        found[f"3 x {rows}"] = {
            "reconcile_cpu_seconds": seconds,
            "digest_cpu_seconds": digest_seconds,
            "paper_cpu_seconds": paper_seconds,
            "pages": printed.pages,
            "bytes": len(printed.pdf),
            "digest": digest[:16],
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"cases": found, "peak_mib": peak}, indent=1))


if __name__ == "__main__":
    main()
