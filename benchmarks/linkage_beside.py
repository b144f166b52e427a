"""Link the same lists with Kuager and with Splink as its own demonstrations set it up, side by side.

Usage: python benchmarks/linkage_beside.py [--data ../shared/data/linkage] [us gaza-ar generated-20k …]

Prints one JSON object: for each set and program F1 of the pairs at probability >= 0.5, the best F1 that any
threshold would give (chosen with the truth: an upper bound, no result), both again after greedy one-to-one
matching where both lists name everybody once, CPU seconds and peak memory (MB) of a process of its own.

Splink is set up as on its demonstration pages: names by ``NameComparison``, dates by
``DateOfBirthComparison`` or ``AbsoluteDateDifferenceAtThresholds``, frequencies for towns, blocking on equal
names and on dates, parameters by random sampling and expectation-maximisation. Names in Cyrillic are written
in Latin letters first, by the usual English letters, as somebody would do who knows no better.
"""

import argparse
import json
import logging
import resource
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import polars as pl
from linkage import TASKS, Task, generated

_CYRILLIC = "аәбвгғдеёжзийкқлмнңоөпрстуұүфхһцчшщыэюяіъь"
_SOUNDS = "a a b v g gh d e e zh z i y k k l m n n o o p r s t u u u f kh h ts ch sh shch y e yu ya i"
_ENGLISH = [*_SOUNDS.split(), "", ""]
_CUT = 0.5


@dataclass(frozen=True)
class Recipe:
    """How Splink is set up for one kind of lists."""

    columns: Callable[[pl.DataFrame], pl.DataFrame]
    compared: Callable[[], list[object]]
    blocked: tuple[tuple[str, ...], ...]
    certain: tuple[tuple[str, ...], ...]
    trained: tuple[tuple[str, ...], ...]


def _latin(column: str) -> pl.Expr:
    return pl.col(column).str.to_lowercase().str.replace_many(list(_CYRILLIC), _ENGLISH)


def _american(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(age=pl.col("age").cast(pl.Float64, strict=False))


def _one_cell(column: str, frame: pl.DataFrame) -> pl.DataFrame:
    words = pl.col(column).str.split(" ")
    return frame.with_columns(
        first_name=words.list.first(),
        middle=words.list.slice(1, words.list.len() - 2).list.join(" "),
        surname=words.list.last(),
        age=pl.col("age").cast(pl.Float64, strict=False),
    )


def _romanised(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(
        first_name=_latin("given"),
        surname=_latin("surname"),
        middle=_latin("patronymic"),
        city=_latin("place"),
        age=pl.col("age").cast(pl.Float64, strict=False),
        birth_year=pl.col("dob").str.slice(0, 4),
    )


def _ages() -> object:
    import splink.comparison_level_library as cll
    import splink.comparison_library as cl

    return cl.CustomComparison(
        output_column_name="age",
        comparison_levels=[
            cll.NullLevel("age"),
            cll.ExactMatchLevel("age"),
            cll.AbsoluteDifferenceLevel("age", 1),
            cll.AbsoluteDifferenceLevel("age", 3),
            cll.ElseLevel(),
        ],
    )


def _names(*columns: str) -> list[object]:
    import splink.comparison_library as cl

    return [cl.NameComparison(column) for column in columns]


def _exact(*columns: str) -> list[object]:
    import splink.comparison_library as cl

    return [cl.ExactMatch(column) for column in columns]


def _common(*columns: str) -> list[object]:
    import splink.comparison_library as cl

    return [cl.ExactMatch(column).configure(term_frequency_adjustments=True) for column in columns]


def _days(column: str) -> object:
    import splink.comparison_library as cl

    return cl.AbsoluteDateDifferenceAtThresholds(
        column, input_is_string=True, metrics=["day", "day", "month"], thresholds=[1, 7, 1]
    )


def _fake() -> list[object]:
    import splink.comparison_library as cl

    return [
        *_names("first_name", "surname"),
        cl.DateOfBirthComparison("dob", input_is_string=True),
        *_common("city"),
        cl.EmailComparison("email"),
    ]


def _febrl() -> list[object]:
    import splink.comparison_library as cl

    return [
        *_names("given_name", "surname"),
        cl.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d"),
        cl.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]),
        *_common("street_number"),
        cl.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(term_frequency_adjustments=True),
    ]


_PEOPLE = ("first_name", "surname")
_US = Recipe(
    _american,
    lambda: [
        *_names(*_PEOPLE),
        _days("event_date"),
        _ages(),
        *_common("city"),
        *_exact("state", "sex", "race"),
    ],
    (_PEOPLE, ("surname", "state"), ("first_name", "state", "age"), ("event_date", "state")),
    ((*_PEOPLE, "event_date"),),
    (_PEOPLE, ("event_date", "state")),
)
_US_BARE = Recipe(
    _american,
    lambda: [*_names(*_PEOPLE), _ages(), *_exact("state", "sex", "race")],
    (_PEOPLE, ("surname", "state"), ("first_name", "state", "age")),
    ((*_PEOPLE, "age", "state"),),
    (_PEOPLE, ("age", "state")),
)


def _gaza(column: str) -> Recipe:
    return Recipe(
        partial(_one_cell, column),
        lambda: [*_names("first_name", "middle", "surname"), _ages(), *_exact("sex")],
        (_PEOPLE, ("first_name", "middle"), ("surname", "middle"), ("first_name", "age")),
        ((*_PEOPLE, "middle"),),
        (_PEOPLE, ("middle", "age")),
    )


_GENERATED = Recipe(
    _romanised,
    lambda: [
        *_names("first_name", "surname", "middle"),
        *_exact("birth_year"),
        _ages(),
        *_exact("sex"),
        *_common("city"),
        _days("event_date"),
    ],
    (_PEOPLE, ("surname", "event_date"), ("first_name", "event_date", "city"), ("dob", "sex")),
    ((*_PEOPLE, "event_date"),),
    (_PEOPLE, ("event_date", "city")),
)
_FAKE = Recipe(
    lambda frame: frame,
    _fake,
    (("first_name", "city"), ("surname",), ("dob",), ("email",)),
    (("first_name", "dob"), ("email",)),
    (_PEOPLE, ("dob",)),
)
_FEBRL = Recipe(
    lambda frame: frame.rename({"rec_id": "unique_id"}),
    _febrl,
    (
        ("given_name", "surname"), ("date_of_birth",), ("soc_sec_id",), ("state", "address_1"),
        ("street_number", "address_1"), ("postcode",),
    ),
    (("soc_sec_id",), ("given_name", "surname", "date_of_birth")),
    (("date_of_birth",), ("postcode",)),
)  # fmt: skip

SETS: dict[str, tuple[Callable[[Path], Task], Recipe, bool]] = {
    "us": (TASKS["us"], _US, True),
    "us-no-event": (TASKS["us-no-event"], _US_BARE, True),
    "gaza-ar": (TASKS["gaza-ar"], _gaza("name_ar"), True),
    "gaza-en": (TASKS["gaza-en"], _gaza("name_en"), True),
    "fake-1000": (TASKS["fake-1000"], _FAKE, False),
    "febrl-4": (TASKS["febrl-4"], _FEBRL, True),
    "generated-20k": (partial(generated, records=20_000), _GENERATED, False),
    "generated-100k": (partial(generated, records=100_000), _GENERATED, False),
}

Scored = list[tuple[float, tuple[str, str], tuple[str, str]]]


def by_kuager(task: Task, recipe: Recipe) -> Scored:
    """Link with the defaults of Kuager."""
    del recipe
    from kuager.engines.linkage import link

    rows = link(task.frames).pairs.select("probability", "list_l", "id_l", "list_r", "id_r").iter_rows()
    return [(chance, (a, b), (c, d)) for chance, a, b, c, d in rows]


def by_splink(task: Task, recipe: Recipe) -> Scored:
    """Link as Splink's demonstrations do."""
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    api = DuckDBAPI()
    between = task.between_lists
    tables = [
        recipe.columns(frame).with_columns(unique_id=pl.concat_str(pl.lit(f"{name}|"), "unique_id"))
        for name, frame in task.frames.items()
    ]
    if not between:
        tables = [pl.concat(tables, how="diagonal")]
    settings: SettingsCreator = SettingsCreator(
        link_type="link_only" if between else "dedupe_only",
        comparisons=recipe.compared(),
        blocking_rules_to_generate_predictions=[block_on(*columns) for columns in recipe.blocked],
    )
    linker = Linker([api.register(table.to_arrow()) for table in tables], settings, log_level=None)
    training = linker.training
    training.estimate_probability_two_random_records_match(
        [block_on(*columns) for columns in recipe.certain], recall=0.7
    )
    training.estimate_u_using_random_sampling(max_pairs=1e6, seed=1)
    for columns in recipe.trained:
        training.estimate_parameters_using_expectation_maximisation(block_on(*columns))
    found = linker.inference.predict(threshold_match_probability=0.01, warning_mode="never")
    rows = found.as_duckdbpyrelation().select("match_probability, unique_id_l, unique_id_r").pl().iter_rows()
    return [(chance, _key(left), _key(right)) for chance, left, right in rows]


def _key(text: str) -> tuple[str, str]:
    name, _, key = text.partition("|")
    return name, key


def one_to_one(pairs: Scored) -> Scored:
    """Keep the best pairs of which no record has another."""
    taken: set[tuple[str, str]] = set()
    kept = []
    for chance, left, right in sorted(pairs, key=lambda pair: (-pair[0], pair[1:])):
        if left not in taken and right not in taken:
            taken |= {left, right}
            kept.append((chance, left, right))
    return kept


def scores(pairs: Scored, task: Task) -> dict[str, float]:
    """Return F1 at one half, and the best that any threshold would give."""
    rows = [pair for pair in pairs if not task.between_lists or pair[1][0] != pair[2][0]]
    chance = np.array([row[0] for row in rows])
    right = np.array([task.person[row[1]] == task.person[row[2]] for row in rows], dtype=np.float64)
    order = np.argsort(-chance, kind="stable")
    f1 = 2 * np.cumsum(right[order]) / (np.arange(1, len(rows) + 1) + task.true_pairs)
    # A threshold cannot part equal scores.
    ends = np.append(np.diff(chance[order]) != 0, np.ones(min(len(rows), 1), dtype=bool))
    likely = chance >= _CUT
    at_half = 2 * right[likely].sum() / (likely.sum() + task.true_pairs)
    return {"at_half": round(float(at_half), 4), "best": round(float(f1[ends].max(initial=0.0)), 4)}


def measure(name: str, program: str, data: Path) -> dict[str, object]:
    """Link one set with one program in this process."""
    make, recipe, is_one_to_one = SETS[name]
    task = make(data)
    before = time.process_time()
    pairs = {"kuager": by_kuager, "splink": by_splink}[program](task, recipe)
    cpu = time.process_time() - before
    answer: dict[str, object] = {"f1": scores(pairs, task)}
    if is_one_to_one:
        crossing = [pair for pair in pairs if pair[1][0] != pair[2][0]]
        answer["one_to_one"] = scores(one_to_one(crossing), task)
    answer["pairs"] = len(pairs)
    answer["records"] = sum(Counter({name: frame.height for name, frame in task.frames.items()}).values())
    answer["cpu_seconds"] = round(cpu, 1)
    answer["peak_mb"] = round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
    return answer


def main() -> None:
    """Measure each set with each program, each in a process of its own."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sets", nargs="*", metavar="SET")
    parser.add_argument("--data", type=Path, default=Path("../shared/data/linkage"))
    parser.add_argument("--program", choices=("kuager", "splink"), help="Only this, in this very process.")
    asked = parser.parse_args()
    names = asked.sets or list(SETS)
    if asked.program:
        print(json.dumps({name: measure(name, asked.program, asked.data) for name in names}))
        return
    answers: dict[str, dict[str, object]] = {}
    for name in names:
        answers[name] = {}
        for program in ("splink", "kuager"):
            command = [sys.executable, __file__, name, "--data", str(asked.data), "--program", program]
            done = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  # this file
            answers[name][program] = json.loads(done.stdout)[name]
    print(json.dumps(answers, indent=1))


if __name__ == "__main__":
    main()
