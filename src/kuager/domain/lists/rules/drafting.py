"""What a row of a list becomes: a record, and an assertion for each status it tells."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date

from kuager.core.dates import UNKNOWN, UncertainDate, from_range
from kuager.core.errors import BadInputError
from kuager.domain.people.rules import OtherName, RecordDraft, check_draft
from kuager.domain.people.terms import NameKind, Sex
from kuager.domain.places.models import Place
from kuager.domain.places.queries import PlaceIndex
from kuager.domain.register.rules import AssertionDraft
from kuager.domain.register.terms import STATUS_AXIS, Status
from kuager.engines.tables import ParsedPerson

# The event a list dates is how things began; what came later began between that day and the day of the list.
BEGINNINGS = frozenset({Status.DEAD, Status.MISSING, Status.DETAINED, Status.INJURED})
_LONGEST_NAME = 300


@dataclass(frozen=True, slots=True)
class PlaceReader:
    """Finds places of rows; the same words are looked up once."""

    index: PlaceIndex
    _found: dict[tuple[str, str, date], int | None] = field(default_factory=dict)

    def find(self, text: str, region: str, on: date) -> int | None:
        """Return the place that a row names on a day; None when nobody knows it."""
        if not text and not region:
            return None
        key = (text, region, on)
        if key not in self._found:
            place = self._look_up(text, region, on)
            self._found[key] = place.pk if place else None
        return self._found[key]

    def _look_up(self, text: str, region: str, on: date) -> Place | None:
        outer = self.index.find(region, on=on) if region else None
        if not text:
            return outer
        inside = self.index.find(text, on=on, within=outer) if outer else None
        return inside or self.index.find(text, on=on) or outer


def draft_record(person: ParsedPerson, *, told_on: date, places: PlaceReader) -> RecordDraft:
    """Make the record of a person; an age that its birth date contradicts goes into the note, not away."""
    draft = RecordDraft(
        name=person.name[:_LONGEST_NAME],
        given=person.given,
        family=person.family,
        patronymic=person.patronymic,
        other_names=tuple(_other_names(person)),
        sex=Sex(person.sex),
        birth=person.birth,
        age_min=person.age_min,
        age_max=person.age_max,
        home_place_id=places.find(person.home, "", told_on),
        home_text=person.home,
        occupation=person.occupation,
        category=person.category,
        note=_note(person),
    )
    try:
        check_draft(draft, told_on)
    except BadInputError:
        age = "-".join(str(years) for years in (person.age_min, person.age_max) if years is not None)
        note = f"{draft.note}\nage on the list: {age}".strip()
        return replace(draft, age_min=None, age_max=None, note=note)
    return draft


def draft_assertions(person: ParsedPerson, *, told_on: date, places: PlaceReader) -> list[AssertionDraft]:
    """Make an assertion of each status a row tells: reported by this source, on this day."""
    drafts = []
    for word in person.statuses:
        status = Status(word.status)
        if status not in STATUS_AXIS:
            continue
        since = _since(person, status, told_on)
        where = "; ".join(part for part in (person.event_place, person.region, person.facility) if part)
        drafts.append(
            AssertionDraft(
                status=status,
                told_on=told_on,
                since=since,
                place_id=places.find(person.event_place, person.region, since.latest or told_on),
                place_text=where[:300],
                authority=person.authority[:200],
            )
        )
    return drafts


def _since(person: ParsedPerson, status: Status, told_on: date) -> UncertainDate:
    if status in BEGINNINGS:
        return _not_after(person.event if person.event.is_known else _up_to(person.status_date), told_on)
    if person.status_date.is_known:
        return _not_after(person.status_date, told_on)
    event = _not_after(person.event, told_on)
    return from_range(event.earliest, told_on) if event.earliest is not None else UNKNOWN


def _up_to(day: UncertainDate) -> UncertainDate:
    """Return "by this day": a status told on a day began no later."""
    return from_range(None, day.latest) if day.latest is not None else UNKNOWN


def _not_after(day: UncertainDate, told_on: date) -> UncertainDate:
    """Cut off what lies after the list itself; a date wholly after it says nothing (a problem of the row)."""
    try:
        return day.bounded_by(told_on) if day.is_known else day
    except BadInputError:
        return UNKNOWN


def age_on(person: ParsedPerson) -> str:
    """Return what a row says about birth and age, as one text to compare."""
    if person.birth.is_known:
        return person.birth.edtf
    return f"{person.age_min}-{person.age_max}" if (person.age_min, person.age_max) != (None, None) else ""


def _other_names(person: ParsedPerson) -> Iterator[OtherName]:
    for name in person.aliases:
        yield OtherName(name=name[:_LONGEST_NAME], kind=NameKind.ALIAS)
    for name in person.other_names:
        yield OtherName(name=name[:_LONGEST_NAME], kind=NameKind.OTHER_SCRIPT)


def _note(person: ParsedPerson) -> str:
    return "\n".join(part for part in (person.note, person.source_url) if part)
