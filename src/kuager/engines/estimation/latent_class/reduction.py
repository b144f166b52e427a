"""A table with fewer persons of the same patterns: the steps between the prior and the whole table.

Counts stay whole numbers, so that every kernel for the whole table is exact for a step as well. Each pattern
is rounded at another place: otherwise all patterns that a single person has would appear at the same step,
and that step would be a wall.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.latent_class.model import IMPOSSIBLE, LEAST_SEEN, Model, with_counts
from kuager.engines.estimation.latent_class.priors import PriorNumbers
from kuager.engines.estimation.latent_class.truncation import log_share_below

# Multiples of the golden ratio, without their whole part, spread most evenly (Knuth, TAOCP 3, section 6.4).
GOLDEN = 0.6180339887498949


class Ladder(NamedTuple):
    """Reduced tables, the whole one first.

    Parameters
    ----------
    counts : array of shape (n_rungs, n_patterns + 1)
        Persons with each pattern on each rung; place 0 is the unseen and holds 0.
    observed : array of shape (n_rungs,)
        Persons on each rung.
    maximum_unseen : array of shape (n_rungs,)
        Largest number of unseen on each rung; -1 for none.

    """

    counts: NDArray[np.int64]
    observed: NDArray[np.int64]
    maximum_unseen: NDArray[np.int64]


def reduced_counts(counts: NDArray[np.int64], share: float) -> NDArray[np.int64]:
    """Give about ``share`` (0..1) of the persons of each pattern; shape as ``counts``, (n_patterns,)."""
    if share >= 1.0:
        return counts.copy()
    places = np.empty(len(counts))
    places[np.argsort(-counts, kind="stable")] = (np.arange(len(counts)) + 0.5) * GOLDEN % 1.0
    return np.minimum(np.floor(counts * share + places), counts).astype(np.int64)


def reduced(model: Model, share: float) -> Model:
    """Give the same model for about ``share`` (0..1) of the persons."""
    return with_counts(model, reduced_counts(model.counts[1:], share))


def ladder(model: Model, shares: NDArray[np.float64]) -> Ladder:
    """Reduce a table to each of the shares."""
    rungs = [reduced(model, float(share)) for share in shares]
    return Ladder(
        counts=np.array([rung.counts for rung in rungs]),
        observed=np.array([rung.observed for rung in rungs]),
        maximum_unseen=np.array([rung.prior.maximum_unseen for rung in rungs]),
    )


@compiled
def at_rung(model: Model, steps: Ladder, rung: int) -> Model:
    """Give the model of one rung."""
    given = model.prior
    prior = PriorNumbers(
        given.rate_a,
        given.rate_b,
        given.concentration_shape,
        given.concentration_rate,
        steps.maximum_unseen[rung],
    )
    return Model(model.tree, steps.counts[rung], steps.observed[rung], prior, model.classes)


@compiled
def rung_likelihood(cells: NDArray[np.float64], steps: Ladder, rung: int) -> float:
    """Give the log likelihood of a rung.

    ``cells`` holds the probability of being unseen and then the logs of the patterns' probabilities.
    """
    n, p, maximum = steps.observed[rung], cells[0], steps.maximum_unseen[rung]
    if n == 0:
        return 0.0
    if not p < 1.0 - LEAST_SEEN:
        return IMPOSSIBLE
    value = -n * np.log1p(-p)
    for m in range(1, cells.shape[0]):
        value += steps.counts[rung, m] * cells[m]
    if maximum >= 0:
        value += log_share_below(n, maximum, p)
    return float(value)
