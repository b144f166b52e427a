"""Maximum likelihood of one Poisson log-linear model with any columns, cell by cell.

``likelihood`` does the same for models made of terms, from margins alone and much faster; tests compare
the two.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

MAXIMUM_STEPS = 60
TOLERANCE = 1e-12
# exp(+-40) is beyond any count of persons and far from overflow.
LARGEST_LOG_MEAN = 40.0


@dataclass(frozen=True, eq=False)
class Fit:
    """A fitted model.

    Parameters
    ----------
    coefficients : array of shape (n_columns,)
        Log-linear parameters.
    means : array of shape (n_cells,)
        Fitted persons in each cell.
    deviance : float
        Twice the distance to the saturated model.

    """

    coefficients: NDArray[np.float64]
    means: NDArray[np.float64]
    deviance: float


def fit_poisson(design: NDArray[np.float64], counts: NDArray[np.float64]) -> Fit:
    """Fit by iteratively reweighted least squares (McCullagh & Nelder 1989, section 2.5).

    Parameters
    ----------
    design : array of shape (n_cells, n_columns)
        Of full column rank; the estimate must exist.
    counts : array of shape (n_cells,)
        Persons, whole or not.

    """
    log_means = np.log(counts + 0.1)
    means = counts + 0.1
    fit = None
    for _ in range(MAXIMUM_STEPS):
        right = design.T @ (means * log_means + counts - means)
        target = np.asarray(np.linalg.lstsq(design.T @ (means[:, None] * design), right, rcond=None)[0])
        previous, fit = fit, _descend(design, counts, target, fit)
        log_means, means = _log_means(design, fit.coefficients), fit.means
        if previous and abs(previous.deviance - fit.deviance) <= TOLERANCE * (fit.deviance + 1.0):
            return fit
    return fit if fit is not None else _at(design, counts, np.zeros(design.shape[1]))


def information(design: NDArray[np.float64], fit: Fit) -> NDArray[np.float64]:
    """Fisher information, shape (n_columns, n_columns)."""
    return np.asarray(design.T @ (fit.means[:, None] * design))


def poisson_deviance(counts: NDArray[np.float64], means: NDArray[np.float64]) -> float:
    """Twice the log-likelihood lost against the saturated model."""
    ratio = np.where(counts > 0, counts, 1.0) / np.where(counts > 0, np.maximum(means, 1e-300), 1.0)
    return float(2 * (counts * np.log(ratio) - counts + means).sum())


def _descend(
    design: NDArray[np.float64], counts: NDArray[np.float64], target: NDArray[np.float64], best: Fit | None
) -> Fit:
    """Go to the target, or only part of the way where the whole way would make the fit worse."""
    fit = _at(design, counts, target)
    for _ in range(6):
        if best is None or fit.deviance <= best.deviance + 1e-9 * (1.0 + best.deviance):
            break
        fit = _at(design, counts, (fit.coefficients + best.coefficients) / 2)
    return fit


def _at(design: NDArray[np.float64], counts: NDArray[np.float64], coefficients: NDArray[np.float64]) -> Fit:
    means = np.exp(_log_means(design, coefficients))
    return Fit(coefficients=coefficients, means=means, deviance=poisson_deviance(counts, means))


def _log_means(design: NDArray[np.float64], coefficients: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.clip(design @ coefficients, -LARGEST_LOG_MEAN, LARGEST_LOG_MEAN))
