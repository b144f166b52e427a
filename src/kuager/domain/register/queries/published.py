"""What a snapshot may carry: every person for the counts, and the fields that consent opens for the pages.

Promise: a name, an age, a place or a source comes only from a record whose own consent covers it. Consent
must have been recorded by ``known_at`` and be in force at ``consent_at``: what was withdrawn since is not
published, however old the question. Contradicted persons are never shown.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from kuager.domain.people import queries as people
from kuager.domain.people.models import Assignment
from kuager.domain.register import rules
from kuager.domain.register.models import Entry, StatusAssertion
from kuager.domain.register.queries.answers import PublishedRow, PublishedSource, Question
from kuager.domain.register.queries.counts import spells_at
from kuager.domain.register.rules.facts import Told
from kuager.domain.sources.models import Publisher
from kuager.domain.sources.terms import ConsentGiven, Purpose

_RECORD = (
    "person_id",
    "record_id",
    "record__name",
    "record__script",
    "record__sex",
    "record__age_min",
    "record__age_max",
    "record__category",
    "record__told_on",
    "record__home_place_id",
    "record__citation__source__publisher_id",
    "record__citation__source__publisher__name",
    "record__citation__source__publisher__is_protected",
    "record__citation__source__kind",
    "record__citation__source__url",
    "record__consent__fields",
)


class _Standing(NamedTuple):
    """How a person stood on the day asked about."""

    person_id: int
    publishers: str
    status: str
    fate: str
    custody: str
    health: str
    legal: str
    since: date
    place_id: int | None
    region_id: int | None
    sex: str
    age_group: str
    category: str


@dataclass(slots=True)
class _Consented:
    """What the consenting records of one person open."""

    fields: set[str] = field(default_factory=set)
    named: list[Told] = field(default_factory=list)
    aged: list[Told] = field(default_factory=list)
    place_ids: set[int] = field(default_factory=set)
    sources: set[PublishedSource] = field(default_factory=set)


def published_rows(*, as_of: date, known_at: datetime | None, consent_at: datetime) -> Iterator[PublishedRow]:
    """Return one row for each person in the register on a day, as known at a moment, in the order of codes.

    Parameters
    ----------
    consent_at
        The moment of publishing: consent withdrawn or expired by then opens nothing.
    """
    question = Question(as_of=as_of, known_at=known_at)
    consented = _load_consented(known_at, consent_at)
    blocked = _blocked(known_at)
    groups = _groups()
    conflicted = set(Entry.objects.filter(is_conflicted=True).values_list("person_id", flat=True))
    nothing = _Consented()
    spells = spells_at(question).order_by("person__code").values_list("person__code", *_Standing._fields)
    for code, *values in spells:
        standing = _Standing._make(values)
        is_blocked = standing.person_id in blocked
        opened = nothing if is_blocked else consented.get(standing.person_id, nothing)
        origins = {groups[number] for number in standing.publishers.split(",") if number}
        yield _row(
            code,
            standing,
            opened,
            independent_count=len(origins),
            is_conflicted=is_blocked or standing.person_id in conflicted,
        )


def _row(
    code: str, standing: _Standing, opened: _Consented, *, independent_count: int, is_conflicted: bool
) -> PublishedRow:
    ages = rules.paint(opened.aged) if opened.aged else None
    return PublishedRow(
        code=code,
        person_id=standing.person_id,
        status=standing.status,
        fate=standing.fate,
        custody=standing.custody,
        health=standing.health,
        legal=standing.legal,
        since=standing.since,
        place_id=standing.place_id if standing.place_id in opened.place_ids else None,
        region_id=standing.region_id,
        sex=standing.sex,
        age_group=standing.age_group,
        category=standing.category,
        may_publish=bool(opened.fields),
        fields=frozenset(opened.fields),
        name=rules.choose_name(opened.named) if opened.named else "",
        age_min=ages.age_min if ages else None,
        age_max=ages.age_max if ages else None,
        sources=tuple(sorted(opened.sources, key=lambda source: (source.publisher, source.url))),
        independent_count=independent_count,
        is_conflicted=is_conflicted,
    )


def _consenting(known_at: datetime | None, consent_at: datetime) -> QuerySet[Assignment]:
    """Return the assignments of records whose consent allows publication, then and now."""
    allowed = people.assigned_at(known_at).filter(
        Q(record__consent__purpose=Purpose.PUBLICATION)
        | Q(record__consent__given=ConsentGiven.ALREADY_PUBLIC),
        Q(record__consent__withdrawn_at__isnull=True) | Q(record__consent__withdrawn_at__gt=consent_at),
        Q(record__consent__expires_on__isnull=True) | Q(record__consent__expires_on__gt=consent_at.date()),
    )
    return allowed if known_at is None else allowed.filter(record__consent__recorded_at__lte=known_at)


def _load_consented(known_at: datetime | None, consent_at: datetime) -> dict[int, _Consented]:
    consented: dict[int, _Consented] = defaultdict(_Consented)
    records_with_place: dict[int, int] = {}
    for person, *values in (
        _consenting(known_at, consent_at).values_list(*_RECORD).iterator(chunk_size=10_000)
    ):
        *told, publisher, name, is_protected, kind, url, fields = values
        record = Told._make((*told, publisher, "", True, False))
        opened = consented[person]
        allowed = {part.strip() for part in fields.split(",") if part.strip()}
        opened.fields |= allowed
        if "name" in allowed:
            opened.named.append(record)
        if "age" in allowed:
            opened.aged.append(record)
        if "place" in allowed:
            records_with_place[record.record_id] = person
        if not is_protected:
            opened.sources.add(PublishedSource(publisher=name, kind=kind, url=url))
    _load_places(consented, records_with_place)
    return consented


def _load_places(consented: dict[int, _Consented], person_of: dict[int, int]) -> None:
    """Collect the places that consenting records tell of."""
    if not person_of:
        return
    rows = StatusAssertion.objects.filter(superseded_at__isnull=True, place__isnull=False)
    for record, place in rows.values_list("record_id", "place_id"):
        if record in person_of:
            consented[person_of[record]].place_ids.add(place)


def _blocked(known_at: datetime | None) -> set[int]:
    """Return persons whose records contradict each other, now or at that moment."""
    moments = {None, known_at}
    return {found.person_id for moment in moments for found in people.contradictions(known_at=moment)}


def _groups() -> dict[str, str]:
    """Return, for each publisher's identifier, whom it counts with as one independent source."""
    rows = Publisher.objects.values_list("pk", "origin_group")
    return {str(number): origin or f"publisher:{number}" for number, origin in rows}
