"""Measure clerical review: what answers are worth in which order, and whether measured quality is honest.

Usage: python benchmarks/linkage_review.py [--data ../shared/data/linkage] [--answers 300] [--batch 100]
       [--repeats 400] [coverage gaza-ar gaza-en generated generated-100k us …]

Prints one JSON object. For each set a reviewer who knows the truth answers so many pairs in batches, and
the lists are scored anew after each: F1 of the pairs at probability >= 0.5 before and after, F1 and ECE on
pairs that were not judged, for three orders: ``review_order``, nearest to one half, and random.
``coverage`` repeats a double review of invented links: how often the 95 % intervals of
``measured_quality`` hold the truth.
"""

import argparse
import json
import runpy
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from kuager.engines.linkage import LinkResult, linking, workplaces
from kuager.engines.linkage.reviewing import double_review_sample, measured_quality, review_order

LINKAGE = runpy.run_path(str(Path(__file__).with_name("linkage.py")))
KEYS = ["list_l", "id_l", "list_r", "id_r"]
Choose = Callable[[LinkResult, pl.DataFrame, int, np.random.Generator], pl.DataFrame]


def _open(result: LinkResult, judged: pl.DataFrame) -> pl.DataFrame:
    turned = judged.select(list_l="list_r", id_l="id_r", list_r="list_l", id_r="id_l")
    known = pl.concat([judged.select(KEYS), turned])
    return result.pairs.sort(KEYS).join(known, on=KEYS, how="anti", maintain_order="left")


def by_information(
    result: LinkResult, judged: pl.DataFrame, number: int, random: np.random.Generator
) -> pl.DataFrame:
    """Ask what teaches most."""
    del random
    return review_order(result, judgements=judged, limit=number)


def nearest_half(
    result: LinkResult, judged: pl.DataFrame, number: int, random: np.random.Generator
) -> pl.DataFrame:
    """Ask what is least certain."""
    del random
    return _open(result, judged).sort((pl.col("probability") - 0.5).abs(), maintain_order=True).head(number)


def at_random(
    result: LinkResult, judged: pl.DataFrame, number: int, random: np.random.Generator
) -> pl.DataFrame:
    """Ask anything that was reported."""
    pairs = _open(result, judged)
    return pairs[random.choice(pairs.height, min(number, pairs.height), replace=False).tolist()]


ORDERS: dict[str, Choose] = {"queue": by_information, "nearest 0.5": nearest_half, "random": at_random}


class Lists:
    """Lists that are read, compared and trained on once; judgements are then scored as ``link`` would."""

    def __init__(self, task) -> None:  # type: ignore[no-untyped-def]  # a Task of the other benchmark
        self.task = task
        self.once = tuple(task.frames) if task.one_to_one else ()
        self._kept: dict[str, object] = {}

    def scored(self, judgements: pl.DataFrame | None = None) -> LinkResult:
        """Link; what does not look at judgements is done the first time only.

        Every pair that the simulation asks is among those compared, so that these stay the same.
        """
        steps = (
            (linking, "prepare"),
            (workplaces, "chosen_pairs"),
            (linking, "_compare"),
            (linking, "_train"),
        )
        usual = [getattr(module, name) for module, name in steps]
        for (module, name), function in zip(steps, usual, strict=True):
            setattr(module, name, self._once(name, function))
        try:
            return linking.link(self.task.frames, one_to_one=self.once, judgements=judgements)
        finally:
            for (module, name), function in zip(steps, usual, strict=True):
                setattr(module, name, function)

    def _once(self, name: str, function):  # type: ignore[no-untyped-def]
        def kept(*given):  # type: ignore[no-untyped-def]
            if name not in self._kept:
                self._kept[name] = function(*given)
            return self._kept[name]

        return kept

    def verdicts(self, pairs: pl.DataFrame) -> pl.DataFrame:
        """Answer as the truth does."""
        person = self.task.person
        rows = pairs.select(KEYS).rows()
        said = ["same" if person[a, b] == person[c, d] else "different" for a, b, c, d in rows]
        return pairs.select(KEYS).with_columns(verdict=pl.Series(said, dtype=pl.String))


def _f1(lists: Lists, result: LinkResult, judged: pl.DataFrame | None = None) -> float:
    pairs = result.pairs if judged is None else _open(result, judged)
    task = lists.task
    if judged is not None:
        task = replace(task, true_pairs=task.true_pairs - (judged["verdict"] == "same").sum())
    rows = pairs.filter(pl.col("probability") >= 0.5).select(KEYS).rows()
    return LINKAGE["_scores"]([((a, b), (c, d)) for a, b, c, d in rows], task)["f1"]


def _ece(lists: Lists, result: LinkResult, judged: pl.DataFrame) -> float:
    return LINKAGE["calibration"](replace(result, pairs=_open(result, judged)), lists.task)["ece"]


def review(lists: Lists, choose: Choose, answers: int, batch: int) -> dict[str, float]:
    """Let a reviewer who knows the truth answer."""
    started, random = time.process_time(), np.random.default_rng(1)
    result = lists.scored()
    judged = pl.DataFrame(schema=dict.fromkeys([*KEYS, "verdict"], pl.String))
    before, before_ece = _f1(lists, result), _ece(lists, result, judged)
    while judged.height < answers:
        asked = choose(result, judged, min(batch, answers - judged.height), random)
        if not asked.height:
            break
        judged = pl.concat([judged, lists.verdicts(asked)])
        result = lists.scored(judged)
    return {
        "f1_before": before,
        "f1_after": _f1(lists, result),
        "f1_not_judged": _f1(lists, result, judged),
        "ece_before": before_ece,
        "ece_not_judged": _ece(lists, result, judged),
        "answers": judged.height,
        "same": round(float((judged["verdict"] == "same").mean()), 3),
        "cpu_seconds": round(time.process_time() - started, 1),
    }


def invented_links(random: np.random.Generator, wrongness: float) -> tuple[LinkResult, dict[str, bool]]:
    """Invent 4,000 linked and 3,000 unlinked pairs whose probabilities are off by so many bits on average."""
    bits = np.concatenate([random.normal(6.0, 3.0, 4_000), random.normal(-4.0, 2.0, 3_000)])
    said = 1.0 / (1.0 + np.exp2(-bits))
    true = random.random(len(bits)) < 1.0 / (1.0 + np.exp2(-(bits + random.normal(0.0, wrongness))))
    keep = np.flatnonzero(said >= 0.01)
    keys = [str(row) for row in keep]
    table = pl.DataFrame(
        {"list_l": "a", "id_l": keys, "list_r": "b", "id_r": keys, "probability": said[keep]}
    )
    numbers = np.arange(len(keep))
    other = np.where(said[keep] >= 0.5, numbers, numbers + len(keep))
    clusters = pl.DataFrame(
        {
            "list": ["a"] * len(keep) + ["b"] * len(keep),
            "id": keys * 2,
            "cluster": np.concatenate([numbers, other]),
        }
    )
    pairs = table.with_columns(match_weight=pl.Series(bits[keep]))
    return LinkResult(pairs, clusters, (), 2 * len(keep)), dict(zip(keys, true[keep].tolist(), strict=True))


def coverage(repeats: int, size: int, wrongness: float) -> dict[str, float]:
    """Count how often the intervals hold the truth."""
    held, widths, points = np.zeros(3), np.zeros(3), 0
    for seed in range(repeats):
        result, true = invented_links(np.random.default_rng(seed), wrongness)
        sample = double_review_sample(result, size=size, seed=seed)
        said = ["same" if true[key] else "different" for key in sample["id_l"]]
        found = measured_quality(sample.with_columns(verdict=pl.Series(said)))
        linked = result.pairs["probability"].to_numpy() >= 0.5
        same = np.array([true[key] for key in result.pairs["id_l"]])
        right = (linked & same).sum()
        truth = (right / linked.sum(), right / same.sum(), 2 * right / (linked.sum() + same.sum()))
        for place, (one, value) in enumerate(
            zip((found.precision, found.recall, found.f1), truth, strict=True)
        ):
            held[place] += one.low <= value <= one.high
            widths[place] += one.high - one.low
            points += one.low == one.high
    names = ("precision", "recall", "f1")
    shares = {name: round(float(count) / repeats, 3) for name, count in zip(names, held, strict=True)}
    wide = {
        f"width_{name}": round(float(sum_) / repeats, 4) for name, sum_ in zip(names, widths, strict=True)
    }
    return {**shares, **wide, "points": points}


def all_coverage(repeats: int) -> dict[str, dict[str, float]]:
    """Vary the sample's size and how wrong the probabilities are."""
    return {
        f"size {size}, off by {wrongness:g} bits": coverage(repeats, size, wrongness)
        for size in (100, 200, 400)
        for wrongness in (0.0, 1.0, 3.0)
    }


def _lists(name: str, data: Path) -> Lists:
    if name == "generated-100k":
        return Lists(LINKAGE["generated"](data, 100_000))
    task = LINKAGE["TASKS"][name](data)
    return Lists(replace(task, one_to_one=True) if name.startswith("gaza") else task)


def main() -> None:
    """Run what is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", default=["coverage", "gaza-ar", "gaza-en", "generated"])
    parser.add_argument("--data", type=Path, default=Path("../shared/data/linkage"))
    parser.add_argument("--answers", type=int, default=300)
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--repeats", type=int, default=400)
    parser.add_argument("--orders", nargs="*", default=list(ORDERS), choices=list(ORDERS))
    asked = parser.parse_args()
    figures: dict[str, object] = {}
    for name in asked.sets:
        if name == "coverage":
            figures[name] = all_coverage(asked.repeats)
            continue
        lists = _lists(name, asked.data)
        figures[name] = {
            order: review(lists, ORDERS[order], asked.answers, asked.batch) for order in asked.orders
        }
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
