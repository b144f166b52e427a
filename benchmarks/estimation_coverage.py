"""How often do the intervals hold the truth, and does the guard refuse where they do not? Prints JSON.

Run: ``python benchmarks/estimation_coverage.py [--replicates 100] [--methods a,b] [--keep FILE]``.

Populations are drawn with a known number of people and known chances of being on each list; every method
estimates from the lists alone. A replicate that was done is kept in FILE and not done again, so that the
study can be interrupted. Coverage of a lower bound is the share of replicates where its lower end is not
above the truth: all that "at least" claims.
"""

import argparse
import json
import sys
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import KuagerError
from kuager.engines.estimation import CaptureHistories, Request, estimate

METHODS = (
    "chapman",
    "chao",
    "loglinear",
    "sample-coverage",
    "no-highest-interaction",
    "decomposable",
    "latent-class",
    "sparse",
)


@dataclass(frozen=True)
class Group:
    """People who are alike: how many, and their chance of being on each list."""

    people: int
    chances: tuple[float, ...]


@dataclass(frozen=True)
class Population:
    """A population and, for two of its lists, how much likelier those on the first are on the second.

    Parameters
    ----------
    odds : float
        Odds ratio of being on the second list for people on the first; 1 is independence.

    """

    name: str
    groups: tuple[Group, ...]
    odds: float = 1.0

    @property
    def size(self) -> int:
        """People in all."""
        return sum(group.people for group in self.groups)

    def draw(self, random: np.random.Generator) -> CaptureHistories:
        """Draw who is on which list."""
        rows = np.concatenate([self._rows(group, random) for group in self.groups])
        lists = [f"L{number}" for number in range(1, rows.shape[1] + 1)]
        return CaptureHistories.from_memberships(lists, rows[rows.any(axis=1)].tolist())

    def _rows(self, group: Group, random: np.random.Generator) -> NDArray[np.int64]:
        chances = np.array(group.chances)
        rows = random.random((group.people, len(chances))) < chances
        if self.odds != 1:
            own = chances[1] / (1 - chances[1])
            # People on the first list have the odds times those of the others; the margin stays as given.
            low, high = 0.0, 1.0
            for _ in range(60):
                middle = (low + high) / 2
                base = middle / (1 - middle)
                on_first = self.odds * base / (1 + self.odds * base)
                margin = chances[0] * on_first + (1 - chances[0]) * middle
                low, high = (middle, high) if margin < own / (1 + own) else (low, middle)
            base = low / (1 - low)
            chance = np.where(rows[:, 0], self.odds * base / (1 + self.odds * base), low)
            rows[:, 1] = random.random(group.people) < chance
        return rows.astype(np.int64)


def _alike(name: str, people: int, chances: Sequence[float], odds: float = 1.0) -> Population:
    return Population(name, (Group(people, tuple(chances)),), odds)


POPULATIONS = (
    _alike("independent, 3 lists, N=300", 300, (0.7, 0.4, 0.7)),
    _alike("independent, 3 lists, N=2,000", 2000, (0.3, 0.25, 0.35)),
    _alike("independent, 4 lists, N=1,000", 1000, (0.4, 0.3, 0.25, 0.35)),
    _alike("independent, 5 lists, N=2,000", 2000, (0.3, 0.2, 0.25, 0.15, 0.3)),
    _alike("independent, 6 lists, N=2,000", 2000, (0.25, 0.2, 0.2, 0.15, 0.3, 0.1)),
    Population(
        "visible and hidden, 3 lists, N=350", (Group(240, (0.85, 0.45, 0.85)), Group(110, (0.15, 0.1, 0.15)))
    ),
    Population(
        "lists avoid each other's, 3 lists, N=320",
        (Group(200, (0.9, 0.25, 0.9)), Group(120, (0.2, 0.6, 0.15))),
    ),
    Population(
        "visible and hidden, 4 lists, N=1,500",
        (Group(700, (0.6, 0.5, 0.5, 0.4)), Group(800, (0.15, 0.2, 0.1, 0.15))),
    ),
    Population(
        "a little hidden, 4 lists, N=1,665",
        (Group(999, (0.45, 0.4, 0.35, 0.3)), Group(666, (0.15, 0.2, 0.1, 0.12))),
    ),
    Population(
        "visible and hidden, 5 lists, N=2,000",
        (Group(800, (0.6, 0.4, 0.5, 0.4, 0.3)), Group(1200, (0.15, 0.2, 0.1, 0.15, 0.1))),
    ),
    Population(
        "three kinds of people, 5 lists, N=2,000",
        (
            Group(500, (0.7, 0.6, 0.5, 0.6, 0.5)),
            Group(800, (0.3, 0.1, 0.3, 0.1, 0.2)),
            Group(700, (0.05, 0.2, 0.05, 0.15, 0.1)),
        ),
    ),
    Population(
        "visible and hidden, 6 lists, N=2,000",
        (Group(800, (0.5, 0.4, 0.4, 0.4, 0.3, 0.2)), Group(1200, (0.15, 0.15, 0.1, 0.15, 0.1, 0.1))),
    ),
    _alike("two lists depend, odds 3, 4 lists, N=1,000", 1000, (0.4, 0.3, 0.25, 0.35), 3.0),
    _alike("two lists depend, odds 3, 5 lists, N=2,000", 2000, (0.3, 0.2, 0.25, 0.15, 0.3), 3.0),
    _alike("two lists avoid, odds 1/3, 4 lists, N=1,000", 1000, (0.4, 0.3, 0.25, 0.35), 1 / 3),
    _alike("thin, 4 lists, N=400", 400, (0.12, 0.1, 0.08, 0.15)),
)


def replicate(population: Population, number: int, methods: Sequence[str]) -> Iterator[dict[str, object]]:
    """Draw one data set and estimate by every method."""
    seed = zlib.crc32(f"{population.name}/{number}".encode())
    histories = population.draw(np.random.default_rng(seed))
    for method in methods:
        if method == "chapman" and len(histories.lists) > 2:
            histories_used = histories.select(histories.lists[:2])
        else:
            histories_used = histories
        row: dict[str, object] = {"population": population.name, "replicate": number, "method": method}
        try:
            answer = estimate(histories_used, method=method, request=Request(seed=number + 1))
        except KuagerError as error:
            yield row | {"refused": type(error).__name__}
            continue
        low, high = answer.interval
        yield row | {
            "truth": population.size,
            "estimate": answer.estimate,
            "low": low,
            "high": high if np.isfinite(high) else None,
            "bound": answer.is_lower_bound,
            "publishable": answer.publishable,
            "trial_shortfall": answer.diagnostics.get("trial_shortfall"),
        }


def summary(rows: Sequence[dict[str, object]]) -> list[dict[str, object]]:
    """Count how often the intervals held the truth, by population and method."""
    found: dict[tuple[object, object], list[dict[str, object]]] = {}
    for row in rows:
        found.setdefault((row["population"], row["method"]), []).append(row)
    return [_of_one(key, group) for key, group in found.items()]


def _of_one(key: tuple[object, object], group: list[dict[str, object]]) -> dict[str, object]:
    answered = [row for row in group if "refused" not in row]
    published = [row for row in answered if row["publishable"]]
    answer: dict[str, object] = {"population": key[0], "method": key[1], "replicates": len(group)}
    if answered:
        ratio = np.array([float(str(row["estimate"])) / float(str(row["truth"])) for row in answered])
        width = [
            (float(str(row["high"])) - float(str(row["low"]))) / float(str(row["truth"]))
            for row in answered
            if row["high"] is not None
        ]
        answer |= {
            "covered": sum(map(_holds, answered)) / len(answered),
            "median_estimate_to_truth": round(float(np.median(ratio)), 3),
            "median_width_to_truth": round(float(np.median(width)), 3) if width else None,
            "publishable": len(published),
            "published_as_interval": sum(not row["bound"] for row in published),
            "published_true": sum(map(_holds_as_published, published)) / len(published)
            if published
            else None,
        }
    return answer


def _holds(row: dict[str, object]) -> bool:
    """Tell whether the interval holds the truth."""
    low, truth = float(str(row["low"])), float(str(row["truth"]))
    return low <= truth and (row["high"] is None or truth <= float(str(row["high"])))


def _holds_as_published(row: dict[str, object]) -> bool:
    """Tell whether what would be printed is true: of a lower bound only its lower end is claimed."""
    return float(str(row["low"])) <= float(str(row["truth"])) if row["bound"] else _holds(row)


def main() -> None:
    """Run the study and print it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--replicates", type=int, default=100)
    options.add_argument("--first", type=int, default=0, help="number of the first: other people are drawn")
    options.add_argument("--methods", default=",".join(METHODS))
    options.add_argument("--keep", type=Path)
    options.add_argument("--part", default="0/1", help="this/of: share the work between processes")
    chosen = options.parse_args()
    this, parts = map(int, chosen.part.split("/"))
    methods = chosen.methods.split(",")
    rows: list[dict[str, object]] = []
    if chosen.keep and chosen.keep.exists():
        rows = [json.loads(line) for line in chosen.keep.read_text().splitlines()]
    done = {(row["population"], row["replicate"], row["method"]) for row in rows}
    for number in range(chosen.first + this, chosen.first + chosen.replicates, parts):
        for population in POPULATIONS:
            wanted = [name for name in methods if (population.name, number, name) not in done]
            fresh = list(replicate(population, number, wanted))
            rows += fresh
            if chosen.keep:
                with chosen.keep.open("a") as kept:
                    kept.writelines(json.dumps(row) + "\n" for row in fresh)
        sys.stderr.write(f"\r{number - chosen.first + 1} of {chosen.replicates} ")
    sys.stdout.write(json.dumps(summary(rows), indent=1) + "\n")


if __name__ == "__main__":
    main()
