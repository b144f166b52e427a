"""Whether the maximum-likelihood estimate of a log-linear model exists, and is the only one.

A table with empty overlaps may push a parameter to infinity; software then prints a huge or meaningless
number of unseen persons without a word. Here the answer is exact, by linear programming.
"""

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linprog

# Persons: a strictly positive table this far from the edge proves existence beyond rounding.
MARGIN = 1e-7


def has_estimate(design: NDArray[np.float64], counts: NDArray[np.float64]) -> bool:
    """Tell whether some table with every cell positive has the same totals as the observed one.

    Parameters
    ----------
    design : array of shape (n_cells, n_terms)
        Cells in use and terms in the model.
    counts : array of shape (n_cells,)
        Persons.

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
        b_eq=design.T @ counts,
        bounds=[(0, None)] * n_cells + [(None, float(max(counts.max(), 1.0)))],
        method="highs",
    )
    return answer.status == 0 and answer.fun is not None and bool(answer.fun < -MARGIN)


def is_identified(design: NDArray[np.float64]) -> bool:
    """Tell whether the cells in use determine every parameter (full column rank)."""
    return bool(np.linalg.matrix_rank(design) == design.shape[1])
