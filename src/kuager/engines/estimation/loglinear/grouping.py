"""Which lists the terms of a model connect, and where each set of lists has its cell, compiled.

Lists that no term connects are independent, so each group of connected lists has its own small table of
cells, one for each of its subsets; all tables lie one after the other in one array.
"""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled

Floats: TypeAlias = NDArray[np.float64]
Integers: TypeAlias = NDArray[np.int64]
# Group of each list (-1: left out, -2: peeled), its bit within the group, first place of each group (one more
# entry); lists peeled, in order; for each list peeled the list it hangs on (-1: none).
Groups: TypeAlias = tuple[Integers, Integers, Integers, Integers, Integers]
# Where terms have their cells: place, group (-2: holds a peeled list) of each term; places of blocked terms
# (-1: none); term of each peeled list alone; term of it with the list it hangs on (-1: blocked).
Homes: TypeAlias = tuple[Integers, Integers, Integers, Integers, Integers]

# In groups of more lists than this, lists that hang on one other only are summed over beforehand.
UNPEELED = 9


@compiled
def group_lists(terms: Integers, blocked: Integers) -> Groups:
    """Find the groups of lists that terms connect, and the lists that can be summed over beforehand."""
    connected, near = connect_lists(terms, blocked)
    n_lists = len(connected)
    group = np.full(n_lists, -1, np.int64)
    hangs_on = np.full(n_lists, -1, np.int64)
    peeled = peel(connected, near, group, hangs_on)
    bit = np.zeros(n_lists, np.int64)
    first = np.zeros(n_lists + 1, np.int64)
    n_groups = 0
    for leader in range(n_lists):
        if connected[leader] == 0 or group[leader] != -1:
            continue
        size = 0
        for member in range(leader, n_lists):
            if connected[leader] >> member & 1 and group[member] == -1:
                group[member] = n_groups
                bit[member] = size
                size += 1
        first[n_groups + 1] = first[n_groups] + (1 << size)
        n_groups += 1
    return group, bit, first[: n_groups + 1].copy(), peeled, hangs_on


@compiled
def connect_lists(terms: Integers, blocked: Integers) -> tuple[Integers, Integers]:
    """Give for each list, as bit masks, all lists that chains of terms lead to, and those next to it."""
    masks = np.concatenate((terms, blocked))
    every = np.int64(0)
    for mask in masks:
        every |= mask
    n_lists = 0
    while every >> n_lists:
        n_lists += 1
    near = np.zeros(n_lists, np.int64)
    connected = np.zeros(n_lists, np.int64)
    for mask in masks:
        merged = mask
        for member in range(n_lists):
            if connected[member] & mask:
                merged |= connected[member]
        for member in range(n_lists):
            if merged >> member & 1:
                connected[member] = merged
            if mask >> member & 1:
                near[member] |= mask & ~(np.int64(1) << member)
    return connected, near


@compiled
def peel(connected: Integers, near: Integers, group: Integers, hangs_on: Integers) -> Integers:
    """Take lists that hang on one other only off large groups, again and again; return them in order."""
    n_lists = len(connected)
    peeled = np.empty(n_lists, np.int64)
    n_peeled, before = 0, -1
    while n_peeled > before:
        before = n_peeled
        for leaf in range(n_lists):
            large = 0
            for member in range(n_lists):
                large += connected[leaf] >> member & 1
            others = near[leaf]
            if large <= UNPEELED or group[leaf] == -2 or others & (others - 1):
                continue
            group[leaf] = -2
            peeled[n_peeled] = leaf
            n_peeled += 1
            for member in range(n_lists):
                if others >> member & 1:
                    hangs_on[leaf] = member
                near[member] &= ~(np.int64(1) << leaf)
    return peeled[:n_peeled].copy()


@compiled
def place(mask: int, group: int, groups: Groups) -> int:
    """Tell where the part of a set of lists that lies in one group has its cell."""
    of_list, bit, first = groups[0], groups[1], groups[2]
    found = first[group]
    for member in range(len(of_list)):
        if mask >> member & 1 and of_list[member] == group:
            found += 1 << bit[member]
    return int(found)


@compiled
def group_of(mask: int, groups: Groups) -> int:
    """Tell the group of a term, whose lists all lie in one; -2 if one of them is peeled."""
    found = -1
    for member in range(len(groups[0])):
        if mask >> member & 1:
            found = groups[0][member]
            if found == -2:
                return -2
    return int(found)


@compiled
def find_homes(terms: Integers, blocked: Integers, groups: Groups) -> Homes:
    """Find the cells of all terms once, before the steps of a fit."""
    places = np.full(len(terms), -1, np.int64)
    of_term = np.empty(len(terms), np.int64)
    closed = np.full(len(blocked), -1, np.int64)
    for term in range(len(terms)):
        of_term[term] = group_of(terms[term], groups)
        if of_term[term] >= 0:
            places[term] = place(terms[term], of_term[term], groups)
    for term in range(len(blocked)):
        group = group_of(blocked[term], groups)
        if group >= 0:
            closed[term] = place(blocked[term], group, groups)
    alone, linked = find_links(terms, groups)
    return places, of_term, closed, alone, linked


@compiled
def find_links(terms: Integers, groups: Groups) -> tuple[Integers, Integers]:
    """Find the term of each list alone, and of each peeled list with the list it hangs on (-1: none)."""
    hangs_on = groups[4]
    alone = np.full(len(hangs_on), -1, np.int64)
    linked = np.full(len(hangs_on), -1, np.int64)
    for member in range(len(hangs_on)):
        single = np.int64(1) << member
        pair = single if hangs_on[member] < 0 else single | (np.int64(1) << hangs_on[member])
        for term in range(len(terms)):
            if terms[term] == single:
                alone[member] = term
            elif terms[term] == pair:
                linked[member] = term
    return alone, linked
