"""When a number must not be published, and why, in words.

Each limit has its source next to it. A reason refuses; what only weakens an estimate is a warning of the
method. An estimate that passes is not proved right: the guard sees what the table shows, nothing else.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import replace

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

TWO_LIST_METHODS = ("lincoln-petersen", "chapman")
# Our choice, a rule of thumb: with fewer persons than this the large-sample theory of the intervals fails.
FEWEST_PERSONS = 30
# Robson & Regier (1964), Trans. Am. Fish. Soc. 93, 215-226: with 7 on both lists Chapman's estimate is
# unbiased to within 2 %.
FEWEST_ON_BOTH = 7
# Our choice, refusing rather than warning: tables with 12 and 23 recaptured persons (New Orleans, Western
# site) have published intervals fourfold wide once the choice of the model is counted (Chan, Silverman &
# Vincent 2021, JASA 116; Silverman, Chan & Vincent 2024, Stat. Comput. 34): that choice is mostly chance.
FEWEST_RECAPTURED = 30
# Our choice: an interval whose ends differ tenfold tells a reader nothing and will be misquoted.
WIDEST_RATIO = 10.0
# Our choice: when another curve that nobody can see makes half as many again, the curve is the answer.
WIDEST_SHAPES = 1.5
# Our choice: half as many again is no longer a lower bound; see lower_bound.inflation.
MOST_INFLATION = 1.5


def guarded(
    histories: CaptureHistories, estimate: Estimate, *, derived: Mapping[str, str] | None = None
) -> Estimate:
    """Return the estimate with the guard's answer."""
    reasons = guard(histories, estimate, derived=derived)
    return replace(estimate, reasons=reasons, publishable=not reasons)


def guard(
    histories: CaptureHistories, estimate: Estimate, *, derived: Mapping[str, str] | None = None
) -> tuple[str, ...]:
    """Say why an estimate must not be published.

    Parameters
    ----------
    histories : CaptureHistories
        All the lists there are, also those the method did not use.
    estimate : Estimate
        The answer of a method.
    derived : mapping, optional
        Lists built from another list: name of the copy to name of its origin.

    Returns
    -------
    tuple of str
        Reasons; empty if nothing in the table forbids publication.

    Raises
    ------
    BadInputError
        If ``derived`` names a list that is not there.

    """
    return (
        *_lists(histories, estimate),
        *_dependent(histories, derived or {}),
        *_overlap(histories),
        *_answer(histories, estimate),
        *_shapes(estimate),
    )


def _lists(histories: CaptureHistories, estimate: Estimate) -> Iterator[str]:
    if len(histories.lists) < 2:
        yield Sentence("There are fewer than two lists; nothing overlaps.")
    if histories.observed < FEWEST_PERSONS:
        yield Sentence(
            "Only {n} persons are on the lists; at least {least} are needed.",
            n=people(histories.observed),
            least=str(FEWEST_PERSONS),
        )
    if estimate.method in TWO_LIST_METHODS and len(histories.lists) > 2:
        yield Sentence("There are more than two lists; a method for two ignores what the others show.")


def _dependent(histories: CaptureHistories, derived: Mapping[str, str]) -> Iterator[str]:
    for copy, origin in derived.items():
        for name in (copy, origin):
            if name not in histories.lists:
                raise BadInputError(f"there is no list {name!r}; the lists are {', '.join(histories.lists)}")
        yield Sentence(
            "List {copy} was built from list {origin}; their overlap is copying, not chance.",
            copy=copy,
            origin=origin,
        )


def _overlap(histories: CaptureHistories) -> Iterator[str]:
    for name in lists_without_overlap(histories):
        yield Sentence("List {name} shares nobody with any other list.", name=name)
    if not lists_without_overlap(histories) and not is_connected(histories):
        yield Sentence("The lists fall into groups that share nobody with each other.")
    least = FEWEST_ON_BOTH if len(histories.lists) == 2 else FEWEST_RECAPTURED
    if len(histories.lists) >= 2 and histories.recaptured < least:
        yield Sentence(
            "Only {n} persons are on more than one list; at least {least} are needed.",
            n=people(histories.recaptured),
            least=str(least),
        )


def _answer(histories: CaptureHistories, estimate: Estimate) -> Iterator[str]:
    low, high = estimate.interval
    if not math.isfinite(high):
        yield Sentence("The data do not bound the number from above.")
    elif low > 0 and high / low > WIDEST_RATIO:
        yield Sentence(
            "The interval runs from {low} to {high}; that is no finding.", low=people(low), high=people(high)
        )
    if float(estimate.diagnostics.get("models_without_estimate", 0)):
        yield Sentence("The model that fits best has no finite estimate; too many overlaps are empty.")
    if len(histories.lists) > 2 and estimate.diagnostics.get("degrees_of_freedom") == 0:
        yield Sentence("The model has a parameter for every count, so nothing in the table can check it.")
    if float(estimate.diagnostics.get("inflation_by_unequal_lists", 1)) > MOST_INFLATION:
        yield Sentence("The lists differ so much in size that the bound may lie above the true number.")


def _shapes(estimate: Estimate) -> Iterator[str]:
    low = float(estimate.diagnostics.get("shapes_low", 1))
    high = float(estimate.diagnostics.get("shapes_high", 1))
    if high / low > WIDEST_SHAPES:
        yield Sentence(
            "The number rests on an assumed curve; others say from {low} to {high}.",
            low=people(low),
            high=people(high),
        )


def lists_without_overlap(histories: CaptureHistories) -> tuple[str, ...]:
    """Name the lists that share nobody with any other list."""
    together = histories.overlaps
    return tuple(
        name for place, name in enumerate(histories.lists) if together[place].sum() == together[place, place]
    )


def is_connected(histories: CaptureHistories) -> bool:
    """Tell whether shared persons lead from every list to every other."""
    together = histories.overlaps
    reached, border = {0}, [0]
    while border:
        here = border.pop()
        new = {int(other) for other in together[here].nonzero()[0]} - reached
        reached |= new
        border.extend(new)
    return len(reached) == len(histories.lists)
