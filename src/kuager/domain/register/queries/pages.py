"""Everything known about one person, and single things by identifier."""

from datetime import date

from kuager.core.errors import NotFoundError
from kuager.domain.people import queries as people
from kuager.domain.people.models import Assignment, Person, Record
from kuager.domain.register import rules
from kuager.domain.register.models import Entry, StatusAssertion, StatusSpell
from kuager.domain.register.queries.answers import PersonPage, SourcedRecord, TimelineStep
from kuager.domain.register.queries.facts import load_known
from kuager.domain.register.rules.conflicts import Conflict
from kuager.domain.register.terms import FOREVER, FOREVER_DAY, ConflictKind


def get_person_page(code: str) -> PersonPage:
    """Return everything known of a person: by source, in conflict, over time, and how it came about."""
    try:
        person = Person.objects.get(code=code)
    except Person.DoesNotExist:
        raise NotFoundError(f"there is no person {code}; search by name instead") from None
    history = people.history(person.pk)
    entry = Entry.objects.select_related("place", "region").filter(pk=person.pk).first()
    records = _records(person.pk)
    return PersonPage(
        person=person,
        entry=entry,
        records=records,
        assertions=tuple(assertion for record in records for assertion in record.assertions),
        conflicts=tuple(_conflicts(person.pk, entry)),
        timeline=_timeline(person.pk),
        judgements=history.judgements,
        history=history.assignments,
    )


def get_assertion(assertion_id: int) -> StatusAssertion:
    """Return one assertion with its record and source; raises NotFoundError."""
    try:
        return StatusAssertion.objects.select_related(
            "record__home_person", "citation__source__publisher", "recorded_by", "approved_by", "place"
        ).get(pk=assertion_id)
    except StatusAssertion.DoesNotExist:
        raise NotFoundError(f"there is no assertion {assertion_id}") from None


def person_code_of(record_id: int) -> str:
    """Return the code of the person a record belongs to now, or did last; raises NotFoundError."""
    code = (
        Assignment.objects.filter(record=record_id)
        .order_by("-known_from", "-pk")
        .values_list("person__code", flat=True)
        .first()
    )
    if code is None:
        raise NotFoundError(f"there is no record {record_id}")
    return code


def _records(person_id: int) -> tuple[SourcedRecord, ...]:
    """Return the person's records, those of each publisher together, withdrawn ones last."""
    is_active: dict[int, bool] = {}
    for record, known_until in Assignment.objects.filter(person=person_id).values_list(
        "record_id", "known_until"
    ):
        is_active[record] = is_active.get(record, False) or known_until is None
    records = (
        Record.objects.filter(pk__in=is_active)
        .select_related("citation__source__publisher", "citation__recorded_by", "consent", "home_place")
        .prefetch_related("names")
    )
    assertions: dict[int, list[StatusAssertion]] = {}
    rows = StatusAssertion.objects.filter(record__in=is_active).select_related(
        "citation__source__publisher",
        "recorded_by",
        "approved_by",
        "ended_by",
        "place",
        "facility",
        "superseded_by",
    )
    for assertion in rows.order_by("since_latest", "pk"):
        assertions.setdefault(assertion.record_id, []).append(assertion)
    shown = [
        SourcedRecord(
            record=record,
            publisher=record.citation.source.publisher.name,
            is_active=is_active[record.pk],
            assertions=tuple(assertions.get(record.pk, ())),
        )
        for record in records
    ]
    return tuple(sorted(shown, key=lambda row: (not row.is_active, row.publisher, row.record.pk)))


def _conflicts(person_id: int, entry: Entry | None) -> list[Conflict]:
    if entry is None:
        return []
    known = load_known([person_id], on=date.max)
    conflicts = rules.find_conflicts(known.facts.get(person_id, []), known.told.get(person_id, []))
    conflicts += [
        Conflict(
            kind=ConflictKind.JUDGEMENTS_CONTRADICT, axis="judgement", record_ids=contradiction.record_ids
        )
        for contradiction in (people.contradictions() if entry.is_contradicted else [])
        if contradiction.person_id == person_id
    ]
    return conflicts


def _timeline(person_id: int) -> tuple[TimelineStep, ...]:
    spells = StatusSpell.objects.filter(person=person_id, known_until=FOREVER).order_by("since")
    return tuple(
        TimelineStep(
            since=spell.since,
            until=None if spell.until == FOREVER_DAY else spell.until,
            status=spell.status,
            fate=spell.fate,
            custody=spell.custody,
            health=spell.health,
            legal=spell.legal,
            place_id=spell.place_id,
            region_id=spell.region_id,
            cause=spell.cause,
        )
        for spell in spells
    )
