"""Leave out each list in turn: an answer that hangs on one list is an answer about that list."""

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.methods import estimate
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sensitivity.variation import Variation, alone, vary
from kuager.engines.estimation.sentences import Sentence, people

ANALYSIS = "left out"


def leave_one_out(
    histories: CaptureHistories,
    *,
    method: str,
    request: Request | None = None,
    full: Estimate | None = None,
) -> tuple[Variation, ...]:
    """Estimate the same group without each list.

    Parameters
    ----------
    histories : CaptureHistories
        Three lists or more. Persons on the list left out alone become unseen.
    method : str
        A method for any number of lists.
    full : Estimate, optional
        The answer with all lists, if it is known already.

    Returns
    -------
    tuple of Variation
        One for each list, in the order of the lists.

    Raises
    ------
    BadInputError
        There are fewer than three lists.
    KuagerError
        All lists together have no answer.

    """
    if len(histories.lists) < 3:
        raise BadInputError(f"leaving out a list needs three lists or more, got {len(histories.lists)}")
    asked = request or Request()
    whole = full or estimate(histories, method=method, request=alone(asked))
    return tuple(
        vary(
            ANALYSIS,
            name,
            histories.select([other for other in histories.lists if other != name]),
            method=method,
            request=asked,
            full=whole,
        )
        for name in histories.lists
    )


def left_out_sentences(found: tuple[Variation, ...], full: Estimate) -> tuple[Sentence, ...]:
    """Say how far the answers spread, and which list moves the answer most."""
    answered = [case for case in found if case.answer is not None]
    values = [case.answer.estimate for case in answered if case.answer]
    if not values:
        return (Sentence("Without any one of its lists this method has no answer."),)
    most = max(answered, key=lambda case: case.shift)
    said = [
        Sentence(
            "Leaving out one list at a time, the number runs from {low} to {high}.",
            low=people(min(values)),
            high=people(max(values)),
        ),
        Sentence(
            "List {name} moves it most: without it the number would be {value} instead of {full}.",
            name=most.name,
            value=people(most.answer.estimate if most.answer else 0),
            full=people(full.estimate),
        ),
    ]
    lost = [case.name for case in found if case.answer is None]
    if lost:
        said.append(
            Sentence("There is no answer at all without one of these lists: {names}.", names=", ".join(lost))
        )
    return tuple(said)
