"""Fill what is not known with several plausible draws, so that the doubt stays visible.

Never one "best guess": a single filled table pretends to know. From ten tables or more, answers are
combined by Rubin's rules (see ``replicates``), which widen the interval by how much the tables differ.
"""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.mixture import CodedTable, complete_tables
from kuager.engines.estimation.partial import PartialHistories
from kuager.engines.estimation.tally import Tally

FEWEST_TABLES = 2
# As HRDAG's verdata, which warns below ten.
ENOUGH_TABLES = 10


def impute_answers(histories: PartialHistories, *, m: int = 20, seed: int = 1) -> list[CaptureHistories]:
    """Draw what lists that did not answer would have said, ``m`` times.

    Parameters
    ----------
    histories : PartialHistories
        Persons with gaps. That a list did not answer may depend on what other lists say, but not on what
        it would have said itself.
    m : int
        Number of tables, 2 or more.
    seed : int
        Start of the random numbers.

    """
    _check(m)
    order = np.argsort(histories.lists)
    table = CodedTable(
        codes=histories.patterns[:, order].astype(np.int64),
        counts=histories.counts,
        levels=(2,) * len(order),
    )
    fill = [at for at in range(len(order)) if (table.codes[:, at] < 0).any()]
    back = np.argsort(order)
    return [
        CaptureHistories.from_counts(histories.lists, found.codes[:, back].tolist(), found.counts.tolist())
        for found in complete_tables(table, fill, m=m, random=np.random.default_rng(seed))
    ]


def impute_strata(tally: Tally, *, m: int = 20, seed: int = 1) -> list[Tally]:
    """Draw the groups of persons whose group is not known, ``m`` times.

    Parameters
    ----------
    tally : Tally
        Persons by lists and groups. What is drawn depends on the lists a person is on and on the groups
        that are known of the person.
    m : int
        Number of tables, 2 or more.
    seed : int
        Start of the random numbers.

    Raises
    ------
    BadInputError
        If a column is not known for anybody.

    """
    _check(m)
    for name, levels in zip(tally.columns, tally.levels, strict=True):
        if not levels:
            raise BadInputError(f"column {name!r} is empty for everybody; nothing can be learnt from it")
    if not tally.unknown:
        return [tally] * m
    lists, columns = np.argsort(tally.lists), np.argsort(tally.columns)
    table = _coded(tally, lists, columns)
    fill = list(range(len(lists), len(lists) + len(columns)))
    return [
        _decoded(tally, found, lists, columns)
        for found in complete_tables(table, fill, m=m, random=np.random.default_rng(seed))
    ]


def _check(m: int) -> None:
    if m < FEWEST_TABLES:
        raise BadInputError(
            f"missing values are drawn {FEWEST_TABLES} times or more (better {ENOUGH_TABLES}), got {m}"
        )


def _coded(tally: Tally, lists: NDArray[np.intp], columns: NDArray[np.intp]) -> CodedTable:
    groups = tally.groups[:, columns].astype(np.int64)
    return CodedTable(
        codes=np.hstack([tally.patterns[:, lists].astype(np.int64), groups]),
        counts=tally.counts,
        levels=(2,) * len(lists) + tuple(len(tally.levels[at]) for at in columns),
    )


def _decoded(tally: Tally, found: CodedTable, lists: NDArray[np.intp], columns: NDArray[np.intp]) -> Tally:
    width = len(lists)
    return replace(
        tally,
        patterns=found.codes[:, :width][:, np.argsort(lists)].astype(np.int8),
        groups=found.codes[:, width:][:, np.argsort(columns)].astype(np.int32),
        counts=found.counts,
    )
