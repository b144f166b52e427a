"""Interval of a log-linear estimate from the profile of the multinomial likelihood (Cormack 1992)."""

import math
from collections.abc import Callable
from typing import TypeAlias

import numpy as np
from scipy.optimize import brentq, minimize_scalar
from scipy.special import gammaln

from kuager.engines.estimation.loglinear.candidates import Candidates
from kuager.engines.estimation.loglinear.likelihood import maximise

# Where the likelihood is still flat at this many persons for each one seen, nothing bounds the total.
FURTHEST = 1e5
# Persons; below this a profile in log(unseen) has reached "nobody is unseen".
NEAREST = 1e-3

Profile: TypeAlias = Callable[[float], float]
"""Log-likelihood with a given number of unseen persons, maximised over all other parameters."""


def profile_interval(
    log_likelihood: Profile, *, seen: float, unseen: float, drop: float
) -> tuple[float, float]:
    """Find the numbers of unseen persons that the data do not contradict.

    Parameters
    ----------
    log_likelihood : callable
        The profile; called with a positive number of unseen persons.
    seen : float
        Persons on at least one list.
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
    reach = math.log(FURTHEST * seen)
    floor = math.log(NEAREST)
    start = min(max(math.log(max(unseen, NEAREST)), floor), reach)

    def loss(log_unseen: float) -> float:
        return -log_likelihood(math.exp(log_unseen))

    top = minimize_scalar(loss, bounds=(max(floor, start - 3), min(reach, start + 3)), method="bounded")
    best, peak = float(-top.fun), float(top.x)

    def fall(log_unseen: float) -> float:
        return best - drop + loss(log_unseen)

    low = _end(fall, peak, floor)
    high = _end(fall, peak, reach)
    return (0.0 if low is None else math.exp(low)), (math.inf if high is None else math.exp(high))


def model_profile(candidates: Candidates, model: int) -> Profile:
    """Profile of one log-linear model; each call starts from where the last one ended."""
    table = candidates.table
    blocked = candidates.blocked(model)
    finite = candidates.models[model] & ~blocked
    finite[0] = False
    terms, margins, empty = table.terms[finite], table.margins[finite], table.terms[blocked]
    near = np.ascontiguousarray(candidates.coefficients[model][finite])

    def log_likelihood(unseen: float) -> float:
        total = table.persons + unseen
        best = maximise(terms, empty, margins / total, near, total, True)
        near[:] = best[0]
        return total * best[2] + float(gammaln(total + 1) - gammaln(unseen + 1))

    return log_likelihood


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
