"""How surprising an overlap is: the smaller tail of the Poisson distribution, as a logarithm, compiled.

Logarithms, because overlaps of thousands where ten are expected have probabilities below 10^-300, and the
most surprising pair must still be told from the next.
"""

import math

from kuager.engines.estimation.compiled import compiled

# A term this much smaller than the first no longer changes a double.
NEGLIGIBLE = 1e-17


@compiled
def log_smaller_tail(count: float, mean: float) -> float:
    """Log of the smaller of P(Y <= count) and P(Y >= count), Y Poisson with this mean.

    Parameters
    ----------
    count : float
        Whole, 0 or more.
    mean : float
        0 or more.

    """
    if mean <= 0.0:
        return 0.0 if count == 0.0 else -math.inf
    # Within half a standard deviation both tails are above a quarter; no matter by how much.
    if mean > 100.0 and abs(count - mean) < 0.5 * math.sqrt(mean):
        return math.log(0.25)
    at_count = count * math.log(mean) - mean - math.lgamma(count + 1.0)
    ratio, total = 1.0, 1.0
    step = count
    if count <= mean:
        while step > 0.0 and ratio > NEGLIGIBLE * total:
            ratio *= step / mean
            total += ratio
            step -= 1.0
        lower = at_count + math.log(total)
        # Where the mean is small and the count near it the upper tail may be the smaller one.
        upper = math.log1p(-min(math.exp(lower), 1.0) + math.exp(at_count)) if lower < 0.0 else at_count
        return min(lower, upper)
    while ratio > NEGLIGIBLE * total:
        step += 1.0
        ratio *= mean / step
        total += ratio
    upper = at_count + math.log(total)
    lower = math.log1p(-min(math.exp(upper), 1.0) + math.exp(at_count)) if upper < 0.0 else at_count
    return min(lower, upper)
