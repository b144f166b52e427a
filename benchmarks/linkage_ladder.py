"""Measure how linkage holds where fields are hidden and errors are more.

Usage: python benchmarks/linkage_ladder.py [--data ../shared/data/linkage] [us gaza generated]

Prints one JSON object: for each step of the ladder F1 of pairs at probability 0.5, error of the count of
clusters and of the probabilities, and CPU seconds. ``generated`` are 10,000 invented records of other seeds
than those of ``benchmarks/linkage.py``, as they come, with fields hidden, and with further slips: in a share
of all names one letter is dropped, doubled or exchanged with its neighbour; in a share of all other cells the
value is lost; in a share of ages and days one is added.
"""

import argparse
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl
from linkage import Task, american, gaza_arabic, gaza_english, generated, measure

RECORDS = 10_000
NAMES = ("given", "surname", "patronymic")


def without(task: Task, *columns: str) -> Task:
    """Hide columns."""
    return replace(task, frames={name: frame.drop(columns) for name, frame in task.frames.items()})


def _slip(word: str | None, random: np.random.Generator) -> str | None:
    if not word or len(word) < 4:
        return word
    at = int(random.integers(1, len(word) - 1))
    kinds = (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
    )
    return kinds[int(random.integers(3))]


def with_errors(task: Task, slips: float, lost: float, seed: int = 7) -> Task:
    """Misspell a share of the names, lose a share of the other cells, and move a share of the ages by one."""
    random = np.random.default_rng(seed)
    frames = {}
    for name, frame in task.frames.items():
        columns = []
        for column in frame:
            values = column.to_list()
            if column.name in NAMES:
                hit = random.random(len(values)) < slips
                values = [_slip(v, random) if h else v for v, h in zip(values, hit, strict=True)]
            elif column.name != "unique_id":
                gone = random.random(len(values)) < lost
                values = [None if h else v for v, h in zip(values, gone, strict=True)]
            if column.name == "age":
                moved = random.random(len(values)) < slips
                values = [str(int(v) + 1) if h and v else v for v, h in zip(values, moved, strict=True)]
            columns.append(pl.Series(column.name, values, dtype=pl.String))
        frames[name] = pl.DataFrame(columns)
    return replace(task, frames=frames)


def american_ladder(data: Path) -> Iterator[tuple[str, Task]]:
    """Take away from two US lists the day, the place, and all but names, age and sex."""
    whole = american(data)
    yield "us, full", whole
    yield "us, no day", without(whole, "event_date")
    yield "us, no place", without(whole, "city", "state")
    yield "us, names, age and sex", without(whole, "event_date", "city", "state", "race")
    yield "us, names only", without(whole, "event_date", "city", "state", "race", "age", "sex")


def gaza_ladder(data: Path) -> Iterator[tuple[str, Task]]:
    """Take away from two releases of a register the age."""
    yield "gaza-ar, names and sex", without(gaza_arabic(data), "age")
    yield "gaza-en, names and sex", without(gaza_english(data), "age")


def generated_ladder(data: Path) -> Iterator[tuple[str, Task]]:
    """Make invented lists worse in steps."""
    for seed in (2, 3):
        yield f"generated, seed {seed}", generated(data, RECORDS, seed)
    whole = generated(data, RECORDS, 4)
    yield "generated, no day", without(whole, "event_date")
    yield "generated, no place", without(whole, "place")
    yield "generated, no births", without(whole, "dob", "age")
    yield "generated, names and sex", without(whole, "dob", "age", "event_date", "place", "patronymic")
    yield "generated, 10 % slips, 10 % lost", with_errors(whole, 0.1, 0.1)
    yield "generated, 20 % slips, 20 % lost", with_errors(whole, 0.2, 0.2)
    yield "generated, 30 % slips, 40 % lost", with_errors(whole, 0.3, 0.4)


LADDERS: dict[str, Callable[[Path], Iterator[tuple[str, Task]]]] = {
    "us": american_ladder,
    "gaza": gaza_ladder,
    "generated": generated_ladder,
}


def main() -> None:
    """Climb down the ladders asked for, or all."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ladders", nargs="*", choices=[*LADDERS, []], metavar="LADDER")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/linkage"))
    asked = parser.parse_args()
    found = {}
    for name in asked.ladders or LADDERS:
        for step, task in LADDERS[name](asked.data):
            found[step] = measure(task)
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
