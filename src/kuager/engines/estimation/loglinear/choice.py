"""How much of the doubt comes from choosing one model: choose again in every bootstrap replicate.

The interval of the chosen model takes it as known. Here the models that rank highest compete again in each
table that might have been seen instead; the interval of what they say is usually much wider, and honest.

References
----------
Silverman, Chan & Vincent (2024), Bootstrapping multiple systems estimates to account for model selection,
Statistics and Computing 34.

"""

import numpy as np
from numpy.typing import NDArray

from kuager.engines.estimation.compiled import compiled
from kuager.engines.estimation.loglinear.bootstrap import bca_interval, one_less, resampled
from kuager.engines.estimation.loglinear.candidates import Candidates, Criterion, Models, fit_models
from kuager.engines.estimation.loglinear.grouping import Floats, Integers, group_lists
from kuager.engines.estimation.loglinear.hierarchies import holds
from kuager.engines.estimation.request import Request

# As many models as the authors let compete by default.
MOST_MODELS = 60
# Sums that one fit of all rivals may take; with many lists in one group fewer of them compete.
MOST_CELLS = 60 * 512
FEWEST_MODELS = 8
REPLICATES = 400


def choice_interval(candidates: Candidates, chosen: int, request: Request) -> tuple[float, float]:
    """Interval of the unseen with the choice of the model made again in each replicate, persons."""
    table = candidates.table
    rivals = top_models(candidates, chosen, request.criterion)
    models = candidates.models[rivals][:, 1:]
    penalty = np.log(table.persons) if request.criterion == "bic" else 2.0
    terms = table.terms[1:]
    near = candidates.coefficients[rivals][:, 1:]
    members = holds(table.patterns, terms)

    def unseen(counts: Floats) -> Floats:
        return choose_in_each(counts, members, terms, models, near, penalty)

    many = resampled(table.counts, replicates=request.draws or REPLICATES, seed=request.seed)
    return bca_interval(
        estimate=float(candidates.unseen[chosen]),
        replicates=unseen(many),
        left_out=unseen(one_less(table.counts)),
        counts=table.counts,
        level=request.level,
    )


def top_models(candidates: Candidates, chosen: int, criterion: Criterion) -> NDArray[np.int64]:
    """List the models that exist and rank highest, the chosen one first."""
    scores = np.where(candidates.surely_exist, candidates.scores(criterion), np.inf)
    scores[chosen] = -np.inf
    ranked = np.argsort(scores, kind="stable")[:MOST_MODELS]
    ranked = ranked[scores[ranked] < np.inf]
    cells = np.cumsum([_cells(candidates, int(model)) for model in ranked])
    return np.asarray(ranked[(cells <= MOST_CELLS) | (np.arange(len(ranked)) < FEWEST_MODELS)])


def _cells(candidates: Candidates, model: int) -> int:
    """Cells that one step of a fit sums over."""
    terms = candidates.table.terms[1:][candidates.models[model][1:]]
    return int(group_lists(terms, np.zeros(0, dtype=np.int64))[2][-1])


@compiled
def choose_in_each(
    counts: Floats, members: Floats, terms: Integers, models: Models, near: Floats, penalty: float
) -> Floats:
    """Choose a model for each table and return its unseen; infinite where nobody is on two lists.

    Where no model has an estimate the best one is taken at the limit of its likelihood, where the unseen
    may be finite although another parameter is not.

    Parameters
    ----------
    counts : array of shape (n_tables, n_patterns)
        Persons.
    members : array of shape (n_patterns, n_terms)
        1 where the pattern holds all lists of the term.
    near : array of shape (n_models, n_terms)
        Coefficients of each model in the table itself.
    penalty : float
        What each parameter adds to -2 log-likelihood.

    """
    n_tables, n_patterns = counts.shape
    unseen = np.full(n_tables, np.inf)
    margins = np.empty(len(terms))
    for table in range(n_tables):
        margins[:] = 0.0
        persons = 0.0
        for pattern in range(n_patterns):
            persons += counts[table, pattern]
            for term in range(len(terms)):
                margins[term] += counts[table, pattern] * members[pattern, term]
        if not np.any((members.sum(axis=1) > 1.0) & (counts[table] > 0.0)):
            continue
        values, _, found, exist, _ = fit_models(terms, margins, models, persons, near)
        best, best_limit, limit = np.inf, np.inf, np.inf
        for model in range(len(models)):
            score = -2.0 * persons * values[model] + penalty * models[model].sum()
            if exist[model] and score < best:
                best = score
                unseen[table] = found[model]
            elif score < best_limit:
                best_limit = score
                limit = found[model]
        if best == np.inf:
            unseen[table] = limit
    return unseen
