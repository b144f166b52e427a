"""Hierarchical log-linear models: which lists may depend on which.

A term is a set of lists as a bit mask. A model holds every single list, and a term only together with
all its smaller terms. The term of all lists together is never in a model: nothing could identify it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.histories import CaptureHistories


@dataclass(frozen=True, eq=False)
class Table:
    """The full contingency table of the lists, and the design matrix over all its terms.

    Cell and term ``i`` of ``0 .. 2**n_lists - 1`` are bit masks over the lists; cell 0 is the unseen.

    Parameters
    ----------
    n_lists : int
        Number of lists.
    counts : array of shape (n_cells,)
        Persons with each combination; cell 0 holds 0.
    terms : array of shape (n_terms,)
        Bit masks, by size: the constant, single lists, pairs, ...
    design : array of shape (n_cells, n_terms)
        1 where the cell contains the term.
    margins : array of shape (n_terms,)
        Persons on all lists of the term.

    """

    n_lists: int
    counts: NDArray[np.float64]
    terms: NDArray[np.int64]
    design: NDArray[np.float64]
    margins: NDArray[np.float64]


def make_table(histories: CaptureHistories, *, order: int) -> Table:
    """Lay out the table of counts and all terms of up to ``order`` lists."""
    n_lists = len(histories.lists)
    counts = np.zeros(2**n_lists)
    places = histories.patterns.astype(np.int64) @ (1 << np.arange(n_lists, dtype=np.int64))
    counts[places] = histories.counts
    terms = np.array(
        [
            sum(1 << member for member in members)
            for size in range(min(order, n_lists - 1) + 1)
            for members in combinations(range(n_lists), size)
        ],
        dtype=np.int64,
    )
    cells = np.arange(2**n_lists, dtype=np.int64)
    design = ((cells[:, None] & terms) == terms).astype(np.float64)
    return Table(n_lists=n_lists, counts=counts, terms=terms, design=design, margins=counts @ design)


def hierarchical_models(table: Table) -> NDArray[np.bool_]:
    """List every hierarchical model over the terms of the table, shape (n_models, n_terms).

    8 models for three lists, 113 for four, 1,024 for five with pairs only.
    """
    sizes = np.bitwise_count(table.terms)
    place = {int(term): at for at, term in enumerate(table.terms)}
    models = [frozenset(place[int(term)] for term in table.terms[sizes <= 1])]
    for size in range(2, int(sizes.max()) + 1):
        level = [int(term) for term in table.terms[sizes == size]]
        models = [bigger for model in models for bigger in _grown(model, level, place)]
    masks = np.zeros((len(models), len(table.terms)), dtype=np.bool_)
    for row, model in enumerate(models):
        masks[row, list(model)] = True
    return masks


def _grown(model: frozenset[int], level: list[int], place: dict[int, int]) -> Iterator[frozenset[int]]:
    """Add to a model every set of the next larger terms whose parts it holds."""
    allowed = [place[term] for term in level if _parts(term, place) <= model]
    for size in range(len(allowed) + 1):
        for chosen in combinations(allowed, size):
            yield model | set(chosen)


def _parts(term: int, place: dict[int, int]) -> set[int]:
    """List the terms that lack one list of this one."""
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
