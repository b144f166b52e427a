"""Who may take which part in a blind double review, and when a pair of it is settled.

Promises: nobody answers a pair twice; the two who answer first never decide between themselves; what settles
a pair does not depend on who answered before whom.
"""

from collections.abc import Collection, Sequence

from kuager.core.errors import BadInputError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists.terms import SampleState

SMALLEST, LARGEST = 10, 2000
OPEN = (SampleState.FIRST, SampleState.SECOND)
SETTLED = (SampleState.AGREED, SampleState.DECIDED)


def check_may_draw(user: User, *, size: int, threshold: float) -> None:
    """Let statisticians and editors draw a sample of 10 to 2,000 pairs, links from one half on."""
    check_may(user, Capability.ESTIMATE)
    if not SMALLEST <= size <= LARGEST:
        raise BadInputError(f"a sample has {SMALLEST} to {LARGEST} pairs, got {size}; fewer measure nothing")
    if not 0.5 <= threshold <= 1.0:
        raise BadInputError(f"links begin at a probability between 0.5 and 1, got {threshold}")


def may_see_reviewers(user: User) -> bool:
    """Whether somebody sees how all reviewers agree; the others see only what concerns themselves."""
    return may(user, Capability.ADMINISTER) or (
        may(user, Capability.ESTIMATE) and may(user, Capability.JUDGE)
    )


def check_may_see_agreement(user: User) -> None:
    """Let reviewers and administrators open the page; anybody else is refused."""
    if not may(user, Capability.JUDGE) and not may(user, Capability.ADMINISTER):
        raise PermissionDeniedError(f"{user.username} may not see how reviewers agree")


def state_after(answers: Sequence[str], decision: str = "") -> tuple[SampleState, str]:
    """Return how far a pair is after the blind answers and the third person's, and its verdict ("" if open).

    >>> state_after(["same", "same"])
    (SampleState.AGREED, 'same')
    >>> state_after(["same", "different"])
    (SampleState.THIRD, '')
    """
    if decision:
        return SampleState.DECIDED, decision
    if len(answers) < 2:
        return OPEN[len(answers)], ""
    return (SampleState.AGREED, answers[0]) if len(set(answers)) == 1 else (SampleState.THIRD, "")


def check_may_answer(user: User, *, state: str, answered_by: Collection[int], knows_pair: bool) -> None:
    """Refuse an answer that would not be blind, not by a new person, or not needed any more."""
    check_may(user, Capability.JUDGE)
    if state not in OPEN:
        raise RefusedError("two people have answered this pair already; go on to the next one")
    if user.pk in answered_by:
        raise RefusedError("you have answered this pair; somebody else has to be the other reviewer")
    if knows_pair:
        raise RefusedError("you have judged these two records before, so your answer would not be blind")


def check_may_decide(user: User, *, state: str, answered_by: Collection[int], reason: str) -> None:
    """Refuse a decision by one of the two who differ, without a reason, or where nobody differs."""
    check_may(user, Capability.JUDGE)
    if state != SampleState.THIRD:
        raise RefusedError("there is nothing to decide: the two reviewers do not differ, or it is settled")
    if user.pk in answered_by:
        raise RefusedError("you are one of the two who differ; a third person has to decide")
    if not reason.strip():
        raise BadInputError("say why you decide so: both reviewers gave their reasons")
