"""The one sentence about an estimate that can be quoted without becoming wrong.

Ends of intervals are rounded outwards to three figures: an honest interval loses nothing by it, and nobody
takes 10,437 for a count. A lower bound is quoted by the lower end of its own interval, because "at least"
is a promise, and the bound itself is known only up to chance; what it finds only because the lists differ
in size is taken off.
"""

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from kuager.engines.estimation.careful_bounds import careful
from kuager.engines.estimation.guard import FEW_LISTS
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

if TYPE_CHECKING:
    from kuager.engines.estimation.comparison import Comparison

# The rule by which one answer is shown first, with four lists or more: methods that average over what
# nobody knows (classes of people, graphs, models) before those that choose one model, since that choice is
# most of the doubt (Silverman, Chan & Vincent 2024, Stat. Comput. 34); first of all the one that lets
# people differ.
PREFERRED = ("latent-class", "decomposable", "loglinear-average", "loglinear", "sparse")
LOWER_BOUND = "chao"
# With three lists or fewer the guard lets nothing but lower bounds pass: Chao's needs no prior.
BOUNDS = (LOWER_BOUND, "latent-class")
FIGURES = 3


def headline(estimate: Estimate | None, *, observed: int) -> Sentence:
    """Say what may be said, in one or two sentences.

    Parameters
    ----------
    estimate : Estimate or None
        The answer to show, with the guard's verdict in it; None where there is none.
    observed : int
        Persons on at least one list.

    Returns
    -------
    Sentence
        "At least ..." for a lower bound, "Between ... and ..." for an estimate; where the guard refuses,
        only the persons named, and why. It never holds a number that the guard refuses.

    """
    named = people(observed)
    if estimate is None or not estimate.publishable:
        return _refused(named, estimate.reasons if estimate else ())
    promised = careful(estimate.interval[0], estimate) if estimate.is_lower_bound else estimate.interval[0]
    low = max(rounded(promised, math.floor), observed)
    if not estimate.is_lower_bound:
        return Sentence(
            "Between {low} and {high} people, by the best estimate about {estimate}; "
            "the lists together name {observed}.",
            low=people(low),
            high=people(rounded(estimate.interval[1], math.ceil)),
            estimate=people(max(rounded(estimate.estimate, round), observed)),
            observed=named,
        )
    if low == observed:
        return Sentence(
            "The lists name {observed} people; they do not show that there are more.", observed=named
        )
    return Sentence(
        "At least {low} people; the lists together name {observed}.", low=people(low), observed=named
    )


def recommended(comparison: "Comparison") -> Estimate | None:
    """Choose the answer to show first.

    With four lists or more: the first publishable answer in the order of ``PREFERRED``, else Chao's lower
    bound if that is publishable. With fewer: Chao's lower bound, else that of the latent classes. If nothing
    may be published, the first of these that there is, for the sake of its reasons: ask ``publishable``
    before showing a number.
    """
    known = {answer.method: answer for answer in comparison.estimates}
    order = BOUNDS if comparison.n_lists <= FEW_LISTS else (*PREFERRED, LOWER_BOUND)
    ranked = [known[method] for method in order if method in known]
    return next((answer for answer in ranked if answer.publishable), ranked[0] if ranked else None)


def rounded(number: float, to_whole: Callable[[float], float]) -> int:
    """Round to three figures with ``math.floor``, ``math.ceil`` or ``round``.

    >>> rounded(9_027.4, math.floor), rounded(13_821.0, math.ceil), rounded(45.2, math.ceil)
    (9020, 13900, 46)
    """
    digits = math.floor(math.log10(number)) + 1 if number >= 1 else 1
    unit: int = 10 ** max(digits - FIGURES, 0)
    return int(to_whole(number / unit)) * unit


def _refused(named: str, reasons: Sequence[str]) -> Sentence:
    """Give the first reason that holds no estimate: a number in a refusal would be quoted all the same."""
    safe = (reason for reason in reasons if not _holds_estimate(reason))
    reason = next(safe, None)
    if reason is None:
        return Sentence(
            "The lists name {observed} people; how many more there are cannot be said from them.",
            observed=named,
        )
    return Sentence(
        "The lists name {observed} people; how many more there are cannot be said from them. {reason}",
        observed=named,
        reason=reason,
    )


def _holds_estimate(reason: str) -> bool:
    return isinstance(reason, Sentence) and bool({"low", "high", "estimate"} & set(reason.values))
