"""Measure the names engine on real spellings and on a large vocabulary.

Usage: python benchmarks/names.py [--data ../shared/data/linkage]

Prints one JSON object: F1 at the frozen verdict, a Latin list against a Cyrillic list of one country (one to
one), people of one family accepted as one, the persons of OpenSanctions' adversarial cases, pairs a second
(words new to the engine, and known), rank-1 recall ("search one spelling: is the same person found first?"),
time to make search keys and time to search 60,000 keys. Bits and cross-validation: ``name_weights.py``.
"""

import argparse
import csv
import json
import random
import time
from collections.abc import Iterator
from pathlib import Path

from kuager.engines.names import (
    Script,
    Vocabulary,
    compare_names,
    consonants,
    detect_script,
    judge_names,
    parse_name,
    query_keys,
    search_keys,
    skeletons,
)

VOCABULARY_SIZE = 60_000
NAMES_FOR_KEYS = 100_000
_MISSING = 3.0
_NEAR = 40
_STARTS = (
    "ай",
    "бек",
    "дар",
    "ер",
    "жан",
    "қай",
    "мар",
    "нұр",
    "сай",
    "тас",
    "ұла",
    "шың",
    "бол",
    "ғал",
    "өте",
)
_ENDS = (
    "дар",
    "бек",
    "лан",
    "жан",
    "хан",
    "мыр",
    "тай",
    "гүл",
    "зат",
    "сұл",
    "нар",
    "рат",
    "ман",
    "кен",
    "дос",
)


def _rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def compare_pairs(rows: list[dict[str, str]]) -> dict[str, float]:
    """Return precision, recall and F1 of the verdict, and the speed."""
    seconds = []
    found: list[bool] = []
    for _ in range(2):
        start = time.perf_counter()
        found = [compare_names(row["name1"], row["name2"]).verdict == "same" for row in rows]
        seconds.append(time.perf_counter() - start)
    true = [row["is_match"] == "1" for row in rows]
    hits = sum(a and b for a, b in zip(found, true, strict=True))
    return {
        "pairs": len(rows),
        "precision": round(hits / max(sum(found), 1), 4),
        "recall": round(hits / sum(true), 4),
        "f1": round(2 * hits / (sum(found) + sum(true)), 4),
        "pairs_per_second_cold": round(len(rows) / seconds[0]),
        "pairs_per_second_warm": round(len(rows) / seconds[1]),
    }


def _f1(hits: int, found: int, true: int) -> float:
    return round(2 * hits / max(found + true, 1), 4)


def link_lists(rows: list[dict[str, str]], region: str) -> dict[str, float]:
    """Link one Latin and one Cyrillic form of each person of a country, best pairs first, each used once."""
    lists: dict[Script, dict[str, str]] = {Script.LATIN: {}, Script.CYRILLIC: {}}
    for row in rows:
        for side in "12":
            script = detect_script(row[f"name{side}"])
            if row["region"] == region and script in lists:
                lists[script].setdefault(row[f"person{side}"], row[f"name{side}"])
    ones, others = list(lists[Script.LATIN].items()), list(lists[Script.CYRILLIC].items())
    pairs = [(one, other) for one in ones for other in others]
    judged = list(judge_names([(one[1], other[1]) for one, other in pairs]))
    order = sorted(range(len(pairs)), key=lambda place: -judged[place].score)
    used: set[tuple[str, str]] = set()
    hits = found = 0
    for place in order:
        (one, _), (other, _) = pairs[place]
        if judged[place].verdict != "same" or used & {("left", one), ("right", other)}:
            continue
        used |= {("left", one), ("right", other)}
        found, hits = found + 1, hits + (one == other)
    true = len(set(dict(ones)) & set(dict(others)))
    return {
        "latin": len(ones),
        "cyrillic": len(others),
        "links": true,
        "f1_one_to_one": _f1(hits, found, true),
    }


def _shares_family(row: dict[str, str]) -> bool:
    families = [parse_name(row[f"name{side}"]).family for side in "12"]
    ones, others = ({consonants(form) for form in skeletons(family)} for family in families)
    return bool(ones & others)


def accept_families(rows: list[dict[str, str]]) -> dict[str, float]:
    """Count different people of one family name whose names are judged the same."""
    close = [row for row in rows if row["is_match"] == "0" and _shares_family(row)]
    accepted = sum(compare_names(row["name1"], row["name2"]).verdict == "same" for row in close)
    return {"pairs": len(close), "accepted": accepted, "share": round(accepted / max(len(close), 1), 4)}


def open_sanctions(path: Path) -> dict[str, float]:
    """Return F1 of the verdict on the persons of OpenSanctions' cases."""
    rows = [row for row in _rows(path) if row["schema"] == "Person"]
    found = [compare_names(row["name1"], row["name2"]).verdict == "same" for row in rows]
    true = [row["is_match"] == "true" for row in rows]
    hits = sum(a and b for a, b in zip(found, true, strict=True))
    return {"pairs": len(rows), "f1": _f1(hits, sum(found), sum(true))}


def judge_speed(rows: list[dict[str, str]]) -> dict[str, float]:
    """Time 20,000 distinct pairs of strangers and the judged pairs, on one core, in CPU seconds."""
    names = sorted({row[f"name{side}"] for row in rows for side in "12"})
    choose = random.Random(1)
    strangers = [(one, other) for one, other in (choose.sample(names, 2) for _ in range(20_000))]
    judged = [(row["name1"], row["name2"]) for row in rows] * 10
    speeds: dict[str, float] = {}
    for label, pairs in (("new_words", strangers), ("strangers", strangers), ("judged", judged)):
        start = time.process_time()
        count = sum(1 for _ in judge_names(pairs))
        speeds[f"{label}_per_second"] = round(count / (time.process_time() - start))
    return speeds


class Index:
    """Every name form under its keys, searched as the register does."""

    def __init__(self, names: list[str]) -> None:
        self.names = names
        self.keys = [{key.key for key in search_keys(name)} for name in names]
        self.vocabulary = Vocabulary(key for keys in self.keys for key in keys)
        self.holders: dict[str, list[int]] = {}
        for number, keys in enumerate(self.keys):
            for key in keys:
                self.holders.setdefault(key, []).append(number)

    def first(self, typed: str, *, but: int) -> int | None:
        """Return the best other form: least distance over the typed words, then the likeliest name."""
        words = [self._near(alternatives) for alternatives in query_keys(typed)]
        cost: dict[int, float] = {}
        for place in {holder for word in words for key in word for holder in self.holders[key]} - {but}:
            cost[place] = sum(min((word.get(key, _MISSING) for key in self.keys[place]), default=_MISSING)
                              for word in words)  # fmt: skip
        best = sorted(cost, key=lambda place: cost[place])[:20]
        return max(best, key=lambda place: compare_names(typed, self.names[place]).score, default=None)

    def _near(self, alternatives: tuple[str, ...]) -> dict[str, float]:
        near: dict[str, float] = {}
        for alternative in alternatives:
            for key, distance in self.vocabulary.near(alternative, limit=_NEAR):
                near[key] = min(distance, near.get(key, _MISSING))
        return near


def rank_one(rows: list[dict[str, str]]) -> dict[str, float]:
    """Search each form among all others and count how often the same person comes first."""
    persons = {row[f"name{side}"]: row[f"person{side}"] for row in rows for side in "12"}
    names = sorted(persons)
    index = Index(names)
    asked = hits = 0
    for place, name in enumerate(names):
        if sum(other == persons[name] for other in persons.values()) < 2:
            continue
        asked += 1
        first = index.first(name, but=place)
        hits += first is not None and persons[names[first]] == persons[name]
    return {"forms": len(names), "asked": asked, "rank_1_recall": round(hits / asked, 4)}


def _invented(choose: random.Random, count: int) -> Iterator[str]:
    words = [start + middle + end for start in _STARTS for middle in _ENDS for end in _ENDS]
    for _ in range(count):
        family, given, father = choose.sample(words, 3)
        yield f"{family.title()}ов {given.title()} {father.title()}ұлы"


def make_keys() -> dict[str, float]:
    """Time the keys of 100,000 names."""
    names = list(_invented(random.Random(1), NAMES_FOR_KEYS))
    start = time.perf_counter()
    keys = sum(len(search_keys(name)) for name in names)
    seconds = time.perf_counter() - start
    return {
        "names": len(names),
        "keys_per_name": round(keys / len(names), 2),
        "microseconds_per_name": round(1e6 * seconds / len(names), 1),
    }


def search_large() -> dict[str, float]:
    """Time searches in 60,000 keys: whole words, beginnings, typos."""
    choose = random.Random(2)
    letters = "aeiou", "bdgklmnrstjwqhz"
    keys: set[str] = set()
    while len(keys) < VOCABULARY_SIZE:
        keys.add("".join(choose.choice(letters[place % 2]) for place in range(choose.randint(4, 11))))
    vocabulary = Vocabulary(keys)
    milliseconds = []
    for key in choose.sample(sorted(keys), 150):
        for query in (key, key[: len(key) // 2 + 1], key[:2] + key[3:]):
            start = time.perf_counter()
            vocabulary.near(query, limit=20)
            milliseconds.append(1000 * (time.perf_counter() - start))
    milliseconds.sort()
    return {
        "keys": len(keys),
        "median_ms": round(milliseconds[len(milliseconds) // 2], 2),
        "p95_ms": round(milliseconds[int(0.95 * len(milliseconds))], 2),
        "max_ms": round(milliseconds[-1], 2),
    }


def main() -> None:
    """Run everything."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data/linkage"))
    data = parser.parse_args().data
    gold, cases = data / "names_gold_dev.csv", data / "standard" / "nk_cases.csv"
    result: dict[str, object] = {"keys": make_keys(), "search": search_large()}
    if gold.is_file():
        rows = _rows(gold)
        result |= {"judge": judge_speed(rows), "gold": compare_pairs(rows), "rank_one": rank_one(rows)}
        result |= {"kazakhstan": link_lists(rows, "KZ"), "one_family": accept_families(rows)}
    if cases.is_file():
        result["open_sanctions_persons"] = open_sanctions(cases)
    print(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
