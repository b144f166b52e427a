"""Stepwise choice of the pairs of lists that depend on each other, compiled, for many tables at once.

Notes
-----
From independent lists, the pair whose overlap is the most surprising under the present model enters next, if
its p-value is below the threshold and the model with it has one finite estimate. A pair whose lists share
nobody enters with its parameter at minus infinity: nobody can be on both. (Chan, Silverman & Vincent 2021,
sections 2 and 3.) A pair refused for want of an estimate stays refused while the model only grows: the
direction to infinity stays. It is tried again once cells have been emptied. Whether the larger model has an
estimate is seen from its fit, which is needed anyway; it agrees with the linear programme of
``loglinear.existence``.

A list that nobody of a resampled table is on does not limit the number of unseen and is left out.
"""

import math
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.loglinear.grouping import Floats, Integers
from kuager.engines.estimation.loglinear.likelihood import (
    Maximum,
    independent_start,
    maximise,
    share_of_all,
    unseen_of,
)
from kuager.engines.estimation.sparse.poisson_tails import log_smaller_tail

# Published examples of the method use it.
THRESHOLD = 0.02

# Unseen persons; terms in the model.
Selected: TypeAlias = tuple[float, NDArray[np.bool_]]


@compiled
def fit(terms: Integers, margins: Floats, model: NDArray[np.bool_], near: Floats, persons: float) -> Maximum:
    """Fit one model from coefficients of a near one."""
    finite = model & (margins > 0.0)
    blocked = terms[model & (margins == 0.0)]
    return maximise(terms[finite], blocked, margins[finite] / persons, near[finite], persons, False)


@compiled
def surprises(
    terms: Integers, margins: Floats, model: NDArray[np.bool_], maximum: Maximum, persons: float
) -> Floats:
    """Log p-value of the overlap of each pair that is not in the model; 0 for all other terms."""
    _, log_all, _, _, weights, groups = maximum
    scale = -persons / math.expm1(-log_all)
    present = np.int64(0)
    for term in range(len(terms)):
        if model[term]:
            present |= terms[term]
    values = np.zeros(len(terms))
    for term in range(len(terms)):
        if not model[term] and terms[term] & ~present == 0:
            expected = scale * share_of_all(terms[term], weights, groups)
            values[term] = log_smaller_tail(margins[term], expected)
    return values


@compiled
def select_pairs(terms: Integers, margins: Floats, persons: float, threshold: float) -> Selected:
    """Choose the pairs of one table and estimate its unseen.

    Parameters
    ----------
    terms, margins : array of shape (n_terms,)
        Single lists, then pairs.
    threshold : float
        p-value below which a pair enters; 0 keeps to independent lists.

    """
    single = (terms & (terms - 1)) == 0
    model = single & (margins > 0.0)
    near = np.zeros(len(terms))
    near[model] = independent_start(terms[model], margins[model], persons)
    if margins[model].sum() <= persons:
        return math.inf, model
    best = fit(terms, margins, model, near, persons)
    near[model] = best[0]
    limit = math.log(threshold) if threshold > 0.0 else -math.inf
    rejected = np.zeros(len(terms), np.bool_)
    while True:
        values = np.where(rejected, 0.0, surprises(terms, margins, model, best, persons))
        added = False
        while not added:
            pair = np.argmin(values)
            if not values[pair] < limit:
                break
            values[pair] = 0.0
            model[pair] = True
            larger = fit(terms, margins, model, near, persons)
            added = larger[3]
            if added:
                best = larger
                near[model & (margins > 0.0)] = best[0]
                rejected &= margins[pair] > 0.0
            else:
                model[pair] = False
                rejected[pair] = True
        if not added:
            return unseen_of(best[1], persons), model


@compiled
def select_in_each(counts: Floats, members: Floats, terms: Integers, threshold: float) -> Floats:
    """Choose the pairs of each table anew; unseen persons, infinite where nobody is on two lists.

    Parameters
    ----------
    counts : array of shape (n_tables, n_patterns)
        Persons.
    members : array of shape (n_patterns, n_terms)
        1 where the pattern holds all lists of the term.

    """
    unseen = np.empty(len(counts))
    for table in range(len(counts)):
        margins = np.zeros(len(terms))
        for pattern in range(len(members)):
            for term in range(len(terms)):
                margins[term] += counts[table, pattern] * members[pattern, term]
        unseen[table], _ = select_pairs(terms, margins, counts[table].sum(), threshold)
    return unseen
