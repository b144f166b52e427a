"""How well a log-linear model fits the cells of its table."""

import numpy as np
from scipy.special import chdtrc

from kuager.engines.estimation.loglinear.candidates import Candidates
from kuager.engines.estimation.loglinear.hierarchies import holds


def fit_of_model(candidates: Candidates, model: int) -> dict[str, float | str]:
    """Say how well a model fits the counts, as diagnostics of an estimate."""
    table = candidates.table
    blocked = candidates.blocked(model)
    cells = np.arange(1, 2**table.n_lists, dtype=np.int64)
    empty = np.zeros(len(cells), dtype=np.bool_)
    for term in table.terms[blocked]:
        empty |= (cells & term) == term
    deviance = deviance_of(candidates, model)
    freedom = int((~empty).sum() - (candidates.models[model] & ~blocked).sum())
    return {
        "deviance": deviance,
        "degrees_of_freedom": freedom,
        "fit_p": float(chdtrc(freedom, deviance)) if freedom else 1.0,
        "parameters_at_minus_infinity": int(blocked.sum()),
    }


def deviance_of(candidates: Candidates, model: int) -> float:
    """Twice the log-likelihood lost against a model that fits every cell."""
    table, finite = candidates.table, candidates.models[model] & ~candidates.blocked(model)
    shape = holds(table.patterns, table.terms[finite]) @ candidates.coefficients[model][finite]
    constant = np.log(candidates.unseen[model])
    return max(float(2 * (table.counts * (np.log(table.counts) - constant - shape)).sum()), 0.0)
