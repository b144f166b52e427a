"""Saying which places of a list nobody knows: they are kept as text, and count under no region."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date

from kuager.domain.lists.rules.drafting import PlaceReader
from kuager.domain.lists.rules.reading import ReadingPlan
from kuager.domain.places.queries import PlaceIndex
from kuager.engines.tables import Field, ParsedPerson, ParsedRow, Problem, RawRow

EXPECTED = "a place the register knows; this one is kept as text and counts under no region"


def with_unknown_places(
    rows: Iterable[tuple[RawRow, ParsedRow]], *, plan: ReadingPlan, as_of: date, index: PlaceIndex
) -> Iterator[tuple[RawRow, ParsedRow]]:
    """Add a warning to each row that names a place nobody knows; without any places, to none."""
    column = _column(plan)
    if not index.places or not column:
        yield from rows
        return
    places = PlaceReader(index)
    for raw, parsed in rows:
        named = (_told(person) for person in parsed.persons)
        unknown = next((told for told in named if _is_unknown(told, as_of, places)), None)
        yield raw, parsed if unknown is None else _warned(parsed, column, unknown)


def _warned(parsed: ParsedRow, column: str, unknown: tuple[str, str]) -> ParsedRow:
    got = ", ".join(filter(None, unknown))
    problem = Problem(row=parsed.number, column=column, expected=EXPECTED, got=got, severity="warning")
    return replace(parsed, problems=(*parsed.problems, problem))


def _told(person: ParsedPerson) -> tuple[str, str]:
    return person.event_place, person.region


def _is_unknown(told: tuple[str, str], as_of: date, places: PlaceReader) -> bool:
    return any(told) and places.find(*told, as_of) is None


def _column(plan: ReadingPlan) -> str:
    """Return the title of the column that names places, or of the one that names regions."""
    titles = {column.field: column.header for column in plan.columns}
    return titles.get(Field.EVENT_PLACE) or titles.get(Field.REGION) or ""
