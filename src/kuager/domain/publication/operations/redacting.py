"""Taking people off the public pages at once, from every snapshot, while the frozen figures stay."""

from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError, InvalidTransitionError, NotFoundError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.people.models import Person
from kuager.domain.publication.models import Redaction, SnapshotPerson
from kuager.domain.publication.queries.withholding import (
    ShownRow,
    rows_contradicted,
    rows_of,
    rows_without_consent,
)
from kuager.domain.publication.terms import RedactionReason
from kuager.domain.register import operations as register
from kuager.domain.sources.models import Consent

CHUNK = 500
# What of a person is left in a snapshot: the digest, so that the snapshot can still be proven.
EMPTY: dict[str, object] = {
    "is_redacted": True,
    "salt": "",
    "name": "",
    "search_text": "",
    "sex": "",
    "age": "",
    "age_group": "",
    "status": "",
    "since": "",
    "region_code": "",
    "place": {},
    "category": "",
    "sources": [],
    "independent_count": 0,
    "has_conflict": False,
}


@transaction.atomic
def redact_person(
    *, code: str, reason: RedactionReason | str, by: User, at: datetime, holds: bool = True
) -> Redaction:
    """Take one person off every snapshot and keep them out of later ones until the redaction is lifted.

    Parameters
    ----------
    reason
        One of RedactionReason: a closed list, so that no reason carries a name.
    holds
        Whether later snapshots leave the person out too.
    """
    check_may(by, Capability.PUBLISH)
    if not Person.objects.filter(code=code).exists():
        raise NotFoundError(
            f"there is no person with the code {code!r}; copy the code from the person's page"
        )
    if reason not in RedactionReason.values:
        raise BadInputError(
            f"expected one of {', '.join(RedactionReason.values)} as the reason, got {reason!r}"
        )
    return _redact({code}, rows_of([code]), RedactionReason(reason), by=by, at=at, holds=holds)[0]


@transaction.atomic
def lift_redaction(*, redaction: Redaction, by: User, at: datetime) -> Redaction:
    """Let later snapshots show the person again, if consent allows; older ones stay as they are."""
    check_may(by, Capability.PUBLISH)
    locked = Redaction.objects.select_for_update(no_key=True).get(pk=redaction.pk)
    if locked.lifted_at is not None:
        raise InvalidTransitionError("this redaction was lifted already; nothing is left to do")
    locked.lifted_by, locked.lifted_at = by, at
    locked.save(update_fields=["lifted_by", "lifted_at"])
    record_event(
        action="publication.lift_redaction", actor=by, target=f"publication.Redaction:{locked.pk}", at=at
    )
    return locked


@transaction.atomic
def withdraw_consent(*, consent: Consent, reason: str, by: User, at: datetime) -> Consent:
    """Withdraw a consent and take whoever it covered off the public pages in the same moment.

    Pages and commands call this one, not the register's. Whoever may record a consent may do it: a
    family's wish must not wait for an editor.
    """
    withdrawn = register.withdraw_consent(consent=consent, by=by, at=at, reason=reason)
    rows = rows_without_consent(at=at, consent_ids=[withdrawn.pk])
    _redact({row.code for row in rows}, rows, RedactionReason.CONSENT, by=by, at=at)
    return withdrawn


@transaction.atomic
def redact_unpublishable(*, by: User, at: datetime) -> int:
    """Take off everybody whose consent has ended or who is contradicted now; return how many.

    Publishing runs it, and a daily job should: a consent can run out without anybody's act.
    """
    check_may(by, Capability.PUBLISH)
    taken_off: set[str] = set()
    found = (
        (RedactionReason.CONSENT, rows_without_consent(at=at)),
        (RedactionReason.CONTRADICTION, rows_contradicted(at=at)),
    )
    for reason, rows in found:
        codes = {row.code for row in rows} - taken_off
        _redact(codes, rows, reason, by=by, at=at)
        taken_off |= codes
    return len(taken_off)


def _redact(
    codes: set[str],
    rows: list[ShownRow],
    reason: RedactionReason,
    *,
    by: User,
    at: datetime,
    holds: bool = False,
) -> list[Redaction]:
    redactions = Redaction.objects.bulk_create(
        [
            Redaction(code=code, reason=reason, holds=holds, redacted_by=by, redacted_at=at)
            for code in sorted(codes)
        ],
        batch_size=CHUNK,
    )
    for start in range(0, len(rows), CHUNK):
        chunk = [row.pk for row in rows[start : start + CHUNK]]
        SnapshotPerson.objects.filter(pk__in=chunk).update(**EMPTY)
    for redaction in redactions:
        target = f"people.Person:{redaction.code}"
        record_event(action="publication.redact_person", actor=by, target=target, at=at, reason=reason.value)
    return redactions
