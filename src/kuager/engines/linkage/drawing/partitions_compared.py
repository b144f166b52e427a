"""Pairs of records that a partition puts together, and how two partitions differ, counted without loops.

Promises: work grows with the number of pairs that are together, not with that of all pairs.
"""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Clusters = npt.NDArray[np.integer]


def pairs_together(person_of: Clusters) -> Ints:
    """Give all pairs of records of one person as single numbers ``smaller * n_records + larger``, sorted."""
    count = len(person_of)
    order = np.argsort(person_of, kind="stable").astype(np.int64)
    person = np.asarray(person_of)[order]
    found = []
    apart, here = 1, np.arange(count)
    while True:
        # Records so far on that are still the same person; equal persons stand together, in order.
        here = here[here + apart < count]
        here = here[person[here] == person[here + apart]]
        if not len(here):
            break
        found.append(order[here] * count + order[here + apart])
        apart += 1
    return np.sort(np.concatenate(found)) if found else np.zeros(0, dtype=np.int64)


def missed_in_draws(linked: Clusters, draws: Clusters) -> Iterator[Ints]:
    """Give, for each draw, the pairs of one person in it that the links keep apart."""
    count = len(linked)
    for row in draws:
        pairs = pairs_together(row)
        left, right = pairs // max(count, 1), pairs % max(count, 1)
        yield pairs[linked[left] != linked[right]]


def exactly_right(linked: Clusters, draws: Clusters) -> npt.NDArray[np.bool_]:
    """Tell for each draw which persons of the links are exactly the same in it.

    Returns
    -------
    Shape ``(n_draws, n_persons)``, persons in the order of ``np.unique(linked)``.
    """
    order = np.argsort(linked, kind="stable")
    starts = np.flatnonzero(np.diff(np.asarray(linked)[order], prepend=-1))
    sizes = np.diff(np.append(starts, len(order)))
    right = np.zeros((len(draws), len(starts)), dtype=np.bool_)
    for number, row in enumerate(draws):
        there = np.bincount(row)[row][order]
        mine = row[order]
        low, high = np.minimum.reduceat(mine, starts), np.maximum.reduceat(mine, starts)
        right[number] = (low == high) & (there[starts] == sizes)
    return right
