"""The bias-corrected and accelerated bootstrap interval, as used for multiple systems estimates.

References
----------
Efron (1987), Better bootstrap confidence intervals, JASA 82, 171-185. Chan, Silverman & Vincent (2021),
Multiple systems estimation for sparse capture data, JASA 116, section 4, for the jackknife over patterns.
Hyndman & Fan (1996), Sample quantiles in statistical packages, Am. Statist. 50, 361-365, definition 8.

"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr, ndtri


def resampled(counts: NDArray[np.float64], *, replicates: int, seed: int) -> NDArray[np.float64]:
    """Draw as many persons as there are, with replacement, shape (replicates, n_patterns)."""
    persons = int(counts.sum())
    random = np.random.default_rng(seed)
    return random.multinomial(persons, counts / counts.sum(), size=replicates).astype(np.float64)


def one_less(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Leave out one person of each pattern in turn, shape (n_patterns, n_patterns)."""
    return np.asarray(counts - np.eye(len(counts)))


def bca_interval(
    *,
    estimate: float,
    replicates: NDArray[np.float64],
    left_out: NDArray[np.float64],
    counts: NDArray[np.float64],
    level: float,
) -> tuple[float, float]:
    """Interval from bootstrap replicates of an estimate.

    Parameters
    ----------
    replicates : array of shape (n_replicates,)
        Estimates from resampled tables; infinite where a table has none.
    left_out : array of shape (n_patterns,)
        Estimates without one person of each pattern.
    counts : array of shape (n_patterns,)
        Persons with each pattern.
    level : float
        Probability of the interval.

    """
    bias = bias_correction(estimate, replicates)
    speed = acceleration(left_out, counts)
    ordered = np.sort(replicates)
    z = float(ndtri((1 + level) / 2))
    low, high = (float(ndtr(bias + (bias + side) / max(1 - speed * (bias + side), 1e-9))) for side in (-z, z))
    return quantile(ordered, low), quantile(ordered, high)


def bias_correction(estimate: float, replicates: NDArray[np.float64]) -> float:
    """Return the normal quantile of the share of replicates below the estimate, kept finite."""
    share = float((replicates < estimate).mean())
    edge = 0.5 / len(replicates)
    return float(ndtri(min(max(share, edge), 1 - edge)))


def acceleration(left_out: NDArray[np.float64], counts: NDArray[np.float64]) -> float:
    """Skewness of the estimate's dependence on single persons; those it cannot do without are left aside."""
    finite = np.isfinite(left_out)
    if not finite.any():
        return 0.0
    weights, values = counts[finite], left_out[finite]
    away = weights @ values / weights.sum() - values
    spread = float(weights @ away**2)
    return float(weights @ away**3) / (6 * spread**1.5) if spread > 0 else 0.0


def quantile(ordered: NDArray[np.float64], probability: float) -> float:
    """Median-unbiased quantile (definition 8) of sorted values, some of which may be infinite."""
    place = (len(ordered) + 1 / 3) * probability + 1 / 3
    below = min(max(math.floor(place), 1), len(ordered))
    above = min(below + 1, len(ordered))
    part = min(max(place - below, 0.0), 1.0)
    low, high = float(ordered[below - 1]), float(ordered[above - 1])
    return low if part == 0 or low == high else low + part * (high - low)
