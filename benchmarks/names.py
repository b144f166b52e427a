"""Measure the names engine on real spellings and on a large vocabulary, beside other programs.

Usage: python benchmarks/names.py [--data ../shared/data/linkage] [--others OTHER/bin/python] [--quick]

Prints one JSON object. ``beside``: for each program F1 on judged pairs, a Latin list against a Cyrillic list
of one country (one to one), people of one family accepted as one, brothers whose names rhyme (the given names
below under one invented family name, in two alphabets) accepted as one, and the persons of OpenSanctions'
adversarial cases. Other programs live in an environment of their own (how to make it: ``names_others.py``);
what is not installed is left out. Each of them gets the threshold that is best for it on the judged pairs,
and keeps it; ours has its frozen verdict. ``speed``: pairs a second and core of ``judge_names``, by how many
of the words are new to the engine. Then rank-1 recall ("search one spelling: is the same person found
first?"), time to make search keys and to search 60,000 keys; ``--quick`` leaves these out. Bits and
cross-validation:
``name_weights.py``.
"""

import argparse
import csv
import json
import random
import resource
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
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


Pair = tuple[str, str]
# Given names as brothers and sisters bear them: many rhyme. Spellings of one name are not among them.
_GIVEN_TEXT = """
Абзал Азамат Айбек Айгүл Айдана Айдар Айдос Айдын Айжан Айсұлу Алмас Алмат Анар Арлан Арман Арсен
Асан Асқар Асқат Аслан Әділ Әлия Әлихан Әлішер Бақыт Бақытжан Бауыржан Бейбіт Берік Болат Ғабит
Ғазиз Ғалым Ғалымжан Гүлдана Гүлжан Гүлмира Гүлнар Дана Данияр Дархан Дастан Дәулет Дәурен Дина
Динара Еділ Ербол Ержан Ерік Еркін Ерлан Ермек Есен Жанар Жанат Жанна Жансая Жеңіс Зарина Қайрат
Қанат Қуаныш Қуат Мадина Мақсат Малика Марат Мұрат Мұхтар Назерке Назым Нұрай Нұрбек Нұрбол Нұржан
Нұрлан Нұрсұлтан Олжас Рауан Рахат Сабина Сабыр Самал Самат Санжар Сапар Саян Серік Серікбол Талғат
Темір Тілек Үсен Шаттық Шынар Шыңғыс
"""
_GIVEN = _GIVEN_TEXT.split()


@dataclass(frozen=True, slots=True)
class Set:
    """Pairs of names with the truth."""

    pairs: list[Pair]
    true: list[bool]


def _f1(hits: int, found: int, true: int) -> float:
    return round(2 * hits / max(found + true, 1), 4)


def f1(found: Sequence[bool], true: Sequence[bool]) -> float:
    """Return the harmonic mean of precision and recall."""
    return _f1(sum(a and b for a, b in zip(found, true, strict=True)), sum(found), sum(true))


def _lists(rows: list[dict[str, str]], region: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return one Latin and one Cyrillic form of each person of a country, by person."""
    lists: dict[Script, dict[str, str]] = {Script.LATIN: {}, Script.CYRILLIC: {}}
    for row in rows:
        for side in "12":
            script = detect_script(row[f"name{side}"])
            if row["region"] == region and script in lists:
                lists[script].setdefault(row[f"person{side}"], row[f"name{side}"])
    return lists[Script.LATIN], lists[Script.CYRILLIC]


def _shares_family(row: dict[str, str]) -> bool:
    families = [parse_name(row[f"name{side}"]).family for side in "12"]
    ones, others = ({consonants(form) for form in skeletons(family)} for family in families)
    return bool(ones & others)


def _brothers() -> Set:
    """Write each two given names under one family name, the second in Russian letters."""
    russian = str.maketrans("әғқңөұүһі", "агкноуухи")
    pairs = [
        (f"Нұркенов {one}", f"Нұркенов {other}".lower().translate(russian).title())
        for one, other in combinations(_GIVEN, 2)
    ]
    return Set(pairs, [False] * len(pairs))


def make_sets(data: Path) -> dict[str, Set]:
    """Return the sets whose data are there."""
    sets = {"brothers": _brothers()}
    gold, cases = data / "names_gold_dev.csv", data / "standard" / "nk_cases.csv"
    if gold.is_file():
        rows = _rows(gold)
        sets["gold"] = _set(rows, "1")
        sets["one_family"] = _set(
            [row for row in rows if row["is_match"] == "0" and _shares_family(row)], "1"
        )
        latin, cyrillic = _lists(rows, "KZ")
        crossing = [(one, other) for one in latin for other in cyrillic]
        names = [(latin[one], cyrillic[other]) for one, other in crossing]
        sets["kazakhstan"] = Set(names, [one == other for one, other in crossing])
    if cases.is_file():
        sets["open_sanctions"] = _set([row for row in _rows(cases) if row["schema"] == "Person"], "true")
    return sets


def _set(rows: list[dict[str, str]], yes: str) -> Set:
    return Set([(row["name1"], row["name2"]) for row in rows], [row["is_match"] == yes for row in rows])


def one_to_one(pairs: list[Pair], scores: Sequence[float], threshold: float) -> list[bool]:
    """Accept the best pairs first, each name once."""
    found = [False] * len(pairs)
    used: set[tuple[int, str]] = set()
    for place in sorted(range(len(pairs)), key=lambda place: -scores[place]):
        ends = {(0, pairs[place][0]), (1, pairs[place][1])}
        if scores[place] >= threshold and not used & ends:
            used |= ends
            found[place] = True
    return found


def measure(
    sets: dict[str, Set], score: Callable[[str], Sequence[float]], threshold: float
) -> dict[str, float]:
    """Return how a program does on every set; ``score`` gives its scores of a set."""
    answer: dict[str, float] = {"threshold": round(threshold, 3)}
    for name, data in sets.items():
        scores = score(name)
        found = [value >= threshold for value in scores]
        if name in ("brothers", "one_family"):
            answer[f"{name}_accepted"] = round(sum(found) / max(len(found), 1), 4)
            continue
        answer[f"{name}_f1"] = f1(found, data.true)
        if name == "kazakhstan":
            answer["kazakhstan_f1_one_to_one"] = f1(one_to_one(data.pairs, scores, threshold), data.true)
    return answer


def best_threshold(scores: Sequence[float], true: Sequence[bool]) -> float:
    """Return the threshold with the greatest F1: as good as it can be for these pairs."""
    return max(sorted(set(scores)), key=lambda threshold: f1([score >= threshold for score in scores], true))


def beside(sets: dict[str, Set], others: str) -> dict[str, dict[str, float | str]]:
    """Measure our engine and, in their own environment, the others."""
    ours = {name: [found.score for found in judge_names(data.pairs)] for name, data in sets.items()}
    answer: dict[str, dict[str, float | str]] = {"kuager": {**measure(sets, ours.__getitem__, 0.5)}}
    if not others or "gold" not in sets:
        return answer
    script = Path(__file__).with_name("names_others.py")
    pairs = [pair for data in sets.values() for pair in data.pairs]
    told = subprocess.run(  # noqa: S603  # what the caller named
        [others, str(script)], input=json.dumps(pairs), capture_output=True, text=True, check=True
    )
    for method, result in json.loads(told.stdout).items():
        scores, start = {}, 0
        for name, data in sets.items():
            scores[name] = result["scores"][start : start + len(data.pairs)]
            start += len(data.pairs)
        threshold = best_threshold(scores["gold"], sets["gold"].true)
        answer[method] = {**measure(sets, scores.__getitem__, threshold)}
        answer[method] |= {key: result[key] for key in ("version", "pairs_per_second")}
    return answer


def _rate(pairs: Sequence[Pair]) -> int:
    start = time.process_time()
    count = sum(1 for _ in judge_names(pairs))
    return round(count / (time.process_time() - start))


def judge_speed(sets: dict[str, Set]) -> dict[str, int]:
    """Time pairs of strangers and alike pairs, on one core, in CPU seconds; the first time words are new."""
    choose = random.Random(1)
    speeds: dict[str, int] = {}
    people = list(_invented(choose, 100_000))
    whole_list = list(zip(people, choose.sample(people, len(people)), strict=True))
    for label in ("distinct_people_new", "distinct_people_again"):
        speeds[label] = _rate(whole_list)
    if "gold" in sets:
        names = sorted({name for pair in sets["gold"].pairs for name in pair})
        strangers = [tuple(choose.sample(names, 2)) for _ in range(100_000)]
        pairs = [(one, other) for one, other in strangers]
        _forget()
        for label in ("real_strangers_new", "real_strangers_again"):
            speeds[label] = _rate(pairs)
        speeds["alike"] = _rate(sets["gold"].pairs * 100)
    return speeds


def _forget() -> None:
    """Let the engine forget every name and word it has met."""
    from kuager.engines.names import distances, parsing, word_likeness, words
    from kuager.engines.names import skeletons as folding

    for module in (distances, parsing, folding, words):
        for thing in vars(module).values():
            if hasattr(thing, "cache_clear"):
                thing.cache_clear()
    word_likeness.forget()


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
    parser.add_argument("--others", default="", help="the Python of the environment with the other programs")
    parser.add_argument("--quick", action="store_true")
    arguments = parser.parse_args()
    sets = make_sets(arguments.data)
    result: dict[str, object] = {"pairs": {name: len(data.pairs) for name, data in sets.items()}}
    result |= {"speed": judge_speed(sets), "beside": beside(sets, arguments.others)}
    if not arguments.quick:
        result |= {"keys": make_keys(), "search": search_large()}
        if "gold" in sets:
            result["rank_one"] = rank_one(_rows(arguments.data / "names_gold_dev.csv"))
    result["cpu_seconds"] = round(sum(resource.getrusage(resource.RUSAGE_SELF)[:2]), 1)
    print(json.dumps(result, indent=1, ensure_ascii=False))


if __name__ == "__main__":
    main()
