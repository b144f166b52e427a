"""A number of persons with its interval, and the log-normal interval for persons never seen."""

from dataclasses import dataclass
from math import exp, log, sqrt

from scipy.special import ndtri


@dataclass(frozen=True, kw_only=True)
class Total:
    """A population size with an interval, all in persons."""

    value: float
    low: float
    high: float


def log_normal_total(*, observed: int, unseen: float, variance: float, z: float) -> Total:
    """Put an interval around ``observed + unseen`` that never goes below those observed.

    Notes
    -----
    The persons never seen are taken as log-normal: Burnham et al. (1987), Design and analysis methods for
    fish survival experiments, p. 212; Chao (1987), Biometrics 43, 783-791.

    """
    if unseen <= 0:
        return Total(value=observed, low=observed, high=observed)
    spread = exp(z * sqrt(log(1 + variance / unseen**2)))
    return Total(value=observed + unseen, low=observed + unseen / spread, high=observed + unseen * spread)


def normal_quantile(level: float) -> float:
    """Two-sided normal quantile of a probability: 1.96 for 0.95."""
    return float(ndtri((1 + level) / 2))
