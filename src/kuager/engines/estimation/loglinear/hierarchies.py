"""Hierarchical log-linear models: which lists may depend on which.

A term is a set of lists as a bit mask. A model holds every single list, and a term only together with
all its smaller terms. The term of all lists together is never in a model: nothing could identify it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.histories import CaptureHistories


@dataclass(frozen=True, eq=False)
class Table:
    """What the likelihood of every log-linear model of some lists needs.

    Sets of lists are bit masks, list ``i`` being bit ``i``.

    Parameters
    ----------
    n_lists : int
        Number of lists.
    patterns : array of shape (n_patterns,)
        Combinations of lists that somebody is on, as bit masks.
    counts : array of shape (n_patterns,)
        Persons with exactly that combination.
    terms : array of shape (n_terms,)
        Bit masks, by size: the constant, single lists, pairs, ...
    margins : array of shape (n_terms,)
        Persons on all lists of the term.

    """

    n_lists: int
    patterns: NDArray[np.int64]
    counts: NDArray[np.float64]
    terms: NDArray[np.int64]
    margins: NDArray[np.float64]

    @property
    def persons(self) -> float:
        """Persons on at least one list."""
        return float(self.counts.sum())


def make_table(histories: CaptureHistories, *, order: int) -> Table:
    """Sum up the counts over all terms of up to ``order`` lists."""
    n_lists = len(histories.lists)
    bits = 1 << np.arange(n_lists, dtype=np.int64)
    patterns = np.asarray(histories.patterns.astype(np.int64) @ bits)
    counts = histories.counts.astype(np.float64)
    terms = terms_up_to(order, n_lists)
    return Table(
        n_lists=n_lists,
        patterns=patterns,
        counts=counts,
        terms=terms,
        margins=counts @ holds(patterns, terms),
    )


def terms_up_to(order: int, n_lists: int) -> NDArray[np.int64]:
    """List all sets of up to ``order`` lists, never of all lists, by size."""
    sizes = range(min(order, n_lists - 1) + 1)
    members = (chosen for size in sizes for chosen in combinations(range(n_lists), size))
    return np.array([sum(1 << member for member in chosen) for chosen in members], dtype=np.int64)


def holds(patterns: NDArray[np.int64], terms: NDArray[np.int64]) -> NDArray[np.float64]:
    """Design matrix, shape (n_patterns, n_terms): 1 where the pattern holds all lists of the term."""
    return np.asarray((patterns[:, None] & terms) == terms, dtype=np.float64)


def hierarchical_models(table: Table) -> NDArray[np.bool_]:
    """List every hierarchical model over the terms of the table, shape (n_models, n_terms).

    8 models for three lists, 113 for four, 6,893 for five (1,024 of them with pairs only).
    """
    return _all_models(tuple(int(term) for term in table.terms))


@lru_cache(maxsize=8)
def _all_models(terms: tuple[int, ...]) -> NDArray[np.bool_]:
    place = {term: at for at, term in enumerate(terms)}
    largest = max(term.bit_count() for term in terms)
    models = [frozenset(at for term, at in place.items() if term.bit_count() <= 1)]
    for size in range(2, largest + 1):
        level = [term for term in terms if term.bit_count() == size]
        models = [bigger for model in models for bigger in _grown(model, level, place)]
    masks = np.zeros((len(models), len(terms)), dtype=np.bool_)
    for row, model in enumerate(models):
        masks[row, list(model)] = True
    masks.setflags(write=False)
    return masks


def _grown(model: frozenset[int], level: list[int], place: dict[int, int]) -> Iterator[frozenset[int]]:
    """Add to a model every set of the next larger terms whose parts it holds."""
    allowed = [place[term] for term in level if _parts(term, place) <= model]
    for size in range(len(allowed) + 1):
        for chosen in combinations(allowed, size):
            yield model | set(chosen)


def _parts(term: int, place: dict[int, int]) -> set[int]:
    """Places of the terms that lack one list of this one."""
    return {place[term & ~(1 << bit)] for bit in range(term.bit_length()) if term >> bit & 1}


def generators(terms: NDArray[np.int64], names: tuple[str, ...] | None = None) -> str:
    """Write a model by its largest terms, as the literature does: ``[123,14,34]``.

    >>> generators(np.array([0, 1, 2, 4, 3]))
    '[12,3]'
    >>> generators(np.array([0, 1, 2, 4, 3]), ("north", "south", "web"))
    'north*south + web'
    """
    masks = [int(term) for term in terms if term]
    largest = [term for term in masks if not any(term != other and term & other == term for other in masks)]
    members = sorted((_members(term) for term in largest), key=lambda bits: (-len(bits), bits))
    if names is None:
        return "[" + ",".join("".join(str(bit + 1) for bit in bits) for bits in members) + "]"
    return " + ".join("*".join(names[bit] for bit in bits) for bits in members)


def _members(term: int) -> tuple[int, ...]:
    return tuple(bit for bit in range(term.bit_length()) if term >> bit & 1)


def renamed(terms: NDArray[np.int64], order: Sequence[int]) -> NDArray[np.int64]:
    """Give the lists of each term new numbers: list ``i`` becomes list ``order[i]``."""
    bits = [[1 << order[bit] for bit in _members(int(term))] for term in terms]
    return np.array([sum(chosen) for chosen in bits], dtype=np.int64)
