"""Log-linear models of the lists' dependence, the best one chosen by BIC.

Notes
-----
For up to four lists every hierarchical model is tried (8 for three lists, 113 for four). For five and six
lists the default is every model with interactions of two lists (1,024 and 32,768): the margins of three
lists are then usually a handful of persons. ``Request.order`` widens or narrows this.

References
----------
Bishop, Fienberg & Holland (1975), Discrete multivariate analysis, chapter 6. Ball et al. (2002), Killings
and refugee flow in Kosovo, for the choice of models. Silverman, Chan & Vincent (2024), Bootstrapping multiple
systems estimates to account for model selection, Statistics and Computing 34, for its uncertainty.

"""

import math
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.candidates import Candidates, fit_candidates
from kuager.engines.estimation.fitting import information
from kuager.engines.estimation.hierarchies import generators, hierarchical_models, make_table
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.profile import Model, profile_interval
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

MOST_LISTS = 6
# Kass & Raftery (1995), JASA 90, 773-795: below 6 the evidence for the better model is not strong.
NEAR_BIC = 6.0
POOR_FIT = 0.01

ASSUMPTIONS = (
    Sentence(
        "The ways in which lists depend on each other, seen among the people on them, hold for the unseen."
    ),
    Sentence("All lists together do not depend on each other in a way that no smaller group of them shows."),
    Sentence("Everybody had some chance of being on each list."),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
)


def estimate_loglinear(histories: CaptureHistories, request: Request) -> Estimate:
    """Estimate by the hierarchical log-linear model with the smallest BIC whose estimate exists.

    Raises
    ------
    BadInputError
        Fewer than two or more than six lists, or a list that names nobody.
    RefusedError
        No model has a finite estimate.

    """
    order = _checked_order(histories, request)
    table = make_table(histories, order=order)
    candidates = fit_candidates(table, hierarchical_models(table))
    chosen, skipped = best_model(candidates, candidates.bic)
    unseen = float(candidates.unseen[chosen])
    low, high = model_interval(candidates, chosen, level=request.level)
    observed = histories.observed
    near = near_best(candidates, chosen) + observed
    diagnostics = _diagnostics(candidates, chosen, histories.lists)
    diagnostics |= {
        "models": len(candidates.bic),
        "order": order,
        "models_without_estimate": skipped,
        "near_best_models": len(near),
        "near_best_low": float(near.min()),
        "near_best_high": float(near.max()),
    }
    interval = (min(observed + low, observed + unseen), max(observed + high, observed + unseen))
    return Estimate(
        method="loglinear",
        observed=observed,
        estimate=observed + unseen,
        interval=interval,
        level=request.level,
        is_lower_bound=len(histories.lists) <= 3 and not _has_interaction(candidates, chosen),
        diagnostics=diagnostics,
        warnings=tuple(_warnings(histories, interval, diagnostics)),
        assumptions=ASSUMPTIONS,
    )


def best_model(candidates: Candidates, criterion: NDArray[np.float64]) -> tuple[int, int]:
    """Find the model with the smallest criterion that has an estimate, and how many better ones have not."""
    ranked = np.argsort(criterion, kind="stable")
    for skipped, model in enumerate(ranked):
        if candidates.exists(int(model)):
            return int(model), skipped
    raise RefusedError(
        "no log-linear model of these lists has a finite estimate: too few people are on more than one list; "
        "find more matches or another list"
    )


def near_best(candidates: Candidates, chosen: int) -> NDArray[np.float64]:
    """Unseen persons by every model that the data hardly tell from the chosen one."""
    close = candidates.surely_exist & (candidates.bic < candidates.bic[chosen] + NEAR_BIC)
    close[chosen] = True
    return np.asarray(candidates.unseen[close])


def model_interval(candidates: Candidates, model: int, *, level: float) -> tuple[float, float]:
    """Profile-likelihood interval of the unseen under one model, persons."""
    cells = np.concatenate([[True], candidates.problem.cells[model]])
    columns = candidates.problem.columns[model]
    table = candidates.table
    return profile_interval(
        Model(design=table.design[np.ix_(cells, columns)], counts=table.counts[cells]),
        unseen=float(candidates.unseen[model]),
        drop=normal_quantile(level) ** 2 / 2,
    )


def standard_error(candidates: Candidates, model: int) -> float:
    """Return the standard error of the total (Rivest & Levesque 2001, Canadian J. Statist. 29, 555-572)."""
    columns = candidates.problem.columns[model]
    full = information(candidates.problem, candidates.fits.means)[model][np.ix_(columns, columns)]
    variance = float(np.linalg.inv(full)[0, 0])
    unseen = float(candidates.unseen[model])
    return math.sqrt(unseen + unseen**2 * variance)


def _checked_order(histories: CaptureHistories, request: Request) -> int:
    n_lists = len(histories.lists)
    if not 2 <= n_lists <= MOST_LISTS:
        raise BadInputError(
            f"log-linear models take 2 to {MOST_LISTS} lists, got {n_lists}; choose some of them"
        )
    for name, size in zip(histories.lists, histories.list_totals, strict=True):
        if size == 0:
            raise BadInputError(f"list {name!r} names nobody; leave it out")
    order = request.order or (n_lists - 1 if n_lists <= 4 else 2)
    if n_lists == MOST_LISTS and order > 2:
        raise BadInputError("for six lists only interactions of two lists can be searched; set order to 2")
    return min(order, n_lists - 1)


def _has_interaction(candidates: Candidates, model: int) -> bool:
    """Tell whether lists depend on each other in the model; if not, hidden dependence usually lowers it."""
    return bool((np.bitwise_count(candidates.table.terms[candidates.models[model]]) > 1).any())


def _diagnostics(candidates: Candidates, model: int, lists: tuple[str, ...]) -> dict[str, float | str]:
    terms = candidates.table.terms[candidates.models[model]]
    deviance = max(float(candidates.fits.deviance[model]), 0.0)
    freedom = int(candidates.problem.cells[model].sum() - candidates.problem.columns[model].sum())
    return {
        "model": generators(terms),
        "model_of_lists": generators(terms, lists),
        "bic": float(candidates.bic[model]),
        "aic": float(candidates.aic[model]),
        "standard_error": standard_error(candidates, model),
        "deviance": deviance,
        "degrees_of_freedom": freedom,
        "fit_p": float(chdtrc(freedom, deviance)) if freedom else 1.0,
        "parameters_at_minus_infinity": int(
            (candidates.models[model] & ~candidates.problem.columns[model]).sum()
        ),
    }


def _warnings(
    histories: CaptureHistories, interval: tuple[float, float], diagnostics: dict[str, float | str]
) -> Iterator[str]:
    if len(histories.lists) <= 3:
        yield Sentence(
            "With three lists or fewer no data can show how all of them depend on each other; "
            "give the lower bound (method chao) first."
        )
    if diagnostics["degrees_of_freedom"] and float(diagnostics["fit_p"]) < POOR_FIT:
        yield Sentence(
            "Even the best model fits the counts poorly; look for mismatched people or mixed groups."
        )
    low, high = float(diagnostics["near_best_low"]), float(diagnostics["near_best_high"])
    if low < interval[0] or high > interval[1]:
        yield Sentence(
            "Models that fit almost as well say from {low} to {high}, beyond the interval.",
            low=people(low),
            high=people(high),
        )
    if diagnostics["parameters_at_minus_infinity"]:
        yield Sentence("Some lists of the model share nobody; that was taken as a rule, not as chance.")
