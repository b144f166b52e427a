"""Walk over the ways in which the records of a large component can be put together.

Promises: the walk leaves the law of ``partition_sampling`` unchanged: single units move by Gibbs steps, whole
persons merge and split by Metropolis steps. Failure model: a walk may stay among partitions that resemble its
start, so several start apart from each other.

References
----------
Neal (2000), J. Comput. Graph. Stat. 9, 249-265, for moving one unit; Jain & Neal (2004), J. Comput. Graph.
Stat. 13, 158-182, for merges and splits.

"""

from collections.abc import Callable
from typing import NamedTuple, TypeVar, cast

import numba
import numpy as np
import numpy.typing as npt

# Units in a person that merges and splits still touch; single units move in larger ones too.
_LARGEST_SPLIT = 12
_UNITS_PER_SPLIT = 4
# Sweeps in which each unit goes where it fits best, to start from a good partition.
_GREEDY_SWEEPS = 5

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
    size
        Records in each unit, shape ``(n_units,)``.
    once
        Which lists that hold everybody once the unit is on, as bits.
    start, other, gain
        Pairs in compressed rows: unit ``u`` meets ``other[start[u]:start[u + 1]]``; ``gain`` is the log-odds
        of its reported record pairs less ``floor`` for each; minus infinity forbids the pair.
    floor
        Log-odds of a pair of records that was not reported.
    """

    size: Ints
    once: Ints
    start: Ints
    other: Ints
    gain: Floats
    floor: float


class Length(NamedTuple):
    """How long large components are walked.

    Attributes
    ----------
    restarts
        Independent walks; every second one starts with everybody alone, the others from a good partition.
    burn_in, thin
        Sweeps before the first draw of a walk, and between two draws.
    """

    restarts: int = 4
    burn_in: int = 50
    thin: int = 5


class _Walk(NamedTuple):
    """Where a walk stands: persons are numbered by slots, as many as there are units.

    Attributes
    ----------
    label
        Slot of each unit.
    once, records, members
        Of each slot: lists that hold everybody once, records, units.
    free
        Slots without a person; ``state[0]`` says how many.
    state
        Free slots, and a stamp that rises.
    stack, stamp, value
        Scratch.
    """

    label: Ints
    once: Ints
    records: Ints
    members: Ints
    free: Ints
    state: Ints
    stack: Ints
    stamp: Ints
    value: Floats


@compiled
def walk_component(
    units: Units, inside: Ints, labels: Labels, length: Length, random: np.random.Generator
) -> None:
    """Fill the columns ``inside`` of ``labels`` from several independent walks."""
    draws = len(labels)
    for restart in range(length.restarts):
        first, last = restart * draws // length.restarts, (restart + 1) * draws // length.restarts
        if first == last:
            continue
        walk = _everybody_alone(units, inside)
        if restart % 2:
            for _ in range(_GREEDY_SWEEPS):
                for unit in inside:
                    _move(units, unit, walk, True, random)
        for _ in range(length.burn_in):
            _sweep(units, inside, walk, random)
        for draw in range(first, last):
            for _ in range(length.thin):
                _sweep(units, inside, walk, random)
            for unit in inside:
                labels[draw, unit] = walk.label[unit]


@compiled
def _everybody_alone(units: Units, inside: Ints) -> _Walk:
    n_units = len(units.size)
    return _Walk(
        np.arange(n_units),
        units.once.copy(),
        units.size.copy(),
        np.ones(n_units, dtype=np.int64),
        np.zeros(n_units, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        np.zeros(n_units, dtype=np.int64),
        np.zeros(n_units, dtype=np.int64),
        np.zeros(n_units),
    )


@compiled
def _sweep(units: Units, inside: Ints, walk: _Walk, random: np.random.Generator) -> None:
    """Move every unit once, then try a few merges or splits."""
    for unit in inside:
        _move(units, unit, walk, False, random)
    for _ in range(1 + len(inside) // _UNITS_PER_SPLIT):
        unit = inside[int(random.random() * len(inside))]
        pairs = units.start[unit + 1] - units.start[unit]
        if pairs:
            entry = units.start[unit] + int(random.random() * pairs)
            if units.gain[entry] > -np.inf:
                _merge_or_split(units, unit, units.other[entry], walk, random)


@compiled
def _move(units: Units, unit: int, walk: _Walk, greedy: bool, random: np.random.Generator) -> None:
    """Put a unit where the odds say, unless the rest of its person would fall apart."""
    here = walk.label[unit]
    _leave(units, unit, walk)
    options = _weigh_options(units, unit, walk)
    chosen = _fittest(options, walk) if greedy else _choose(options, walk, random)
    if chosen != here and walk.members[here]:
        # Where the rest falls apart to stay is the only choice; that is seldom asked, so it is asked last.
        beside = _neighbour_in(units, unit, here, walk)
        if _gather(units, beside, unit, here, walk) < walk.members[here]:
            chosen = here
    if chosen < 0:
        chosen = walk.free[walk.state[0] - 1]
    if walk.members[chosen] == 0:
        walk.state[0] -= 1
    _join(units, unit, chosen, walk)


@compiled
def _fittest(options: int, walk: _Walk) -> int:
    """Give the person that the odds favour most; -1 for a new one."""
    chosen, best = -1, 0.0
    for slot in walk.stack[:options]:
        if walk.value[slot] > best:
            chosen, best = int(slot), walk.value[slot]
    return chosen


@compiled
def _choose(options: int, walk: _Walk, random: np.random.Generator) -> int:
    """Choose a person in proportion to the odds; -1 for a new one, whose odds are 1."""
    highest = 0.0
    for slot in walk.stack[:options]:
        highest = max(highest, walk.value[slot])
    total = np.exp(-highest)
    for slot in walk.stack[:options]:
        total += np.exp(walk.value[slot] - highest)
    left = random.random() * total - np.exp(-highest)
    chosen = -1
    for slot in walk.stack[:options]:
        weight = np.exp(walk.value[slot] - highest)
        if left >= 0 and weight > 0:
            chosen = int(slot)
            left -= weight
    return chosen


@compiled
def _leave(units: Units, unit: int, walk: _Walk) -> None:
    here = walk.label[unit]
    walk.label[unit] = -1
    walk.once[here] ^= units.once[unit]
    walk.records[here] -= units.size[unit]
    walk.members[here] -= 1
    if walk.members[here] == 0:
        walk.free[walk.state[0]] = here
        walk.state[0] += 1


@compiled
def _join(units: Units, unit: int, slot: int, walk: _Walk) -> None:
    walk.label[unit] = slot
    walk.once[slot] |= units.once[unit]
    walk.records[slot] += units.size[unit]
    walk.members[slot] += 1


@compiled
def _weigh_options(units: Units, unit: int, walk: _Walk) -> int:
    """Put the persons that a unit has reported pairs with on the stack, their log-odds into ``value``."""
    walk.state[1] += 1
    found = 0
    for entry in range(units.start[unit], units.start[unit + 1]):
        slot = walk.label[units.other[entry]]
        if walk.stamp[slot] != walk.state[1]:
            walk.stamp[slot] = walk.state[1]
            walk.value[slot] = units.floor * units.size[unit] * walk.records[slot]
            if walk.once[slot] & units.once[unit]:
                walk.value[slot] = -np.inf
            walk.stack[found] = slot
            found += 1
        walk.value[slot] += units.gain[entry]
    return found


@compiled
def _neighbour_in(units: Units, unit: int, slot: int, walk: _Walk) -> int:
    """Find a unit of a person that a unit has a reported pair with."""
    for entry in range(units.start[unit], units.start[unit + 1]):
        if walk.label[units.other[entry]] == slot:
            return int(units.other[entry])
    return -1


@compiled
def _gather(units: Units, start: int, without: int, slot: int, walk: _Walk) -> int:
    """Put the units of a person that reported pairs lead to from ``start`` on the stack; count them."""
    walk.state[1] += 1
    walk.stamp[start] = walk.state[1]
    walk.stack[0] = start
    found, done = 1, 0
    while done < found:
        unit = walk.stack[done]
        done += 1
        for entry in range(units.start[unit], units.start[unit + 1]):
            other = units.other[entry]
            if walk.label[other] == slot and other != without and walk.stamp[other] != walk.state[1]:
                walk.stamp[other] = walk.state[1]
                walk.stack[found] = other
                found += 1
    return found


@compiled
def _merge_or_split(units: Units, one: int, two: int, walk: _Walk, random: np.random.Generator) -> None:
    """Merge the persons of two units, or split the one they share at random."""
    if walk.label[one] == walk.label[two]:
        _split(units, one, walk, random)
    else:
        _merge(units, one, two, walk, random)


@compiled
def _merge(units: Units, one: int, two: int, walk: _Walk, random: np.random.Generator) -> None:
    left, right = walk.label[one], walk.label[two]
    size = walk.members[left] + walk.members[right]
    if size > _LARGEST_SPLIT or walk.once[left] & walk.once[right]:
        return
    in_left = _gather(units, one, -1, left, walk)
    members = np.empty(size, dtype=np.int64)
    members[:in_left] = walk.stack[:in_left]
    members[in_left:] = walk.stack[: _gather(units, two, -1, right, walk)]
    odds, across, within = _between(units, members, in_left, walk)
    odds += units.floor * walk.records[left] * walk.records[right]
    if np.log(1.0 - random.random()) < odds + np.log((across + within) / across) - _ways(size):
        for unit in members[in_left:]:
            _leave(units, unit, walk)
            _join(units, unit, left, walk)


@compiled
def _split(units: Units, one: int, walk: _Walk, random: np.random.Generator) -> None:
    whole = walk.label[one]
    size = walk.members[whole]
    if size > _LARGEST_SPLIT:
        return
    members = walk.stack[: _gather(units, one, -1, whole, walk)].copy()
    # One unit stays; the others are told apart by chance, but not all stay.
    sides = int(random.random() * (2 ** (size - 1) - 1))
    ordered = np.empty(size, dtype=np.int64)
    stay, go = 1, size
    ordered[0] = members[0]
    for place in range(1, size):
        if (sides >> (place - 1)) & 1:
            ordered[stay] = members[place]
            stay += 1
        else:
            go -= 1
            ordered[go] = members[place]
    odds, across, within = _between(units, ordered, stay, walk)
    records = 0
    for unit in ordered[stay:]:
        records += units.size[unit]
    odds += units.floor * records * (walk.records[whole] - records)
    if across == 0 or np.log(1.0 - random.random()) >= _ways(size) - odds - np.log(
        (across + within) / across
    ):
        return
    slot = walk.free[walk.state[0] - 1]
    for unit in ordered[stay:]:
        walk.label[unit] = -1 - slot
    hangs = _gather(units, ordered[0], -1, whole, walk) == stay
    hangs = hangs and _gather(units, ordered[stay], -1, -1 - slot, walk) == size - stay
    for unit in ordered[stay:]:
        walk.label[unit] = whole
    if hangs:
        walk.state[0] -= 1
        for unit in ordered[stay:]:
            _leave(units, unit, walk)
            _join(units, unit, slot, walk)


@compiled
def _between(units: Units, members: Ints, cut: int, walk: _Walk) -> tuple[float, float, float]:
    """Give what joining two groups gains, and the chance of choosing a pair across and inside them.

    A pair is chosen through either of its units: first the unit, then one of its pairs.
    """
    walk.state[1] += 2
    for place in range(len(members)):
        walk.stamp[members[place]] = walk.state[1] - (place < cut)
    gain, across, within = 0.0, 0.0, 0.0
    for place in range(len(members)):
        unit = members[place]
        mine = walk.stamp[unit]
        chance = 1.0 / max(1, units.start[unit + 1] - units.start[unit])
        for entry in range(units.start[unit], units.start[unit + 1]):
            theirs = walk.stamp[units.other[entry]]
            if theirs < walk.state[1] - 1:
                continue
            if theirs != mine:
                gain += units.gain[entry] / 2
                across += chance
            elif units.gain[entry] > -np.inf:
                within += chance
    return gain, across, within


@compiled
def _ways(size: int) -> float:
    """Log of the number of ways to split so many units in two."""
    return float(np.log(2.0 ** (size - 1) - 1))
