"""Fit all candidate log-linear models of a table and rank them.

Empty overlaps are treated by the extended maximum likelihood of Chan, Silverman & Vincent (2021): where
a model holds a term whose lists share nobody, the parameter is minus infinity, so the cells that contain
the term are known to be empty and leave the table, and the term leaves the model but is still counted.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from kuager.engines.estimation.existence import has_estimate, is_identified
from kuager.engines.estimation.fitting import Fits, Problem, fit_poisson
from kuager.engines.estimation.hierarchies import Table

# A fit that has converged with every mean above this many persons is itself a proof of existence.
CLEARLY_POSITIVE = 1e-6


@dataclass(frozen=True, eq=False)
class Candidates:
    """Fitted models of one table; arrays have one row for each model.

    Parameters
    ----------
    table : Table
        What they were fitted to.
    models : array of shape (n_models, n_terms)
        Terms of each model, those at minus infinity included.
    problem : Problem
        What was fitted: observable cells only, reduced for empty overlaps.
    aic, bic : array of shape (n_models,)
        -2 log-likelihood + 2 p, and + p ln(persons).
    identified : array of shape (n_models,)
        False where the cells left over cannot determine the parameters.

    """

    table: Table
    models: NDArray[np.bool_]
    problem: Problem
    fits: Fits
    parameters: NDArray[np.int64]
    aic: NDArray[np.float64]
    bic: NDArray[np.float64]
    identified: NDArray[np.bool_]

    @property
    def unseen(self) -> NDArray[np.float64]:
        """Persons on no list by each model."""
        return np.asarray(np.exp(self.fits.coefficients[:, 0]))

    @property
    def surely_exist(self) -> NDArray[np.bool_]:
        """Models whose estimate exists by the plainest proof; others need ``exists``."""
        low = np.where(self.problem.cells, self.fits.means, np.inf).min(axis=1)
        return np.asarray(self.identified & self.fits.converged & (low > CLEARLY_POSITIVE))

    def exists(self, model: int) -> bool:
        """Tell whether the estimate of one model exists and is unique."""
        cells, columns = self.problem.cells[model], self.problem.columns[model]
        design = self.problem.design[np.ix_(cells, columns)]
        return is_identified(design) and has_estimate(design, self.problem.counts[model][cells])


def fit_candidates(table: Table, models: NDArray[np.bool_]) -> Candidates:
    """Fit the models to the observable cells and score them."""
    design = table.design[1:]
    empty = models & (table.margins == 0)
    cells = ~((empty.astype(np.float64) @ design.T) > 0)
    counts = np.broadcast_to(table.counts[1:], (len(models), len(design)))
    problem = Problem(design=design, counts=counts, columns=models & ~empty, cells=cells)
    identified = _identified(problem)
    fits = fit_poisson(problem)
    deviance_of_data = 2 * (table.counts - _xlogx(table.counts) + gammaln(table.counts + 1)).sum()
    minus_two_log = fits.deviance + deviance_of_data
    parameters = models.sum(axis=1)
    return Candidates(
        table=table,
        models=models,
        problem=problem,
        fits=fits,
        parameters=parameters,
        aic=minus_two_log + 2 * parameters,
        bic=minus_two_log + np.log(table.counts.sum()) * parameters,
        identified=identified,
    )


def _xlogx(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(values * np.log(np.maximum(values, 1.0)))


def _identified(problem: Problem) -> NDArray[np.bool_]:
    """Full column rank of each model; a complete table always has it, so only reduced ones are tried."""
    answer = np.ones(len(problem.columns), dtype=np.bool_)
    reduced = np.flatnonzero(~problem.cells.all(axis=1))
    for start in range(0, len(reduced), 2048):
        rows = reduced[start : start + 2048]
        used = problem.design * problem.cells[rows][:, :, None]
        rank = np.linalg.matrix_rank(used * problem.columns[rows][:, None, :])
        answer[rows] = rank == problem.columns[rows].sum(axis=1)
    return answer
