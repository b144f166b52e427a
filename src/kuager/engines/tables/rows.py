"""Read the persons of a row; what cannot be read becomes a problem of that row and stops no other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from typing import TypedDict

from kuager.core.ages import are_compatible
from kuager.core.dates import UNKNOWN, UncertainDate
from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables.ages_in_cells import EXPECTED_AGE, EXPECTED_SEX, AgeReading, parse_sex, read_age
from kuager.engines.tables.cells import Problem, RawRow, Severity, column_letters
from kuager.engines.tables.dates_in_cells import EXPECTED_DATE, read_date
from kuager.engines.tables.mapping import ColumnProposal, Field
from kuager.engines.tables.names_in_cells import NameReading, is_total, may_hold_another, read_names
from kuager.engines.tables.people import ParsedPerson
from kuager.engines.tables.statuses_in_cells import expected_statuses, parse_status
from kuager.engines.tables.words import StatusWord, is_unknown

_SHOWN = 80
_TEXT_FIELDS = (
    Field.LIST_ID,
    Field.EVENT_PLACE,
    Field.REGION,
    Field.HOME,
    Field.OCCUPATION,
    Field.CATEGORY,
    Field.FACILITY,
    Field.AUTHORITY,
    Field.NOTE,
    Field.SOURCE_URL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RowContext:
    """What holds for a whole list.

    Parameters
    ----------
    as_of
        The day the list speaks of; nothing on it can have happened later.
    reference_year
        The year meant where none is written; None takes the last one that is not after ``as_of``.
    day_first
        Whether 6/1/22 is 6 January; None when the list does not tell.
    statuses
        Statuses of everybody whose row tells none.
    """

    as_of: date
    reference_year: int | None = None
    day_first: bool | None = True
    statuses: tuple[StatusWord, ...] = ()


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """The persons a row tells of, and what in it needs a look. No persons: nothing of the row was taken."""

    number: int
    persons: tuple[ParsedPerson, ...]
    problems: tuple[Problem, ...]

    @property
    def is_taken(self) -> bool:
        """Tell whether the row gave at least one person."""
        return bool(self.persons)


class _Texts(TypedDict, total=False):
    """Fields that are taken over as text."""

    list_id: str
    event_place: str
    region: str
    home: str
    occupation: str
    category: str
    facility: str
    authority: str
    note: str
    source_url: str


def parse_row(row: RawRow, mapping: Sequence[ColumnProposal], context: RowContext) -> ParsedRow:
    """Read one row. For many rows, ``parse_rows`` is faster by a little and reads the same."""
    return _parser(tuple(mapping), context).parse(row)


def parse_rows(
    rows: Iterable[RawRow], mapping: Sequence[ColumnProposal], context: RowContext
) -> Iterator[ParsedRow]:
    """Read rows one by one."""
    parse = _parser(tuple(mapping), context).parse
    for row in rows:
        yield parse(row)


@lru_cache(maxsize=32)
def _parser(mapping: tuple[ColumnProposal, ...], context: RowContext) -> "_Parser":
    return _Parser(mapping, context)


class _Parser:
    """Reads rows of one list; holds which columns carry which field."""

    def __init__(self, mapping: tuple[ColumnProposal, ...], context: RowContext) -> None:
        self.context = context
        self.headers = {item.column: item.header for item in mapping}
        self.columns: dict[Field, tuple[int, ...]] = {}
        for item in mapping:
            if item.field is not Field.IGNORE:
                self.columns[item.field] = (*self.columns.get(item.field, ()), item.column)
        self.text_columns = [(field, self.columns[field]) for field in _TEXT_FIELDS if field in self.columns]

    def parse(self, row: RawRow) -> ParsedRow:
        """Read one row."""
        if row.is_empty:
            return ParsedRow(row.number, (), row.problems)
        return _RowReader(self, row).read()


class _RowReader:
    """Reads one row and collects its problems."""

    def __init__(self, parser: _Parser, row: RawRow) -> None:
        self.parser = parser
        self.context = parser.context
        self.row = row
        self.cells = row.cells
        self.problems = [self._named(problem) for problem in row.problems]

    def read(self) -> ParsedRow:
        names = self._names()
        if not names:
            return ParsedRow(self.row.number, (), tuple(self.problems))
        person = self._person(names[0])
        if len(names) == 1:
            return ParsedRow(self.row.number, (person,), tuple(self.problems))
        return ParsedRow(self.row.number, self._several(names, person), tuple(self.problems))

    # Names

    def _names(self) -> tuple[NameReading, ...]:
        family, given, patronymic = (
            self._text(field) for field in (Field.FAMILY, Field.GIVEN, Field.PATRONYMIC)
        )
        text = self._text(Field.NAME) or " ".join(part for part in (family, given, patronymic) if part)
        if is_total(text) or (
            not text and any(isinstance(cell, str) and is_total(cell) for cell in self.cells)
        ):
            self._problem(None, "a person", "a row of totals; it is left out", "warning")
            return ()
        names = read_names(text) if text and not is_unknown(text) else ()
        if not names:
            self._problem(self._first(Field.NAME, Field.FAMILY), "a name", text or "nothing")
        elif len(names) > 1:
            self._problem(self._first(Field.NAME), "one name", f"{len(names)} names: {text}", "warning")
        elif may_hold_another(names[0].name):
            self._problem(self._first(Field.NAME), "one name", f"perhaps two: {text}", "warning")
        return names

    def _person(self, name: NameReading) -> ParsedPerson:
        age = self._age()
        event = self._date(Field.EVENT_DATE)
        birth = self._date(Field.BIRTH_DATE)
        birth = birth if birth.is_known else age.birth
        self._check_age(age, birth, event)
        family = self._text(Field.FAMILY) or name.family
        texts: _Texts = {field.value: self._joined(columns) for field, columns in self.parser.text_columns}  # type: ignore[assignment]  # the keys are those of _TEXT_FIELDS
        return ParsedPerson(
            name=name.name,
            family=family,
            given=self._text(Field.GIVEN),
            patronymic=self._text(Field.PATRONYMIC),
            aliases=(*name.aliases, *self._many(Field.ALIAS)),
            other_names=(*name.other_names, *self._many(Field.NAME_OTHER_SCRIPT)),
            sex=self._sex(),
            age_min=age.age_min,
            age_max=age.age_max,
            birth=birth,
            event=event,
            statuses=self._statuses(),
            status_date=self._date(Field.STATUS_DATE),
            **texts,
        )

    def _several(self, names: tuple[NameReading, ...], first: ParsedPerson) -> tuple[ParsedPerson, ...]:
        """Give each of several persons their name; ages only where the cell holds one for each."""
        ages = self._ages_for(len(names))
        return tuple(
            replace(
                first,
                name=name.name,
                family=name.family,
                given="",
                patronymic="",
                aliases=name.aliases,
                other_names=name.other_names,
                age_min=age.age_min,
                age_max=age.age_max,
                birth=age.birth,
            )
            for name, age in zip(names, ages, strict=True)
        )

    def _ages_for(self, count: int) -> list[AgeReading]:
        column = self._first(Field.AGE)
        text = self._text(Field.AGE)
        pieces = [piece for piece in text.replace(";", ",").replace("\n", ",").split(",") if piece.strip()]
        readings = [read_age(piece.strip()) for piece in pieces]
        found = [reading for reading in readings if reading is not None]
        if len(found) == count == len(pieces):
            self.problems = [item for item in self.problems if item.expected != EXPECTED_AGE]
            return found
        if text:
            self._problem(column, f"{count} ages, one for each name", text, "warning")
        return [AgeReading()] * count

    # Single values

    def _age(self) -> AgeReading:
        column = self._first(Field.AGE)
        if column is None:
            return AgeReading()
        reading = read_age(self._cell(column))
        if reading is None:
            self._problem(column, EXPECTED_AGE, self._shown(column))
            return AgeReading()
        return reading

    def _sex(self) -> str:
        column = self._first(Field.SEX)
        if column is None or self._cell(column) is None:
            return ""
        try:
            return _sex_of(self._cell(column))
        except BadInputError:
            self._problem(column, EXPECTED_SEX, self._shown(column))
            return ""

    def _statuses(self) -> tuple[StatusWord, ...]:
        column = self._first(Field.STATUS)
        text = self._text(Field.STATUS)
        if column is None or not text:
            return self.context.statuses
        found = parse_status(text)
        if found is None:
            self._problem(column, expected_statuses(), f"unknown term {text!r}")
            return ()
        return found or self.context.statuses

    def _date(self, field: Field) -> UncertainDate:
        column = self._first(field)
        if column is None:
            return UNKNOWN
        reading = read_date(self._cell(column), self._year(), self.context.day_first)
        if reading is not None and not reading.has_year and self.context.reference_year is None:
            earliest = reading.day.earliest or reading.day.latest
            if earliest is not None and earliest > self.context.as_of:
                # "30 декабря" on a list of January is last year's.
                reading = read_date(self._cell(column), self._year() - 1, self.context.day_first)
        if reading is None:
            self._problem(column, EXPECTED_DATE, self._shown(column))
            return UNKNOWN
        if reading.doubt:
            self._problem(column, reading.doubt, self._shown(column), "warning")
        return self._not_later(reading.day, column)

    def _not_later(self, day: UncertainDate, column: int) -> UncertainDate:
        if not day.is_known:
            return day
        try:
            return day.bounded_by(self.context.as_of)
        except BadInputError:
            expected = f"a day not after the list's own, {self.context.as_of}"
            self._problem(column, expected, self._shown(column), "warning")
            return day

    def _year(self) -> int:
        return self.context.reference_year or self.context.as_of.year

    def _check_age(self, age: AgeReading, birth: UncertainDate, event: UncertainDate) -> None:
        """Compare age and birth date; lists count the year begun as lived, so one year is forgiven."""
        if (age.age_min is None and age.age_max is None) or not birth.is_known:
            return
        on = event if event.is_known else UncertainDate(f"../{self.context.as_of}", None, self.context.as_of)
        if not are_compatible(age.age_min, age.age_max, birth, on, slack_years=1):
            column = self._first(Field.AGE)
            self._problem(column, f"an age that fits the birth date {birth}", self._shown(column), "warning")

    # Cells

    def _first(self, *fields: Field) -> int | None:
        for field in fields:
            columns = self.parser.columns.get(field)
            if columns:
                return columns[0]
        return None

    def _cell(self, column: int | None) -> Cell:
        return self.cells[column] if column is not None and column < len(self.cells) else None

    def _text(self, field: Field) -> str:
        columns = self.parser.columns.get(field)
        return self._joined(columns) if columns else ""

    def _joined(self, columns: tuple[int, ...]) -> str:
        if len(columns) == 1:
            return _text_of(self._cell(columns[0]))
        return "; ".join(text for text in map(_text_of, map(self._cell, columns)) if text)

    def _many(self, field: Field) -> tuple[str, ...]:
        columns = self.parser.columns.get(field, ())
        texts = [_text_of(self._cell(column)) for column in columns]
        return tuple(text for text in texts if text and not is_unknown(text))

    def _shown(self, column: int | None) -> str:
        return _text_of(self._cell(column)) or "nothing"

    def _problem(self, column: int | None, expected: str, got: str, severity: Severity = "error") -> None:
        header = self.parser.headers.get(column, column_letters(column)) if column is not None else ""
        shown = got if len(got) <= _SHOWN else got[: _SHOWN - 1] + "…"
        problem = Problem(row=self.row.number, column=header, expected=expected, got=shown, severity=severity)
        self.problems.append(problem)

    def _named(self, problem: Problem) -> Problem:
        """Call the column of a problem found while reading the file by its header."""
        for column, header in self.parser.headers.items():
            if column_letters(column) == problem.column:
                return replace(problem, column=header)
        return problem


@lru_cache(maxsize=1_024, typed=True)
def _sex_of(value: Cell) -> str:
    return parse_sex(value)


def _text_of(cell: Cell) -> str:
    if isinstance(cell, str):
        return cell.strip()
    if cell is None:
        return ""
    return cell.isoformat() if isinstance(cell, date) else str(cell)
