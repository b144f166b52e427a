"""R-hat, effective sample size and the error of a quantile, from chains of one variable.

Shapes: chains are arrays of shape (n_chains, n_draws) of finite numbers that are not all equal.

References
----------
Vehtari, Gelman, Simpson, Carpenter & Burkner (2021), Rank-normalization, folding, and localization: an
improved R-hat for assessing convergence of MCMC, Bayesian Analysis 16, 667-718: equations 1 to 4 (R-hat),
10 to 14 (effective size), section 4 (ranks, folding, tails, quantiles). Geyer (1992), Practical Markov
chain Monte Carlo, Statistical Science 7, 473-483, for where the sum of autocorrelations ends.

"""

import math

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv, ndtr, ndtri

Chains = NDArray[np.float64]

TAILS = (0.05, 0.95)


def rank_rhat(chains: Chains) -> float:
    """Return the larger R-hat of where the halves of all chains lie, and of how far they spread."""
    folded = np.abs(chains - np.median(chains))
    return max(_rhat(_normal_ranks(_halved(one))) for one in (chains, folded))


def bulk_size(chains: Chains) -> float:
    """Independent draws that these are worth for the middle of the distribution."""
    return _effective_size(_normal_ranks(_halved(chains)))


def tail_size(chains: Chains) -> float:
    """Independent draws that these are worth for the two ends, at 5 and 95 %."""
    return min(quantile_size(chains, probability) for probability in TAILS)


def quantile_size(chains: Chains, probability: float) -> float:
    """Independent draws that these are worth for one quantile."""
    below = chains <= np.quantile(chains, probability)
    return _effective_size(_halved(below.astype(np.float64)))


def quantile_error(chains: Chains, probability: float) -> float:
    """Half the distance between the draws that one standard error sets apart, in units of the variable."""
    size = quantile_size(chains, probability)
    one_error = np.array([ndtr(-1.0), ndtr(1.0)])
    places = betaincinv(size * probability + 1, size * (1 - probability) + 1, one_error) * chains.size - 1
    ordered = np.sort(chains, axis=None)
    low = ordered[math.floor(max(float(places[0]), 0))]
    high = ordered[math.ceil(min(float(places[1]), chains.size - 1))]
    return float(high - low) / 2


def _halved(chains: Chains) -> Chains:
    """Take the halves of a chain for chains of their own, so that one that drifts disagrees with itself."""
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def _normal_ranks(chains: Chains) -> Chains:
    """Replace values by normal scores of their ranks; equal values share their mean rank."""
    _, place, count = np.unique(chains, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    ranks = (last - (count - 1) / 2)[place.reshape(-1)]
    return np.asarray(ndtri((ranks - 3 / 8) / (chains.size + 1 / 4))).reshape(chains.shape)


def _rhat(chains: Chains) -> float:
    length = chains.shape[1]
    within = chains.var(axis=1, ddof=1).mean()
    between = length * chains.mean(axis=1).var(ddof=1)
    return math.sqrt((between / within + length - 1) / length) if within > 0 else math.inf


def _effective_size(chains: Chains) -> float:
    """Divide the number of draws by the sum of their autocorrelations."""
    if not np.ptp(chains):
        return float(chains.size)
    covariances = _autocovariances(chains).mean(axis=0)
    length = chains.shape[1]
    within = covariances[0] * length / (length - 1)
    total = covariances[0] + chains.mean(axis=1).var(ddof=1)
    correlations = 1 - (within - covariances) / total
    correlations[0] = 1.0
    even = correlations[: length - length % 2].reshape(-1, 2)
    pairs = even.sum(axis=1)
    # Sums of neighbouring autocorrelations are positive and fall; where they do not, noise has begun.
    ended = np.flatnonzero(pairs < 0)
    end = int(ended[0]) if len(ended) else len(pairs)
    inflation = -1 + 2 * float(np.minimum.accumulate(pairs[:end]).sum())
    if end < len(pairs):
        inflation += max(float(even[end, 0]), 0.0)
    return chains.size / max(inflation, 1 / math.log10(chains.size))


def _autocovariances(chains: Chains) -> Chains:
    """Autocovariance of each chain at every lag, by fast Fourier transform."""
    length = chains.shape[1]
    centred = chains - chains.mean(axis=1, keepdims=True)
    padded = 1 << (2 * length - 1).bit_length()
    power = np.abs(np.fft.rfft(centred, padded, axis=1)) ** 2
    return np.asarray(np.fft.irfft(power, padded, axis=1)[:, :length] / length)
