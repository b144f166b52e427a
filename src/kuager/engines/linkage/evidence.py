"""Bring the levels Splink found together with how common each agreed value is.

Promises: rows stand in the order of the candidate pairs; frequencies are smoothed, so that a value seen once
in a list of three is not taken for common.
"""

from collections.abc import Sequence

import numpy as np
import polars as pl

from kuager.engines.linkage.comparisons import FieldComparison
from kuager.engines.linkage.learning import Evidence, Floats, Levels, expected_links
from kuager.engines.linkage.preparing import Prepared
from kuager.engines.linkage.splink_model import gamma_column

_SMOOTHING = 200.0


def smoothed(counts: Floats, known: int, chance: float) -> Floats:
    """Return how common values are that ``counts`` of ``known`` records hold, drawn towards ``chance``."""
    result: Floats = (counts + _SMOOTHING * chance) / (known + _SMOOTHING)
    return result


def of_likeness(common: Floats, usual: float) -> Floats:
    """Return how often strangers' values are like, not equal to, values that are so common.

    Common values have more values like them, but not in proportion: the geometric mean of the commonness and
    of the rate of the level as a whole.
    """
    result: Floats = np.sqrt(common * usual)
    return result


def _frequencies(records: pl.DataFrame, column: str, chance: float) -> Floats:
    """Return for each record how common its value is, drawn towards the average chance of agreement."""
    counts = records.select(pl.len().over(column))["len"].to_numpy()
    known = records[column].is_not_null().to_numpy()
    smooth = smoothed(counts.astype(np.float64), int(known.sum()), chance)
    result: Floats = np.where(known, smooth, np.nan)
    return result


def _frequency_table(
    prepared: Prepared,
    fields: Sequence[FieldComparison],
    levels: Levels,
    pairs: pl.DataFrame,
    strangers: Sequence[Floats],
) -> Floats:
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    table = np.full(levels.shape, np.nan)
    for number, field in enumerate(fields):
        for place, level in enumerate(field.levels):
            if level.frequency_of is None:
                continue
            common = _frequencies(prepared.records, level.frequency_of, float(strangers[number][place]))
            rows = levels[:, number] == place
            found = np.fmax(common[left[rows]], common[right[rows]])
            usual = float(strangers[number][place])
            table[rows, number] = found if level.is_exact else of_likeness(found, usual)
    return table


def counts_beyond(
    sample: Levels, fields: Sequence[FieldComparison], pairs_beyond: float
) -> tuple[Floats, ...]:
    """Raise levels of a sample of pairs that are not compared to the number of all such pairs."""
    raised = pairs_beyond / max(len(sample), 1)
    return tuple(
        (raised * np.bincount(column[column >= 0], minlength=len(field.levels))).astype(np.float64)
        for column, field in zip(sample.T, fields, strict=True)
    )


def level_table(levels: pl.DataFrame, fields: Sequence[FieldComparison]) -> Levels:
    """Return the level of each field of each pair; 0 is the best, -1 unknown or not looked at."""
    columns = []
    for field in fields:
        if gamma_column(field) not in levels.columns:
            columns.append(np.full(levels.height, -1))
            continue
        gamma = levels[gamma_column(field)].to_numpy()
        columns.append(np.where(gamma < 0, -1, len(field.levels) - 1 - gamma))
    return np.stack(columns, axis=1).astype(np.int8)


def possible_pairs(sizes: Sequence[int], groups: Sequence[tuple[int, int]]) -> Floats:
    """Return how many pairs of records there are between, or inside, lists."""
    return np.array([sizes[a] * (sizes[a] - 1) / 2 if a == b else sizes[a] * sizes[b] for a, b in groups])


def gather(
    prepared: Prepared,
    fields: Sequence[FieldComparison],
    levels: pl.DataFrame,
    strangers: Sequence[Floats],
    not_compared: Sequence[Floats] = (),
) -> Evidence:
    """Return the evidence on all candidate pairs."""
    names = list(prepared.lists)
    number = {name: place for place, name in enumerate(names)}
    list_of = np.array([number[name] for name in prepared.records["list"]])
    sizes = [int((list_of == place).sum()) for place in range(len(names))]
    groups = [(a, b) for a in range(len(names)) for b in range(a, len(names))]
    place_of = np.zeros((len(names), len(names)), dtype=np.int64)
    for place, (a, b) in enumerate(groups):
        place_of[a, b] = place_of[b, a] = place
    table = level_table(levels, fields)
    left, right = levels["left"].to_numpy(), levels["right"].to_numpy()
    return Evidence(
        levels=table,
        frequency=_frequency_table(prepared, fields, table, levels, strangers),
        groups=place_of[list_of[left], list_of[right]],
        possible=possible_pairs(sizes, groups),
        expected=expected_links(sizes, groups),
        not_compared=tuple(not_compared),
        sizes=np.array([(0, 0) if a == b else (sizes[a], sizes[b]) for a, b in groups], dtype=np.float64),
    )
