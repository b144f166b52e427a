"""A small register told in few words, for tests: somebody tells of somebody on a day."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from kuager.core.dates import UNKNOWN, UncertainDate, from_day
from kuager.domain.accounts.models import User
from kuager.domain.people import operations as people
from kuager.domain.people.models import Assignment, Record
from kuager.domain.people.rules import RecordDraft
from kuager.domain.register import operations
from kuager.domain.register.models import Entry, StatusAssertion
from kuager.domain.register.rules import AssertionDraft
from kuager.domain.register.terms import Status
from kuager.domain.sources import operations as sources
from kuager.domain.sources.models import Citation, Consent

START = datetime(2022, 2, 1, 12, tzinfo=UTC)
TOLD = date(2022, 1, 20)


def moment(hours: int) -> datetime:
    """Return a moment of knowing, so many hours after the story begins."""
    return START + timedelta(hours=hours)


def january(day: int) -> UncertainDate:
    """Return a certain day of January 2022."""
    return from_day(date(2022, 1, day))


class Story:
    """One documenter writes down what sources say; a second person approves. Time moves on with each act."""

    def __init__(self, author: User, second: User) -> None:
        self.author = author
        self.second = second
        self.hours = 0
        self._citations: dict[str, Citation] = {}

    def now(self) -> datetime:
        """Let an hour pass, and say what time it is."""
        self.hours += 1
        return moment(self.hours)

    def citation(self, publisher: str, group: str = "") -> Citation:
        """Cite the one list of a publisher."""
        if publisher not in self._citations:
            by, at = self.author, START
            made = sources.get_or_create_publisher(
                name=publisher, kind="ngo", origin_group=group, by=by, at=at
            )
            source = sources.add_source(
                publisher=made, kind="list", title=publisher, told_on=TOLD, by=by, at=at
            )
            self._citations[publisher] = sources.add_citation(source=source, locator="row 1", by=by, at=at)
        return self._citations[publisher]

    def consent(self, *fields: str, given: str = "written") -> Consent:
        """Write down that somebody allows these fields to be published."""
        return sources.record_consent(
            purpose="publication", given=given, fields=list(fields), given_on=TOLD, by=self.author, at=START
        )

    def tells(
        self,
        name: str,
        *,
        publisher: str = "List A",
        group: str = "",
        consent: Consent | None = None,
        **told: Any,
    ) -> Record:
        """Write down that a source names somebody."""
        at = self.now()
        record = people.add_record(
            draft=RecordDraft(name=name, **told),
            citation=self.citation(publisher, group),
            consent=consent,
            told_on=TOLD,
            by=self.author,
            at=at,
        )
        operations.derive([record.home_person_id], at=at, cause="test")
        return record

    def says(
        self,
        record: Record,
        status: Status,
        since: UncertainDate = UNKNOWN,
        *,
        told_on: date = TOLD,
        **more: Any,
    ) -> StatusAssertion:
        """Write down a status; it waits where it needs a second person."""
        return operations.add_assertion(
            record=record,
            draft=AssertionDraft(status=status, since=since, told_on=told_on, **more),
            citation=record.citation,
            by=self.author,
            at=self.now(),
        )

    def approved(
        self,
        record: Record,
        status: Status,
        since: UncertainDate = UNKNOWN,
        *,
        told_on: date = TOLD,
        **more: Any,
    ) -> StatusAssertion:
        """Write down a status and let the second person agree."""
        assertion = self.says(record, status, since, told_on=told_on, **more)
        return operations.approve_assertion(assertion=assertion, by=self.second, at=self.now())


def entry_of(record: Record) -> Entry:
    """Return the entry a record stands in now."""
    person = Assignment.objects.get(record=record, known_until=None).person_id
    return Entry.objects.get(pk=person)
