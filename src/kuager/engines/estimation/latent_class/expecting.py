"""What the latent class model expects before it sees who is on which lists."""

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.latent_class.priors import LatentClassPrior

DRAWS = 4_000
# A chance of being seen below this is taken for it: totals beyond a thousand million times those seen.
LEAST_SEEN = 1e-9


def prior_totals(
    n_lists: int, observed: int, *, prior: LatentClassPrior | None = None, seed: int = 1
) -> NDArray[np.float64]:
    """Draw persons in all, knowing only how many are on the lists together, not on which.

    Parameters
    ----------
    n_lists, observed : int
        Lists, and persons on at least one of them; both at least 1.
    prior : LatentClassPrior, optional
        Unknown means that of Manrique-Vallier (2016, Biometrics 72, 1246-1254), section 3; a maximum is
        not looked at.
    seed : int
        Start of the random numbers.

    Returns
    -------
    array of shape (4000,)
        Persons in all. Where the posterior lies like this, the lists taught nothing.

    """
    belief = prior or LatentClassPrior()
    random = np.random.default_rng(seed)
    alpha = random.gamma(belief.concentration_shape, 1 / belief.concentration_rate, DRAWS)
    left = random.random((DRAWS, belief.classes - 1)) ** (1 / np.maximum(alpha, 1e-12))[:, None]
    before = np.cumprod(np.column_stack([np.ones(DRAWS), left]), axis=1)
    weights = before * np.column_stack([1 - left, np.ones(DRAWS)])
    chances = random.beta(belief.rate_a, belief.rate_b, (DRAWS, belief.classes, n_lists))
    unseen = (weights * np.prod(1 - chances, axis=2)).sum(axis=1)
    seen = np.clip(1 - unseen, LEAST_SEEN, 1.0)
    return np.asarray(observed + random.negative_binomial(observed, seen), dtype=np.float64)
