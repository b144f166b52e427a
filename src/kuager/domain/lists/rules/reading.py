"""How a file is read: which sheet, which row of titles, which column holds which field.

The same plan reads a file for the dry run and for staging, so that what was shown is what is stored.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError
from kuager.domain.register.terms import STATUS_AXIS, Status
from kuager.engines import tables
from kuager.engines.tables import ColumnProposal, Field, ParsedRow, RawRow, StatusWord, Workbook

SAMPLE_ROWS = 200
_DATE_FIELDS = frozenset({Field.BIRTH_DATE, Field.EVENT_DATE, Field.STATUS_DATE})
_KEYS = frozenset({"sheet", "header_row", "columns", "status", "day_first"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingPlan:
    """How one file is read. ``day_first`` is None when 6/1/22 stays in doubt; ``status`` is everybody's."""

    workbook: Workbook
    sheet: str
    header_row: int
    columns: tuple[ColumnProposal, ...]
    day_first: bool | None
    status: str

    @property
    def header(self) -> list[str]:
        """Return the titles of the columns."""
        return [column.header for column in self.columns]

    def to_json(self) -> dict[str, JsonValue]:
        """Return the mapping as it is stored and posted: fields by the letters of their column."""
        columns = {tables.column_letters(item.column): item.field.value for item in self.columns}
        return {
            "sheet": self.sheet,
            "header_row": self.header_row,
            "columns": columns,
            "status": self.status,
            "day_first": self.day_first,
        }


def propose_plan(
    path: Path, *, sheet: str = "", header_row: int | None = None
) -> tuple[ReadingPlan, list[RawRow]]:
    """Look at a file and propose how to read it; return its first rows below the titles as well."""
    workbook = tables.read_sheets(path)
    # A CSV file has one sheet, named after the file; the kept original has another name.
    chosen = "" if workbook.kind == "csv" else sheet or workbook.first_sheet
    header_number, header, sample = _look(workbook, chosen, header_row)
    columns = tables.propose_mapping(header, sample)
    plan = ReadingPlan(
        workbook=workbook,
        sheet=chosen,
        header_row=header_number,
        columns=columns,
        day_first=_guess_day_first(columns, sample),
        status="",
    )
    return plan, sample


def read_plan(path: Path, mapping: Mapping[str, JsonValue], *, status: str = "") -> ReadingPlan:
    """Turn a mapping that a person confirmed into a plan for this file.

    Parameters
    ----------
    mapping
        ``{"sheet": …, "header_row": …, "columns": {"A": "name", …}, "status": …, "day_first": …}``; what is
        left out is looked for in the file. Without ``columns`` the proposal is taken as it is.
    status
        Everybody's status where the mapping has none.

    Raises
    ------
    BadInputError
        When the mapping names a column, field or status that does not exist, or no column holds a name.
    """
    _check_keys(mapping)
    sheet, header_row = str(mapping.get("sheet") or ""), mapping.get("header_row")
    if header_row is not None and (not isinstance(header_row, int) or header_row < 0):
        raise BadInputError(f"the row of titles must be a number from 0, got {header_row!r}")
    plan, sample = propose_plan(path, sheet=sheet, header_row=header_row)
    columns = plan.columns
    if isinstance(mapping.get("columns"), Mapping):
        columns = _mapped(plan.columns, mapping["columns"])  # type: ignore[arg-type]  # narrowed by the line above
    check_has_name(columns)
    day_first = mapping["day_first"] if "day_first" in mapping else _guess_day_first(columns, sample)
    everybody = str(mapping.get("status") or "") or status
    check_status(everybody)
    return ReadingPlan(
        workbook=plan.workbook,
        sheet=plan.sheet,
        header_row=plan.header_row,
        columns=columns,
        day_first=day_first if isinstance(day_first, bool) else None,
        status=everybody,
    )


def stored_plan(path: Path, mapping: Mapping[str, JsonValue], header: Sequence[str]) -> ReadingPlan:
    """Return the plan an edition began with; nothing is guessed a second time."""
    columns = mapping.get("columns")
    fields = columns if isinstance(columns, Mapping) else {}
    header_row, day_first = mapping.get("header_row"), mapping.get("day_first")
    return ReadingPlan(
        workbook=tables.read_sheets(path),
        sheet=str(mapping.get("sheet") or ""),
        header_row=header_row if isinstance(header_row, int) else 0,
        columns=tuple(
            ColumnProposal(
                number,
                title,
                Field(str(fields.get(tables.column_letters(number)) or Field.IGNORE)),
                1.0,
                "as the edition began",
            )
            for number, title in enumerate(header)
        ),
        day_first=day_first if isinstance(day_first, bool) else None,
        status=str(mapping.get("status") or ""),
    )


def iter_plan(plan: ReadingPlan, *, as_of: date, after_row: int = 0) -> Iterator[tuple[RawRow, ParsedRow]]:
    """Yield the filled rows below the titles and behind ``after_row``, as stored and as understood."""
    context = tables.RowContext(as_of=as_of, day_first=plan.day_first, statuses=_words(plan.status))
    first = max(plan.header_row, after_row)
    for raw in tables.iter_rows(plan.workbook, plan.sheet or None):
        if raw.number > first and not raw.is_empty:
            yield raw, tables.parse_row(raw, plan.columns, context)


def check_has_name(columns: Sequence[ColumnProposal]) -> None:
    """Refuse a mapping in which no column holds a name."""
    if not {column.field for column in columns} & {Field.NAME, Field.FAMILY, Field.GIVEN}:
        raise BadInputError("no column is mapped to a name; map one to 'name', or to 'family' and 'given'")


def check_status(status: str) -> None:
    """Refuse a status that the register does not know."""
    if status and status not in STATUS_AXIS:
        expected = ", ".join(sorted(STATUS_AXIS))
        raise BadInputError(f"there is no status {status!r}; expected one of {expected}")


def _check_keys(mapping: Mapping[str, JsonValue]) -> None:
    unknown = sorted(set(mapping) - _KEYS)
    if unknown:
        raise BadInputError(
            f"the mapping has unknown keys {', '.join(unknown)}; it knows {', '.join(sorted(_KEYS))}"
        )


def _look(workbook: Workbook, sheet: str, header_row: int | None) -> tuple[int, list[str], list[RawRow]]:
    """Return the row of titles, the titles, and some rows below it."""
    wanted = max(tables.LOOKED_AT, header_row or 0) + SAMPLE_ROWS
    rows = list(islice(tables.iter_rows(workbook, sheet or None), wanted))
    if not any(not row.is_empty for row in rows):
        raise BadInputError(f"the sheet {sheet!r} is empty; choose another one")
    guess = tables.find_header(rows[: tables.LOOKED_AT])
    if header_row is not None and header_row != guess.row_number:
        guess = tables.header_at(rows, header_row) if header_row else tables.HeaderGuess(0, (), 0.0)
    width = max(len(row.cells) for row in rows)
    names = [*guess.names, *(tables.column_letters(number) for number in range(len(guess.names), width))]
    below = [row for row in rows if row.number > guess.row_number and not row.is_empty]
    return guess.row_number, names, below[:SAMPLE_ROWS]


def _mapped(
    proposed: Sequence[ColumnProposal], columns: Mapping[str, JsonValue]
) -> tuple[ColumnProposal, ...]:
    letters = {tables.column_letters(item.column): item for item in proposed}
    unknown = sorted(set(columns) - set(letters))
    if unknown:
        raise BadInputError(
            f"the file has no column {', '.join(unknown)}; its columns are {', '.join(letters)}"
        )
    chosen = {}
    for letter, field in columns.items():
        if field and field not in set(Field):
            raise BadInputError(
                f"column {letter}: there is no field {field!r}; expected one of {', '.join(Field)}"
            )
        chosen[letter] = Field(str(field)) if field else Field.IGNORE
    return tuple(
        ColumnProposal(item.column, item.header, chosen.get(letter, Field.IGNORE), 1.0, "chosen by a person")
        for letter, item in letters.items()
    )


def _guess_day_first(columns: Sequence[ColumnProposal], sample: Sequence[RawRow]) -> bool | None:
    dated = [item.column for item in columns if item.field in _DATE_FIELDS]
    return tables.guess_day_first([row.cells[at] for row in sample for at in dated if at < len(row.cells)])


def _words(status: str) -> tuple[StatusWord, ...]:
    return (StatusWord(STATUS_AXIS[Status(status)].value, status),) if status else ()
