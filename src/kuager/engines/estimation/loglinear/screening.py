"""Which term would improve a log-linear model most, guessed without fitting every candidate.

Notes
-----
The score statistic of Rao (1948) is what one step of Newton's method expects -2 log-likelihood to fall by
when the term comes, Wald's statistic what it expects to lose when the term goes. For a term whose lists
share nobody the fall is at least what emptying its cells gains, ``-2 persons log(1 - share)``.
"""

import math

import numpy as np

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.loglinear.candidates import Models
from kuager.engines.estimation.loglinear.grouping import Floats, Integers, find_homes
from kuager.engines.estimation.loglinear.likelihood import (
    dot,
    factorise,
    fill_moments,
    maximise,
    share_of_all,
    solve,
)


@compiled
def expected_changes(terms: Integers, margins: Floats, model: Models, persons: float, near: Floats) -> Floats:
    """Guess by how much -2 log-likelihood falls with each absent term and rises without each present one.

    Parameters
    ----------
    terms, margins : array of shape (n_terms,)
        Without the constant.
    model : array of shape (n_terms,)
        Terms in the model.
    near : array of shape (n_terms,)
        Coefficients of the model.

    Returns
    -------
    array of shape (n_terms,)
        Positive for absent terms, negative for present ones; 0 where a present term is at minus infinity.

    """
    finite = model & (margins > 0.0)
    active = terms[finite]
    n_active = len(active)
    blocked = terms[model & (margins == 0.0)]
    best = maximise(active, blocked, margins[finite] / persons, near[finite], persons, False)
    coefficients, log_all, _, _, weights, groups = best
    scale = -1.0 / math.expm1(-log_all)
    homes = find_homes(active, np.empty(0, np.int64), groups)
    moments = np.empty((n_active + 1, n_active))
    fill_moments(active, homes, groups, weights, scale, moments)
    means = moments[n_active].copy()
    factorise(moments, n_active)
    changes = np.zeros(len(terms))
    right = np.empty(n_active)
    at = 0
    for term in range(len(terms)):
        if finite[term]:
            right[:] = 0.0
            right[at] = 1.0
            solve(moments, right)
            changes[term] = -persons * coefficients[at] ** 2 / max(right[at], 1e-300)
            at += 1
        elif not model[term]:
            mean = scale * share_of_all(terms[term], weights, groups)
            if margins[term] == 0.0:
                changes[term] = -2.0 * persons * math.log1p(-min(mean, 0.999999))
                continue
            for other in range(n_active):
                both = scale * share_of_all(terms[term] | active[other], weights, groups)
                right[other] = both - mean * means[other]
            with_model = right.copy()
            solve(moments, right)
            left = mean * (1.0 - mean) - dot(with_model, right)
            if left > 1e-12 * mean:
                changes[term] = persons * (margins[term] / persons - mean) ** 2 / left
    return changes
