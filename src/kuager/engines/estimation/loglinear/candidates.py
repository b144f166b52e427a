"""Fit all candidate log-linear models of a table and rank them.

Empty overlaps are treated by the extended maximum likelihood of Chan, Silverman & Vincent (2021): where
a model holds a term whose lists share nobody, the parameter is minus infinity, so the cells that contain
the term are known to be empty and leave the table, and the term leaves the model but is still counted.
"""

from dataclasses import dataclass
from typing import Literal, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.loglinear.existence import MOST_LISTS_CHECKED, has_estimate
from kuager.engines.estimation.loglinear.grouping import Floats, Integers
from kuager.engines.estimation.loglinear.hierarchies import Table
from kuager.engines.estimation.loglinear.likelihood import (
    independent_start,
    log_variance_of_unseen,
    maximise,
    unseen_of,
)

Criterion: TypeAlias = Literal["bic", "aic"]
Models: TypeAlias = NDArray[np.bool_]
# Log-likelihood of one person, log of the unseen's variance, unseen, exists; coefficients.
Fitted: TypeAlias = tuple[Floats, Floats, Floats, NDArray[np.bool_], Floats]


@dataclass(frozen=True, eq=False)
class Candidates:
    """Fitted models of one table; arrays have one row for each model.

    Parameters
    ----------
    table : Table
        What they were fitted to.
    models : array of shape (n_models, n_terms)
        Terms of each model, those at minus infinity included.
    minus_two_log : array of shape (n_models,)
        -2 log-likelihood of the Poisson model; its limit where no estimate exists.
    unseen : array of shape (n_models,)
        Persons on no list by each model; without meaning where no estimate exists.
    log_variance : array of shape (n_models,)
        Variance of the log of the unseen.
    surely_exist : array of shape (n_models,)
        Models whose likelihood has one finite maximum, found by Newton's method.
    coefficients : array of shape (n_models, n_terms)
        Log-linear parameters; 0 for the constant, terms not in the model and those at minus infinity.

    """

    table: Table
    models: Models
    minus_two_log: Floats
    unseen: Floats
    log_variance: Floats
    surely_exist: NDArray[np.bool_]
    coefficients: Floats

    @property
    def parameters(self) -> NDArray[np.int64]:
        """Parameters of each model, those at minus infinity and the constant included."""
        return np.asarray(self.models.sum(axis=1))

    @property
    def aic(self) -> Floats:
        """-2 log-likelihood + 2 for each parameter."""
        return np.asarray(self.minus_two_log + 2 * self.parameters)

    @property
    def bic(self) -> Floats:
        """-2 log-likelihood + log(persons seen) for each parameter."""
        return np.asarray(self.minus_two_log + np.log(self.table.persons) * self.parameters)

    def scores(self, criterion: Criterion) -> Floats:
        """Criterion by which models are ranked; smaller is better."""
        return self.bic if criterion == "bic" else self.aic

    @property
    def total_error(self) -> Floats:
        """Standard error of the total (Rivest & Levesque 2001, Canadian J. Statist. 29, 555-572)."""
        return np.asarray(np.sqrt(self.unseen + self.unseen**2 * self.log_variance))

    def blocked(self, model: int) -> NDArray[np.bool_]:
        """Terms of one model whose parameter is minus infinity, shape (n_terms,)."""
        return np.asarray(self.models[model] & (self.table.margins == 0))

    def exists(self, model: int) -> bool:
        """Tell whether the estimate of one model exists and is unique; exact up to ten lists."""
        if not self.surely_exist[model]:
            return False
        return self.table.n_lists > MOST_LISTS_CHECKED or has_estimate(self.table, self.models[model])

    def joined(self, others: Self) -> "Candidates":
        """Put these and other models of the same table together."""
        names = ("models", "minus_two_log", "unseen", "log_variance", "surely_exist", "coefficients")
        both = {name: np.concatenate([getattr(self, name), getattr(others, name)]) for name in names}
        return Candidates(table=self.table, **both)


def fit_candidates(table: Table, models: Models, *, start: Floats | None = None) -> Candidates:
    """Fit the models to the observable cells.

    Parameters
    ----------
    start : array of shape (n_terms,), optional
        Coefficients of a model close to all of them.

    """
    first = np.zeros((0, 0)) if start is None else np.repeat(start[None, 1:], len(models), axis=0)
    values, variances, unseen, exist, coefficients = fit_models(
        table.terms[1:], table.margins[1:], models[:, 1:], table.persons, first
    )
    return Candidates(
        table=table,
        models=models,
        minus_two_log=minus_two_log_likelihood(values, table.counts),
        unseen=unseen,
        log_variance=variances,
        surely_exist=exist,
        coefficients=np.column_stack([np.zeros(len(models)), coefficients]),
    )


def minus_two_log_likelihood(values: Floats, counts: Floats) -> Floats:
    """-2 log-likelihood of the Poisson model from the log-likelihood of one person given the total."""
    persons = counts.sum()
    rest = persons * np.log(persons) - persons - gammaln(counts + 1).sum()
    return np.asarray(-2 * (persons * values + rest))


@compiled
def fit_models(terms: Integers, margins: Floats, models: Models, persons: float, near: Floats) -> Fitted:
    """Fit models of one table, each from independence or from coefficients of a near model.

    Parameters
    ----------
    terms, margins : array of shape (n_terms,)
        Without the constant.
    models : array of shape (n_models, n_terms)
        Terms in each model.
    near : array of shape (n_models, n_terms) or (0, 0)
        Coefficients to start from; empty to start from independence.

    """
    n_models, n_terms = models.shape
    values = np.empty(n_models)
    variances = np.empty(n_models)
    unseen = np.empty(n_models)
    exist = np.empty(n_models, np.bool_)
    coefficients = np.zeros((n_models, n_terms))
    for model in range(n_models):
        finite = models[model] & (margins > 0.0)
        active = terms[finite]
        start = near[model][finite] if len(near) else independent_start(active, margins[finite], persons)
        blocked = terms[models[model] & (margins == 0.0)]
        best = maximise(active, blocked, margins[finite] / persons, start, persons, False)
        values[model] = best[2]
        unseen[model] = unseen_of(best[1], persons)
        exist[model] = best[3]
        variances[model] = log_variance_of_unseen(best, active, persons) if best[3] else np.inf
        at = 0
        for term in range(n_terms):
            if finite[term]:
                coefficients[model, term] = best[0][at]
                at += 1
    return values, variances, unseen, exist, coefficients
