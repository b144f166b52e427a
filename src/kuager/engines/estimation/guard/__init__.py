"""When a number must not be published, and why, in words.

Each limit has its source next to it. A reason refuses; what only weakens an estimate is a warning of the
method. An estimate that passes is not proved right: the guard sees what the table shows and what it is
told, nothing else.
"""

from collections.abc import Mapping
from dataclasses import replace

from kuager.engines.estimation.guard.answers import MOST_INFLATION, refused_for_answer
from kuager.engines.estimation.guard.avoidance import refused_for_avoidance
from kuager.engines.estimation.guard.contradictions import contradictions
from kuager.engines.estimation.guard.drawing import refused_for_drawing
from kuager.engines.estimation.guard.tables import (
    FEW_LISTS,
    FEWEST_ON_BOTH,
    FEWEST_PERSONS,
    FEWEST_RECAPTURED,
    TWO_LIST_METHODS,
    groups,
    lists_without_overlap,
    refused_for_table,
)
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.result import Estimate

__all__ = [
    "FEWEST_ON_BOTH",
    "FEWEST_PERSONS",
    "FEWEST_RECAPTURED",
    "FEW_LISTS",
    "MOST_INFLATION",
    "TWO_LIST_METHODS",
    "groups",
    "guard",
    "guard_together",
    "guarded",
    "lists_without_overlap",
]


def guard(
    histories: CaptureHistories,
    estimate: Estimate,
    *,
    derived: Mapping[str, str] | None = None,
    cannot_contain: Mapping[str, str] | None = None,
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
    cannot_contain : mapping, optional
        Lists on which some people can never be: name of the list to those people, in words.

    Returns
    -------
    tuple of str
        Reasons, those about the lists first; empty if nothing known forbids publication.

    Raises
    ------
    BadInputError
        If ``derived`` or ``cannot_contain`` names a list that is not there.

    """
    return (
        *refused_for_table(histories, estimate, derived=derived or {}, cannot_contain=cannot_contain or {}),
        *refused_for_avoidance(histories, estimate),
        *refused_for_drawing(estimate),
        *refused_for_answer(histories, estimate),
    )


def guarded(
    histories: CaptureHistories,
    estimate: Estimate,
    *,
    derived: Mapping[str, str] | None = None,
    cannot_contain: Mapping[str, str] | None = None,
) -> Estimate:
    """Return the estimate with the guard's answer."""
    reasons = guard(histories, estimate, derived=derived, cannot_contain=cannot_contain)
    return replace(estimate, reasons=reasons, publishable=not reasons)


def guard_together(
    histories: CaptureHistories,
    estimates: tuple[Estimate, ...],
    *,
    derived: Mapping[str, str] | None = None,
    cannot_contain: Mapping[str, str] | None = None,
) -> tuple[Estimate, ...]:
    """Judge several answers about the same people, each alone and then against each other.

    An answer that another one contradicts by more than chance is refused, and so is the other: the table
    cannot say which is right.
    """
    alone = tuple(
        guarded(histories, estimate, derived=derived, cannot_contain=cannot_contain) for estimate in estimates
    )
    return tuple(
        replace(estimate, reasons=(*estimate.reasons, *against), publishable=not estimate.reasons + against)
        for estimate, against in zip(alone, contradictions(alone), strict=True)
    )
