"""The largest likelihood of one log-linear model, from the margins of the table alone, compiled.

Notes
-----
The Poisson likelihood of the observable cells, with the constant solved for, is the likelihood of the
patterns of those seen (Sandland & Cormack 1984, Biometrika 71, 27-33): ``sum_t share_t b_t - log(Z - 1)``
for each person, with ``Z`` the sum over all cells of ``exp(sum of the b of its terms)``, the unseen cell
counting 1. It is concave in ``b``. ``Z`` is a product over groups of lists that no term connects, so work
grows with two to the power of the largest such group, not of all lists. Within a group, sums over all sets
and all supersets are made by the transform of Yates (1937), one list at a time. In large groups, lists that
hang on one other list only are summed over first, which changes nothing but that list's own coefficient.

A term whose lists share nobody has its parameter at minus infinity: it is handed over as ``blocked``, and
every cell that holds all its lists weighs nothing (Chan, Silverman & Vincent 2021, JASA 116, section 3).

Terms are bit masks over the lists. A list that is in no term is left out.
"""

import math
from typing import TypeAlias

import numpy as np

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.loglinear.grouping import (
    Floats,
    Groups,
    Homes,
    Integers,
    find_homes,
    group_lists,
)

# Weight of each set of lists, shape (n_cells,), after ``weigh_cells``; chances of the peeled lists without
# and with the list they hang on, shape (n_lists, 2).
Weights: TypeAlias = tuple[Floats, Floats]
# Coefficients, log Z, log-likelihood of one person, exists; weights, groups.
Maximum: TypeAlias = tuple[Floats, float, float, bool, Weights, Groups]

MOST_STEPS = 60
LONGEST_STEP = 4.0
# Newton's method doubles the digits at each step, so after a step this short the next changes nothing.
SHORT_STEP = 1e-7
# Where counts are huge rounding stops the steps from getting shorter; this is still far below any error.
SHORT_ENOUGH = 1e-4
# Persons: a step that is long and yet gains no likelihood goes to infinity.
NO_GAIN = 1e-7
LONG_STEP = 0.05
# Share of a column's variance that the other columns do not explain; below it is only rounding.
ALIASED = 1e-12


@compiled
def share_of_all(mask: int, weights: Weights, groups: Groups) -> float:
    """Share of all persons, seen or not, who are on all lists of a set.

    Notes
    -----
    A peeled list ``k`` depends on the list ``i`` it hangs on only, so ``P(k, A) = p0 P(A) + (p1 - p0)
    P(i, A)`` with its chances ``p0`` and ``p1`` without and with ``i``. At most one set for each choice of
    the peeled lists is left at any time.
    """
    cells, chances = weights
    peeled, hangs_on = groups[3], groups[4]
    masks = np.empty(64, np.int64)
    factors = np.empty(64)
    masks[0] = mask
    factors[0] = 1.0
    n_sets = 1
    for leaf in peeled:
        flag = np.int64(1) << leaf
        for at in range(n_sets):
            if not masks[at] & flag:
                continue
            masks[at] &= ~flag
            factor = factors[at]
            factors[at] = factor * chances[leaf, 0]
            if hangs_on[leaf] < 0:
                continue
            other = masks[at] | (np.int64(1) << hangs_on[leaf])
            found = 0
            while found < n_sets and masks[found] != other:
                found += 1
            if found == n_sets:
                masks[found], factors[found] = other, 0.0
                n_sets += 1
            factors[found] += factor * (chances[leaf, 1] - chances[leaf, 0])
    total = 0.0
    for at in range(n_sets):
        total += factors[at] * share_of_groups(masks[at], cells, groups)
    return total


@compiled
def share_of_groups(mask: int, cells: Floats, groups: Groups) -> float:
    """Share of all persons who are on all lists of a set without peeled lists; groups are independent."""
    of_list, bit, first = groups[0], groups[1], groups[2]
    share = 1.0
    left = mask
    for leader in range(len(of_list)):
        if not left >> leader & 1:
            continue
        group = of_list[leader]
        local = 0
        for member in range(leader, len(of_list)):
            if left >> member & 1 and of_list[member] == group:
                local |= 1 << bit[member]
                left &= ~(1 << member)
        share *= cells[first[group] + local] / (1.0 + cells[first[group]])
    return share


@compiled
def weigh_cells(
    coefficients: Floats, homes: Homes, groups: Groups, weights: Weights, tilted: Floats
) -> float:
    """Give each set of lists the weight of all cells that hold it, the unseen cell left out; return log Z.

    Parameters
    ----------
    weights : tuple of arrays
        Receives the weights; the first place of each group that of all its cells but the unseen.
    tilted : array of shape (n_terms,)
        Room for coefficients that include the peeled lists.

    """
    cells, chances = weights
    places, _, closed, alone, linked = homes
    _, _, first, peeled, hangs_on = groups
    tilted[:] = coefficients
    log_all = 0.0
    for leaf in peeled:
        odds = math.exp(tilted[alone[leaf]])
        with_other = odds * math.exp(coefficients[linked[leaf]]) if linked[leaf] >= 0 else 0.0
        chances[leaf, 0] = odds / (1.0 + odds)
        chances[leaf, 1] = with_other / (1.0 + with_other)
        log_all += math.log1p(odds)
        if hangs_on[leaf] >= 0:
            tilted[alone[hangs_on[leaf]]] += math.log1p(with_other) - math.log1p(odds)
    cells[:] = 0.0
    for term in range(len(places)):
        if places[term] >= 0:
            cells[places[term]] += tilted[term]
    for home in closed:
        if home >= 0:
            cells[home] = -math.inf
    for group in range(len(first) - 1):
        part = cells[first[group] : first[group + 1]]
        sum_cells(part)
        log_all += math.log1p(part[0])
    return log_all


@compiled
def sum_cells(part: Floats) -> None:
    """Sum coefficients over the subsets of each set, then weights over its supersets (Yates 1937)."""
    size, half = len(part), 1
    while half < size:
        for block in range(0, size, 2 * half):
            for cell in range(block, block + half):
                part[cell + half] += part[cell]
        half *= 2
    for cell in range(1, size):
        part[cell] = math.exp(part[cell])
    part[0] = 0.0
    half = 1
    while half < size:
        for block in range(0, size, 2 * half):
            for cell in range(block, block + half):
                part[cell] += part[cell + half]
        half *= 2


@compiled
def log_normaliser(log_all: float, complete: bool) -> float:
    """Log of Z, or of Z - 1 where the unseen cell is not part of the table."""
    return log_all if complete else log_all + math.log(-math.expm1(-log_all))


@compiled
def fill_moments(
    terms: Integers, homes: Homes, groups: Groups, weights: Weights, scale: float, moments: Floats
) -> None:
    """Fill means (row ``n``) and lower covariances (rows ``0 .. n-1``) of the terms for one person.

    Parameters
    ----------
    scale : float
        1 / probability of being seen, or 1 for all persons.

    """
    cells = weights[0]
    places, of_term = homes[0], homes[1]
    first = groups[2]
    n_terms = len(terms)
    means = moments[n_terms]
    for term in range(n_terms):
        if of_term[term] >= 0:
            means[term] = cells[places[term]] / (1.0 + cells[first[of_term[term]]])
        else:
            means[term] = share_of_all(terms[term], weights, groups)
    for row in range(n_terms):
        group = of_term[row]
        base = first[group] if group >= 0 else 0
        local = places[row] - base
        unit = scale / (1.0 + cells[base])
        apart = means[row] * scale * (1.0 - scale)
        for column in range(row + 1):
            if group < 0 or of_term[column] < 0:
                both = share_of_all(terms[row] | terms[column], weights, groups) * scale
                moments[row, column] = both - means[row] * means[column] * scale * scale
            elif of_term[column] == group:
                both = cells[base + (local | (places[column] - base))] * unit
                moments[row, column] = both - means[row] * means[column] * scale * scale
            else:
                moments[row, column] = apart * means[column]
    for term in range(n_terms):
        means[term] *= scale


@compiled
def factorise(moments: Floats, n_terms: int) -> bool:
    """Turn lower covariances into their Cholesky factor; tell whether every column counts.

    A column that the others explain gets 0 on the diagonal and is left alone by ``solve``.
    """
    full_rank = True
    for row in range(n_terms):
        variance = moments[row, row]
        for column in range(row):
            total = moments[row, column]
            for k in range(column):
                total -= moments[row, k] * moments[column, k]
            pivot = moments[column, column]
            moments[row, column] = total / pivot if pivot > 0.0 else 0.0
        left = variance
        for k in range(row):
            left -= moments[row, k] * moments[row, k]
        if left <= ALIASED * variance or not left > 0.0:
            full_rank = False
            moments[row, row] = 0.0
        else:
            moments[row, row] = math.sqrt(left)
    return full_rank


@compiled
def solve(factor: Floats, right: Floats) -> None:
    """Solve the factorised equations in place."""
    n_terms = len(right)
    for row in range(n_terms):
        total = right[row]
        for k in range(row):
            total -= factor[row, k] * right[k]
        right[row] = total / factor[row, row] if factor[row, row] > 0.0 else 0.0
    for row in range(n_terms - 1, -1, -1):
        total = right[row]
        for k in range(row + 1, n_terms):
            total -= factor[k, row] * right[k]
        right[row] = total / factor[row, row] if factor[row, row] > 0.0 else 0.0


@compiled
def dot(first: Floats, second: Floats) -> float:
    """Sum of products."""
    total = 0.0
    for at in range(len(first)):
        total += first[at] * second[at]
    return total


@compiled
def without_absent(blocked: Integers) -> Integers:
    """Leave out terms of lists that are blocked altogether: nobody is on them, so they have no cells."""
    absent = np.int64(0)
    for mask in blocked:
        if mask & (mask - 1) == 0:
            absent |= mask
    return np.asarray(blocked[(blocked & absent) == 0])


@compiled
def maximise(
    terms: Integers, blocked: Integers, shares: Floats, start: Floats, persons: float, complete: bool
) -> Maximum:
    """Find the parameters with the largest likelihood by Newton's method.

    Parameters
    ----------
    terms : array of shape (n_terms,)
        Terms of the model without the constant and the blocked ones.
    blocked : array
        Terms at minus infinity; a single list among them is left out with all its terms.
    shares : array of shape (n_terms,)
        Persons on all lists of each term, by ``persons``; above 0.
    start : array of shape (n_terms,)
        First guess of the parameters.
    persons : float
        Persons in the table.
    complete : bool
        The table has a count for the unseen too.

    Returns
    -------
    tuple
        Coefficients; log Z; log-likelihood of one person; whether the maximum exists and is the only one
        (else the likelihood is its limit); weights; groups.

    """
    blocked = without_absent(blocked)
    groups = group_lists(terms, blocked)
    homes = find_homes(terms, blocked, groups)
    n_terms = len(terms)
    weights = (np.empty(groups[2][-1]), np.zeros((len(groups[0]), 2)))
    tilted = np.empty(n_terms)
    moments = np.empty((n_terms + 1, n_terms))
    move = np.empty(n_terms)
    here = start.copy()
    there = np.empty(n_terms)
    log_all = weigh_cells(here, homes, groups, weights, tilted)
    value = dot(shares, here) - log_normaliser(log_all, complete)
    exists = False
    for _ in range(MOST_STEPS):
        scale = 1.0 if complete else -1.0 / math.expm1(-log_all)
        fill_moments(terms, homes, groups, weights, scale, moments)
        for term in range(n_terms):
            move[term] = shares[term] - moments[n_terms, term]
            there[term] = move[term]
        full_rank = factorise(moments, n_terms)
        solve(moments, move)
        gain = dot(there, move)
        longest = np.abs(move).max()
        part = 1.0 if longest <= LONGEST_STEP else LONGEST_STEP / longest
        better = False
        for _halving in range(12):
            for term in range(n_terms):
                there[term] = here[term] + part * move[term]
            log_all = weigh_cells(there, homes, groups, weights, tilted)
            new = dot(shares, there) - log_normaliser(log_all, complete)
            if new >= value - 1e-14 * (1.0 + abs(value)):
                better = True
                break
            part /= 2.0
        if better:
            here, there = there, here
            value = new
        else:
            log_all = weigh_cells(here, homes, groups, weights, tilted)
        exists = full_rank and longest <= SHORT_ENOUGH
        if longest <= SHORT_STEP or not better or (gain * persons < NO_GAIN and longest > LONG_STEP):
            break
    return here, log_all, value, exists, weights, groups


@compiled
def independent_start(terms: Integers, margins: Floats, persons: float) -> Floats:
    """Guess parameters as if lists were independent: log-odds of being on each, 0 for every other term."""
    total = 2.0 * persons
    for _ in range(30):
        missed = 1.0
        for term in range(len(terms)):
            if terms[term] & (terms[term] - 1) == 0:
                missed *= 1.0 - margins[term] / total
        total = min(max(persons / (1.0 - missed), 1.0001 * persons), 1e6 * persons)
    start = np.zeros(len(terms))
    for term in range(len(terms)):
        if terms[term] & (terms[term] - 1) == 0:
            start[term] = math.log(margins[term]) - math.log(total - margins[term])
    return start


@compiled
def log_variance_of_unseen(maximum: Maximum, terms: Integers, persons: float) -> float:
    """Variance of the log of the unseen, from the inverse information of the Poisson model.

    Notes
    -----
    With the constant solved for it is ``(1 + m' V^-1 m) / persons`` for the means ``m`` and the covariances
    ``V`` of the terms among those seen (inverse of a partitioned matrix).
    """
    _, log_all, _, _, weights, groups = maximum
    n_terms = len(terms)
    homes = find_homes(terms, np.empty(0, np.int64), groups)
    moments = np.empty((n_terms + 1, n_terms))
    fill_moments(terms, homes, groups, weights, -1.0 / math.expm1(-log_all), moments)
    means = moments[n_terms].copy()
    right = means.copy()
    factorise(moments, n_terms)
    solve(moments, right)
    return (1.0 + dot(means, right)) / persons


@compiled
def unseen_of(log_all: float, persons: float) -> float:
    """Persons on no list by the fitted model."""
    return persons / math.expm1(log_all) if log_all > 0.0 else math.inf
