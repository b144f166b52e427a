"""Quick entry of a phone call: source, citation, record and what is said of the person, in one act."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.people import operations as people
from kuager.domain.people.models import Assignment, Record
from kuager.domain.people.rules.drafts import RecordDraft
from kuager.domain.people.terms import Verdict
from kuager.domain.register.operations.assertions import add_assertions, persons_of
from kuager.domain.register.operations.derivation import derive
from kuager.domain.register.operations.judgements import judge
from kuager.domain.register.rules.drafts import AssertionDraft, NewAssertion
from kuager.domain.sources import operations as sources
from kuager.domain.sources.models import Citation, Consent
from kuager.domain.sources.terms import ConsentGiven, PublisherKind, SourceKind

HOTLINE = "Hotline"


@dataclass(frozen=True, slots=True, kw_only=True)
class CallDraft:
    """What a caller said.

    Parameters
    ----------
    told_on
        The day of the call.
    caller_note
        Who called and how to reach them: kept as a private quotation of the citation.
    consent_purpose, consent_fields
        What the caller allows, such as ``publication`` of ``("name", "age")``; empty means nothing.
    same_as_person_id
        The person already known whom the call is about, if the volunteer recognised one.
    """

    record: RecordDraft
    told_on: date
    statuses: tuple[AssertionDraft, ...] = ()
    caller_note: str = ""
    consent_purpose: str = ""
    consent_fields: tuple[str, ...] = ()
    consent_note: str = ""
    same_as_person_id: int | None = None


@transaction.atomic
def record_call(*, call: CallDraft, by: User, at: datetime) -> Record:
    """Write down a call about one person."""
    check_may(by, Capability.RECORD)
    citation = _cite_call(call, by, at)
    record = people.add_record(
        draft=call.record,
        citation=citation,
        consent=_consent(call, by, at),
        told_on=call.told_on,
        by=by,
        at=at,
    )
    new = [NewAssertion(record_id=record.pk, citation_id=citation.pk, draft=draft) for draft in call.statuses]
    add_assertions(assertions=new, by=by, at=at)
    derive(persons_of([record.pk]), at=at, cause=f"call:{record.pk}")
    if call.same_as_person_id is not None:
        known = _record_of(call.same_as_person_id)
        judge(
            record_a=known,
            record_b=record.pk,
            verdict=Verdict.SAME,
            explanation="recognised while the call was written down",
            by=by,
            at=at,
        )
    record_event(
        action="register.record_call",
        actor=by,
        target=f"people.Record:{record.pk}",
        at=at,
        statuses=[str(draft.status) for draft in call.statuses],
    )
    return record


def _cite_call(call: CallDraft, by: User, at: datetime) -> Citation:
    publisher = sources.get_or_create_publisher(name=HOTLINE, kind=PublisherKind.HOTLINE, by=by, at=at)
    source = sources.add_source(
        publisher=publisher,
        kind=SourceKind.CALL,
        title=f"Call of {call.told_on.isoformat()}",
        told_on=call.told_on,
        by=by,
        at=at,
    )
    return sources.add_citation(source=source, quotation=call.caller_note, by=by, at=at)


def _consent(call: CallDraft, by: User, at: datetime) -> Consent | None:
    if not call.consent_purpose:
        return None
    return sources.record_consent(
        purpose=call.consent_purpose,
        given=ConsentGiven.SPOKEN,
        fields=list(call.consent_fields),
        given_on=call.told_on,
        note=call.consent_note,
        by=by,
        at=at,
    )


def _record_of(person_id: int) -> int:
    record = (
        Assignment.objects.filter(person=person_id, known_until__isnull=True)
        .order_by("record_id")
        .values_list("record_id", flat=True)
        .first()
    )
    if record is None:
        raise BadInputError("the person chosen has no record in the register any more; search again")
    return record
