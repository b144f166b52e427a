"""The second person: approving what one person alone may not say, or refusing it."""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.people.queries.identifiers import among
from kuager.domain.register import rules
from kuager.domain.register.models import StatusAssertion
from kuager.domain.register.operations.assertions import persons_of, pieces
from kuager.domain.register.operations.derivation import derive


@transaction.atomic
def approve_assertion(*, assertion: StatusAssertion, by: User, at: datetime) -> StatusAssertion:
    """Agree, as the second person, that somebody is dead or released; from now on it counts."""
    locked = _lock(assertion, by, at)
    locked.approved_by, locked.approved_at = by, at
    locked.save(update_fields=["approved_by", "approved_at"])
    derive(persons_of([locked.record_id]), at=at, cause=f"approval:{locked.pk}")
    _record("register.approve_assertion", locked.pk, by, at)
    return locked


@transaction.atomic
def approve_assertions(*, assertion_ids: Collection[int], by: User, at: datetime, cause: str = "") -> int:
    """Approve many assertions at once, all recorded by somebody else; return how many waited.

    Those that do not wait any more are left as they are.
    """
    check_may(by, Capability.APPROVE)
    records: set[int] = set()
    count = 0
    for chunk in pieces(assertion_ids):
        waiting = StatusAssertion.objects.filter(
            pk__in=among(chunk), needs_approval=True, approved_at__isnull=True, superseded_at__isnull=True
        )
        if waiting.filter(recorded_by=by).exists():
            raise PermissionDeniedError(
                "dead and released need a second person: you recorded some of these yourself"
            )
        if waiting.filter(known_at__gt=at).exists():
            raise RefusedError("an assertion cannot be approved before it was known")
        records |= set(waiting.values_list("record_id", flat=True))
        count += waiting.update(approved_by=by, approved_at=at)
    first = min(assertion_ids, default=0)
    derive(persons_of(records), at=at, cause=cause or f"approval:{first}")
    _record("register.approve_assertions", first, by, at, count=count)
    return count


@transaction.atomic
def refuse_assertion(*, assertion: StatusAssertion, reason: str, by: User, at: datetime) -> StatusAssertion:
    """Decline, as the second person, with a reason; the assertion is kept and never counts."""
    locked = _lock(assertion, by, at)
    if not reason.strip():
        raise BadInputError("expected a reason: say why it is refused")
    locked.superseded_at, locked.ended_by, locked.correction_reason = at, by, reason.strip()
    locked.save(update_fields=["superseded_at", "ended_by", "correction_reason"])
    derive(persons_of([locked.record_id]), at=at, cause=f"refusal:{locked.pk}")
    _record("register.refuse_assertion", locked.pk, by, at, reason=reason.strip())
    return locked


def _lock(assertion: StatusAssertion, by: User, at: datetime) -> StatusAssertion:
    locked = StatusAssertion.objects.select_for_update(no_key=True).get(pk=assertion.pk)
    rules.check_may_approve(by, locked)
    if locked.known_at > at:
        raise RefusedError("an assertion cannot be approved or refused before it was known")
    return locked


def _record(action: str, number: int, by: User, at: datetime, *, reason: str = "", **detail: int) -> None:
    target = f"register.StatusAssertion:{number}"
    record_event(action=action, actor=by, target=target, at=at, reason=reason, **detail)
