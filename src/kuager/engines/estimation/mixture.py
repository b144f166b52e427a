"""Fill gaps in a table of categories with draws from a mixture of independent columns.

Persons fall into classes that nobody sees; inside a class the columns are independent. With enough classes
any table can be written so. The number of classes in use is learnt (a truncated Dirichlet process). Only
cells that are there inform the model; what is missing is assumed to depend on nothing but what is there
("missing at random").

References
----------
Dunson & Xing (2009), Nonparametric Bayes modeling of multivariate categorical data, JASA 104, 1042-1051.
Si & Reiter (2013), Nonparametric Bayesian multiple imputation for incomplete categorical variables in
large-scale assessment surveys, J. Educ. Behav. Stat. 38, 499-521 (section 2). Their prior gives every code
the same weight in every class; for a list that names one person in two hundred that would invent as many
again, so that here the prior of a column is centred on its own shares, with the weight of one person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

CLASSES = 20
BURN_IN = 600
# Sweeps between two completed tables, so that they are nearly independent.
BETWEEN = 40
# Gamma prior of the concentration, shape and rate: weak, favours few classes (Si & Reiter 2013).
ALPHA_SHAPE = ALPHA_RATE = 0.25
PRIOR_PERSONS = 1.0
_TINY = 1e-300


@dataclass(frozen=True, eq=False)
class CodedTable:
    """Persons by the codes of their columns.

    Parameters
    ----------
    codes : array of shape (n_rows, n_columns)
        0 .. levels - 1; -1 where the cell is missing.
    counts : array of shape (n_rows,)
        Persons with exactly this row.
    levels : sequence of int
        Number of different codes of each column.

    """

    codes: NDArray[np.int64]
    counts: NDArray[np.int64]
    levels: tuple[int, ...]


@dataclass(eq=False)
class _State:
    log_weights: NDArray[np.float64]  # (classes,)
    log_shares: list[NDArray[np.float64]]  # for each column (levels, classes)
    prior: list[NDArray[np.float64]]  # for each column (levels,), persons
    alpha: float


def complete_tables(
    table: CodedTable, fill: Sequence[int], *, m: int, random: np.random.Generator
) -> Iterator[CodedTable]:
    """Draw ``m`` tables in which the columns ``fill`` have no gaps.

    Parameters
    ----------
    table : CodedTable
        The table; its rows are sorted first, so that their order does not matter.
    fill : sequence of int
        Columns to fill; the gaps of others stay.
    m : int
        Number of tables.
    random : Generator
        Source of randomness.

    """
    table = collapsed(table)
    indicators = _indicators(table)
    state = _first_state(table, random)
    for _ in range(BURN_IN - BETWEEN):
        _sweep(table, indicators, state, random)
    for _ in range(m):
        for _ in range(BETWEEN):
            _sweep(table, indicators, state, random)
        yield _filled(table, fill, _members(table, indicators, state, random), state, random)


def collapsed(table: CodedTable) -> CodedTable:
    """Add up equal rows and sort."""
    codes, place = np.unique(table.codes, axis=0, return_inverse=True)
    counts = np.zeros(len(codes), dtype=np.int64)
    np.add.at(counts, place.reshape(-1), table.counts)
    return CodedTable(codes=codes, counts=counts, levels=table.levels)


def _indicators(table: CodedTable) -> list[NDArray[np.float64]]:
    """For each column a matrix (n_rows, levels) with a 1 for the code of the row, all 0 for a gap."""
    return [
        (table.codes[:, at][:, None] == np.arange(levels)).astype(np.float64)
        for at, levels in enumerate(table.levels)
    ]


def _first_state(table: CodedTable, random: np.random.Generator) -> _State:
    """Begin with classes of equal weight and shares drawn widely."""
    shares = [_logs(random.dirichlet(np.ones(levels), CLASSES).T) for levels in table.levels]
    persons = [table.counts @ known + 0.5 for known in _indicators(table)]
    prior = [PRIOR_PERSONS * known / known.sum() for known in persons]
    return _State(np.full(CLASSES, -np.log(CLASSES)), shares, prior, alpha=1.0)


def _logs(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.log(np.maximum(values, _TINY))


def _members(
    table: CodedTable, indicators: list[NDArray[np.float64]], state: _State, random: np.random.Generator
) -> NDArray[np.int64]:
    """Draw how many persons of each row belong to each class, shape (n_rows, classes)."""
    scores = state.log_weights + sum(
        known @ shares for known, shares in zip(indicators, state.log_shares, strict=True)
    )
    weights = np.exp(scores - scores.max(axis=1, keepdims=True))
    drawn = random.multinomial(table.counts, weights / weights.sum(axis=1, keepdims=True))
    return np.asarray(drawn, dtype=np.int64)


def _sweep(
    table: CodedTable, indicators: list[NDArray[np.float64]], state: _State, random: np.random.Generator
) -> None:
    """Update classes, shares, weights and concentration once (blocked Gibbs)."""
    members = _members(table, indicators, state, random).astype(np.float64)
    for at, known in enumerate(indicators):
        drawn = random.standard_gamma(known.T @ members + state.prior[at][:, None])
        state.log_shares[at] = _logs(drawn / np.maximum(drawn.sum(axis=0), _TINY))
    sizes = members.sum(axis=0)
    after = sizes[::-1].cumsum()[::-1] - sizes
    sticks = random.beta(1 + sizes[:-1], state.alpha + after[:-1])
    rest = np.concatenate([[0.0], np.cumsum(np.log1p(-np.minimum(sticks, 1 - 1e-12)))])
    state.log_weights = rest + np.concatenate([_logs(sticks), [0.0]])
    state.alpha = float(random.gamma(ALPHA_SHAPE + CLASSES - 1, 1 / (ALPHA_RATE - rest[-1])))


def _filled(
    table: CodedTable,
    fill: Sequence[int],
    members: NDArray[np.int64],
    state: _State,
    random: np.random.Generator,
) -> CodedTable:
    """Split the persons of each row over the codes that could stand in its gaps."""
    rows, classes = members.nonzero()
    codes, counts = table.codes[rows], members[rows, classes]
    for at in fill:
        gaps = codes[:, at] < 0
        if not gaps.any():
            continue
        shares = np.exp(state.log_shares[at][:, classes[gaps]]).T
        drawn = random.multinomial(counts[gaps], shares / shares.sum(axis=1, keepdims=True))
        place, code = drawn.nonzero()
        added = codes[gaps][place]
        added[:, at] = code
        codes = np.concatenate([codes[~gaps], added])
        counts = np.concatenate([counts[~gaps], drawn[place, code]])
        classes = np.concatenate([classes[~gaps], classes[gaps][place]])
    return collapsed(CodedTable(codes=codes, counts=counts, levels=table.levels))
