"""The unseen given their probability: a negative binomial, cut off only if the caller set a maximum.

With ``n`` persons seen, unseen probability ``p`` and prior ``1/N`` on the total, the number unseen is
``NegBin(n, 1 - p)``: ``P(n0) = C(n + n0 - 1, n0) p^n0 (1 - p)^n`` (Manrique-Vallier 2016, appendix).
"""

import math

import numpy as np

from kuager.engines.estimation.compiled import compiled

# With more unseen than this the whole numbers of a float end; no register comes near it.
MOST = 9.0e15
TRIES = 64
SMALLEST = 1e-300


@compiled
def log_share_below(n: int, maximum: int, p: float) -> float:
    """Give the log of the probability that ``NegBin(n, 1 - p)`` is at most ``maximum``.

    It is the regularised incomplete beta function ``I_{1-p}(n, maximum + 1)``, by its continued fraction
    (Numerical Recipes 3rd ed., section 6.4), on the log scale so that a far tail does not become 0.
    """
    a, b, x = float(n), maximum + 1.0, 1.0 - p
    if p <= 0.0:
        return 0.0
    front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(p)
    if x < (a + 1.0) / (a + b + 2.0):
        return front + math.log(_fraction(a, b, x) / a)
    above = math.exp(front) * _fraction(b, a, p) / b
    return math.log1p(-min(above, 1.0 - 1e-16))


@compiled
def slope_of_share(n: int, maximum: int, p: float, log_share: float) -> float:
    """Give the derivative of ``log_share_below`` with respect to ``p``; never positive."""
    if p <= 0.0:
        return 0.0
    b = maximum + 1.0
    log_beta = math.lgamma(float(n)) + math.lgamma(b) - math.lgamma(n + b)
    return -math.exp((n - 1.0) * math.log(1.0 - p) + maximum * math.log(p) - log_beta - log_share)


@compiled
def draw_unseen(n: int, maximum: int, p: float, rng: np.random.Generator) -> int:
    """Draw the number unseen; ``maximum`` below 0 stands for none."""
    odds = p / max(1.0 - p, 1e-15)
    for _ in range(TRIES):
        unseen = rng.poisson(min(rng.standard_gamma(float(n)) * odds, MOST))
        if maximum < 0 or unseen <= maximum:
            return int(unseen)
    return _from_the_top(n, maximum, p, rng)


@compiled
def _from_the_top(n: int, maximum: int, p: float, rng: np.random.Generator) -> int:
    """Draw the cut distribution where nearly all of it lies above the cut: it then falls from there down."""
    total, term, unseen = 0.0, 1.0, maximum
    while unseen >= 0 and term > 1e-18 * total:
        total += term
        term *= unseen / ((n + unseen - 1.0) * p)
        unseen -= 1
    left, term, unseen = rng.random() * total, 1.0, maximum
    while unseen > 0 and left > term:
        left -= term
        term *= unseen / ((n + unseen - 1.0) * p)
        unseen -= 1
    return unseen


@compiled
def _fraction(a: float, b: float, x: float) -> float:
    """Evaluate the continued fraction of the incomplete beta function by Lentz's method."""
    c, d = 1.0, 1.0 / (1.0 - (a + b) * x / (a + 1.0))
    value = d
    for m in range(1, 200_000):
        even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m))
        d = 1.0 / _away_from_zero(1.0 + even * d)
        c = _away_from_zero(1.0 + even / c)
        value *= d * c
        odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0))
        d = 1.0 / _away_from_zero(1.0 + odd * d)
        c = _away_from_zero(1.0 + odd / c)
        step = d * c
        value *= step
        if abs(step - 1.0) < 1e-15:
            break
    return value


@compiled
def _away_from_zero(number: float) -> float:
    return number if abs(number) > SMALLEST else SMALLEST
