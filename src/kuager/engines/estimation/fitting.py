"""Maximum likelihood for many Poisson log-linear models of one table at once.

All models share one design matrix; each has its own columns, its own cells and its own counts. A model
whose estimate does not exist still approaches its largest likelihood, so likelihoods may be compared;
whether an estimate exists is for ``existence`` to say.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAXIMUM_STEPS = 60
TOLERANCE = 1e-11
# exp(+-40) is beyond any count of persons and far from overflow.
LARGEST_LOG_MEAN = 40.0


@dataclass(frozen=True, eq=False)
class Problem:
    """Models to fit.

    Parameters
    ----------
    design : array of shape (n_cells, n_terms)
        Shared by all models.
    counts : array of shape (n_models, n_cells)
        Persons; may differ between models.
    columns : array of shape (n_models, n_terms)
        Terms in the model.
    cells : array of shape (n_models, n_cells)
        Cells in use; the others have fitted mean 0.

    """

    design: NDArray[np.float64]
    counts: NDArray[np.float64]
    columns: NDArray[np.bool_]
    cells: NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Fits:
    """Fitted models; arrays have one row for each model.

    Parameters
    ----------
    coefficients : array of shape (n_models, n_terms)
        Log-linear parameters; 0 for terms not in the model.
    means : array of shape (n_models, n_cells)
        Fitted persons in each cell in use; 0 elsewhere.
    deviance : array of shape (n_models,)
        Twice the distance to the saturated model.
    converged : array of shape (n_models,)
        False where the likelihood was still rising.

    """

    coefficients: NDArray[np.float64]
    means: NDArray[np.float64]
    deviance: NDArray[np.float64]
    converged: NDArray[np.bool_]


def fit_poisson(problem: Problem) -> Fits:
    """Fit every model by iteratively reweighted least squares (McCullagh & Nelder 1989, section 2.5)."""
    n_models, n_terms = problem.columns.shape
    coefficients = np.zeros((n_models, n_terms))
    log_means = np.log(problem.counts + 0.1)
    means = np.where(problem.cells, problem.counts + 0.1, 0.0)
    deviance = np.full(n_models, np.inf)
    converged = np.zeros(n_models, dtype=np.bool_)
    for _ in range(MAXIMUM_STEPS):
        active = np.flatnonzero(~converged)
        if not active.size:
            break
        now = _part(problem, active)
        target = _step(now, log_means[active], means[active])
        previous = None if np.isinf(deviance[active[0]]) else coefficients[active]
        new = _descend(now, target, previous, deviance[active])
        converged[active] = np.abs(deviance[active] - new.deviance) <= TOLERANCE * (new.deviance + 1.0)
        coefficients[active], means[active], deviance[active] = new.coefficients, new.means, new.deviance
        log_means[active] = _log_means(now, new.coefficients)
    return Fits(coefficients=coefficients, means=means, deviance=deviance, converged=converged)


def _part(problem: Problem, rows: NDArray[np.int64]) -> Problem:
    return Problem(
        design=problem.design,
        counts=problem.counts[rows],
        columns=problem.columns[rows],
        cells=problem.cells[rows],
    )


def _step(
    problem: Problem, log_means: NDArray[np.float64], means: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Solve one weighted least-squares problem for each model."""
    score = means * log_means + np.where(problem.cells, problem.counts - means, 0.0)
    right = (score @ problem.design) * problem.columns
    left = information(problem, means)
    diagonal = np.einsum("mii->mi", left)
    # A ridge far below the rounding of the answer keeps a singular model from stopping all others.
    diagonal += 1e-13 * diagonal.max(axis=1, keepdims=True) + np.where(problem.columns, 0.0, 1.0)
    return np.asarray(np.linalg.solve(left, right[..., None])[..., 0])


def information(problem: Problem, means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fisher information of each model, shape (n_models, n_terms, n_terms); 0 outside the model."""
    n_terms = problem.design.shape[1]
    products = (problem.design[:, :, None] * problem.design[:, None, :]).reshape(-1, n_terms**2)
    full = (np.where(problem.cells, means, 0.0) @ products).reshape(-1, n_terms, n_terms)
    return np.asarray(full * (problem.columns[:, :, None] & problem.columns[:, None, :]))


def _descend(
    problem: Problem,
    target: NDArray[np.float64],
    previous: NDArray[np.float64] | None,
    best: NDArray[np.float64],
) -> Fits:
    """Go to the target, or only part of the way where the whole way would make the fit worse."""
    coefficients = target
    for _ in range(6):
        means = np.where(problem.cells, np.exp(_log_means(problem, coefficients)), 0.0)
        deviance = poisson_deviance(problem, means)
        worse = deviance > best + 1e-9 * (1.0 + np.abs(best))
        if previous is None or not worse.any():
            break
        coefficients = np.where(worse[:, None], (coefficients + previous) / 2, coefficients)
    return Fits(coefficients=coefficients, means=means, deviance=deviance, converged=~worse)


def _log_means(problem: Problem, coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.clip(coefficients @ problem.design.T, -LARGEST_LOG_MEAN, LARGEST_LOG_MEAN))


def poisson_deviance(problem: Problem, means: NDArray[np.float64]) -> NDArray[np.float64]:
    """Twice the log-likelihood lost against the saturated model, over the cells in use."""
    counts = np.where(problem.cells, problem.counts, 0.0)
    ratio = np.where(counts > 0, counts, 1.0) / np.where(counts > 0, np.maximum(means, 1e-300), 1.0)
    return np.asarray(2 * (counts * np.log(ratio) - counts + means).sum(axis=1))
