"""Draw who is who from all the ways in which records can be put together.

Promises: a way of putting records together (a partition) is drawn in proportion to the product of the odds of
all pairs that it puts together; a pair that was not worth reporting counts with one stated odds; a person's
records always hang together by reported pairs; forbidden pairs never share a person. Records that no chain of
reported pairs joins are independent, so each such component is drawn alone: exactly where it is small, by a
Gibbs sampler with merges and splits (``partition_walking``) where it is large. Same random numbers, same
draws.

References
----------
Sadinle (2017), Bayesian estimation of bipartite matchings for record linkage, JASA 112, 600-612; Sadinle
(2018), Bayesian propagation of record linkage uncertainty into population size estimation, Ann. Appl. Stat.
12, 1013-1038.

"""

import numpy as np

from kuager.engines.linkage.partition_walking import (
    Floats,
    Ints,
    Labels,
    Length,
    Units,
    compiled,
    walk_component,
)

LARGEST_EXACT = 13
"""Units in a component that is drawn from the sum over all its partitions (3**units steps)."""


@compiled
def draw_components(
    units: Units,
    members: Ints,
    bounds: Ints,
    labels: Labels,
    length: Length,
    random: np.random.Generator,
) -> None:
    """Fill ``labels``, shape ``(n_draws, n_units)``: units of one person share a number of a unit of theirs.

    Component ``c`` holds the units ``members[bounds[c]:bounds[c + 1]]``.
    """
    local = np.full(len(units.size), -1)
    for component in range(len(bounds) - 1):
        inside = members[bounds[component] : bounds[component + 1]]
        if len(inside) == 1:
            labels[:, inside[0]] = inside[0]
        elif len(inside) <= LARGEST_EXACT:
            draw_exactly(units, inside, local, labels, random)
        else:
            walk_component(units, inside, labels, length, random)


@compiled
def draw_exactly(
    units: Units,
    inside: Ints,
    local: Ints,
    labels: Labels,
    random: np.random.Generator,
) -> None:
    """Draw independently from the sum over all partitions of a small component."""
    n_units = len(inside)
    worth = _worth_of_sets(units, inside, local)
    total = np.full(1 << n_units, -np.inf)
    total[0] = 0.0
    for whole in range(1, 1 << n_units):
        total[whole] = _sum_of_splits(whole, worth, total)
    for draw in range(len(labels)):
        rest = (1 << n_units) - 1
        while rest:
            person = _choose_person(rest, worth, total, random)
            label = -1
            for place in range(n_units):
                if (person >> place) & 1:
                    label = inside[place] if label < 0 else label
                    labels[draw, inside[place]] = label
            rest ^= person


@compiled
def _worth_of_sets(units: Units, inside: Ints, local: Ints) -> Floats:
    """Log of the product of odds for every set of units as one person; minus infinity if it cannot be one."""
    n_units = len(inside)
    for place in range(n_units):
        local[inside[place]] = place
    together, linked = _worth_of_pairs(units, inside, local)
    worth = np.zeros(1 << n_units)
    for person in range(1, 1 << n_units):
        lowest = 0
        while not (person >> lowest) & 1:
            lowest += 1
        value = worth[person & (person - 1)]
        for place in range(lowest + 1, n_units):
            if (person >> place) & 1:
                value += together[lowest, place]
        worth[person] = value
    for person in range(1, 1 << n_units):
        if not _hangs_together(person, linked):
            worth[person] = -np.inf
    return worth


@compiled
def _worth_of_pairs(units: Units, inside: Ints, local: Ints) -> tuple[Floats, Ints]:
    """Log-odds of every two units, and with which others each has a reported pair, as bits."""
    n_units = len(inside)
    together = np.zeros((n_units, n_units))
    linked = np.zeros(n_units, dtype=np.int64)
    for one in range(n_units):
        for two in range(n_units):
            together[one, two] = units.floor * units.size[inside[one]] * units.size[inside[two]]
            if units.once[inside[one]] & units.once[inside[two]]:
                together[one, two] = -np.inf
        for entry in range(units.start[inside[one]], units.start[inside[one] + 1]):
            two = local[units.other[entry]]
            together[one, two] += units.gain[entry]
            if units.gain[entry] > -np.inf:
                linked[one] |= 1 << two
    return together, linked


@compiled
def _hangs_together(person: int, linked: Ints) -> bool:
    """Tell whether reported pairs lead from every unit of a set to every other."""
    reached = person & -person
    border = reached
    while border:
        lowest = border & -border
        border ^= lowest
        place = 0
        while not (lowest >> place) & 1:
            place += 1
        new = linked[place] & person & ~reached
        reached |= new
        border |= new
    return reached == person


@compiled
def _sum_of_splits(whole: int, worth: Floats, total: Floats) -> float:
    """Log-sum over the persons that the first unit may belong to, times what remains."""
    first = whole & -whole
    others = whole ^ first
    highest = -np.inf
    part = others
    while True:
        highest = max(highest, worth[part | first] + total[others ^ part])
        if part == 0:
            break
        part = (part - 1) & others
    if highest == -np.inf:
        return -np.inf
    summed = 0.0
    part = others
    while True:
        summed += np.exp(worth[part | first] + total[others ^ part] - highest)
        if part == 0:
            break
        part = (part - 1) & others
    return float(highest + np.log(summed))


@compiled
def _choose_person(whole: int, worth: Floats, total: Floats, random: np.random.Generator) -> int:
    """Choose the set of units that are one person with the first unit."""
    first = whole & -whole
    others = whole ^ first
    left = random.random()
    part = others
    while part:
        left -= np.exp(worth[part | first] + total[others ^ part] - total[whole])
        if left < 0:
            return part | first
        part = (part - 1) & others
    return first
