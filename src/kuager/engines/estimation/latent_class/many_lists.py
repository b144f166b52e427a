"""A prior for many lists that does not decide beforehand how many people all of them miss.

With uniform chances and ``J`` lists a class is missed by all with probability about ``2**-J``: with ten lists
the prior says that nobody is missing. Here the prior of the chances is chosen so that a class seen by the
lists has a stated spread of the expansion factor, persons in all for each one seen.

References
----------
The idea and its equations are those of the Human Rights Data Analysis Group's Stan version of the model
(StanLCMCR, 2021).

"""

import math
from dataclasses import replace

from scipy.optimize import brentq
from scipy.special import digamma, polygamma
from scipy.stats import gamma

from kuager.core.errors import BadInputError
from kuager.engines.estimation.latent_class.priors import LatentClassPrior

FEW, MANY = 1.1, 5.0
SMALLEST, LARGEST = 1e-3, 1e4


def prior_for_many_lists(
    n_lists: int,
    *,
    low: float = FEW,
    high: float = MANY,
    probability: float = 0.95,
    prior: LatentClassPrior | None = None,
) -> LatentClassPrior:
    """Choose the Beta prior of the chances by what is thought possible about the unseen.

    Parameters
    ----------
    n_lists : int
        Number of lists, 2 or more.
    low, high : float
        Persons in all for each one seen, above 1: the ends of the central interval for one class.
    probability : float
        Of that interval, 0.5 to 0.999.
    prior : LatentClassPrior, optional
        What to take everything else from.

    Returns
    -------
    LatentClassPrior
        With ``rate_a`` and ``rate_b`` chosen.

    Notes
    -----
    With ``E = N/n`` a class is missed with probability ``1 - 1/E``, so that ``g = log E - log(E - 1)`` is the
    sum over lists of ``-log(1 - lambda)``. A Gamma distribution is fitted to the two quantiles of ``g`` and
    a Beta distribution to the mean and variance of each list's share of it.

    """
    if n_lists < 2 or not 1 < low < high < math.inf or not 0.5 <= probability <= 0.999:
        raise BadInputError(
            "expected two lists or more, 1 < low < high, and a probability between 0.5 and 0.999"
        )
    shape, rate = gamma_of_quantiles(_missed_by_all(high), _missed_by_all(low), probability)
    missed, listed = beta_of_log_moments(shape / rate / n_lists, shape / rate**2 / n_lists)
    return replace(prior or LatentClassPrior(), rate_a=listed, rate_b=missed)


def _missed_by_all(expansion: float) -> float:
    return math.log(expansion) - math.log(expansion - 1)


def gamma_of_quantiles(low: float, high: float, probability: float) -> tuple[float, float]:
    """Give shape and rate of the Gamma distribution with this central interval."""
    tails = (1 - probability) / 2, (1 + probability) / 2

    def excess(log_shape: float) -> float:
        shape = math.exp(log_shape)
        ends = [float(gamma.ppf(tail, shape)) for tail in tails]
        return math.log(ends[1] / max(ends[0], 1e-300)) - math.log(high / low)

    shape = math.exp(brentq(excess, math.log(0.02), math.log(1e6)))
    return shape, float(gamma.ppf(tails[1], shape)) / high


def beta_of_log_moments(mean: float, variance: float) -> tuple[float, float]:
    """Give ``p, q`` so that ``-log X``, ``X ~ Beta(p, q)``, has this mean and variance.

    Notes
    -----
    ``E = psi(p + q) - psi(p)``, ``Var = psi'(p) - psi'(p + q)``.

    """

    def partner(log_p: float) -> float:
        p = math.exp(log_p)
        wanted = float(digamma(p)) + mean
        # psi(x) > log x - 1/x, so that the answer lies below this.
        most = math.log(math.exp(max(wanted, 0.0)) + 2.0)
        return float(brentq(lambda log_q: float(digamma(p + math.exp(log_q))) - wanted, -40.0, most))

    def excess(log_p: float) -> float:
        p, q = math.exp(log_p), math.exp(partner(log_p))
        return float(polygamma(1, p) - polygamma(1, p + q)) - variance

    log_p = float(brentq(excess, math.log(SMALLEST), math.log(LARGEST)))
    return math.exp(log_p), math.exp(partner(log_p))
