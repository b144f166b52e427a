"""Score one record against a few hundred others by the comparisons and weights of the batch.

Promises: the levels come from the very conditions the batch hands to Splink, and the weights from the same
functions, so that a pair scores here as it would in a batch over the index and the record together.
"""

from collections.abc import Mapping, Sequence
from typing import Protocol

import duckdb
import numpy as np
import polars as pl

from kuager.engines.linkage.comparisons import FieldComparison
from kuager.engines.linkage.evidence import of_likeness, smoothed
from kuager.engines.linkage.learning import Evidence, Floats, Levels
from kuager.engines.linkage.splink_model import columns_for_splink


class Commonness(Protocol):
    """Says how many records hold a value of a field; the value "" stands for "any value at all"."""

    def __call__(self, field: str, values: Sequence[str]) -> Mapping[str, int]: ...


def _case(field: FieldComparison, place: int) -> str:
    cases = [f"when {field.unknown} then -1"]
    cases += [
        f"when {level.condition} then {number}"
        for number, level in enumerate(field.levels)
        if level.condition != "else"
    ]
    return f"(case {' '.join(cases)} else {len(field.levels) - 1} end)::tinyint as level_{place}"


class Scorer:
    """Finds levels of agreement with a small database in memory, made once and used for every question."""

    def __init__(self, fields: Sequence[FieldComparison]) -> None:
        self._fields = tuple(fields)
        self._connection = duckdb.connect(":memory:", config={"threads": 1})
        cases = ", ".join(_case(field, place) for place, field in enumerate(self._fields))
        self._question = f"select {cases} from asked, others order by unique_id_r"  # noqa: S608  # our own SQL

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()

    def levels(self, asked: pl.DataFrame, others: pl.DataFrame) -> Levels:
        """Return levels of agreement of one record with others, which stand in order of their numbers."""
        for name, suffix, records in (("asked", "_l", asked), ("others", "_r", others)):
            self._connection.register(
                name, columns_for_splink(records).select(pl.all().name.suffix(suffix)).to_arrow()
            )
        found = self._connection.execute(self._question).fetchnumpy()
        return np.stack([found[f"level_{place}"] for place in range(len(self._fields))], axis=1).astype(
            np.int8
        )


def frequency_table(
    sides: tuple[pl.DataFrame, pl.DataFrame],
    levels: Levels,
    model: tuple[Sequence[FieldComparison], Sequence[Floats]],
    commonness: Commonness,
    *,
    asked_is_filed: bool,
) -> Floats:
    """Return how common each agreed value is, as :func:`kuager.engines.linkage.evidence.gather` does.

    Parameters
    ----------
    sides
        The record asked about (one row) and the others.
    model
        Fields, and how often strangers agree on each level.
    asked_is_filed
        Whether the record asked about is counted in ``commonness`` already.
    """
    asked, others = sides
    table = np.full(levels.shape, np.nan)
    for number, (field, strangers) in enumerate(zip(*model, strict=True)):
        for place, level in enumerate(field.levels):
            rows = np.flatnonzero(levels[:, number] == place)
            if level.frequency_of is None or not len(rows):
                continue
            column = level.frequency_of
            mine = _text(asked[column])[0]
            theirs = _text(others[column].gather(rows))
            usual = float(strangers[place])
            found = _frequencies(column, mine, theirs, usual, commonness, asked_is_filed)
            table[rows, number] = found if level.is_exact else of_likeness(found, usual)
    return table


def _text(column: pl.Series) -> list[str | None]:
    return column.cast(pl.String).to_list()


def _frequencies(
    column: str,
    mine: str | None,
    theirs: Sequence[str | None],
    usual: float,
    commonness: Commonness,
    asked_is_filed: bool,
) -> Floats:
    counts = commonness(column, sorted({value for value in (*theirs, mine, "") if value is not None}))
    extra = int(not asked_is_filed and mine is not None)

    def count(value: str | None) -> float:
        return np.nan if value is None else counts.get(value, 0) + (extra if value == mine else 0)

    held = np.array([count(value) for value in (*theirs, mine)], dtype=np.float64)
    common = smoothed(held, counts.get("", 0) + extra, usual)
    result: Floats = np.fmax(common[:-1], common[-1])
    return result


def evidence_of(levels: Levels, frequency: Floats) -> Evidence:
    """Return the evidence without groups: the share of links is added by who knows the lists."""
    nothing = np.zeros(1)
    return Evidence(levels, frequency, np.zeros(len(levels), dtype=np.int64), nothing, nothing)
