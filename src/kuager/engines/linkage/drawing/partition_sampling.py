"""Draw who is who from all the ways in which records can be put together.

Promises: a way of putting records together (a partition) is drawn in proportion to the odds of all its
persons (``partition_worth``); a person's records always hang together by kept pairs; forbidden pairs never
share a person. Records that no chain of kept pairs joins are independent, so each such component is drawn
alone: exactly where it is small, by a Gibbs sampler with merges and splits (``partition_walking``) where it
is large. Same random numbers, same draws.

References
----------
Sadinle (2017), Bayesian estimation of bipartite matchings for record linkage, JASA 112, 600-612; Sadinle
(2018), Bayesian propagation of record linkage uncertainty into population size estimation, Ann. Appl. Stat.
12, 1013-1038.

"""

import numpy as np

from kuager.engines.linkage.drawing.partition_walking import walk_component
from kuager.engines.linkage.drawing.partition_worth import (
    Floats,
    Ints,
    Labels,
    Units,
    compiled,
    find_pair,
    worth,
)

LARGEST_EXACT = 8
"""Units in a component that is drawn from the sum over all its partitions (3**units steps)."""


@compiled
def draw_components(
    units: Units,
    members: Ints,
    bounds: Ints,
    labels: Labels,
    sweeps: tuple[int, int],
    random: np.random.Generator,
) -> None:
    """Fill ``labels``, shape ``(n_draws, n_units)``: units of one person share a number of a unit of theirs.

    Component ``c`` holds the units ``members[bounds[c]:bounds[c + 1]]``. Large components are walked from the
    partition that is in the last row of ``labels``, so many ``sweeps`` before the first draw and before each
    further one.
    """
    for component in range(len(bounds) - 1):
        inside = members[bounds[component] : bounds[component + 1]]
        if len(inside) == 1:
            labels[:, inside[0]] = inside[0]
        elif len(inside) <= LARGEST_EXACT:
            draw_exactly(units, inside, labels, random)
        else:
            walk_component(units, inside, labels, sweeps, random)


@compiled
def draw_exactly(units: Units, inside: Ints, labels: Labels, random: np.random.Generator) -> None:
    """Draw independently from the sum over all partitions of a small component."""
    n_units = len(inside)
    odds = _worth_of_sets(units, inside)
    total = np.full(1 << n_units, -np.inf)
    total[0] = 0.0
    for whole in range(1, 1 << n_units):
        total[whole] = _sum_of_splits(whole, odds, total)
    for draw in range(len(labels)):
        rest = (1 << n_units) - 1
        while rest:
            person = _choose_person(rest, odds, total, random)
            label = -1
            for place in range(n_units):
                if (person >> place) & 1:
                    label = inside[place] if label < 0 else label
                    labels[draw, inside[place]] = label
            rest ^= person


@compiled
def _worth_of_sets(units: Units, inside: Ints) -> Floats:
    """Log-odds of every set of units as one person; minus infinity if it cannot be one."""
    n_units = len(inside)
    linked = _linked(units, inside)
    odds = np.full(1 << n_units, -np.inf)
    chosen = np.empty(n_units, dtype=np.int64)
    for person in range(1, 1 << n_units):
        if not _hangs_together(person, linked):
            continue
        size = 0
        for place in range(n_units):
            if (person >> place) & 1:
                chosen[size] = inside[place]
                size += 1
        odds[person] = worth(units, chosen[:size])
    return odds


@compiled
def _linked(units: Units, inside: Ints) -> Ints:
    """Tell with which others each unit has a kept pair that is not forbidden, as bits."""
    linked = np.zeros(len(inside), dtype=np.int64)
    for one in range(len(inside)):
        for two in range(len(inside)):
            entry = find_pair(units, inside[one], inside[two])
            if one != two and entry >= 0 and units.before[entry] > -np.inf:
                linked[one] |= 1 << two
    return linked


@compiled
def _hangs_together(person: int, linked: Ints) -> bool:
    """Tell whether kept pairs lead from every unit of a set to every other."""
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
def _sum_of_splits(whole: int, odds: Floats, total: Floats) -> float:
    """Log-sum over the persons that the first unit may belong to, times what remains."""
    first = whole & -whole
    others = whole ^ first
    highest = -np.inf
    part = others
    while True:
        highest = max(highest, odds[part | first] + total[others ^ part])
        if part == 0:
            break
        part = (part - 1) & others
    if highest == -np.inf:
        return -np.inf
    summed = 0.0
    part = others
    while True:
        summed += np.exp(odds[part | first] + total[others ^ part] - highest)
        if part == 0:
            break
        part = (part - 1) & others
    return float(highest + np.log(summed))


@compiled
def _choose_person(whole: int, odds: Floats, total: Floats, random: np.random.Generator) -> int:
    """Choose the set of units that are one person with the first unit."""
    first = whole & -whole
    others = whole ^ first
    left = random.random()
    part = others
    while part:
        left -= np.exp(odds[part | first] + total[others ^ part] - total[whole])
        if left < 0:
            return part | first
        part = (part - 1) & others
    return first
