"""What the register held as of a day, as known at a moment: read once, in whole tables, for one snapshot.

Only rows whose known time covers the moment are read, never the derived ``Entry``, which knows the present
only. So the same question has the same answer however much is learned later.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from django.db.models import Q

from kuager.domain.people.models import Assignment, Judgement
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.places.models import Place
from kuager.domain.register.models import StatusSpell
from kuager.domain.register.queries import count
from kuager.domain.sources.models import Consent, Source
from kuager.domain.sources.queries import derived_origins
from kuager.domain.sources.rules import origin_of
from kuager.domain.sources.terms import ConsentGiven, PublisherKind, Purpose

# Behind these stand single people, whose names are nobody's business: they are shown by kind only.
UNNAMED_KINDS = frozenset({PublisherKind.FAMILY.value, PublisherKind.HOTLINE.value})
PROTECTED = "protected"
# What somebody else published already needs no consent of its own to be named.
TO_PUBLISH = Q(purpose=Purpose.PUBLICATION) | Q(given=ConsentGiven.ALREADY_PUBLIC)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What the public may know of a source, and which origin it goes back to."""

    publisher_key: str
    publisher: str
    publisher_kind: str
    kind: str
    url: str
    language: str
    told_on: date
    derivation: str
    origin: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How one person stood on the day."""

    person_id: int
    status: str
    place_id: int | None
    region_id: int | None
    sex: str
    age_group: str


@dataclass(frozen=True, kw_only=True)
class Reading:
    """One pass over the register for one question."""

    as_of: date
    known_at: datetime

    @cached_property
    def standings(self) -> list[Standing]:
        """Everybody who is counted, by person id."""
        spells = StatusSpell.objects.filter(
            known_from__lte=self.known_at,
            known_until__gt=self.known_at,
            since__lte=self.as_of,
            until__gt=self.as_of,
        ).order_by("person_id")
        fields = ("person_id", "status", "place_id", "region_id", "sex", "age_group")
        return [
            Standing(
                person_id=row[0],
                status=row[1],
                place_id=row[2],
                region_id=row[3],
                sex=row[4],
                age_group=row[5],
            )
            for row in spells.values_list(*fields).iterator(chunk_size=20_000)
        ]

    @cached_property
    def pending(self) -> dict[str, int]:
        """How many people wait, per status, for a second person's approval."""
        question = count(as_of=self.as_of, known_at=self.known_at, by=())
        return dict(question.pending)

    @cached_property
    def person_of_record(self) -> dict[int, int]:
        """Which person each active record belongs to."""
        return {record: person for record, person, _ in self._assigned}

    @cached_property
    def sources_of_person(self) -> dict[int, list[int]]:
        """The source of each record of a person: as many entries as records."""
        found: dict[int, list[int]] = defaultdict(list)
        for _, person, source in self._assigned:
            found[person].append(source)
        return found

    @cached_property
    def sources(self) -> dict[int, SourceFacts]:
        """Every source there is, with nothing that must stay on the desk."""
        derived = derived_origins()
        sources = Source.objects.select_related("publisher").defer("title")
        return {source.pk: _facts(source, derived) for source in sources}

    @cached_property
    def places(self) -> dict[int, Place]:
        """Every place by id."""
        return {place.pk: place for place in Place.objects.all()}

    @cached_property
    def contradicted(self) -> frozenset[int]:
        """The people whose records somebody keeps apart although other judgements join them."""
        apart = self._judged_together(verdict=Verdict.DIFFERENT)
        return frozenset(self.person_of_record[record] for record, _ in apart)

    @cached_property
    def replaced(self) -> frozenset[int]:
        """The records that a newer edition of the same list describes anew."""
        return frozenset(a for a, _ in self._judged_together(verdict=Verdict.SAME, method=Method.EDITION))

    @cached_property
    def consents(self) -> dict[int, frozenset[str]]:
        """The fields that each consent to publication allowed at the moment."""
        return {pk: fields for pk, fields, given, ended in self._consents if given and not ended}

    def _judged_together(self, **kind: str) -> Iterator[tuple[int, int]]:
        """Yield the pairs of active records of one person on which a judgement of a kind was in force."""
        judgements = Judgement.objects.filter(decided_at__lte=self.known_at, **kind).filter(
            Q(ended_at__isnull=True) | Q(ended_at__gt=self.known_at)
        )
        owner = self.person_of_record
        for a, b in judgements.values_list("record_a_id", "record_b_id").iterator(chunk_size=20_000):
            if a in owner and owner[a] == owner.get(b):
                yield a, b

    @cached_property
    def _consents(self) -> list[tuple[int, frozenset[str], bool, bool]]:
        day = self.known_at.astimezone(UTC).date()
        rows = Consent.objects.filter(TO_PUBLISH).values_list(
            "id", "fields", "recorded_at", "withdrawn_at", "expires_on"
        )
        return [
            (
                pk,
                frozenset(field.strip() for field in fields.split(",") if field.strip()),
                recorded_at <= self.known_at,
                (withdrawn_at is not None and withdrawn_at <= self.known_at)
                or (expires_on is not None and expires_on <= day),
            )
            for pk, fields, recorded_at, withdrawn_at, expires_on in rows.iterator(chunk_size=20_000)
        ]

    @cached_property
    def _assigned(self) -> list[tuple[int, int, int]]:
        active = Assignment.objects.filter(known_from__lte=self.known_at).filter(
            Q(known_until__isnull=True) | Q(known_until__gt=self.known_at)
        )
        rows = active.order_by("record_id").values_list(
            "record_id", "person_id", "record__citation__source_id"
        )
        return list(rows.iterator(chunk_size=20_000))


def region_code(reading: Reading, region_id: int | None) -> str:
    """Return the code of a region; ``unknown`` where no source says it."""
    return "unknown" if region_id is None else reading.places[region_id].code


def names_of(place: Place) -> dict[str, str]:
    """Return the names of a place in the three languages of the site."""
    return {"kk": place.name_kk, "ru": place.name_ru, "en": place.name_en}


def _facts(source: Source, derived: dict[int, str]) -> SourceFacts:
    publisher = source.publisher
    is_named = not publisher.is_protected and publisher.kind not in UNNAMED_KINDS
    kept = PROTECTED if publisher.is_protected else publisher.kind
    return SourceFacts(
        publisher_key=str(publisher.pk) if is_named else kept,
        publisher=publisher.name if is_named else "",
        publisher_kind=PROTECTED if publisher.is_protected else publisher.kind,
        kind=source.kind,
        url=source.url if is_named else "",
        language=source.language,
        told_on=source.told_on,
        derivation=source.derivation,
        origin=derived.get(source.pk) or origin_of(source.publisher_id, publisher.origin_group),
    )
