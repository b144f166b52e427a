"""A register of a few invented people, written row by row, so that tests choose every moment themselves."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import count

from kuager.domain.accounts.models import User
from kuager.domain.people.models import Assignment, Judgement, Person, Record
from kuager.domain.places.models import Place
from kuager.domain.register.models import StatusAssertion, StatusSpell
from kuager.domain.register.terms import FOREVER, FOREVER_DAY
from kuager.domain.sources.models import Citation, Consent, Publisher, Source

DAY = date(2022, 1, 20)
FIRST = datetime(2022, 1, 21, 6, tzinfo=UTC)
LATER = datetime(2022, 1, 25, 6, tzinfo=UTC)
NOW = datetime(2022, 2, 1, 6, tzinfo=UTC)
ALL_FIELDS = "name,age,place,status"
_numbers = count(1)
_AXES = {"dead": "fate", "missing": "fate", "detained": "custody", "released": "custody", "injured": "health"}


@dataclass(kw_only=True)
class SmallRegister:
    """Writes people, sources and consents; ``by`` is the documenter who records them."""

    by: User

    def source(
        self,
        name: str = "City list",
        *,
        kind: str = "ngo",
        origin: str = "",
        url: str = "",
        derived_from: Source | None = None,
    ) -> Source:
        """A source of the publisher with this name."""
        publisher, _ = Publisher.objects.get_or_create(
            name=name, defaults={"kind": kind, "origin_group": origin}
        )
        return Source.objects.create(
            publisher=publisher,
            kind="list",
            title=f"Edition {next(_numbers)}",
            url=url,
            told_on=DAY,
            collected_at=FIRST,
            derived_from=derived_from,
            derivation="copy" if derived_from else "",
        )

    def consent(
        self, fields: str = ALL_FIELDS, *, purpose: str = "publication", at: datetime = FIRST
    ) -> Consent:
        """A consent for these fields."""
        return Consent.objects.create(
            purpose=purpose, given="spoken", fields=fields, given_on=DAY, recorded_by=self.by, recorded_at=at
        )

    def record(
        self,
        person: Person,
        source: Source,
        consent: Consent | None,
        *,
        name: str,
        at: datetime = FIRST,
        age: int | None = 34,
    ) -> Record:
        """One record of a person."""
        citation = Citation.objects.create(source=source, recorded_by=self.by, recorded_at=at)
        record = Record.objects.create(
            citation=citation,
            consent=consent,
            home_person=person,
            name=name,
            sex="female",
            age_min=age,
            age_max=age,
            told_on=DAY,
            known_at=at,
        )
        Assignment.objects.create(record=record, person=person, known_from=at, cause="test")
        return record

    def assertion(
        self,
        record: Record,
        status: str,
        *,
        since: date = date(2022, 1, 10),
        at: datetime = FIRST,
        place: Place | None = None,
    ) -> StatusAssertion:
        """A status that the record's source says."""
        return StatusAssertion.objects.create(
            record=record,
            citation=record.citation,
            axis=_AXES[status],
            status=status,
            since_edtf=since.isoformat(),
            since_latest=since,
            place=place,
            told_on=DAY,
            recorded_by=self.by,
            known_at=at,
            needs_approval=status in ("dead", "released"),
            approved_at=at if status in ("dead", "released") else None,
        )

    def spell(
        self,
        person: Person,
        status: str,
        *,
        since: date = date(2022, 1, 10),
        known: tuple[datetime, datetime] = (FIRST, FOREVER),
        place: Place | None = None,
        region: Place | None = None,
    ) -> StatusSpell:
        """What is derived from it."""
        return StatusSpell.objects.create(
            person=person,
            since=since,
            until=FOREVER_DAY,
            known_from=known[0],
            known_until=known[1],
            status=status,
            fate=status if _AXES[status] == "fate" else "unknown",
            custody="unknown",
            health="unknown",
            legal="unknown",
            place=place,
            region=region,
            sex="female",
            age_group="30-44",
            cause="test",
        )

    def person(
        self,
        name: str,
        status: str = "detained",
        *,
        consent: Consent | None = None,
        source: Source | None = None,
        at: datetime = FIRST,
        place: Place | None = None,
        region: Place | None = None,
    ) -> Person:
        """A person with one record, one status and what follows from it."""
        person = self.bare_person(at)
        record = self.record(person, source or self.source(), consent, name=name, at=at)
        self.assertion(record, status, at=at, place=place)
        self.spell(person, status, known=(at, FOREVER), place=place, region=region)
        return person

    def bare_person(self, at: datetime = FIRST) -> Person:
        """A person of whom nothing is known."""
        letters = "".join("23456789"[int(digit)] for digit in f"{next(_numbers):07o}")
        return Person.objects.create(code=f"B{letters[:3]}-{letters[3:]}", created_at=at)

    def keep_apart(self, first: Record, second: Record, *, at: datetime = FIRST) -> Judgement:
        """A judgement that two records are different people."""
        first, second = sorted((first, second), key=lambda record: record.pk)
        return Judgement.objects.create(
            record_a=first,
            record_b=second,
            verdict="different",
            method="review",
            author=self.by,
            decided_at=at,
        )
