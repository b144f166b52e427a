"""Asserting a status, and correcting what was asserted. Nothing is overwritten: it is superseded."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError, InvalidTransitionError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.people.models import Assignment, Record
from kuager.domain.people.operations.bulk import Row, insert_rows, refresh_statistics, reserve_ids
from kuager.domain.people.queries.identifiers import among
from kuager.domain.register import rules
from kuager.domain.register.models import StatusAssertion
from kuager.domain.register.operations.derivation import derive
from kuager.domain.register.rules.drafts import AssertionDraft, NewAssertion
from kuager.domain.sources.models import Citation

CHUNK = 5_000
FIELDS = (
    "id",
    "record",
    "citation",
    "axis",
    "status",
    "since_edtf",
    "since_earliest",
    "since_latest",
    "until_edtf",
    "until_latest",
    "place",
    "facility",
    "place_text",
    "authority",
    "verification",
    "told_on",
    "recorded_by",
    "known_at",
    "needs_approval",
    "approved_by",
    "approved_at",
    "superseded_at",
    "superseded_by",
    "ended_by",
    "correction_reason",
)


@transaction.atomic
def add_assertion(
    *, record: Record, draft: AssertionDraft, citation: Citation, by: User, at: datetime
) -> StatusAssertion:
    """Assert that somebody had a status; *dead* and *released* count once a second person agrees."""
    check_may(by, Capability.RECORD)
    new = NewAssertion(record_id=record.pk, citation_id=citation.pk, draft=draft)
    (number,) = add_assertions(assertions=[new], by=by, at=at)
    derive(persons_of([record.pk]), at=at, cause=f"assertion:{number}")
    _record("register.add_assertion", number, by, at, status=str(draft.status))
    return StatusAssertion.objects.get(pk=number)


@transaction.atomic
def add_assertions(*, assertions: Sequence[NewAssertion], by: User, at: datetime) -> list[int]:
    """Write many assertions, return their identifiers. Part of an operation that derives and is audited."""
    check_may(by, Capability.RECORD)
    for new in assertions:
        rules.check_assertion(new.draft)
    numbers = reserve_ids(StatusAssertion, len(assertions))
    insert_rows(StatusAssertion, FIELDS, _rows(numbers, assertions, by, at))
    refresh_statistics(len(assertions), StatusAssertion)
    return list(numbers)


@transaction.atomic
def correct_assertion(  # keyword-only
    *,
    assertion: StatusAssertion,
    reason: str,
    replacement: AssertionDraft | None = None,
    citation: Citation | None = None,
    by: User,
    at: datetime,
) -> StatusAssertion | None:
    """Supersede an assertion, with a reason; put another in its place, or nothing.

    Only this brings the dead back to life.
    """
    check_may(by, Capability.RECORD)
    _check_reason(reason)
    locked = _lock(assertion, at)
    if locked.approved_at is not None:
        # Two people stand behind it: whoever takes it back must be able to be one of them.
        check_may(by, Capability.APPROVE)
    number: int | None = None
    if replacement is not None:
        cited = citation.pk if citation else locked.citation_id
        new = NewAssertion(record_id=locked.record_id, citation_id=cited, draft=replacement)
        (number,) = add_assertions(assertions=[new], by=by, at=at)
    locked.superseded_at, locked.ended_by, locked.correction_reason = at, by, reason.strip()
    locked.superseded_by_id = number
    locked.save(update_fields=["superseded_at", "ended_by", "correction_reason", "superseded_by"])
    derive(persons_of([locked.record_id]), at=at, cause=f"correction:{locked.pk}")
    _record("register.correct_assertion", locked.pk, by, at, reason=reason.strip(), replacement=number or 0)
    return StatusAssertion.objects.get(pk=number) if number else None


@transaction.atomic
def supersede_assertions(*, assertion_ids: Collection[int], reason: str, by: User, at: datetime) -> set[int]:
    """Supersede many assertions; return the persons to derive. Part of an operation that is audited."""
    check_may(by, Capability.RECORD)
    _check_reason(reason)
    records: set[int] = set()
    for chunk in pieces(assertion_ids):
        rows = StatusAssertion.objects.filter(pk__in=among(chunk), superseded_at__isnull=True)
        records |= set(rows.values_list("record_id", flat=True))
        rows.update(superseded_at=at, ended_by=by, correction_reason=reason.strip())
    return persons_of(records)


def persons_of(record_ids: Collection[int]) -> set[int]:
    """Return the persons these records belong to; none for records out of the register."""
    persons: set[int] = set()
    for chunk in pieces(record_ids):
        rows = Assignment.objects.filter(record__in=among(chunk), known_until__isnull=True)
        persons |= set(rows.values_list("person_id", flat=True))
    return persons


def pieces(numbers: Collection[int]) -> Iterator[Sequence[int]]:
    """Cut identifiers into pieces that fit into one statement."""
    ordered = sorted(numbers)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _rows(
    numbers: Sequence[int], assertions: Sequence[NewAssertion], by: User, at: datetime
) -> Iterator[Row]:
    for number, new in zip(numbers, assertions, strict=True):
        draft = new.draft
        began = draft.since.bounded_by(draft.told_on)
        yield (
            number,
            new.record_id,
            new.citation_id,
            str(draft.axis),
            str(draft.status),
            draft.since.edtf,
            began.earliest,
            began.latest or draft.told_on,
            draft.until.edtf,
            draft.until.latest,
            draft.place_id,
            draft.facility_id,
            draft.place_text[:300],
            draft.authority[:200],
            str(draft.verification),
            draft.told_on,
            by.pk,
            at,
            draft.status in rules.NEEDS_SECOND_PERSON,
            None,
            None,
            None,
            None,
            None,
            "",
        )


def _lock(assertion: StatusAssertion, at: datetime) -> StatusAssertion:
    locked = StatusAssertion.objects.select_for_update(no_key=True).get(pk=assertion.pk)
    if locked.superseded_at is not None:
        raise InvalidTransitionError("this assertion was corrected or refused meanwhile; reload the page")
    if locked.known_at > at or (locked.approved_at is not None and locked.approved_at > at):
        raise RefusedError("an assertion cannot be corrected before it was known")
    return locked


def _check_reason(reason: str) -> None:
    if not reason.strip():
        raise BadInputError("expected a reason: say why this is corrected, and what shows it")


def _record(
    action: str, number: int, by: User, at: datetime, *, reason: str = "", **detail: str | int
) -> None:
    target = f"register.StatusAssertion:{number}"
    record_event(action=action, actor=by, target=target, at=at, reason=reason, **detail)
