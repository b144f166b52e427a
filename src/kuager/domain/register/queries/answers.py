"""The shapes in which the register answers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kuager.domain.people.models import Assignment, Judgement, Person, Record
from kuager.domain.register.models import Entry, StatusAssertion
from kuager.domain.register.rules.conflicts import Conflict
from kuager.domain.register.terms import Dimension


@dataclass(frozen=True, slots=True, kw_only=True)
class CountRow:
    """One line of a count: a value per dimension asked for, in that order, and how many persons.

    Places and regions are given by their code, publishers by their name; "" means not known.
    """

    values: tuple[str, ...]
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountTable:
    """The answer to one question about numbers of persons.

    ``total`` counts every person once, also when one stands under several sources. ``pending`` says how many
    persons wait, per status, for a second person's approval and are not yet counted under it.
    """

    as_of: date
    known_at: datetime | None
    dimensions: tuple[Dimension, ...]
    rows: tuple[CountRow, ...]
    total: int
    pending: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A day, and a moment of knowing; None is all that is known so far."""

    as_of: date
    known_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One act that changed what the register says of one person.

    ``kind`` is one of record_added, record_withdrawn, asserted, approved, refused, corrected, judged,
    judgement_ended. ``before`` and ``after`` are the person's summary status, "" where there is no entry.
    """

    at: datetime
    kind: str
    person_code: str
    before: str
    after: str
    what: str
    why: str
    by: str
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """How one person counts differently in two answers. ``cause`` names the assertion or act behind it."""

    person_code: str
    before: str
    after: str
    cause: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryFilter:
    """Which entries to list; empty fields filter nothing. Places by id."""

    text: str = ""
    status: str = ""
    fate: str = ""
    custody: str = ""
    health: str = ""
    legal: str = ""
    region_id: int | None = None
    place_id: int | None = None
    sex: str = ""
    age_group: str = ""
    category: str = ""
    publisher_id: int | None = None
    only_conflicts: bool = False
    only_pending: bool = False
    only_publishable: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundPerson:
    """A person that a search found: the entry, and which name it was found under."""

    entry: Entry
    code: str
    matched_name: str
    score: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineStep:
    """One stretch of a person's life as known now; ``until`` is exclusive and None while it lasts."""

    since: date
    until: date | None
    status: str
    fate: str
    custody: str
    health: str
    legal: str
    place_id: int | None
    region_id: int | None
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcedRecord:
    """One record of a person with everything its source says; ``is_active`` is false once withdrawn."""

    record: Record
    publisher: str
    is_active: bool
    assertions: tuple[StatusAssertion, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonPage:
    """Everything known about one person. ``entry`` is None when no record is active any more."""

    person: Person
    entry: Entry | None
    records: tuple[SourcedRecord, ...]
    assertions: tuple[StatusAssertion, ...]
    conflicts: tuple[Conflict, ...]
    timeline: tuple[TimelineStep, ...]
    judgements: tuple[Judgement, ...]
    history: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StalePerson:
    """Somebody said to be in custody whom no source has confirmed there for a long time."""

    entry: Entry
    code: str
    last_told_on: date
    days: int
