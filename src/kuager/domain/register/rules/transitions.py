"""What may follow what on each axis, what needs a second person, and what the axes come to in one word."""

from kuager.core.errors import PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.register.models import StatusAssertion
from kuager.domain.register.terms import Status

S = Status

NEEDS_SECOND_PERSON = frozenset({S.DEAD, S.RELEASED})
"""A family may act on these words: one mistake must not be enough to say them."""

IN_CUSTODY = frozenset({S.DETAINED, S.REMANDED, S.HOUSE_ARREST, S.IMPRISONED})

# From the first status, the second may follow. What is missing here is not refused, because sources say what
# they say: it is listed as a conflict for a person to look at.
TRANSITIONS: dict[Status, frozenset[Status]] = {
    S.ALIVE: frozenset({S.MISSING, S.DEAD}),
    S.MISSING: frozenset({S.ALIVE, S.DEAD}),
    S.DEAD: frozenset(),
    S.DETAINED: frozenset({S.REMANDED, S.HOUSE_ARREST, S.IMPRISONED, S.RELEASED}),
    S.REMANDED: frozenset({S.HOUSE_ARREST, S.IMPRISONED, S.RELEASED}),
    S.HOUSE_ARREST: frozenset({S.REMANDED, S.IMPRISONED, S.RELEASED}),
    S.IMPRISONED: frozenset({S.HOUSE_ARREST, S.RELEASED}),
    S.RELEASED: frozenset({S.DETAINED, S.REMANDED, S.HOUSE_ARREST, S.IMPRISONED}),
    S.INJURED: frozenset({S.HOSPITALISED, S.RECOVERED}),
    S.HOSPITALISED: frozenset({S.INJURED, S.RECOVERED}),
    S.RECOVERED: frozenset({S.INJURED, S.HOSPITALISED}),
    S.SUSPECT: frozenset({S.CHARGED, S.CASE_CLOSED, S.AMNESTIED}),
    S.CHARGED: frozenset({S.ON_TRIAL, S.CONVICTED, S.ACQUITTED, S.CASE_CLOSED, S.AMNESTIED}),
    S.ON_TRIAL: frozenset({S.CONVICTED, S.ACQUITTED, S.CASE_CLOSED, S.AMNESTIED}),
    S.CONVICTED: frozenset({S.ACQUITTED, S.CASE_CLOSED, S.AMNESTIED, S.ON_TRIAL}),
    S.ACQUITTED: frozenset({S.SUSPECT, S.CHARGED, S.ON_TRIAL}),
    S.CASE_CLOSED: frozenset({S.SUSPECT, S.CHARGED}),
    S.AMNESTIED: frozenset({S.SUSPECT, S.CHARGED}),
}


def summary(fate: str, custody: str, health: str) -> str:
    """Return the one word for a person: the gravest thing known.

    Dead, then in custody, missing, in hospital, injured, released, alive (recovered included), and unknown.
    """
    if fate == S.DEAD:
        return S.DEAD.value
    if custody in IN_CUSTODY:
        return custody
    if fate == S.MISSING:
        return S.MISSING.value
    if health in (S.HOSPITALISED, S.INJURED):
        return health
    if custody == S.RELEASED:
        return S.RELEASED.value
    is_alive = fate == S.ALIVE or health == S.RECOVERED
    return S.ALIVE.value if is_alive else S.UNKNOWN.value


def may_approve(user: User, assertion: StatusAssertion) -> bool:
    """Tell whether this user can be the second person for this assertion."""
    waits = assertion.needs_approval and assertion.approved_at is None and assertion.superseded_at is None
    return waits and assertion.recorded_by_id != user.pk and may(user, Capability.APPROVE)


def check_may_approve(user: User, assertion: StatusAssertion) -> None:
    """Raise unless this user can be the second person for this assertion."""
    check_may(user, Capability.APPROVE)
    if assertion.superseded_at is not None:
        raise RefusedError("this assertion was corrected or refused meanwhile; reload the page")
    if not assertion.needs_approval or assertion.approved_at is not None:
        raise RefusedError("this assertion does not wait for a second person; reload the page")
    if assertion.recorded_by_id == user.pk:
        raise PermissionDeniedError(
            "dead and released need a second person: somebody other than the one who recorded it must approve"
        )
