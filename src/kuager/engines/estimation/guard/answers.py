"""Reasons that lie in one answer: no interval to speak of, no check possible, or a choice made by chance."""

import math
from collections.abc import Iterator

from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

# Our choice: an interval whose ends differ tenfold tells a reader nothing and will be misquoted.
WIDEST_RATIO = 10.0
# Our choice: when another curve that nobody can see makes half as many again, the curve is the answer.
WIDEST_SHAPES = 1.5
# Our choice: half as many again is no longer a lower bound; see lower_bound.inflation.
MOST_INFLATION = 1.5
# Our choice: the choice of the model is then more of the doubt than all the chance that the interval shows.
# In Silverman, Chan & Vincent (2024, table 6) Kosovo's interval grows 3.8 times when the choice is counted.
WIDEST_CHOICE = 2.0
# Our choice: half as many again as the interval allows, by a model that the data hardly tell from the best
# (BIC within 6: Kass & Raftery 1995, JASA 90); the interval is then an interval of the choice, not of chance.
FURTHEST_MODEL = 1.5
# Our choice, five times stricter than the warning, and the least that a thousand simulated tables can show:
# a model that cannot describe those seen has nothing to say about the others.
WORST_FIT = 0.002
# Our choice: the complete graph then weighs more than all others together, so no dependence that can be
# checked describes the lists; what it says of the unseen is its prior (reference of the method).
HEAVIEST_COMPLETE = 0.5


def refused_for_answer(histories: CaptureHistories, estimate: Estimate) -> Iterator[str]:
    """Give the reasons that lie in the interval, and in what the method says of its own model."""
    yield from _interval(estimate)
    yield from _model(histories, estimate)
    yield from _choice(estimate)


def _interval(estimate: Estimate) -> Iterator[str]:
    low, high = estimate.interval
    if not math.isfinite(high) or not math.isfinite(estimate.estimate):
        yield Sentence("The data do not bound the number from above.")
    elif low > 0 and high / low > WIDEST_RATIO:
        yield Sentence(
            "The interval runs from {low} to {high}; that is no finding.", low=people(low), high=people(high)
        )


def _model(histories: CaptureHistories, estimate: Estimate) -> Iterator[str]:
    found = estimate.diagnostics
    if float(found.get("models_without_estimate", 0)):
        yield Sentence("The model that fits best has no finite estimate; too many overlaps are empty.")
    if len(histories.lists) > 2 and found.get("degrees_of_freedom") == 0:
        yield Sentence("The model has a parameter for every count, so nothing in the table can check it.")
    if float(found.get("fit_p", 1.0)) < WORST_FIT:
        yield Sentence(
            "The model does not describe even those who are on the lists, so it says nothing of the others."
        )
    if float(found.get("complete_weight", 0.0)) > HEAVIEST_COMPLETE:
        yield Sentence(
            "Every list depends on every other, in a way that says nothing of the people on no list; the "
            "answer rests on models that fit worse."
        )
    if float(found.get("inflation_by_unequal_lists", 1)) > MOST_INFLATION:
        yield Sentence("The lists differ so much in size that the bound may lie above the true number.")


def _choice(estimate: Estimate) -> Iterator[str]:
    """Refuse a number that would be another one had a model been chosen that the data like as well."""
    low, high = estimate.interval
    shapes = _ends(estimate, "shapes", default=(1.0, 1.0))
    if shapes[1] / shapes[0] > WIDEST_SHAPES:
        yield Sentence(
            "The number rests on an assumed curve; others say from {low} to {high}.",
            low=people(shapes[0]),
            high=people(shapes[1]),
        )
    near = _ends(estimate, "near_best", default=(low, high))
    if near[1] > FURTHEST_MODEL * high or near[0] < low / FURTHEST_MODEL:
        yield Sentence(
            "Models that fit about as well say from {low} to {high}, far beyond the interval.",
            low=people(near[0]),
            high=people(near[1]),
        )
    choice = _ends(estimate, "choice", default=(low, high))
    if not math.isfinite(choice[1]):
        yield Sentence(
            "Which model fits best is mostly chance; counting that, nothing bounds the number from above."
        )
    elif choice[1] - choice[0] > WIDEST_CHOICE * (high - low):
        yield Sentence(
            "Which model fits best is mostly chance; counting that, the interval runs from {low} to {high}.",
            low=people(choice[0]),
            high=people(choice[1]),
        )


def _ends(estimate: Estimate, name: str, *, default: tuple[float, float]) -> tuple[float, float]:
    """Read the diagnostics ``name_low`` and ``name_high``."""
    found = estimate.diagnostics
    return float(found.get(f"{name}_low", default[0])), float(found.get(f"{name}_high", default[1]))
