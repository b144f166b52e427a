"""How well each set of lists explains the table, for every number of unseen persons.

References
----------
Madigan & York (1997), Bayesian methods for estimation of the size of a closed population, Biometrika 84,
19-31; hyper-Dirichlet laws: Dawid & Lauritzen (1993), Ann. Statist. 21, 1272-1317.

"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from kuager.engines.estimation.histories import CaptureHistories


@dataclass(frozen=True, kw_only=True)
class NegativeBinomial:
    """Prior on the number of persons in all: Poisson with a gamma mean, so ``shape * scale`` on average."""

    shape: float
    scale: float


@dataclass(frozen=True, kw_only=True)
class Prior:
    """What is believed before the lists are seen.

    Parameters
    ----------
    count : float or None
        Imagined persons in each cell of the full table; unknown means ``2**-n_lists``, one person in all.
    size : NegativeBinomial or None
        Prior on the number of persons; unknown means proportional to ``1 / N``.
    largest_unseen : int or None
        Where the grid of unseen persons ends for certain; unknown means wherever nothing is left.

    """

    count: float | None = None
    size: NegativeBinomial | None = None
    largest_unseen: int | None = None

    def cell_count(self, n_lists: int) -> float:
        """Imagined persons in each cell."""
        return 2.0**-n_lists if self.count is None else self.count


class Components:
    """Log components of the evidence for sets of lists, at given numbers of unseen persons.

    Parameters
    ----------
    histories : CaptureHistories
        The table; sets of lists are masks over its lists (list 0 is bit 0).
    prior : Prior
        Imagined counts and prior on the number of persons.
    unseen : array of shape (n_nodes,)
        Numbers of unseen persons, not necessarily whole.

    """

    def __init__(self, histories: CaptureHistories, prior: Prior, unseen: NDArray[np.float64]) -> None:
        self.n_lists = len(histories.lists)
        self._count = prior.cell_count(self.n_lists)
        self._patterns = histories.patterns.astype(np.int64) @ (1 << np.arange(self.n_lists, dtype=np.int64))
        self._counts = histories.counts.astype(np.float64)
        self._unseen = unseen
        persons = unseen + histories.observed
        everything = 2.0**self.n_lists * self._count
        self._normaliser = gammaln(everything) - gammaln(persons + everything)
        constant = float(gammaln(self._counts + 1).sum())
        self.base: NDArray[np.float64] = (
            gammaln(persons + 1) - gammaln(unseen + 1) - constant + _log_size_prior(persons, prior.size)
        )

    def of(self, lists: int) -> NDArray[np.float64]:
        """Give ``K(A, n0) + D(n0)`` for the set ``A`` of lists, shape (n_nodes,); 0 for no list.

        The log evidence of a graph is ``base`` plus these over its cliques minus those over its separators.
        """
        if lists == 0:
            return np.zeros_like(self._unseen)
        imagined = self._count * 2.0 ** (self.n_lists - lists.bit_count())
        cells, place = np.unique(self._patterns & lists, return_inverse=True)
        margin = np.bincount(place.reshape(-1), weights=self._counts, minlength=len(cells))
        on_some = margin[cells != 0]
        on_none = float(margin[cells == 0].sum())
        fixed = float((gammaln(on_some + imagined) - gammaln(imagined)).sum()) - float(gammaln(imagined))
        return np.asarray(gammaln(self._unseen + on_none + imagined) + fixed + self._normaliser)

    def all(self) -> NDArray[np.float64]:
        """Give ``of`` for every set of lists, shape (2**n_lists, n_nodes)."""
        return np.stack([self.of(lists) for lists in range(1 << self.n_lists)])


def _log_size_prior(persons: NDArray[np.float64], size: NegativeBinomial | None) -> NDArray[np.float64]:
    if size is None:
        return np.asarray(-np.log(persons))
    a, b = size.shape, size.scale
    log_odds = persons * np.log(b) - (persons + a) * np.log1p(b)
    return np.asarray(log_odds + gammaln(persons + a) - gammaln(persons + 1) - gammaln(a))
