"""Real spellings of real people: the data stand beside the repository, never in it."""

import csv
from pathlib import Path

import pytest

from kuager.engines.names import Script, compare_names, detect_script, judge_names

DATA = Path(__file__).parents[3] / "shared" / "data" / "linkage"

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="../shared/data/linkage is absent")


def _rows(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def gold() -> list[dict[str, str]]:
    return _rows("names_gold_dev.csv")


def _f1(found: list[bool], true: list[bool]) -> float:
    hits = sum(one and other for one, other in zip(found, true, strict=True))
    return 2 * hits / (sum(found) + sum(true))


def _verdicts(rows: list[dict[str, str]]) -> list[bool]:
    return [found.verdict == "same" for found in judge_names((row["name1"], row["name2"]) for row in rows)]


@pytest.mark.parametrize("region", ["KZ", "KG", "AZ", "TJ"])
def test_spellings_of_one_person_are_told_from_those_of_others(
    gold: list[dict[str, str]], region: str
) -> None:
    rows = [row for row in gold if row["region"] == region]
    assert _f1(_verdicts(rows), [row["is_match"] == "1" for row in rows]) >= 0.98


def test_nobody_is_taken_for_a_person_of_the_same_family(gold: list[dict[str, str]]) -> None:
    strangers = [row for row in gold if row["is_match"] == "0"]
    assert sum(_verdicts(strangers)) <= 0.02 * len(strangers)


def test_a_latin_list_meets_a_cyrillic_list(gold: list[dict[str, str]]) -> None:
    lists: dict[Script, dict[str, str]] = {Script.LATIN: {}, Script.CYRILLIC: {}}
    for row in gold:
        for side in "12":
            script = detect_script(row[f"name{side}"])
            if row["region"] == "KZ" and script in lists:
                lists[script].setdefault(row[f"person{side}"], row[f"name{side}"])
    pairs = [(a, b) for a in lists[Script.LATIN] for b in lists[Script.CYRILLIC]]
    names = [(lists[Script.LATIN][a], lists[Script.CYRILLIC][b]) for a, b in pairs]
    found = [judged.verdict == "same" for judged in judge_names(names)]
    # Two identifiers in the truth bear one name, so names alone cannot get every link right.
    assert _f1(found, [a == b for a, b in pairs]) >= 0.985


def test_the_adversarial_cases_of_open_sanctions() -> None:
    rows = [row for row in _rows("standard/nk_cases.csv") if row["schema"] == "Person"]
    assert _f1(_verdicts(rows), [row["is_match"] == "true" for row in rows]) >= 0.75


def test_weights_speak_for_the_truth(gold: list[dict[str, str]]) -> None:
    weights = {
        is_match: [
            compare_names(row["name1"], row["name2"]).weight_bits
            for row in gold
            if row["is_match"] == is_match
        ]
        for is_match in "01"
    }
    assert sum(weight > 5 for weight in weights["1"]) >= 0.97 * len(weights["1"])
    assert sum(weight > 5 for weight in weights["0"]) <= 0.10 * len(weights["0"])
