"""Who may stand on the public list, and with which fields: only what publishable records themselves say.

A record is publishable when its own consent to publication was in force at the moment. What a family told
us in confidence never shows: neither as a name nor through the status it changes. Where the register knows a
status that no publishable record says, the public list says none.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import F, Q

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.domain.people.models import Person, Record
from kuager.domain.places.queries import region_of
from kuager.domain.publication.models import PersonSalt
from kuager.domain.publication.queries.register_reading import TO_PUBLISH, Reading, Standing, names_of
from kuager.domain.register.models import StatusAssertion
from kuager.domain.register.rules import Told, choose_name, paint
from kuager.domain.register.terms import Status
from kuager.domain.sources.models import Consent
from kuager.engines.names import search_keys

SEARCH_TEXT_LENGTH = 1000
PERSON_FIELDS = (
    "code",
    "salt",
    "name",
    "sex",
    "age",
    "age_group",
    "status",
    "since",
    "region_code",
    "place",
    "category",
    "sources",
    "independent_count",
    "has_conflict",
)


@dataclass(frozen=True, kw_only=True)
class PublishedPerson:
    """One row of the public list, before it is stored."""

    person_id: int
    content: dict[str, JsonValue]
    digest: str
    names: tuple[str, ...]
    consent_ids: frozenset[int]

    @property
    def search_text(self) -> str:
        """Return the code and the search keys of every published spelling, each after a space."""
        keys = dict.fromkeys(key.key for name in self.names for key in search_keys(name))
        return (" " + " ".join([str(self.content["code"]).lower(), *keys]))[:SEARCH_TEXT_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A publishable record; ``allowed`` are the fields its consent names."""

    told: Told
    source_id: int
    consent_id: int
    allowed: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    """A status that a publishable record asserts."""

    pk: int
    axis: str
    status: str
    since: str
    since_latest: date
    place_id: int | None
    may_place: bool


@dataclass(slots=True)
class _Case:
    rows: list[_Row] = field(default_factory=list)
    said: list[_Said] = field(default_factory=list)


def list_published_people(reading: Reading) -> list[PublishedPerson]:
    """Return everybody who may be shown, by code. Contradicted people never are."""
    cases = _cases(reading)
    codes = dict(Person.objects.values_list("id", "code").iterator(chunk_size=20_000))
    salts = dict(PersonSalt.objects.values_list("person_id", "salt").iterator(chunk_size=20_000))
    people = [
        _person(
            reading,
            standing,
            {"code": codes[standing.person_id], "salt": salts.get(standing.person_id, "")},
            cases[standing.person_id],
        )
        for standing in reading.standings
        if standing.person_id in cases and standing.person_id not in reading.contradicted
    ]
    return sorted(people, key=lambda person: str(person.content["code"]))


def _cases(reading: Reading) -> dict[int, _Case]:
    cases: dict[int, _Case] = defaultdict(_Case)
    owner = reading.person_of_record
    for row in _publishable_records(reading):
        cases[owner[row.told.record_id]].rows.append(row)
    allowed = {row.told.record_id: row.allowed for case in cases.values() for row in case.rows}
    for record_id, said in _assertions(reading, allowed):
        cases[owner[record_id]].said.append(said)
    return cases


def _publishable_records(reading: Reading) -> Iterable[_Row]:
    fields = ("id", "name", "script", "sex", "age_min", "age_max", "category", "told_on")
    records = Record.objects.filter(consent__in=Consent.objects.filter(TO_PUBLISH)).order_by("id")
    rows = records.values_list("consent_id", "citation__source_id", *fields)
    for consent, source, pk, name, script, sex, low, high, category, told_on in rows.iterator(
        chunk_size=20_000
    ):
        allowed = reading.consents.get(consent or 0)
        if not allowed or pk not in reading.person_of_record:
            continue
        told = Told(
            record_id=pk,
            name=name,
            script=script,
            sex=sex,
            age_min=low,
            age_max=high,
            category=category,
            told_on=told_on,
            home_place_id=None,
            publisher_id=0,
            origin="",
            may_publish=True,
        )
        yield _Row(told=told, source_id=source, consent_id=consent or 0, allowed=allowed)


def _assertions(reading: Reading, allowed: dict[int, frozenset[str]]) -> Iterable[tuple[int, _Said]]:
    """Yield what publishable records assert: known, approved where it must be, begun by the day.

    Only what the record's own source says: its consent covers nothing that a caller or another source added.
    """
    moment = reading.known_at
    counting = (
        StatusAssertion.objects.filter(
            known_at__lte=moment,
            since_latest__lte=reading.as_of,
            record__consent__in=Consent.objects.filter(TO_PUBLISH),
            citation__source=F("record__citation__source"),
        )
        .filter(Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment))
        .filter(Q(needs_approval=False) | Q(approved_at__lte=moment))
        .order_by("id")
    )
    fields = ("id", "record_id", "axis", "status", "since_edtf", "since_latest", "place_id")
    for pk, record, axis, status, since, latest, place in counting.values_list(*fields).iterator(
        chunk_size=20_000
    ):
        if "status" in allowed.get(record, ()):
            yield (
                record,
                _Said(
                    pk=pk,
                    axis=axis,
                    status=status,
                    since=since,
                    since_latest=latest,
                    place_id=place,
                    may_place="place" in allowed[record],
                ),
            )


def _person(reading: Reading, standing: Standing, identity: dict[str, str], case: _Case) -> PublishedPerson:
    named, aged, described = (_allowing(reading, case.rows, field) for field in ("name", "age", "status"))
    content: dict[str, JsonValue] = {
        **identity,
        "name": choose_name(named) if named else "",
        "sex": paint(named).sex if named else "",
        **_age(aged),
        **_status(reading, standing, case.said),
        "category": paint(described).category if described else "",
        **_sources(reading, case.rows),
        "has_conflict": _has_conflict(case.said),
    }
    return PublishedPerson(
        person_id=standing.person_id,
        content=content,
        digest=person_digest(content),
        names=tuple(dict.fromkeys(told.name for told in named)),
        consent_ids=frozenset(row.consent_id for row in case.rows),
    )


def person_digest(content: dict[str, JsonValue]) -> str:
    """Return the SHA-256 of one person's published content."""
    return sha256_hex(canonical_json(content))


def _allowing(reading: Reading, rows: list[_Row], field: str) -> list[Told]:
    """Return the records that allow a field, of each list only those of the newest edition."""
    told = [row.told for row in rows if field in row.allowed]
    return [one for one in told if one.record_id not in reading.replaced] or told


def _age(told: list[Told]) -> dict[str, JsonValue]:
    portrait = paint(told) if told else None
    if portrait is None or (portrait.age_min is None and portrait.age_max is None):
        return {"age": "", "age_group": "unknown"}
    low, high = portrait.age_min, portrait.age_max
    text = str(low) if low == high else f"{'' if low is None else low}–{'' if high is None else high}"
    return {"age": text, "age_group": portrait.age_group}


def _status(reading: Reading, standing: Standing, said: list[_Said]) -> dict[str, JsonValue]:
    """Return the register's status if a publishable record says the same, with since and place from there."""
    empty: dict[str, JsonValue] = {"status": "", "since": "", "region_code": "", "place": {}}
    if standing.status == Status.UNKNOWN:
        return {**empty, "status": Status.UNKNOWN.value}
    same = [one for one in said if one.status == standing.status]
    if not same:
        return empty
    latest = max(same, key=lambda one: (one.since_latest, -one.pk))
    placed = next(
        (one.place_id for one in [latest, *same] if one.may_place and one.place_id is not None), None
    )
    where: dict[str, JsonValue] = {"region_code": "", "place": {}}
    if placed is not None:
        region = region_of(placed, on=reading.as_of)
        where["region_code"] = "" if region is None else reading.places[region].code
        where["place"] = names_of(reading.places[placed])
    return {"status": latest.status, "since": latest.since or f"../{latest.since_latest}", **where}


def _sources(reading: Reading, rows: list[_Row]) -> dict[str, JsonValue]:
    """List each source once; those of one origin bear the same number."""
    facts = [reading.sources[pk] for pk in dict.fromkeys(row.source_id for row in rows)]
    origins = {
        origin: number for number, origin in enumerate(dict.fromkeys(one.origin for one in facts), start=1)
    }
    shown: list[JsonValue] = [
        {
            "publisher": one.publisher,
            "publisher_kind": one.publisher_kind,
            "kind": one.kind,
            "url": one.url,
            "language": one.language,
            "told_on": one.told_on.isoformat(),
            "derivation": one.derivation,
            "origin": origins[one.origin],
        }
        for one in facts
    ]
    return {"sources": shown, "independent_count": len(origins)}


def _has_conflict(said: list[_Said]) -> bool:
    """Tell whether publishable records contradict: a life after a death, two statuses on one day."""
    deaths = [one.since_latest for one in said if one.status == Status.DEAD]
    if deaths and any(one.status != Status.DEAD and one.since_latest > min(deaths) for one in said):
        return True
    told = {(one.axis, one.since_latest, one.status) for one in said}
    return len(told) > len({(axis, day) for axis, day, _ in told})
