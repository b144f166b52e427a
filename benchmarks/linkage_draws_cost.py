"""What 100 draws of who is who, errors by stratum and clusters cost; prints JSON.

Run: ``python benchmarks/linkage_draws_cost.py [RECORDS] [CLUSTERED]`` (10,000 and 1,000,000 if not given).

``draws``: invented people with names of two syllables, in three lists of which one repeats 5 %, with 10 %
slips; linked with the defaults. ``clusters``: scored pairs made at random, two in three persons on more than
one list, every twentieth true pair not compared, and false pairs for a quarter of the records.
"""

import json
import resource
import sys
import time
from itertools import product

import numpy as np
import polars as pl

from kuager.engines.linkage import link
from kuager.engines.linkage.drawing.draws import draw_partitions
from kuager.engines.linkage.gathering.cluster_quality import cluster_doubts, cluster_quality
from kuager.engines.linkage.gathering.clusters import Links, gather_persons
from kuager.engines.linkage.gathering.quality import expected_errors

SYLLABLES = (
    "bo",
    "lat",
    "nur",
    "lan",
    "das",
    "ta",
    "ai",
    "gul",
    "ser",
    "ik",
    "mu",
    "rat",
    "zha",
    "nat",
    "er",
    "ke",
)
NAMES = tuple(f"{one}{two}".title() for one, two in product(SYLLABLES, SYLLABLES))
PLACES = ("Almaty", "Taraz", "Oral", "Aktau", "Semey", "Atyrau", "Kostanay", "Shymkent")
SLIPS = 0.1


def frames(records: int) -> dict[str, pl.DataFrame]:
    """Type invented people into three lists of a third of the records each."""
    random = np.random.default_rng(1)
    people = int(records / 1.35)
    said = [
        (f"{random.choice(NAMES)} {random.choice(NAMES)}ov", f"{random.integers(1950, 2006)}",
         str(random.choice(NAMES)), str(random.choice(PLACES)))
        for _ in range(people)
    ]  # fmt: skip
    lists = {}
    for name, repeats in (("lawyers", 0.0), ("press", 0.0), ("families", 0.05)):
        chosen = np.flatnonzero(random.random(people) < records / 3 / people)
        chosen = np.concatenate([chosen, chosen[random.random(len(chosen)) < repeats]])
        rows = []
        for row, person in enumerate(random.permutation(chosen).tolist()):
            slips = random.random(4) < SLIPS
            values = [None if slip else value for slip, value in zip(slips, said[person], strict=True)]
            full = said[person][0]
            values[0] = full if not slips[0] else f"{full[:2]}y{full[3:]}"
            rows.append((f"{person}.{row}", *values))
        lists[name] = pl.DataFrame(rows, schema=["id", "name", "birth_date", "father", "place"], orient="row")
    return lists


def scored_pairs(records: int) -> tuple[list[str], Links]:
    """Make scored pairs of records at random."""
    random = np.random.default_rng(1)
    person = np.sort(random.integers(0, int(records / 2.5), records))
    left, right, chance = [], [], []
    for apart in range(1, 8):
        one = np.arange(records - apart)
        found = one[(person[one] == person[one + apart]) & (random.random(len(one)) < 0.95)]
        left.append(found)
        right.append(found + apart)
        chance.append(1 - 0.9 * random.random(len(found)) ** 12)
    false = np.sort(random.integers(0, records, (records // 4, 2)), axis=1)
    left.append(false[:, 0])
    right.append(false[:, 1])
    chance.append(random.random(len(false)) ** 20)
    ends = np.concatenate(left), np.concatenate(right)
    kept = np.unique(ends[0] * records + ends[1], return_index=True)[1]
    kept = kept[ends[0][kept] != ends[1][kept]]
    lists = [f"list{number}" for number in random.integers(0, 4, records)]
    return lists, Links(ends[0][kept], ends[1][kept], np.concatenate(chance)[kept])


def _peak_mib() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def draws_cost(records: int) -> dict[str, object]:
    """Measure draws, errors and quality."""
    once = ["lawyers", "press"]
    found = link(frames(records), one_to_one=once)
    draw_partitions(link(frames(60), one_to_one=once), draws=2, one_to_one=once)
    before, started = _peak_mib(), time.process_time()
    drawn = draw_partitions(found, draws=100, one_to_one=once)
    seconds = {"draws": time.process_time() - started}
    for name, measure in (
        ("expected_errors", lambda: expected_errors(found, draws=drawn)),
        ("cluster_quality", lambda: cluster_quality(found, drawn)),
        ("cluster_doubts", lambda: cluster_doubts(found, drawn)),
    ):
        started = time.process_time()
        measure()
        seconds[name] = time.process_time() - started
    true = found.clusters["id"].str.split(".").list.first().n_unique()
    persons = cluster_quality(found, drawn)
    return {
        "records": found.records,
        "pairs_that_may_be_links": 0 if found.doubt is None else len(found.doubt.pairs.left),
        "persons": {"true": true, "linked": found.cluster_count, "drawn": persons.persons_interval},
        "cpu_seconds": {name: round(value, 2) for name, value in seconds.items()},
        "peak_mib_before_and_after": (before, _peak_mib()),
    }


def clusters_cost(records: int) -> dict[str, object]:
    """Measure gathering."""
    lists, links = scored_pairs(records)
    started = time.process_time()
    found = gather_persons(lists, links, threshold=0.5)
    return {
        "records": records,
        "pairs": len(links.left),
        "kept_apart": len(found.kept_apart),
        "cpu_seconds": round(time.process_time() - started, 2),
        "peak_mib": _peak_mib(),
    }


def main() -> None:
    """Measure and print."""
    records, clustered = (int(word) for word in (*sys.argv[1:], *("10000", "1000000")[len(sys.argv) - 1 :]))
    print(json.dumps({"draws": draws_cost(records), "clusters": clusters_cost(clustered)}, indent=2))


if __name__ == "__main__":
    main()
