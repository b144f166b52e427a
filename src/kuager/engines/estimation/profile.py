"""Interval of a log-linear estimate from the profile of the multinomial likelihood (Cormack 1992)."""

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln

from kuager.engines.estimation.fitting import Problem, fit_poisson

# Where the likelihood is still flat at this many persons for each one seen, nothing bounds the total.
FURTHEST = 1e5
# Persons; below this a profile in log(unseen) has reached "nobody is unseen".
NEAREST = 1e-3


@dataclass(frozen=True, eq=False)
class Model:
    """One model over the full table: cell 0 is the unseen.

    Parameters
    ----------
    design : array of shape (n_cells, n_parameters)
        Cells in use, the unseen cell first.
    counts : array of shape (n_cells,)
        Persons; entry 0 is ignored.

    """

    design: NDArray[np.float64]
    counts: NDArray[np.float64]


def profile_interval(model: Model, *, unseen: float, drop: float) -> tuple[float, float]:
    """Find the numbers of unseen persons that the data do not contradict.

    Parameters
    ----------
    unseen : float
        The estimate, from which the search starts, persons.
    drop : float
        Fall of the log-likelihood that is still accepted; 3.84 / 2 for 95 %.

    Returns
    -------
    tuple of float
        Low and high, persons; high is infinite where the likelihood never falls that far.

    References
    ----------
    Cormack (1992), Interval estimation for mark-recapture studies of closed populations, Biometrics 48,
    567-576; with exact factorials in place of Stirling's formula.

    """
    reach = math.log(FURTHEST * model.counts[1:].sum())
    floor = math.log(NEAREST)
    start = min(max(math.log(max(unseen, NEAREST)), floor), reach)

    def loss(log_unseen: float) -> float:
        return -profile_log_likelihood(model, math.exp(log_unseen))

    top = minimize_scalar(loss, bounds=(max(floor, start - 3), min(reach, start + 3)), method="bounded")
    best, peak = float(-top.fun), float(top.x)

    def fall(log_unseen: float) -> float:
        return best - drop + loss(log_unseen)

    low = _end(fall, peak, floor)
    high = _end(fall, peak, reach)
    return (0.0 if low is None else math.exp(low)), (math.inf if high is None else math.exp(high))


def profile_log_likelihood(model: Model, unseen: float) -> float:
    """Log-likelihood of the table with ``unseen`` persons, maximised over all other parameters."""
    counts = model.counts.copy()
    counts[0] = unseen
    total = counts.sum()
    problem = Problem(
        design=model.design,
        counts=counts[None],
        columns=np.ones((1, model.design.shape[1]), dtype=np.bool_),
        cells=np.ones((1, len(counts)), dtype=np.bool_),
    )
    means = np.maximum(fit_poisson(problem).means[0], 1e-300)
    fit = float((counts * np.log(means / total)).sum())
    return fit + float(gammaln(total + 1) - gammaln(unseen + 1))


def _end(fall: Callable[[float], float], peak: float, limit: float) -> float | None:
    """Step away from the peak until the likelihood has fallen far enough, then close in."""
    step, here = math.copysign(0.05, limit - peak), peak
    while True:
        there = max(here + step, limit) if step < 0 else min(here + step, limit)
        if fall(there) > 0:
            return float(brentq(fall, here, there, xtol=1e-8))
        if there == limit:
            return None
        here, step = there, step * 1.6
