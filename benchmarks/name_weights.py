"""Estimate the bits of each part of a name comparison, and check them by person-grouped cross-validation.

Usage: python benchmarks/name_weights.py [--data ../shared/data/linkage] [--folds 5]

Prints one JSON object: the bits for each role and level (to be frozen in ``engines/names/weights.py``), the
F1 of the verdict fold by fold, and the calibration error of P(same) on persons left out.
"""

import argparse
import csv
import json
import math
import random
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from kuager.engines.names import compare_names, comparing
from kuager.engines.names.weights import part_evidence

Pair = tuple[str, str, str, str, bool]
THRESHOLDS = (0.67, 0.69, 0.71, 0.73, 0.75, 0.77, 0.79, 0.81, 0.83)
STRANGERS = 20_000
_SMOOTH = 0.5


def read_pairs(path: Path) -> list[Pair]:
    """Return the judged pairs: two names, two persons, same or not."""
    with path.open(encoding="utf-8") as file:
        return [
            (row["name1"], row["name2"], row["person1"], row["person2"], row["is_match"] == "1")
            for row in csv.DictReader(file)
        ]


def strangers(pairs: list[Pair], count: int) -> list[Pair]:
    """Return pairs of names of two persons taken by lot, as two entries of two lists meet."""
    people = sorted({(pair[side], pair[side + 2]) for pair in pairs for side in (0, 1)})
    choose = random.Random(5)
    drawn = [choose.sample(people, 2) for _ in range(count)]
    return [(str(one), str(other), str(a), str(b), False) for (one, a), (other, b) in drawn if a != b]


def counts(pairs: Iterable[Pair]) -> Counter[tuple[str, str]]:
    """Return how often each role and level was seen."""
    seen: Counter[tuple[str, str]] = Counter()
    for one, other, *_ in pairs:
        seen.update(
            part_evidence(part.role, part.level, part.score) for part in compare_names(one, other).parts
        )
    return seen


def estimate(same: Iterable[Pair], different: Iterable[Pair]) -> dict[tuple[str, str], float]:
    """Return log2 of how much oftener each level is seen for one person than for two."""
    ones, twos = counts(same), counts(different)
    bits = {}
    for role, level in set(ones) | set(twos):
        in_same = sum(number for (other, _), number in ones.items() if other == role)
        in_two = sum(number for (other, _), number in twos.items() if other == role)
        chance = (ones[role, level] + _SMOOTH) / (in_same + 6 * _SMOOTH)
        luck = (twos[role, level] + _SMOOTH) / (in_two + 6 * _SMOOTH)
        bits[role, level] = round(math.log2(chance / luck), 1)
    return bits


def _probability(pair: Pair, bits: dict[tuple[str, str], float], prior: float) -> float:
    weight = sum(
        bits.get(part_evidence(part.role, part.level, part.score), 0.0)
        for part in compare_names(pair[0], pair[1]).parts
    )
    return float(1.0 / (1.0 + 2.0 ** -max(-60.0, min(60.0, prior + weight))))


def calibration_error(judged: list[tuple[float, bool]]) -> float:
    """Return the mean distance between what was promised and what came, in ten bins."""
    bins: dict[int, list[tuple[float, bool]]] = {}
    for chance, is_same in judged:
        bins.setdefault(min(9, int(10 * chance)), []).append((chance, is_same))
    wrong = sum(
        abs(sum(chance for chance, _ in rows) - sum(is_same for _, is_same in rows)) for rows in bins.values()
    )
    return wrong / len(judged)


def reliability(judged: list[tuple[float, bool]]) -> list[dict[str, float]]:
    """Return, for ten ranges of the probability, how many pairs, what was promised and what came."""
    table = []
    for tenth in range(10):
        rows = [(chance, is_same) for chance, is_same in judged if min(9, int(10 * chance)) == tenth]
        if rows:
            promised = sum(chance for chance, _ in rows) / len(rows)
            came = sum(is_same for _, is_same in rows) / len(rows)
            table.append({"pairs": len(rows), "promised": round(promised, 3), "came": round(came, 3)})
    return table


def cross_validate(pairs: list[Pair], folds: int) -> dict[str, object]:
    """Leave out a fold of persons each time; a pair is tested when both its persons are left out."""
    people = sorted({pair[side] for pair in pairs for side in (2, 3)})
    random.Random(7).shuffle(people)
    fold = {person: place % folds for place, person in enumerate(people)}
    others = strangers(pairs, STRANGERS)
    judged: list[tuple[float, bool]] = []
    hard: list[tuple[float, bool]] = []
    f1s = []
    for number in range(folds):
        train = [p for p in pairs + others if number not in (fold[p[2]], fold[p[3]])]
        tests = [p for p in pairs + others if fold[p[2]] == fold[p[3]] == number]
        bits = estimate([p for p in train if p[4]], [p for p in train if not p[4]])
        true = sum(p[4] for p in tests)
        prior = math.log2(true / (len(tests) - true))
        judged += [(_probability(p, bits, prior), p[4]) for p in tests]
        # The judged pairs alone: strangers among them were chosen because their names are alike.
        close = tests[: sum(fold[p[2]] == fold[p[3]] == number for p in pairs)]
        prior = math.log2(true / (len(close) - true))
        hard += [(_probability(p, bits, prior), p[4]) for p in close]
        found = [compare_names(p[0], p[1]).verdict == "same" for p in tests]
        hits = sum(a and p[4] for a, p in zip(found, tests, strict=True))
        f1s.append(round(2 * hits / (sum(found) + true), 4))
    return {
        "f1_by_fold": f1s,
        "tested": len(judged),
        "ece": round(calibration_error(judged), 4),
        "reliability": reliability(judged),
        "alike_tested": len(hard),
        "alike_ece": round(calibration_error(hard), 4),
        "alike_reliability": reliability(hard),
    }


def _f1(found: list[bool], true: list[bool]) -> float:
    hits = sum(one and other for one, other in zip(found, true, strict=True))
    return 2 * hits / max(sum(found) + sum(true), 1)


def refit(pairs: list[Pair], folds: int) -> dict[str, object]:
    """Choose the threshold of "same" on the other persons each time; only the threshold is chosen anew.

    Spelling rules, costs and the demands on each part were written while looking at all development pairs,
    so this still flatters the engine.
    """
    verdicts = {}
    frozen = comparing.SAME_FROM
    for threshold in THRESHOLDS:
        comparing.SAME_FROM = threshold
        verdicts[threshold] = [compare_names(pair[0], pair[1]).verdict == "same" for pair in pairs]
    comparing.SAME_FROM = frozen
    people = sorted({pair[side] for pair in pairs for side in (2, 3)})
    random.Random(11).shuffle(people)
    fold = {person: place % folds for place, person in enumerate(people)}
    chosen, found, true = [], [], []
    for number in range(folds):
        train = [i for i, p in enumerate(pairs) if number not in (fold[p[2]], fold[p[3]])]
        scores = {
            t: _f1([said[i] for i in train], [pairs[i][4] for i in train]) for t, said in verdicts.items()
        }
        best = max(scores.values())
        ties = [t for t in THRESHOLDS if scores[t] == best]
        threshold = ties[len(ties) // 2]
        chosen.append(threshold)
        # A pair of persons in two folds is tested with the first one's.
        tests = [i for i, p in enumerate(pairs) if fold[p[2]] == number]
        found += [verdicts[threshold][i] for i in tests]
        true += [pairs[i][4] for i in tests]
    return {"thresholds": chosen, "f1": round(_f1(found, true), 4)}


def main() -> None:
    """Estimate, check and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/linkage"))
    parser.add_argument("--folds", type=int, default=5)
    arguments = parser.parse_args()
    pairs = read_pairs(arguments.data / "names_gold_dev.csv")
    lot = strangers(pairs, STRANGERS)
    bits = estimate([p for p in pairs if p[4]], lot)
    table = {f"{role} {level}": value for (role, level), value in sorted(bits.items())}
    checked = {
        "cross_validation": cross_validate(pairs, arguments.folds),
        "threshold_refitted": refit(pairs, arguments.folds),
    }
    print(json.dumps({"bits": table} | checked, indent=1))


if __name__ == "__main__":
    main()
