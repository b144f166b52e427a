"""The distances of ``distances`` for very many pairs of skeletons at once.

Promises: the same numbers as :func:`likeness` and :func:`unwritten_likeness`, to the bit. Every step of the
edit table is taken for all pairs together, so the time is that of NumPy, some tenths of a microsecond a pair.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kuager.engines.names.distances import (
    DELETION,
    LETTERS,
    LONGEST,
    SUBSTITUTION,
    UNITS,
    UNWRITTEN,
    UNWRITTEN_SUBSTITUTION,
    first_cost,
    unwritten_first_cost,
)
from kuager.engines.names.distances import Costs as CostTable

_WIDTH = 32
_BATCH = 8_192

Codes = npt.NDArray[np.int64]
Likeness = npt.NDArray[np.float64]
_ALPHABET = "`" + LETTERS


Costs = npt.NDArray[np.int16]
# Padding is never exchanged for a letter.
_NEVER = 10_000


def _matrix(costs: CostTable) -> Costs:
    exchange = np.full((_WIDTH, _WIDTH), _NEVER, np.int16)
    exchange[0, 0] = 0
    for row, left in enumerate(LETTERS, 1):
        for column, right in enumerate(LETTERS, 1):
            exchange[row, column] = costs[left][right]
    return exchange.ravel()


_EXCHANGE, _UNWRITTEN_EXCHANGE = _matrix(SUBSTITUTION), _matrix(UNWRITTEN_SUBSTITUTION)
_FIRST = _matrix({left: {right: first_cost(left, right) for right in LETTERS} for left in LETTERS})
_UNWRITTEN_FIRST = _matrix(
    {left: {right: unwritten_first_cost(left, right) for right in LETTERS} for left in LETTERS}
)
_PRICES = np.array([0, *(DELETION[letter] for letter in LETTERS)] + [0] * 5, np.int16)
_UNWRITTEN = np.array([0, *(UNWRITTEN[letter] for letter in LETTERS)] + [0] * 5, np.int16)
# Letters that are never exchanged at a low cost with those of another class; vowels are left out.
CLASSES = ("gkh", "qcszw", "dt", "l", "m", "n", "r", "bpfv")


def encode(skeletons: Sequence[str]) -> tuple[Codes, Codes]:
    """Return the letters of skeletons as numbers, shape ``(n, LONGEST)``, and their lengths ``(n,)``."""
    text = "".join([skeleton[:LONGEST].ljust(LONGEST, "`") for skeleton in skeletons])
    codes = np.frombuffer(text.encode("ascii"), np.uint8).reshape(-1, LONGEST).astype(np.int64) - 96
    return codes, np.array([len(skeleton) for skeleton in skeletons], np.int64)


def count_classes(codes: Codes) -> npt.NDArray[np.int8]:
    """Return how often each class of hard sounds stands in each skeleton, then h, j and u: ``(n, 11)``.

    Sounds of different classes are exchanged, and hard sounds dropped, only for a whole letter. Cheap
    ways around that take an h (dropped), a j (close to g and to z) or a u (close to v and b).
    """
    columns = []
    for letters in (*CLASSES, *"hju"):
        member = np.zeros(_WIDTH, np.int8)
        member[[_ALPHABET.index(letter) for letter in letters]] = 1
        columns.append(member[codes].sum(axis=1, dtype=np.int8))
    return np.stack(columns, axis=1)


def _table(left: Codes, right: Codes, size: tuple[int, int], *, unwritten: bool) -> Costs:
    """Fill the edit table row by row for pairs of at most ``size`` letters, left and right.

    Padding costs nothing to add or remove, so the last cell is the answer for every pair.
    """
    height, width = size
    prices, exchange = (_UNWRITTEN, _UNWRITTEN_EXCHANGE) if unwritten else (_PRICES, _EXCHANGE)
    rows = left[:, :height].T * _WIDTH
    columns = right[:, :width].T
    added = prices[columns]
    removed = _PRICES[left[:, :height].T]
    previous = [np.zeros(len(left), np.int16)]
    for column in range(width):
        previous.append(previous[-1] + added[column])
    cells = [np.ascontiguousarray(column) for column in columns]
    for row in range(height):
        gone, base = removed[row], rows[row]
        cost = previous[0] + gone
        current = [cost]
        for column in range(width):
            cost = np.minimum(cost + added[column], previous[column + 1] + gone)
            cost = np.minimum(cost, previous[column] + exchange.take(base + cells[column]))
            current.append(cost)
        previous = current
    return previous[-1]


def likeness_many(left: Codes, right: Codes, lengths: tuple[Codes, Codes], *, unwritten: bool) -> Likeness:
    """Return how alike skeletons are, pair by pair, 0 to 1, shape ``(n,)``.

    Parameters
    ----------
    left, right
        Letters as :func:`encode` gives them, shape ``(n, LONGEST)``.
    lengths
        The lengths of both, each ``(n,)``; none longer than ``LONGEST``.
    unwritten
        The left skeletons come from Arabic letters, which leave out vowels; the right ones have them all.
    """
    order = np.lexsort((lengths[1], lengths[0]))
    costs = np.empty(len(left), np.int64)
    for start in range(0, len(order), _BATCH):
        chosen = order[start : start + _BATCH]
        height, width = int(lengths[0][chosen].max()), int(lengths[1][chosen].max())
        one, other = left[chosen], right[chosen]
        costs[chosen] = _table(one, other, (height, width), unwritten=unwritten)
    first = _UNWRITTEN_FIRST if unwritten else _FIRST
    costs += first.take(left[:, 0] * _WIDTH + right[:, 0])
    alike = np.maximum(0.0, 1.0 - costs / (UNITS * np.maximum(3.0, (lengths[0] + lengths[1]) / 2)))
    return np.where((lengths[0] == 0) | (lengths[1] == 0), 0.0, alike)
