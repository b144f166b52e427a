"""Capture patterns as a tree of products, so that shared parts of patterns are multiplied only once.

The probability of a pattern in a class is a product over lists. Two patterns that agree on a group of lists
share that part of the product: the lists are halved again and again, each group keeps one row for each
distinct part, and a pattern is the product of two rows. A list that did not answer for a person is simply
absent from the product. Derivatives run through the same tree backwards.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

NOT_ANSWERED = -1


class PatternTree(NamedTuple):
    """Which rows are the product of which.

    Rows ``2 j`` and ``2 j + 1`` are list ``j`` answering no and yes, row ``2 J`` is 1 (nothing answered),
    row ``2 J + 1`` the class weights; then inner rows; from ``first_cell`` on the cells, the unseen first.

    Parameters
    ----------
    left, right : array of shape (n_rows,)
        Rows whose product the row is; unused below ``2 J + 2``.
    first_cell : int
        Row of the unseen (no on every list); the observed patterns follow in their order.
    n_lists : int
        Number of lists ``J``.

    """

    left: NDArray[np.uint64]
    right: NDArray[np.uint64]
    first_cell: int
    n_lists: int


def pattern_tree(patterns: NDArray[np.int8]) -> PatternTree:
    """Build the tree of a table.

    Parameters
    ----------
    patterns : array of shape (n_patterns, n_lists)
        1 yes, 0 no, -1 the list did not answer for these persons. At least two lists.

    """
    n_lists = patterns.shape[1]
    builder = _Builder(np.vstack([np.zeros((1, n_lists), dtype=np.int8), patterns]))
    first = builder.group(0, n_lists // 2)
    second = builder.group(n_lists // 2, n_lists)
    return PatternTree(
        left=np.array([*builder.left, *first], dtype=np.uint64),
        right=np.array([*builder.right, *second], dtype=np.uint64),
        first_cell=len(builder.left),
        n_lists=n_lists,
    )


class _Builder:
    """Numbers the distinct parts of patterns."""

    def __init__(self, patterns: NDArray[np.int8]) -> None:
        self.patterns = patterns
        self.nothing = 2 * patterns.shape[1]
        self.weights = self.nothing + 1
        self.left = [0] * (self.weights + 1)
        self.right = [0] * (self.weights + 1)

    def group(self, start: int, stop: int) -> list[int]:
        """Give the row of each pattern's part on lists ``start..stop-1``; the first takes up the weights."""
        if stop - start > 1:
            middle = (start + stop) // 2
            return self._products(self.group(start, middle), self.group(middle, stop))
        answers = self.patterns[:, start].tolist()
        rows = [self.nothing if answer == NOT_ANSWERED else 2 * start + answer for answer in answers]
        return self._products([self.weights] * len(rows), rows) if start == 0 else rows

    def _products(self, first: list[int], second: list[int]) -> list[int]:
        known: dict[tuple[int, int], int] = {}
        return [self._product(pair, known) for pair in zip(first, second, strict=True)]

    def _product(self, pair: tuple[int, int], known: dict[tuple[int, int], int]) -> int:
        if self.nothing in pair:
            return pair[0] if pair[1] == self.nothing else pair[1]
        if pair not in known:
            known[pair] = len(self.left)
            self.left.append(pair[0])
            self.right.append(pair[1])
        return known[pair]
