"""One person on one line: the same words in the register, in a search and on the person's own page."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.utils.translation import get_language, ngettext

from kuager.domain.people.terms import Sex
from kuager.domain.places.queries import place_names
from kuager.domain.register.terms import ConflictKind, Status
from kuager.interfaces.desk.name_reasons import reasons_in_words
from kuager.interfaces.desk.status_choices import status_word, tone

if TYPE_CHECKING:
    from kuager.domain.register.models import Entry
    from kuager.domain.register.queries import FoundPerson


@dataclass(frozen=True, kw_only=True)
class PersonLine:
    """What a line about a person says."""

    code: str
    name: str
    other_names: str
    status_word: str
    status_tone: str
    since: date | None
    age_min: int | None
    age_max: int | None
    sex_word: str
    place_name: str
    source_words: str
    pending_count: int
    is_conflicted: bool
    is_contradicted: bool
    conflict_words: str
    may_publish: bool
    reasons: tuple[str, ...] = ()
    score: float | None = None
    matched_name: str = ""


def names_of_places() -> dict[int, str]:
    """Return the names of all places in the reader's language."""
    return place_names(get_language() or "ru")


def line_of(
    entry: "Entry",
    code: str,
    places: Mapping[int, str],
    *,
    found: "FoundPerson | None" = None,
    typed: str = "",
) -> PersonLine:
    """Put an entry in words; ``found`` adds why a search found it."""
    return PersonLine(
        code=code,
        name=entry.name,
        other_names=entry.other_names.replace("\n", " · "),
        status_word=status_word(entry.status),
        status_tone=tone(entry.status),
        since=None if entry.status in ("", Status.UNKNOWN) else entry.since,
        age_min=entry.age_min,
        age_max=entry.age_max,
        sex_word=str(Sex(entry.sex).label) if entry.sex else "",
        place_name=places.get(entry.place_id or entry.region_id or 0, ""),
        source_words=source_words(entry.record_count, entry.independent_count),
        pending_count=entry.pending_count,
        is_conflicted=entry.is_conflicted,
        is_contradicted=entry.is_contradicted,
        conflict_words=conflict_words(entry.conflict),
        may_publish=entry.may_publish,
        reasons=reasons_in_words(typed, found.matched_name) if found else (),
        score=found.score if found else None,
        matched_name=found.matched_name if found else "",
    )


def lines_of(entries: Iterable["Entry"]) -> list[PersonLine]:
    """Put many entries in words; their persons must be joined already."""
    places = names_of_places()
    return [line_of(entry, entry.person.code, places) for entry in entries]


def lines_of_found(found: Iterable["FoundPerson"], typed: str) -> list[PersonLine]:
    """Put what a search for a text found in words."""
    places = names_of_places()
    return [line_of(person.entry, person.code, places, found=person, typed=typed) for person in found]


def source_words(records: int, independent: int) -> str:
    """Say how many records there are, and how many sources that do not copy one another stand behind them."""
    said = ngettext("%(count)d record", "%(count)d records", records) % {"count": records}
    behind = ngettext("%(count)d independent source", "%(count)d independent sources", independent)
    return f"{said}, {behind % {'count': independent}}"


def conflict_words(kinds: str) -> str:
    """Put the kinds of conflict of an entry in words."""
    known = {kind.value: str(kind.label) for kind in ConflictKind}
    return " · ".join(known.get(kind, kind) for kind in kinds.replace(",", " ").split())
