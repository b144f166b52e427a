"""The number as records came in: one that still climbs with every month is not finished."""

from collections.abc import Mapping
from datetime import date

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.sensitivity.variation import Variation, compared, vary
from kuager.engines.estimation.sentences import Sentence, people

ANALYSIS = "date"
# Our choice: a last step below a tenth counts as settled.
SETTLED = 1.1


def trajectory(
    histories_by_date: Mapping[date, CaptureHistories], *, method: str, request: Request | None = None
) -> tuple[Variation, ...]:
    """Estimate from what was known on each day.

    Parameters
    ----------
    histories_by_date : mapping of date to CaptureHistories
        The same lists, as they stood on each day.

    Returns
    -------
    tuple of Variation
        In the order of the days; ``times`` compares with the last answer.

    Raises
    ------
    BadInputError
        There is no day.

    """
    if not histories_by_date:
        raise BadInputError("expected at least one day with its table; there is none")
    asked = request or Request()
    found = [
        vary(ANALYSIS, day.isoformat(), histories_by_date[day], method=method, request=asked)
        for day in sorted(histories_by_date)
    ]
    answers = [case.answer for case in found if case.answer is not None]
    return tuple(compared(case, answers[-1] if answers else None) for case in found)


def trajectory_sentences(found: tuple[Variation, ...]) -> tuple[Sentence, ...]:
    """Say whether the number has settled."""
    answered = [(case.name, case.answer) for case in found if case.answer is not None]
    if len(answered) < 2:
        return ()
    (first_day, first), (_, before), (last_day, last) = answered[0], answered[-2], answered[-1]
    values = {
        "first": people(first.estimate),
        "first_day": first_day,
        "last": people(last.estimate),
        "last_day": last_day,
    }
    step = last.estimate / before.estimate
    if 1 / SETTLED < step < SETTLED:
        return (
            Sentence(
                "As records came in, the number went from {first} ({first_day}) to {last} ({last_day}); "
                "the last records changed it by less than a tenth.",
                **values,
            ),
        )
    return (
        Sentence(
            "As records came in, the number went from {first} ({first_day}) to {last} ({last_day}); "
            "it has not settled.",
            **values,
        ),
    )
