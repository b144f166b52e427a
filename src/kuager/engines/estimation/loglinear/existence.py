"""Whether the maximum-likelihood estimate of a log-linear model exists, and is the only one.

A table with empty overlaps may push a parameter to infinity; software then prints a huge or meaningless
number of unseen persons without a word. Here the answer is exact, by linear programming.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

from kuager.engines.estimation.loglinear.hierarchies import Table, holds

# Above this the linear programme has more than a thousand cells; the convergence of Newton's method decides.
MOST_LISTS_CHECKED = 10
# Share of the largest count: a positive table this far from the edge proves existence beyond rounding.
MARGIN = 1e-7


def has_estimate(table: Table, model: NDArray[np.bool_]) -> bool:
    """Tell whether a model of a table has one finite estimate.

    Parameters
    ----------
    model : array of shape (n_terms,)
        Terms in the model; those whose lists share nobody are at minus infinity, which is allowed.

    """
    empty = table.terms[model & (table.margins == 0)]
    finite = table.terms[model & (table.margins > 0)]
    if np.linalg.matrix_rank(holds(table.patterns, finite)) == len(finite):
        return True
    cells = np.arange(1, 2**table.n_lists, dtype=np.int64)
    cells = cells[~holds(cells, empty).any(axis=1)]
    counts = np.zeros(2**table.n_lists)
    counts[table.patterns] = table.counts
    design = holds(cells, finite)
    return is_identified(design) and has_positive_table(design, counts[cells])


def has_positive_table(design: NDArray[np.float64], counts: NDArray[np.float64]) -> bool:
    """Tell whether some table with every cell positive has the same totals as the observed one.

    Parameters
    ----------
    design : array of shape (n_cells, n_terms)
        Cells in use and terms in the model.
    counts : array of shape (n_cells,)
        Persons.

    Notes
    -----
    Only which cells are empty matters, so every other count is taken as 1: no rounding of large counts.

    References
    ----------
    Fienberg & Rinaldo (2012), Maximum likelihood estimation in log-linear models, Ann. Statist. 40,
    996-1023, Theorem 3; the linear programme is that of Chan, Silverman & Vincent (2021), Multiple
    systems estimation for sparse capture data, JASA 116, 1297-1306, section 3.

    """
    if (counts > 0).all():
        return True
    n_cells = len(counts)
    totals = np.column_stack([design.T, np.zeros(design.shape[1])])
    above = np.column_stack([-np.eye(n_cells), np.ones(n_cells)])
    goal = np.zeros(n_cells + 1)
    goal[-1] = -1.0
    answer = linprog(
        goal,
        A_ub=above,
        b_ub=np.zeros(n_cells),
        A_eq=totals,
        b_eq=design.T @ (counts > 0),
        bounds=[(0, None)] * n_cells + [(None, 1.0)],
        method="highs",
    )
    return answer.status == 0 and answer.fun is not None and bool(answer.fun < -MARGIN)


def is_identified(design: NDArray[np.float64]) -> bool:
    """Tell whether the cells in use determine every parameter (full column rank)."""
    return bool(np.linalg.matrix_rank(design) == design.shape[1])
