"""Measure what the doubt about who is who does to an estimate; prints JSON.

Run: ``python benchmarks/linkage_uncertainty.py [REPEATS]`` (20 if not given).

1. ``calibrated``: three lists of 400 people; some true and some false pairs look equally likely (probability
   0.6, and so many of them true), the others are certain. What linkage would decide alone links all of them.
2. ``typed``: three lists of 400 invented people, typed with slips, linked by ``kuager.engines.linkage``.
3. ``hundred_partitions``: CPU seconds for 100 draws of who is who of the second kind, by each method.

How often draws hold the true number of persons is measured by ``linkage_coverage.py``.

Coverage is the share of repeats whose 95 % interval holds the true number; widths are their mean.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

from kuager.engines.estimation import METHODS, Estimate, Request, estimate
from kuager.engines.estimation.partitions import estimate_over_partitions, make_partitions
from kuager.engines.linkage import LinkResult, link
from kuager.engines.linkage.drawing.draws import draw_partitions
from kuager.engines.linkage.gathering.clusters import cluster

PERSONS = 400
CHANCES = (0.5, 0.45, 0.4)
LISTS = ("lawyers", "press", "families")
GIVEN = tuple("Asel Bolat Dana Erlan Farida Gulnar Damir Aigul Nurlan Madina Timur Zarina".split())  # noqa: SIM905
FAMILY = tuple("Nurov Kasymov Tulegen Abenov Sarsen Iskakov Omarov Zhunus Bekov Rakhim".split())  # noqa: SIM905
PLACES = tuple("Almaty Taraz Oral Aktau Semey Atyrau Kostanay Shymkent".split())  # noqa: SIM905
# Share of fields that are typed wrongly or left out.
SLIPS = 0.1


@dataclass(frozen=True)
class Outcome:
    """One repeat: the intervals with and without the doubt."""

    with_doubt: Estimate
    alone: Estimate

    def covers(self) -> tuple[bool, bool]:
        """Tell whether the intervals hold the true number."""
        low, high = self.with_doubt.interval
        least, most = self.alone.interval
        return low <= PERSONS <= high, least <= PERSONS <= most


def calibrated(seed: int, *, probability: float = 0.6, doubtful: float = 0.5) -> LinkResult:
    """Make links whose probability is right: that share of the doubtful pairs are the same person."""
    random = np.random.default_rng(seed)
    on = random.random((PERSONS, 3)) < np.array(CHANCES)
    records = [(place, person) for person in range(PERSONS) for place in range(3) if on[person, place]]
    row = {record: number for number, record in enumerate(records)}
    # Persons on one list only, kept apart for false pairs with each of the other two.
    alone = {
        (place, part): persons
        for place in range(3)
        for part, persons in enumerate(
            np.array_split(random.permutation(np.flatnonzero(on[:, place] & (on.sum(axis=1) == 1))), 2)
        )
    }
    pairs = []
    for one, two, halves in ((0, 1, (0, 0)), (0, 2, (1, 0)), (1, 2, (1, 1))):
        both = np.flatnonzero(on[:, one] & on[:, two])
        unsure = both[(random.random(len(both)) < doubtful) & (on[both].sum(axis=1) == 2)]
        pairs += [(row[one, p], row[two, p], 1 - 1e-9) for p in np.setdiff1d(both, unsure)]
        pairs += [(row[one, p], row[two, p], probability) for p in unsure]
        false = random.binomial(len(unsure), (1 - probability) / probability)
        others = zip(alone[one, halves[0]][:false], alone[two, halves[1]][:false], strict=False)
        pairs += [(row[one, p], row[two, q], probability) for p, q in others]
    return _links([LISTS[place] for place, _ in records], pairs)


def _links(names: list[str], pairs: list[tuple[int, int, float]]) -> LinkResult:
    ids = [str(number) for number in range(len(names))]
    scores = {(min(a, b), max(a, b)): p for a, b, p in pairs}
    numbers = cluster(names, scores, threshold=0.5, one_to_one=LISTS)
    left, right = [a for a, _ in scores], [b for _, b in scores]
    chance = np.array(list(scores.values()))
    table = pl.DataFrame(
        {
            "list_l": [names[a] for a in left],
            "id_l": [ids[a] for a in left],
            "list_r": [names[b] for b in right],
            "id_r": [ids[b] for b in right],
            "probability": chance,
            "match_weight": np.log2(chance / (1 - chance)),
        }
    )
    clusters = pl.DataFrame({"list": names, "id": ids, "cluster": numbers})
    return LinkResult(table, clusters, (), len(names))


def typed(seed: int) -> LinkResult:
    """Type invented people into three lists, with slips, and link the lists."""
    random = np.random.default_rng(seed)
    people = [_person(random) for _ in range(PERSONS)]
    frames = {}
    for name, chance in zip(LISTS, CHANCES, strict=True):
        rows = [
            {"id": str(number), **{field: _slip(field, value, random) for field, value in person.items()}}
            for number, person in enumerate(people)
            if random.random() < chance
        ]
        # The place of a row in its list must not tell who it is.
        order = random.permutation(len(rows)).tolist()
        frames[name] = pl.DataFrame(
            [rows[place] for place in order], schema=dict.fromkeys(["id", *people[0]], pl.String)
        )
    return link(frames, one_to_one=LISTS)


def _person(random: np.random.Generator) -> dict[str, str]:
    given, family, father = (str(random.choice(names)) for names in (GIVEN, FAMILY, GIVEN))
    date = f"{random.integers(1950, 2006)}-{random.integers(1, 13):02}-{random.integers(1, 29):02}"
    return {
        "name": f"{given} {family}",
        "father": father,
        "birth_date": date,
        "place": str(random.choice(PLACES)),
    }


def _slip(field: str, value: str, random: np.random.Generator) -> str | None:
    if random.random() > SLIPS:
        return value
    if field != "name" and random.random() < 0.6:
        return None
    if field == "birth_date":
        return f"{value[:5]}{random.integers(1, 13):02}{value[7:]}"
    place = int(random.integers(1, len(value)))
    return value[:place] + str(random.choice(list("aeiouyknrs"))) + value[place + 1 :]


def outcomes(make: Callable[[int], LinkResult], repeats: int, method: str) -> Iterator[Outcome]:
    """Estimate each repeat with and without the doubt."""
    for seed in range(repeats):
        found = make(seed)
        drawn = draw_partitions(found, draws=100, one_to_one=LISTS)
        decided = found.clusters.with_columns(draw=pl.lit(1))
        yield Outcome(
            with_doubt=estimate_over_partitions(make_partitions(drawn.to_dataframe()), method=method),
            alone=estimate(next(make_partitions(decided).histories()), method=method),
        )


def summary(make: Callable[[int], LinkResult], repeats: int, method: str) -> dict[str, object]:
    """Give coverage, widths and the share of the doubt that comes from who is who."""
    found = list(outcomes(make, repeats, method))
    covered = np.array([one.covers() for one in found]).mean(axis=0)
    widths = [
        [answer.interval[1] - answer.interval[0] for answer in (one.with_doubt, one.alone)] for one in found
    ]
    return {
        "repeats": repeats,
        "coverage_with_doubt": round(float(covered[0]), 3),
        "coverage_without": round(float(covered[1]), 3),
        "width_with_doubt": round(float(np.mean(widths, axis=0)[0]), 1),
        "width_without": round(float(np.mean(widths, axis=0)[1]), 1),
        "estimate_with_doubt": round(float(np.mean([one.with_doubt.estimate for one in found])), 1),
        "estimate_without": round(float(np.mean([one.alone.estimate for one in found])), 1),
        "between_share": round(
            float(np.mean([float(one.with_doubt.diagnostics["between_share"]) for one in found])), 3
        ),
        "between_share_largest": round(
            max(float(one.with_doubt.diagnostics["between_share"]) for one in found), 3
        ),
    }


def hundred_partitions() -> dict[str, object]:
    """Measure 100 partitions with each method."""
    found = typed(1)
    started = time.process_time()
    drawn = draw_partitions(found, draws=100, one_to_one=LISTS)
    figures: dict[str, object] = {
        "records": found.records,
        "drawing": round(time.process_time() - started, 2),
    }
    partitions = make_partitions(drawn.to_dataframe())
    figures["different_tables"] = len(set(partitions.histories()))
    for method in ("chao", "loglinear", "decomposable", "latent-class"):
        if method in METHODS:
            estimate(partitions.most_probable(), method=method)
            started, clock = time.process_time(), time.perf_counter()
            estimate_over_partitions(partitions, method=method, request=Request())
            figures[method] = {
                "cpu_seconds": round(time.process_time() - started, 2),
                "seconds": round(time.perf_counter() - clock, 2),
            }
    return figures


def main() -> None:
    """Measure and print."""
    repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 20
    figures = {
        "true_persons": PERSONS,
        "calibrated": summary(calibrated, repeats, "decomposable"),
        "typed": summary(typed, repeats, "decomposable"),
        "hundred_partitions": hundred_partitions(),
    }
    print(json.dumps(figures, indent=2))


if __name__ == "__main__":
    main()
