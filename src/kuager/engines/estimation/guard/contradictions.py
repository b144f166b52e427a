"""Reasons that lie between answers: methods that each would do, but exclude each other."""

from collections.abc import Iterator, Sequence

from kuager.engines.estimation.careful_bounds import careful
from kuager.engines.estimation.guard.tables import TWO_LIST_METHODS
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

LOWER_BOUND = "chao"


def contradictions(estimates: Sequence[Estimate]) -> list[tuple[str, ...]]:
    """Find for each answer the others that exclude it.

    Only answers that may be published on their own can speak against another. Two of them contradict each
    other where their intervals share no number; a model contradicts Chao's bound where all of its interval
    lies below the bound's own interval, taken down by what the lists' difference in size alone adds to it.

    Parameters
    ----------
    estimates : sequence of Estimate
        Of the same table, each with the guard's own verdict.

    """
    return [tuple(_against(answer, estimates)) for answer in estimates]


def _against(answer: Estimate, estimates: Sequence[Estimate]) -> Iterator[str]:
    if answer.method in TWO_LIST_METHODS:
        return
    for other in sorted(estimates, key=lambda one: one.method):
        if other.method == answer.method or not other.publishable:
            continue
        if not answer.is_lower_bound and not other.is_lower_bound and _apart(answer, other):
            yield Sentence(
                "Another method ({method}) says from {low} to {high}: the two exclude each other, and "
                "nothing in the table says which is right.",
                method=other.method,
                low=people(other.interval[0]),
                high=people(other.interval[1]),
            )
        elif other.method == LOWER_BOUND and not answer.is_lower_bound and _below(answer, other):
            yield Sentence(
                "The answer lies below Chao's lower bound (at least {low}): the model takes people to be "
                "more alike than the lists show them to be.",
                low=people(careful(other.interval[0], other)),
            )


def _apart(one: Estimate, other: Estimate) -> bool:
    return one.interval[1] < other.interval[0] or other.interval[1] < one.interval[0]


def _below(model: Estimate, bound: Estimate) -> bool:
    return model.interval[1] < careful(bound.interval[0], bound)
