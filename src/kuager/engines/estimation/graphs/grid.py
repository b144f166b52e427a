"""The grid of unseen persons: every number while numbers are small, bins of numbers further out."""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

# By which share of its distance from the dense part a bin may grow wider.
_GROWTH = 0.05


@dataclass(frozen=True, eq=False)
class Grid:
    """Bins of numbers of unseen persons, without gaps.

    Parameters
    ----------
    first, width : array of shape (n_bins,)
        Smallest number in the bin, and how many numbers are in it.

    """

    first: NDArray[np.int64]
    width: NDArray[np.int64]

    @property
    def middle(self) -> NDArray[np.float64]:
        """Where the density of a bin is computed, persons."""
        return np.asarray(self.first + (self.width - 1) / 2)


def make_grid(largest: int, *, observed: int, dense: int = 1_000, fineness: float = 0.5) -> Grid:
    """Cover 1 to ``largest`` unseen persons.

    Parameters
    ----------
    largest : int
        Last number of the grid.
    observed : int
        Persons seen.
    dense : int
        Up to here each number is a bin of its own.
    fineness : float
        Width of the bins further out in units of the smallest spread a posterior can have there.

    Notes
    -----
    Even if all cell probabilities were known, the unseen would be negative binomial with variance
    ``n0 (1 + n0 / n)`` (section 3 of Manrique-Vallier 2016); no posterior is narrower. Bins of half that
    spread make the midpoint rule exact to about 1e-4, at the cost of ``O(sqrt(n))`` bins.

    """
    first, width = list(range(1, min(dense, largest) + 1)), [1] * min(dense, largest)
    start = dense + 1
    while start <= largest:
        spread = fineness * math.sqrt(start * (1 + start / observed))
        size = max(1, int(min(1 + _GROWTH * (start - dense), spread)))
        size = min(size, largest - start + 1)
        first.append(start)
        width.append(size)
        start += size
    return Grid(first=np.array(first, dtype=np.int64), width=np.array(width, dtype=np.int64))
