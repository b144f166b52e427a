"""Log-linear models of the lists' dependence, the best one chosen by BIC or AIC.

Notes
-----
For up to five lists every hierarchical model is tried (8 for three lists, 113 for four, 6,893 for five), for
six every model with interactions of two lists (32,768), for more those that a search meets; ``Request.order``
widens or narrows this. For five lists pairs alone would do as well on simulated tables (with BIC the same
error to three digits), but real lists do have interactions of three (Kosovo), and trying them costs nothing.

References
----------
Bishop, Fienberg & Holland (1975), Discrete multivariate analysis, chapter 6. Ball et al. (2002), Killings
and refugee flow in Kosovo, for the choice of models. Silverman, Chan & Vincent (2024), Bootstrapping multiple
systems estimates to account for model selection, Statistics and Computing 34, for its uncertainty.

"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import normal_quantile
from kuager.engines.estimation.loglinear.averaging import averaged_total, model_weights
from kuager.engines.estimation.loglinear.candidates import Candidates
from kuager.engines.estimation.loglinear.choice import choice_interval
from kuager.engines.estimation.loglinear.fit_of_model import fit_of_model
from kuager.engines.estimation.loglinear.hierarchies import generators, make_table, renamed
from kuager.engines.estimation.loglinear.profile import model_profile, profile_interval
from kuager.engines.estimation.loglinear.searching import all_candidates
from kuager.engines.estimation.loglinear.suiting import check_lists
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

MOST_LISTS = 20
# Above this many lists only the promising models are tried, and terms of four lists are never promising.
MOST_LISTS_ANY_ORDER = 5
LARGEST_ORDER_SEARCHED = 3
# Kass & Raftery (1995), JASA 90, 773-795: below 6 the evidence for the better model is not strong.
NEAR_BEST = 6.0
POOR_FIT = 0.01

ASSUMPTIONS = (
    Sentence(
        "The ways in which lists depend on each other, seen among the people on them, hold for the unseen."
    ),
    Sentence("All lists together do not depend on each other in a way that no smaller group of them shows."),
    Sentence("Everybody had some chance of being on each list."),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
)


@dataclass(frozen=True, eq=False)
class Choice:
    """All models of a table and the one chosen.

    Parameters
    ----------
    histories : CaptureHistories
        The lists as the caller has them.
    order : int
        Largest number of lists in a term.
    candidates : Candidates
        Fitted models; lists sorted by name, so that their order cannot matter.
    chosen : int
        The model with the best criterion that has an estimate.
    skipped : int
        Models that rank better, but have no finite estimate.

    """

    histories: CaptureHistories
    order: int
    candidates: Candidates
    chosen: int
    skipped: int

    @property
    def terms(self) -> NDArray[np.int64]:
        """Terms of the chosen model as bit masks over the lists in the caller's order."""
        lists = self.histories.lists
        order = [lists.index(name) for name in sorted(lists)]
        return renamed(self.candidates.table.terms[self.candidates.models[self.chosen]], order)


def estimate_loglinear(histories: CaptureHistories, request: Request) -> Estimate:
    """Estimate by the hierarchical log-linear model with the best BIC (or AIC) whose estimate exists.

    Raises
    ------
    BadInputError
        Fewer than two or more than twenty lists, or a list that names nobody.
    RefusedError
        No model has a finite estimate, or a list names everybody.

    """
    choice = choose_model(histories, request)
    candidates, chosen, observed = choice.candidates, choice.chosen, histories.observed
    unseen = float(candidates.unseen[chosen])
    request.progress("profile-likelihood interval", 0.0)
    interval = _around(observed, unseen, *model_interval(candidates, chosen, level=request.level))
    request.progress("choosing the model again in replicates", 0.3)
    diagnostics = _diagnostics(choice, request) | _doubts_of_choice(choice, request)
    request.progress("log-linear models", 1.0)
    return Estimate(
        method="loglinear",
        observed=observed,
        estimate=observed + unseen,
        interval=interval,
        level=request.level,
        is_lower_bound=len(histories.lists) <= 3 and not _has_interaction(choice),
        diagnostics=diagnostics,
        warnings=tuple(_warnings(histories, interval, diagnostics)),
        assumptions=ASSUMPTIONS,
    )


def estimate_average(histories: CaptureHistories, request: Request) -> Estimate:
    """Estimate by the average of all log-linear models, each weighted by how well it ranks.

    Raises
    ------
    BadInputError
        Fewer than two or more than twenty lists, or a list that names nobody.
    RefusedError
        No model has a finite estimate, or a list names everybody.

    """
    choice = choose_model(histories, request)
    total = averaged_total(choice.candidates, criterion=request.criterion, level=request.level)
    weights = model_weights(choice.candidates, request.criterion)
    diagnostics = _diagnostics(choice, request) | {
        "models_with_weight": int((weights > 0).sum()),
        "weight_of_best": float(weights.max()),
        "estimate_of_best": histories.observed + float(choice.candidates.unseen[choice.chosen]),
    }
    request.progress("log-linear models", 1.0)
    return Estimate(
        method="loglinear-average",
        observed=histories.observed,
        estimate=total.value,
        interval=(total.low, total.high),
        level=request.level,
        is_lower_bound=len(histories.lists) <= 3 and not _has_interaction(choice),
        diagnostics=diagnostics,
        warnings=tuple(_warnings(histories, (total.low, total.high), diagnostics)),
        assumptions=ASSUMPTIONS,
    )


def choose_model(histories: CaptureHistories, request: Request) -> Choice:
    """Fit the models and find the best one that has an estimate."""
    order = _checked_order(histories, request)
    table = make_table(histories.select(sorted(histories.lists)), order=order)
    candidates = all_candidates(table, request.criterion, request.progress)
    chosen, skipped = best_model(candidates, candidates.scores(request.criterion))
    return Choice(histories=histories, order=order, candidates=candidates, chosen=chosen, skipped=skipped)


def best_model(candidates: Candidates, scores: NDArray[np.float64]) -> tuple[int, int]:
    """Find the model with the smallest score that has an estimate, and how many better ones have not."""
    ranked = np.argsort(scores, kind="stable")
    for skipped, model in enumerate(ranked):
        if candidates.exists(int(model)):
            return int(model), skipped
    raise RefusedError(
        "no log-linear model of these lists has a finite estimate: too few people are on more than one list; "
        "find more matches or another list"
    )


def near_best(candidates: Candidates, chosen: int, scores: NDArray[np.float64]) -> NDArray[np.float64]:
    """Unseen persons by every model that the data hardly tell from the chosen one."""
    close = candidates.surely_exist & (scores < scores[chosen] + NEAR_BEST)
    close[chosen] = True
    return np.asarray(candidates.unseen[close])


def model_interval(candidates: Candidates, model: int, *, level: float) -> tuple[float, float]:
    """Profile-likelihood interval of the unseen under one model, persons."""
    return profile_interval(
        model_profile(candidates, model),
        seen=candidates.table.persons,
        unseen=float(candidates.unseen[model]),
        drop=normal_quantile(level) ** 2 / 2,
    )


def _around(observed: int, unseen: float, low: float, high: float) -> tuple[float, float]:
    """Interval of the total that holds its estimate."""
    return min(observed + low, observed + unseen), max(observed + high, observed + unseen)


def _checked_order(histories: CaptureHistories, request: Request) -> int:
    n_lists = len(histories.lists)
    check_lists(histories, what="log-linear models", least=2, most=MOST_LISTS)
    if n_lists <= MOST_LISTS_ANY_ORDER:
        return min(request.order or n_lists, n_lists - 1)
    if (request.order or 2) > LARGEST_ORDER_SEARCHED:
        raise BadInputError(
            f"for {n_lists} lists only interactions of two or three can be searched; set order to 2 or 3"
        )
    return request.order or 2


def _has_interaction(choice: Choice) -> bool:
    """Tell whether lists depend on each other in the model; if not, hidden dependence usually lowers it."""
    return bool((np.bitwise_count(choice.terms) > 1).any())


def _diagnostics(choice: Choice, request: Request) -> dict[str, float | str]:
    candidates, chosen = choice.candidates, choice.chosen
    scores = candidates.scores(request.criterion)
    near = near_best(candidates, chosen, scores) + choice.histories.observed
    return {
        "model": generators(choice.terms),
        "model_of_lists": generators(choice.terms, choice.histories.lists),
        "criterion": request.criterion,
        "bic": float(candidates.bic[chosen]),
        "aic": float(candidates.aic[chosen]),
        "standard_error": float(candidates.total_error[chosen]),
        **fit_of_model(candidates, chosen),
        "models": len(candidates.models),
        "order": choice.order,
        "models_without_estimate": choice.skipped,
        "near_best_models": len(near),
        "near_best_low": float(near.min()),
        "near_best_high": float(near.max()),
    }


def _doubts_of_choice(choice: Choice, request: Request) -> dict[str, float | str]:
    """Interval with the model chosen again in each replicate, and the average over models."""
    observed = choice.histories.observed
    low, high = choice_interval(choice.candidates, choice.chosen, request)
    average = averaged_total(choice.candidates, criterion=request.criterion, level=request.level)
    return {
        "choice_low": observed + low,
        "choice_high": observed + high,
        "averaged_estimate": average.value,
        "averaged_low": average.low,
        "averaged_high": average.high,
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
