"""How often the 95 % interval for the number of distinct persons holds the true one; prints JSON.

Run: ``python benchmarks/linkage_coverage.py FILE [FROM TO]`` makes the replicates FROM to TO (0 to 200 if not
given) that FILE does not hold yet, adds a line for each, and prints a table of all; stop it at any time.

Each replicate invents 320 people and types them into lists with slips, links the lists with the defaults,
draws who is who 100 times, and once more with weights known (rates of agreement of the true links, and walks
that start from the true persons): that is the oracle. Replicate ``n`` is of kind ``n % 10``:

- ``clean``: three lists that hold everybody once (declared), with 5, 10, 20 and 30 % slips;
- ``repeats``: four lists that repeat 6 % of their people, not declared, with 5, 10, 20 and 30 % slips;
- ``families``: as ``clean`` with 10 %, but every fourth person has the family name, father and place of the
  one before;
- ``scripts``: as ``repeats`` with 10 %, each list in its own script (Latin, Cyrillic).

Seeds up to 100,000 are for reports; what was tuned was tuned on seeds from 200,000 on (``--tune``).
"""

import json
import resource
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import polars as pl

from kuager.engines.linkage import LinkResult, link
from kuager.engines.linkage.drawing.doubt import Doubt
from kuager.engines.linkage.drawing.draws import draw_partitions

PERSONS = 320
GIVEN = tuple("Asel Bolat Dana Erlan Farida Gulnar Damir Aigul Nurlan Madina Timur Zarina".split())  # noqa: SIM905
FAMILY = tuple("Nurov Kasymov Tulegen Abenov Sarsen Iskakov Omarov Zhunus Bekov Rakhim".split())  # noqa: SIM905
PLACES = tuple("Almaty Taraz Oral Aktau Semey Atyrau Kostanay Shymkent".split())  # noqa: SIM905
CYRILLIC = {
    "zh": "ж", "kh": "х", "sh": "ш", "ay": "ай", "a": "а", "b": "б", "d": "д", "e": "е", "f": "ф", "g": "г",
    "i": "и", "k": "к", "l": "л", "m": "м", "n": "н", "o": "о", "r": "р", "s": "с", "t": "т", "u": "у",
    "v": "в", "y": "ы", "z": "з",
}  # fmt: skip
_TUNING = 200_000


@dataclass(frozen=True)
class Kind:
    """What lists are like."""

    name: str
    slips: float
    chances: tuple[float, ...] = (0.5, 0.45, 0.4)
    repeats: float = 0.0
    families: float = 0.0
    scripts: bool = False


_FOUR = (0.4, 0.3, 0.3, 0.25)
KINDS = (
    *(Kind("clean", slips) for slips in (0.05, 0.1, 0.2, 0.3)),
    *(Kind("repeats", slips, _FOUR, repeats=0.06) for slips in (0.05, 0.1, 0.2, 0.3)),
    Kind("families", 0.1, families=0.25),
    Kind("scripts", 0.1, _FOUR, repeats=0.06, scripts=True),
)


def frames(kind: Kind, seed: int) -> dict[str, pl.DataFrame]:
    """Type invented people into lists; an id begins with the number of the person."""
    random = np.random.default_rng(seed)
    people: list[dict[str, str]] = []
    for _ in range(PERSONS):
        person = _person(random)
        if people and random.random() < kind.families:
            family = people[-1]["name"].split()[1]
            person["name"] = f"{person['name'].split()[0]} {family}"
            person |= {field: people[-1][field] for field in ("father", "place")}
        people.append(person)
    lists = {}
    for place, chance in enumerate(kind.chances):
        rows = []
        for number, person in enumerate(people):
            for copy in range(int(random.random() < chance) * (1 + int(random.random() < kind.repeats))):
                said = {field: _slip(field, value, kind.slips, random) for field, value in person.items()}
                is_cyrillic = kind.scripts and place % 2 == 1
                said = {
                    field: _cyrillic(field, value) if is_cyrillic else value for field, value in said.items()
                }
                rows.append({"id": f"{number}.{copy}", **said})
        order = random.permutation(len(rows)).tolist()
        lists[f"list{place}"] = pl.DataFrame(
            [rows[row] for row in order], schema=dict.fromkeys(["id", *people[0]], pl.String)
        )
    return lists


def _person(random: np.random.Generator) -> dict[str, str]:
    given, family, father = (str(random.choice(names)) for names in (GIVEN, FAMILY, GIVEN))
    date = f"{random.integers(1950, 2006)}-{random.integers(1, 13):02}-{random.integers(1, 29):02}"
    return {
        "name": f"{given} {family}",
        "father": father,
        "birth_date": date,
        "place": str(random.choice(PLACES)),
    }


def _slip(field: str, value: str, slips: float, random: np.random.Generator) -> str | None:
    if random.random() > slips:
        return value
    if field != "name" and random.random() < 0.6:
        return None
    if field == "birth_date":
        return f"{value[:5]}{random.integers(1, 13):02}{value[7:]}"
    place = int(random.integers(1, len(value)))
    return value[:place] + str(random.choice(list("aeiouyknrs"))) + value[place + 1 :]


def _cyrillic(field: str, value: str | None) -> str | None:
    if value is None or field == "birth_date":
        return value
    written = value.lower()
    for latin, letter in CYRILLIC.items():
        written = written.replace(latin, letter)
    return written.title()


def known_weights(result: LinkResult) -> LinkResult:
    """Give the result with the rates of agreement of true links, and the true persons as clusters."""
    if result.doubt is None:
        return result
    doubt, pairs = result.doubt, result.doubt.pairs
    person = result.clusters["id"].str.split(".").list.first().cast(pl.Int64).to_numpy()
    together = person[pairs.left] == person[pairs.right]
    same, weights = [], pairs.weights.copy()
    for column, rates in enumerate(doubt.same):
        level = pairs.levels[:, column]
        counts = np.bincount(level[together & (level >= 0)], minlength=len(rates)) + 0.1
        same.append(counts / counts.sum())
        change = np.log2(same[-1]) - np.log2(rates)
        weights[level >= 0, column] += change[level[level >= 0]]
    # Counts so large that drawing them anew changes nothing.
    sure = Doubt(
        pairs=replace(pairs, weights=weights + pairs.withheld, withheld=np.zeros_like(weights)),
        same=tuple(same),
        same_before=tuple(same),
        same_most=tuple(np.ones_like(rates) for rates in same),
        strangers=tuple(1e9 * counts for counts in doubt.strangers),
        missed=0.0,
        recall=1.0,
        common_error_bits=0.0,
    )
    return replace(result, doubt=sure, clusters=result.clusters.with_columns(cluster=person))


def replicate(number: int, first_seed: int) -> dict[str, object]:
    """Make, link and draw one replicate."""
    kind, seed = KINDS[number % len(KINDS)], first_seed + number
    started = resource.getrusage(resource.RUSAGE_SELF).ru_utime
    lists = frames(kind, seed)
    once = [] if kind.repeats else list(lists)
    result = link(lists, one_to_one=once)
    true = result.clusters["id"].str.split(".").list.first().n_unique()
    figures: dict[str, object] = {"number": number, "kind": kind.name, "slips": kind.slips, "true": true}
    figures |= {"records": result.records, "linked": result.cluster_count}
    for name, links in (("ours", result), ("oracle", known_weights(result))):
        drawn = draw_partitions(links, draws=100, one_to_one=once)
        counts = [len(np.unique(row)) for row in drawn.clusters]
        low, high = np.quantile(counts, [0.025, 0.975]).tolist()
        figures[name] = {"mean": float(np.mean(counts)), "low": low, "high": high}
    figures["cpu"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_utime - started, 1)
    return figures


def table(lines: list[Mapping[str, object]]) -> list[dict[str, object]]:
    """Give coverage, error and width by kind and slips, and of all."""
    rows = []
    for kind in (None, *KINDS):
        chosen = [
            one for one in lines if kind is None or (one["kind"], one["slips"]) == (kind.name, kind.slips)
        ]
        if chosen:
            row: dict[str, object] = {
                "kind": kind.name if kind else "all",
                "slips": kind.slips if kind else None,
                "replicates": len(chosen),
                "linked_error": round(_mean([one["linked"] / one["true"] - 1 for one in chosen]), 4),
            }
            for name in ("ours", "oracle"):
                found = [(one["true"], one[name]) for one in chosen]
                row[name] = {
                    "coverage": round(_mean([own["low"] <= true <= own["high"] for true, own in found]), 3),
                    "error": round(_mean([own["mean"] - true for true, own in found]), 1),
                    "width": round(_mean([own["high"] - own["low"] for _, own in found]), 1),
                }
            rows.append(row)
    return rows


def _mean(values: list[float]) -> float:
    return float(np.mean(values))


def main() -> None:
    """Add replicates and print the table."""
    words = [word for word in sys.argv[1:] if word != "--tune"]
    path = Path(words[0])
    first, last = (int(words[1]), int(words[2])) if len(words) > 2 else (0, 200)
    lines = [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []
    done = {line["number"] for line in lines}
    for number in range(first, last):
        if number not in done:
            lines.append(replicate(number, _TUNING if "--tune" in sys.argv else 0))
            with path.open("a") as file:
                file.write(json.dumps(lines[-1]) + "\n")
    for row in table(lines):
        print(json.dumps(row))


if __name__ == "__main__":
    main()
