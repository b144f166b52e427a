"""Which log-linear models of a table are tried: all of them, or with many lists the promising ones.

Notes
-----
All hierarchical models are fitted for up to five lists (6,893 in a tenth of a second) and all models with
pairs for six (32,768 in half a second). Beyond that there are too many (2^190 for the pairs of twenty lists).
The search then starts from independent lists and looks, again and again, at all neighbours (one term more or
one term less) of the best model whose neighbours are not known yet, until those of the best few are. All
models met on the way are kept: they are the rivals of the one chosen.
"""

import numpy as np

from kuager.engines.estimation.loglinear.candidates import Candidates, Criterion, Models, fit_candidates
from kuager.engines.estimation.loglinear.hierarchies import Table, hierarchical_models
from kuager.engines.estimation.loglinear.screening import expected_changes
from kuager.engines.estimation.running import Progress

MOST_LISTS_EXHAUSTIVE = 5
# Above this a step has so many neighbours that only the best of each kind by a guess are fitted.
MOST_LISTS_UNSCREENED = 8
TRIED = 12
# The search ends when the neighbours of this many best models are known: a greedy search (1) misses the best
# model of the six Dutch lists (Ned), 10 find it.
RIVALS = 20
RIVALS_SCREENED = 5


def all_candidates(table: Table, criterion: Criterion, progress: Progress) -> Candidates:
    """Fit every hierarchical model of the table, or with many lists those that a search meets."""
    pairs_only = int(np.bitwise_count(table.terms).max()) <= 2
    if table.n_lists <= MOST_LISTS_EXHAUSTIVE + pairs_only:
        return fit_candidates(table, hierarchical_models(table))
    return stepwise_candidates(table, criterion, progress)


def stepwise_candidates(table: Table, criterion: Criterion, progress: Progress) -> Candidates:
    """Search from independent lists, a term more or less at each step, best criterion first."""
    sizes = np.bitwise_count(table.terms)
    found = fit_candidates(table, (sizes <= 1)[None])
    seen = {row.tobytes() for row in found.models}
    visited: set[int] = set()
    while (here := _next(found, criterion, visited)) is not None:
        visited.add(here)
        near = promising(table, found, here, neighbours(table, found.models[here]))
        new = np.array([row for row in near if row.tobytes() not in seen], dtype=np.bool_)
        if len(new):
            seen |= {row.tobytes() for row in new}
            found = found.joined(fit_candidates(table, new, start=found.coefficients[here]))
        progress("searching log-linear models", len(visited) / (len(visited) + RIVALS))
    return found


def _next(found: Candidates, criterion: Criterion, visited: set[int]) -> int | None:
    """Best model whose neighbours are not known yet, if it is among the best of all."""
    scores = np.where(found.surely_exist, found.scores(criterion), np.inf)
    rivals = RIVALS if found.table.n_lists <= MOST_LISTS_UNSCREENED else RIVALS_SCREENED
    ranked = np.argsort(scores, kind="stable")[:rivals]
    return next((int(model) for model in ranked if scores[model] < np.inf and model not in visited), None)


def neighbours(table: Table, model: Models) -> Models:
    """List the hierarchical models with one term more or one less, shape (n_models, n_terms)."""
    terms = table.terms
    present = set(terms[model].tolist())
    changes = [at for at, term in enumerate(terms.tolist()) if _may_change(term, present)]
    models = np.repeat(model[None], len(changes), axis=0)
    models[np.arange(len(changes)), changes] ^= True
    return models


def promising(table: Table, found: Candidates, here: int, near: Models) -> Models:
    """Keep the neighbours that are worth fitting: with many lists those that should rank highest."""
    if table.n_lists <= MOST_LISTS_UNSCREENED:
        return near
    model = found.models[here]
    changes = expected_changes(
        table.terms[1:], table.margins[1:], model[1:], table.persons, found.coefficients[here][1:]
    )
    worth = (np.concatenate([[0.0], changes]) * (near != model)).sum(axis=1)
    comes = near.sum(axis=1) > model.sum()
    kept = [np.flatnonzero(part)[np.argsort(-worth[part], kind="stable")[:TRIED]] for part in (comes, ~comes)]
    return np.asarray(near[np.sort(np.concatenate(kept))])


def _may_change(term: int, present: set[int]) -> bool:
    """Tell whether the model stays hierarchical when this term comes or goes."""
    if term.bit_count() < 2:
        return False
    if term in present:
        return not any(other != term and other & term == term for other in present)
    return all(term & ~(1 << bit) in present for bit in range(term.bit_length()) if term >> bit & 1)
