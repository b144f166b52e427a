"""All decomposable graphs over a few lists: the ways of depending that can be averaged exactly.

A graph joins lists that may depend on each other directly. It is decomposable (chordal) if every cycle of
four lists or more has a shortcut; its cliques, the largest sets of lists all joined to each other, can then
be put in an order in which each meets the ones before it in one clique's part, the separator.

References
----------
Tarjan & Yannakakis (1984), SIAM J. Comput. 13, 566-579: maximum-cardinality search. Blair & Peyton (1993),
An introduction to chordal graphs and clique trees, section 4.

"""

from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled

Masks: TypeAlias = NDArray[np.uint8] | NDArray[np.int64]
GRAPHS = {1: 1, 2: 2, 3: 8, 4: 61, 5: 822, 6: 18_154, 7: 617_675}
"""Decomposable labelled graphs by number of lists (OEIS A058862)."""
MOST_LISTS = max(GRAPHS)


@dataclass(frozen=True, eq=False)
class Graphs:
    """Decomposable graphs as sets of lists, each set a bit mask (list 0 is bit 0).

    Parameters
    ----------
    cliques : array of shape (n_graphs, n_lists)
        Masks of the cliques, then zeros.
    separators : array of shape (n_graphs, n_lists)
        Masks of the separators, as often as they occur, then zeros; empty separators are 0 too.

    """

    cliques: NDArray[np.uint8]
    separators: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.cliques)

    @property
    def complete(self) -> NDArray[np.bool_]:
        """Which graph joins all lists, shape (n_graphs,)."""
        everything = (1 << self.cliques.shape[1]) - 1
        return np.asarray(self.cliques[:, 0] == everything)


@lru_cache(maxsize=8)
def decomposable_graphs(n_lists: int) -> Graphs:
    """List every decomposable graph over ``n_lists`` lists, 1 to 7."""
    cliques = np.zeros((GRAPHS[n_lists], n_lists), dtype=np.uint8)
    separators = np.zeros_like(cliques)
    _fill(n_lists, cliques, separators)
    for table in (cliques, separators):
        table.setflags(write=False)
    return Graphs(cliques=cliques, separators=separators)


def cliques_and_separators(neighbours: NDArray[np.int64]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Take one graph apart; None if it is not decomposable.

    Parameters
    ----------
    neighbours : array of shape (n_lists,)
        For each list the mask of the lists joined to it.

    """
    cliques = np.zeros(len(neighbours), dtype=np.int64)
    separators = np.zeros(len(neighbours), dtype=np.int64)
    count = _take_apart(neighbours, cliques, separators)
    if count == 0:
        return None
    return tuple(cliques[:count].tolist()), tuple(separators[: count - 1].tolist())


@compiled
def _fill(n_lists: int, cliques: NDArray[np.uint8], separators: NDArray[np.uint8]) -> None:
    """Try every set of edges and keep the decomposable ones, in the order of their edge masks."""
    neighbours = np.zeros(n_lists, dtype=np.int64)
    found = 0
    for edges in range(1 << (n_lists * (n_lists - 1) // 2)):
        neighbours[:] = 0
        edge = 0
        for first in range(n_lists):
            for second in range(first + 1, n_lists):
                if (edges >> edge) & 1:
                    neighbours[first] |= 1 << second
                    neighbours[second] |= 1 << first
                edge += 1
        if _take_apart(neighbours, cliques[found], separators[found]):
            found += 1
            if found == len(cliques):
                return
        else:
            cliques[found, :] = 0
            separators[found, :] = 0


@compiled
def _take_apart(neighbours: NDArray[np.int64], cliques: Masks, separators: Masks) -> int:
    """Find cliques and separators by maximum-cardinality search.

    Gives the number of cliques; 0 if the graph is not decomposable.
    """
    n_lists = len(neighbours)
    numbered = 0
    found = 0
    before = -1
    for _ in range(n_lists):
        chosen, most = 0, -1
        for candidate in range(n_lists):
            if not (numbered >> candidate) & 1:
                joined = _size(neighbours[candidate] & numbered)
                if joined > most:
                    chosen, most = candidate, joined
        earlier = neighbours[chosen] & numbered
        for other in range(n_lists):
            bit = 1 << other
            if earlier & bit and (earlier & ~bit) & ~neighbours[other]:
                return 0
        if most <= before or found == 0:
            if found:
                separators[found - 1] = earlier
            found += 1
        cliques[found - 1] = earlier | (1 << chosen)
        numbered |= 1 << chosen
        before = most
    return found


@compiled
def _size(mask: int) -> int:
    """Count the lists in a mask."""
    count = 0
    while mask:
        mask &= mask - 1
        count += 1
    return count
