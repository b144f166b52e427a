"""Bring the levels Splink found together with how common each agreed value is.

Promises: rows stand in the order of the candidate pairs; frequencies are smoothed, so that a value seen once
in a list of three is not taken for common.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import polars as pl

from kuager.engines.linkage.comparing.comparisons import FieldComparison
from kuager.engines.linkage.comparing.splink_model import gamma_column
from kuager.engines.linkage.learning import Evidence, Floats, Groups, Levels, expected_links
from kuager.engines.linkage.reading.preparing import Prepared

_SMOOTHING = 200.0


def smoothed(counts: Floats, known: int | Floats, chance: float) -> Floats:
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


def counts_beyond(
    sample: Levels, fields: Sequence[FieldComparison], pairs_beyond: float
) -> tuple[Floats, ...]:
    """Raise levels of a sample of pairs that are not compared to the number of all such pairs."""
    raised = pairs_beyond / max(len(sample), 1)
    return tuple(
        (raised * np.bincount(column[column >= 0], minlength=len(field.levels))).astype(np.float64)
        for column, field in zip(sample.T, fields, strict=True)
    )


def level_counts(levels: pl.DataFrame, fields: Sequence[FieldComparison]) -> tuple[Floats, ...]:
    """Return how many pairs reach each level of each field, best first; unknown is not counted."""
    counts = []
    for field in fields:
        looked_at = gamma_column(field) in levels.columns
        gamma = levels[gamma_column(field)].to_numpy() if looked_at else np.zeros(0, dtype=np.int8)
        counts.append(np.bincount(gamma[gamma >= 0], minlength=len(field.levels))[::-1].astype(np.float64))
    return tuple(counts)


def level_table(levels: pl.DataFrame, fields: Sequence[FieldComparison]) -> Levels:
    """Return the level of each field of each pair; 0 is the best, -1 unknown or not looked at."""
    columns = []
    for field in fields:
        if gamma_column(field) not in levels.columns:
            columns.append(np.full(levels.height, -1, dtype=np.int8))
            continue
        gamma = levels[gamma_column(field)].to_numpy()
        columns.append(np.where(gamma < 0, -1, len(field.levels) - 1 - gamma))
    return np.stack(columns, axis=1).astype(np.int8)


def possible_pairs(sizes: Sequence[int], groups: Sequence[tuple[int, int]]) -> Floats:
    """Return how many pairs of records there are between, or inside, lists."""
    return np.array([sizes[a] * (sizes[a] - 1) / 2 if a == b else sizes[a] * sizes[b] for a, b in groups])


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What all pairs have in common: the lists, and how common every value is.

    Attributes
    ----------
    group_of
        Shape ``(n_lists, n_lists)``: the number of each pair of lists.
    list_of
        Shape ``(n_records,)``: the number of each record's list.
    common
        By field and level, how common the value of each record is, shape ``(n_records,)``.
    usual
        By field and level, how often strangers agree there.
    """

    fields: tuple[FieldComparison, ...]
    group_of: Groups
    list_of: Groups
    possible: Floats
    expected: Floats
    sizes: Floats
    common: Mapping[tuple[int, int], Floats]
    usual: Mapping[tuple[int, int], float]


def surroundings(
    prepared: Prepared, fields: Sequence[FieldComparison], strangers: Sequence[Floats]
) -> Surroundings:
    """Return what all pairs of prepared records have in common."""
    names = list(prepared.lists)
    number = {name: place for place, name in enumerate(names)}
    list_of = prepared.records["list"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    sizes = np.bincount(list_of, minlength=len(names)).tolist()
    groups = [(a, b) for a in range(len(names)) for b in range(a, len(names))]
    group_of = np.zeros((len(names), len(names)), dtype=np.int64)
    for place, (a, b) in enumerate(groups):
        group_of[a, b] = group_of[b, a] = place
    usual = {
        (column, place): float(strangers[column][place])
        for column, field in enumerate(fields)
        for place, level in enumerate(field.levels)
        if level.frequency_of is not None
    }
    common = {
        where: _frequencies(prepared.records, str(fields[where[0]].levels[where[1]].frequency_of), chance)
        for where, chance in usual.items()
    }
    return Surroundings(
        fields=tuple(fields),
        group_of=group_of,
        list_of=list_of,
        possible=possible_pairs(sizes, groups),
        expected=expected_links(sizes, groups),
        sizes=np.array([(0, 0) if a == b else (sizes[a], sizes[b]) for a, b in groups], dtype=np.float64),
        common=common,
        usual=usual,
    )


def _frequency_table(around: Surroundings, levels: Levels, left: Groups, right: Groups) -> Floats:
    table = np.full(levels.shape, np.nan)
    for (column, place), common in around.common.items():
        rows = np.flatnonzero(levels[:, column] == place)
        found = np.fmax(common[left[rows]], common[right[rows]])
        is_exact = around.fields[column].levels[place].is_exact
        table[rows, column] = found if is_exact else of_likeness(found, around.usual[column, place])
    return table


def gather_around(
    around: Surroundings, levels: pl.DataFrame, not_compared: Sequence[Floats] = ()
) -> Evidence:
    """Return the evidence on pairs."""
    table = level_table(levels, around.fields)
    left, right = (levels[side].to_numpy().astype(np.int64) for side in ("left", "right"))
    return Evidence(
        levels=table,
        frequency=_frequency_table(around, table, left, right),
        groups=around.group_of[around.list_of[left], around.list_of[right]],
        possible=around.possible,
        expected=around.expected,
        not_compared=tuple(not_compared),
        sizes=around.sizes,
    )


def together(parts: Sequence[Evidence]) -> Evidence:
    """Return the evidence on the pairs of all parts."""
    return replace(
        parts[0],
        levels=np.concatenate([part.levels for part in parts]),
        frequency=np.concatenate([part.frequency for part in parts]),
        groups=np.concatenate([part.groups for part in parts]),
    )


def gather(
    prepared: Prepared,
    fields: Sequence[FieldComparison],
    levels: pl.DataFrame,
    strangers: Sequence[Floats],
    not_compared: Sequence[Floats] = (),
) -> Evidence:
    """Return the evidence on all pairs."""
    return gather_around(surroundings(prepared, fields, strangers), levels, not_compared)
