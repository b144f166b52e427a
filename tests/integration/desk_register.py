"""A small register of invented people, made as the desk makes it: by operations, one act after the other."""

from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.test import Client

from kuager.core.dates import parse_edtf
from kuager.domain.accounts.models import User
from kuager.domain.people.models import Record
from kuager.domain.people.rules import RecordDraft
from kuager.domain.people.terms import Sex
from kuager.domain.places.queries import find_place
from kuager.domain.register import operations
from kuager.domain.register.operations import CallDraft
from kuager.domain.register.rules import AssertionDraft
from kuager.domain.register.terms import Status
from kuager.domain.sources import operations as sources
from kuager.domain.sources.terms import PublisherKind, SourceKind

DAY = date(2026, 1, 10)
FIRST = datetime(2026, 1, 11, 6, tzinfo=UTC)
LATER = datetime(2026, 1, 15, 6, tzinfo=UTC)
PUBLISHED = ("name", "age", "place", "status")


def signed_in(user: User) -> Client:
    """A browser without JavaScript in which the user has signed in."""
    client = Client()
    client.force_login(user)
    return client


@dataclass(frozen=True, kw_only=True)
class DeskRegister:
    """Writes people as calls to the hotline and as entries of lists; ``by`` records them."""

    by: User

    def call(
        self,
        name: str,
        status: str = "",
        *,
        age: int | None = 30,
        place: str = "Алматы",
        since: str = "2026-01-05",
        consent: tuple[str, ...] = (),
        at: datetime = FIRST,
    ) -> Record:
        """Write down a call about a new person."""
        found = find_place(place)
        said = AssertionDraft(
            status=Status(status or "missing"),
            told_on=DAY,
            since=parse_edtf(since),
            place_id=None if found is None else found.pk,
            place_text=place,
        )
        draft = CallDraft(
            record=RecordDraft(name=name, age_min=age, age_max=age, sex=Sex.FEMALE),
            told_on=DAY,
            statuses=(said,) if status else (),
            caller_note="They took her from the bus stop.",
            consent_purpose="publication" if consent else "",
            consent_fields=consent,
        )
        return operations.record_call(call=draft, by=self.by, at=at)

    def listed(self, name: str, publisher: str, *, origin: str = "", at: datetime = FIRST) -> Record:
        """Write down a person of a list; nothing is said of what happened."""
        from kuager.domain.people import operations as people

        said_by = sources.get_or_create_publisher(
            name=publisher, kind=PublisherKind.NGO, origin_group=origin, by=self.by, at=at
        )
        source = sources.add_source(
            publisher=said_by,
            kind=SourceKind.LIST,
            title=f"List of {publisher}",
            told_on=DAY,
            by=self.by,
            at=at,
        )
        citation = sources.add_citation(source=source, locator="row 7", by=self.by, at=at)
        record = people.add_record(
            draft=RecordDraft(name=name), citation=citation, told_on=DAY, by=self.by, at=at
        )
        operations.derive([record.home_person_id], at=at, cause=f"record:{record.pk}")
        return record

    def judge(
        self, a: Record, b: Record, verdict: str, *, by: User | None = None, at: datetime = LATER
    ) -> None:
        """Judge two records."""
        operations.judge(
            record_a=a, record_b=b, verdict=verdict, explanation="compared by hand", by=by or self.by, at=at
        )
