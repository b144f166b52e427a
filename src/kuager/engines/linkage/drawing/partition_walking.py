"""Walk over the ways in which the records of a large component can be put together.

Promises: the walk leaves the law of ``partition_sampling`` unchanged: single units move by Gibbs steps, whole
persons merge and split by Metropolis steps. Failure model: a walk may stay among partitions that resemble its
start, so callers start several apart from each other.

References
----------
Neal (2000), J. Comput. Graph. Stat. 9, 249-265, for moving one unit; Jain & Neal (2004), J. Comput. Graph.
Stat. 13, 158-182, for merges and splits.

"""

from typing import NamedTuple

import numpy as np

from kuager.engines.linkage.drawing.partition_worth import Floats, Ints, Labels, Units, compiled, worth

# Units in a person that merges and splits still touch; single units move in larger ones too.
_LARGEST_SPLIT = 12
_UNITS_PER_SPLIT = 4


class Length(NamedTuple):
    """How long large components are walked.

    Attributes
    ----------
    restarts
        Independent walks from the finished links, or from everybody alone.
    burn_in, thin
        Sweeps before the first draw of a walk, and between two draws.
    """

    restarts: int = 4
    burn_in: int = 30
    thin: int = 5


class _Walk(NamedTuple):
    """Where a walk stands: persons are numbered by slots, as many as there are units.

    Attributes
    ----------
    label
        Slot of each unit.
    members, odds
        Of each slot: units, and their log-odds as one person.
    free
        Slots without a person; ``state[0]`` says how many.
    state
        Free slots, and a stamp that rises.
    stack, stamp, value, beside
        Scratch: ``beside`` is a unit of the slot that has a kept pair with the unit that moves.
    """

    label: Ints
    members: Ints
    odds: Floats
    free: Ints
    state: Ints
    stack: Ints
    stamp: Ints
    value: Floats
    beside: Ints


@compiled
def walk_component(
    units: Units, inside: Ints, labels: Labels, sweeps: tuple[int, int], random: np.random.Generator
) -> None:
    """Fill the columns ``inside`` of ``labels``, from what is in its last row on."""
    walk = _start(units, inside, labels[-1])
    for draw in range(len(labels)):
        for _ in range(sweeps[0] if draw == 0 else sweeps[1]):
            _sweep(units, inside, walk, random)
        for unit in inside:
            labels[draw, unit] = walk.label[unit]


@compiled
def _start(units: Units, inside: Ints, labels: Labels) -> _Walk:
    """Begin with the persons told of; those that cannot be are taken apart."""
    n_units = len(units.once)
    walk = _Walk(
        np.full(n_units, -1),
        np.zeros(n_units, dtype=np.int64),
        np.zeros(n_units),
        np.zeros(n_units, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        np.zeros(n_units, dtype=np.int64),
        np.zeros(n_units, dtype=np.int64),
        np.zeros(n_units),
        np.zeros(n_units, dtype=np.int64),
    )
    first = np.full(n_units, -1)
    for unit in inside:
        if first[labels[unit]] < 0:
            first[labels[unit]] = unit
        walk.label[unit] = first[labels[unit]]
        walk.members[walk.label[unit]] += 1
    _take_apart(units, inside, walk)
    for slot in inside:
        if walk.members[slot] == 0:
            walk.free[walk.state[0]] = slot
            walk.state[0] += 1
    return walk


@compiled
def _take_apart(units: Units, inside: Ints, walk: _Walk) -> None:
    """Weigh every person; leave everybody alone in those that cannot be."""
    for slot in inside:
        if walk.members[slot] > 1:
            gathered = _gather(units, slot, -1, slot, walk)
            walk.odds[slot] = worth(units, walk.stack[:gathered].copy())
            if gathered < walk.members[slot]:
                walk.odds[slot] = -np.inf
    for unit in inside:
        slot = walk.label[unit]
        if slot != unit and walk.odds[slot] == -np.inf:
            walk.members[slot] -= 1
            walk.label[unit], walk.members[unit] = unit, 1
    for slot in inside:
        if walk.odds[slot] == -np.inf:
            walk.odds[slot] = 0.0


@compiled
def _sweep(units: Units, inside: Ints, walk: _Walk, random: np.random.Generator) -> None:
    """Move every unit once, then try a few merges or splits."""
    for unit in inside:
        _move(units, unit, walk, random)
    for _ in range(1 + len(inside) // _UNITS_PER_SPLIT):
        unit = inside[int(random.random() * len(inside))]
        pairs = units.start[unit + 1] - units.start[unit]
        if pairs:
            entry = units.start[unit] + int(random.random() * pairs)
            if units.before[entry] > -np.inf:
                _merge_or_split(units, unit, units.other[entry], walk, random)


@compiled
def _move(units: Units, unit: int, walk: _Walk, random: np.random.Generator) -> None:
    """Put a unit where the odds say, unless the rest of its person would fall apart."""
    here = walk.label[unit]
    with_unit = walk.odds[here]
    walk.label[unit] = -1
    walk.members[here] -= 1
    options = _find_options(units, unit, walk)
    if walk.members[here]:
        beside = walk.beside[here]
        gathered = _gather(units, beside, -1, here, walk)
        if gathered < walk.members[here]:
            walk.label[unit] = here
            walk.members[here] += 1
            return
        walk.odds[here] = worth(units, walk.stack[:gathered].copy())
        _find_options(units, unit, walk)
    else:
        walk.odds[here] = 0.0
        walk.free[walk.state[0]] = here
        walk.state[0] += 1
    slots = walk.stack[:options].copy()
    for slot in slots:
        if slot == here:
            walk.value[slot] = with_unit - walk.odds[slot]
        else:
            walk.value[slot] = _with(units, unit, slot, walk) - walk.odds[slot]
    chosen = _choose(slots, walk, random)
    if chosen < 0:
        walk.state[0] -= 1
        chosen = walk.free[walk.state[0]]
        walk.odds[chosen] = 0.0
    else:
        walk.odds[chosen] += walk.value[chosen]
    walk.label[unit] = chosen
    walk.members[chosen] += 1


@compiled
def _find_options(units: Units, unit: int, walk: _Walk) -> int:
    """Put the persons that a unit has kept pairs with on the stack, and a unit of each beside."""
    walk.state[1] += 1
    found = 0
    for entry in range(units.start[unit], units.start[unit + 1]):
        if units.before[entry] == -np.inf:
            continue
        slot = walk.label[units.other[entry]]
        if walk.stamp[slot] != walk.state[1]:
            walk.stamp[slot] = walk.state[1]
            walk.beside[slot] = units.other[entry]
            walk.stack[found] = slot
            found += 1
    return found


@compiled
def _with(units: Units, unit: int, slot: int, walk: _Walk) -> float:
    """Give the log-odds of a person and one more unit."""
    gathered = _gather(units, walk.beside[slot], -1, slot, walk)
    members = np.empty(gathered + 1, dtype=np.int64)
    members[:gathered] = walk.stack[:gathered]
    members[gathered] = unit
    return worth(units, members)


@compiled
def _choose(slots: Ints, walk: _Walk, random: np.random.Generator) -> int:
    """Choose a person in proportion to the odds; -1 for a new one, whose odds are 1."""
    highest = 0.0
    for slot in slots:
        highest = max(highest, walk.value[slot])
    total = np.exp(-highest)
    for slot in slots:
        total += np.exp(walk.value[slot] - highest)
    left = random.random() * total - np.exp(-highest)
    chosen = -1
    for slot in slots:
        weight = np.exp(walk.value[slot] - highest)
        if left >= 0 and weight > 0:
            chosen = int(slot)
            left -= weight
    return chosen


@compiled
def _gather(units: Units, start: int, without: int, slot: int, walk: _Walk) -> int:
    """Put the units of a person that kept pairs lead to from ``start`` on the stack; count them."""
    walk.state[1] += 1
    walk.stamp[start] = walk.state[1]
    walk.stack[0] = start
    found, done = 1, 0
    while done < found:
        unit = walk.stack[done]
        done += 1
        for entry in range(units.start[unit], units.start[unit + 1]):
            other = units.other[entry]
            if (
                walk.label[other] == slot
                and other != without
                and walk.stamp[other] != walk.state[1]
                and units.before[entry] > -np.inf
            ):
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
    if size > _LARGEST_SPLIT:
        return
    in_left = _gather(units, one, -1, left, walk)
    members = np.empty(size, dtype=np.int64)
    members[:in_left] = walk.stack[:in_left]
    members[in_left:] = walk.stack[: _gather(units, two, -1, right, walk)]
    together = worth(units, members)
    if together == -np.inf:
        return
    odds = together - walk.odds[left] - walk.odds[right]
    across, within = _chances(units, members, in_left, walk)
    if np.log(1.0 - random.random()) < odds + np.log((across + within) / across) - _ways(size):
        for unit in members[in_left:]:
            walk.label[unit] = left
        walk.members[left], walk.members[right] = size, 0
        walk.odds[left], walk.odds[right] = together, 0.0
        walk.free[walk.state[0]] = right
        walk.state[0] += 1


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
    across, within = _chances(units, ordered, stay, walk)
    if across == 0:
        return
    slot = walk.free[walk.state[0] - 1]
    for unit in ordered[stay:]:
        walk.label[unit] = slot
    hangs = _gather(units, ordered[0], -1, whole, walk) == stay
    hangs = hangs and _gather(units, ordered[stay], -1, slot, walk) == size - stay
    if hangs:
        kept, gone = worth(units, ordered[:stay]), worth(units, ordered[stay:])
        odds = walk.odds[whole] - kept - gone
        hangs = np.log(1.0 - random.random()) < _ways(size) - odds - np.log((across + within) / across)
        if hangs:
            walk.state[0] -= 1
            walk.members[whole], walk.members[slot] = stay, size - stay
            walk.odds[whole], walk.odds[slot] = kept, gone
    if not hangs:
        for unit in ordered[stay:]:
            walk.label[unit] = whole


@compiled
def _chances(units: Units, members: Ints, cut: int, walk: _Walk) -> tuple[float, float]:
    """Give the chance of choosing a pair across two groups and inside them.

    A pair is chosen through either of its units: first the unit, then one of its pairs.
    """
    walk.state[1] += 2
    for place in range(len(members)):
        walk.stamp[members[place]] = walk.state[1] - (place < cut)
    across, within = 0.0, 0.0
    for place in range(len(members)):
        unit = members[place]
        mine = walk.stamp[unit]
        chance = 1.0 / max(1, units.start[unit + 1] - units.start[unit])
        for entry in range(units.start[unit], units.start[unit + 1]):
            theirs = walk.stamp[units.other[entry]]
            if theirs < walk.state[1] - 1 or units.before[entry] == -np.inf:
                continue
            if theirs != mine:
                across += chance
            else:
                within += chance
    return across, within


@compiled
def _ways(size: int) -> float:
    """Log of the number of ways to split so many units in two."""
    return float(np.log(2.0 ** (size - 1) - 1))
