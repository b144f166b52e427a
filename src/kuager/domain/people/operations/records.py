"""Recording what a source says about a person, and taking records out of the register and back in."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, datetime
from typing import NamedTuple

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.people import rules
from kuager.domain.people.models import Assignment, KeyEdition, NameKey, Person, Record, RecordName
from kuager.domain.people.operations.assignments import close_assignments, open_assignments, reassign
from kuager.domain.people.operations.bulk import Row, insert_rows, refresh_statistics, reserve_ids
from kuager.domain.people.rules.drafts import NewRecord, RecordDraft, birth_bounds
from kuager.domain.sources.models import Citation, Consent
from kuager.engines.names import KEYS_VERSION, detect_script

CHUNK = 10_000
RECORD_FIELDS = (
    "id",
    "citation",
    "consent",
    "home_person",
    "name",
    "script",
    "given",
    "family",
    "patronymic",
    "sex",
    "birth_edtf",
    "birth_earliest",
    "birth_latest",
    "age_min",
    "age_max",
    "home_place",
    "home_text",
    "occupation",
    "category",
    "note",
    "told_on",
    "known_at",
)


class AddedRecord(NamedTuple):
    """The identifiers of a record the bulk path wrote."""

    id: int
    home_person_id: int


@transaction.atomic
def add_record(
    *,
    draft: RecordDraft,
    citation: Citation,
    consent: Consent | None = None,
    told_on: date,
    by: User,
    at: datetime,
) -> Record:
    """Write down what one source says about one person; the person is new until somebody judges otherwise."""
    new = NewRecord(
        draft=draft, citation_id=citation.pk, told_on=told_on, consent_id=consent.pk if consent else None
    )
    (added,) = add_records(drafts=[new], by=by, at=at, cause=f"citation:{citation.pk}")
    record_event(action="people.add_record", actor=by, target=f"people.Record:{added.id}", at=at)
    return Record.objects.get(pk=added.id)


@transaction.atomic
def add_records(*, drafts: Sequence[NewRecord], by: User, at: datetime, cause: str) -> list[AddedRecord]:
    """Write down many records at once, each with a person of its own. Part of an operation that is audited.

    Raises
    ------
    BadInputError
        When one of them has no name, or an age and a birth date that cannot both be true.
    """
    check_may(by, Capability.RECORD)
    for new in drafts:
        rules.check_draft(new.draft, new.told_on)
    added: list[AddedRecord] = []
    for start in range(0, len(drafts), CHUNK):
        added += _add_chunk(drafts[start : start + CHUNK], at=at, cause=cause)
    if added:
        KeyEdition.objects.get_or_create(pk=1, defaults={"version": KEYS_VERSION})
    refresh_statistics(len(added), Person, Record, Assignment, NameKey)
    return added


@transaction.atomic
def withdraw_records(*, record_ids: Collection[int], cause: str, at: datetime) -> set[int]:
    """Take records out; return the persons to derive. Part of an operation that is audited."""
    return close_assignments(record_ids, cause=cause, at=at) | reassign(record_ids, cause=cause, at=at)


@transaction.atomic
def restore_records(*, record_ids: Collection[int], cause: str, at: datetime) -> set[int]:
    """Put withdrawn records back; return the persons to derive. Part of an operation that is audited."""
    return open_assignments(record_ids, cause=cause, at=at) | reassign(record_ids, cause=cause, at=at)


def _add_chunk(drafts: Sequence[NewRecord], *, at: datetime, cause: str) -> list[AddedRecord]:
    person_ids = reserve_ids(Person, len(drafts))
    record_ids = reserve_ids(Record, len(drafts))
    names = [rules.prepare_name(new.draft) for new in drafts]
    codes = _free_codes(len(drafts))
    insert_rows(
        Person,
        ("id", "code", "created_at"),
        ((person, code, at) for person, code in zip(person_ids, codes, strict=True)),
    )
    added = [AddedRecord(*ids) for ids in zip(record_ids, person_ids, strict=True)]
    insert_rows(
        Record,
        RECORD_FIELDS,
        (_record_row(ids, new, name, at) for ids, new, name in zip(added, drafts, names, strict=True)),
    )
    insert_rows(
        Assignment,
        ("record", "person", "known_from", "known_until", "cause", "end_cause"),
        ((record, person, at, None, cause, "") for record, person in added),
    )
    insert_rows(
        NameKey,
        ("record", "key", "role"),
        ((ids.id, key, role) for ids, name in zip(added, names, strict=True) for key, role in name.keys),
    )
    insert_rows(RecordName, ("record", "kind", "name", "script"), _other_names(added, drafts))
    return added


def _record_row(ids: AddedRecord, new: NewRecord, name: rules.PreparedName, at: datetime) -> Row:
    draft = new.draft
    earliest, latest = birth_bounds(draft, new.told_on)
    return (
        ids.id,
        new.citation_id,
        new.consent_id,
        ids.home_person_id,
        name.name,
        name.script,
        name.given,
        name.family,
        name.patronymic,
        str(draft.sex),
        draft.birth.edtf,
        earliest,
        latest,
        draft.age_min,
        draft.age_max,
        draft.home_place_id,
        draft.home_text[:300],
        draft.occupation[:200],
        draft.category[:100],
        draft.note,
        new.told_on,
        at,
    )


def _other_names(added: Sequence[AddedRecord], drafts: Sequence[NewRecord]) -> Iterator[Row]:
    for ids, new in zip(added, drafts, strict=True):
        for other in new.draft.other_names:
            yield ids.id, str(other.kind), other.name[:300], detect_script(other.name).value


def _free_codes(count: int) -> list[str]:
    """Draw codes until none of them belongs to anybody yet."""
    codes = set(rules.new_codes(count))
    while True:
        taken: set[str] = set()
        drawn = list(codes)
        for start in range(0, count, CHUNK):
            chunk = drawn[start : start + CHUNK]
            taken |= set(Person.objects.filter(code__in=chunk).values_list("code", flat=True))
        if not taken:
            return drawn
        codes -= taken
        while len(codes) < count:
            codes |= set(rules.new_codes(count - len(codes)))
