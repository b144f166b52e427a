"""How much the comparisons speak for some records being one person.

Promises: two records are worth the log-odds of their pair. Of more records, each field compares all with the
one record that they agree with best, which stands for the truth: with A like B and B like C it says nothing
new that A is like C, one slip of the pen counts once, and two pairs that each agree on something else are two
persons. A field that this record does not fill is compared past it. Pairs that were not worth keeping cost a
stated price each. A pair that is forbidden forbids the whole.
"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

Compiled = TypeVar("Compiled", bound=Callable[..., object])
Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int32]


def compiled(function: Compiled) -> Compiled:
    """Compile a function on its first call; later processes read it from the cache."""
    return cast(Compiled, numba.njit(cache=True, nogil=True)(function))


class Units(NamedTuple):
    """Records that are surely together, and the pairs between such units.

    Attributes
    ----------
    once
        Which lists that hold everybody once the unit is on, as bits; shape ``(n_units,)``.
    start, other
        Pairs in compressed rows: unit ``u`` meets ``other[start[u]:start[u + 1]]``; a pair is there from both
        its ends, and each row is sorted.
    weight
        Natural log-odds that each field of a pair gives, NaN where it is unknown; shape
        ``(n_entries, n_fields)``.
    before
        Natural log-odds of a pair before any field is looked at; minus infinity forbids it; shape
        ``(n_entries,)``.
    price
        Log-odds that each pair inside a person costs that was not kept.
    """

    once: Ints
    start: Ints
    other: Ints
    weight: Floats
    before: Floats
    price: float


@compiled
def find_pair(units: Units, one: int, two: int) -> int:
    """Give the entry of a pair; -1 if it was not kept."""
    low, high = units.start[one], units.start[one + 1]
    while low < high:
        middle = (low + high) // 2
        if units.other[middle] < two:
            low = middle + 1
        else:
            high = middle
    return low if low < units.start[one + 1] and units.other[low] == two else -1


@compiled
def worth(units: Units, members: Ints) -> float:
    """Give the log-odds of units being one person against each being another; minus infinity if forbidden."""
    size = len(members)
    if size == 1:
        return 0.0
    if size == 2:
        return _worth_of_two(units, members[0], members[1])
    entries = np.full((size, size), -1)
    before, kept = 0.0, 0
    for one in range(size):
        for two in range(one + 1, size):
            if units.once[members[one]] & units.once[members[two]]:
                return -np.inf
            entry = find_pair(units, members[one], members[two])
            entries[one, two] = entries[two, one] = entry
            if entry >= 0:
                before += units.before[entry]
                kept += 1
    if kept == 0 or before == -np.inf:
        return -np.inf
    total = before / kept * (size - 1) + units.price * (size * (size - 1) // 2 - kept)
    for field in range(units.weight.shape[1]):
        total += _best_star(units.weight[:, field], entries, units.price)
    return total


@compiled
def _worth_of_two(units: Units, one: int, two: int) -> float:
    entry = find_pair(units, one, two)
    if entry < 0 or units.once[one] & units.once[two]:
        return -np.inf
    total = units.before[entry]
    for weight in units.weight[entry]:
        if not np.isnan(weight):
            total += weight
    return float(total)


@compiled
def _best_star(weight: Floats, entries: Ints, price: float) -> float:
    """Compare all with the one that they agree with best, of those that the field is known of."""
    best, is_known = -np.inf, False
    for centre in range(len(entries)):
        total, known = 0.0, False
        for place in range(len(entries)):
            entry = entries[centre, place]
            if place == centre:
                continue
            if entry < 0:
                total += price
            elif not np.isnan(weight[entry]):
                total += weight[entry]
                known = True
        if known:
            best, is_known = max(best, total), True
    return best if is_known else 0.0
