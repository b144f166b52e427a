"""OpenDocument sheets (ods), read as a stream: a reader that builds them in memory can be made to fill it.

An ods file may say "this row, a million times"; repeats are counted against the limits before they are made.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from xml.parsers import expat

from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables.archives import DAMAGED, open_archive, read_part, stream_xml
from kuager.engines.tables.cells import Problem, RawRow, column_letters, plain_cell
from kuager.engines.tables.limits import Limits

_CONTENT = "content.xml"
# Rows that one element stands for; people on a list are never that alike.
_MOST_REPEATED = 100_000
_CELLS = {"table:table-cell", "table:covered-table-cell"}


@dataclass(slots=True)
class _CellText:
    """The cell being read."""

    attributes: dict[str, str]
    paragraphs: list[str] = field(default_factory=list)
    chars: int = 0


@dataclass(slots=True)
class _Reader:
    """State of one pass over the document; finished rows wait in ``rows``."""

    limits: Limits
    wanted: str | None
    names: list[str] = field(default_factory=list)
    rows: list[RawRow] = field(default_factory=list)
    is_wanted: bool = False
    depth: int = 0
    number: int = 0
    area: int = 0
    repeated: int = 0
    row_repeat: int = 1
    cells: list[tuple[Cell, int, dict[str, str]]] = field(default_factory=list)
    cell: _CellText | None = None
    note_depth: int = 0
    carried: dict[int, tuple[Cell, int]] = field(default_factory=dict)

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        """Begin an element."""
        if tag == "table:table":
            self.depth += 1
            if self.depth == 1:
                self.names.append(attributes.get("table:name", ""))
                self.is_wanted = self.names[-1] == self.wanted
                self.number = 0
        elif not self.is_wanted or self.depth > 1:
            return
        elif tag == "table:table-row":
            self.row_repeat = _count(attributes.get("table:number-rows-repeated"))
            self.cells = []
        elif tag in _CELLS:
            self.cell = _CellText(attributes)
        elif self.cell is not None:
            self._start_text(tag, attributes)

    def _start_text(self, tag: str, attributes: dict[str, str]) -> None:
        if self.cell is None:
            return
        if tag == "office:annotation":
            self.note_depth += 1
        elif tag == "text:p" and not self.note_depth:
            self.cell.paragraphs.append("")
        elif tag == "text:s":
            self.text(" " * min(_count(attributes.get("text:c")), self.limits.max_cell_chars))
        elif tag == "text:line-break":
            self.text("\n")
        elif tag == "text:tab":
            self.text("\t")

    def text(self, data: str) -> None:
        """Collect the text of a cell, within its bound."""
        if self.cell is None or self.note_depth or not self.cell.paragraphs:
            return
        self.cell.chars += len(data)
        if self.cell.chars > self.limits.max_cell_chars:
            msg = (
                f"row {self.number + 1}: a cell has more than {self.limits.max_cell_chars} characters; "
                "move long text to a document"
            )
            raise BadInputError(msg)
        self.cell.paragraphs[-1] += data

    def end(self, tag: str) -> None:
        """Finish an element."""
        if tag == "table:table":
            self.depth -= 1
            self.is_wanted = self.is_wanted and self.depth > 0
        elif tag == "office:annotation":
            self.note_depth -= 1
        elif tag in _CELLS and self.cell is not None:
            repeat = _count(self.cell.attributes.get("table:number-columns-repeated"))
            self.cells.append((_value(self.cell), repeat, self.cell.attributes))
            self.cell = None
        elif tag == "table:table-row" and self.is_wanted and self.depth == 1:
            self._finish_row()

    def _finish_row(self) -> None:
        while self.cells and self.cells[-1][0] is None and not self.cells[-1][2].get("table:formula"):
            self.cells.pop()
        width = sum(repeat for _, repeat, _ in self.cells)
        if width == 0 and not self.carried:
            self.number += self.row_repeat
            if self.row_repeat <= 1000:
                self.rows.extend(RawRow(self.number - i, ()) for i in reversed(range(self.row_repeat)))
            return
        made = self.row_repeat if width else min(self.row_repeat, self._carried_rows())
        self.area += max(width, len(self.carried), 1) * made
        self.repeated += made - 1
        is_vast = self.area > self.limits.max_area or width > self.limits.max_columns
        if is_vast or self.repeated > _MOST_REPEATED:
            msg = (
                f"row {self.number + 1}: a row of {width} cells, repeated {made} times; expected a list of "
                "people. Delete repeated rows and columns and try again"
            )
            raise BadInputError(msg)
        for _ in range(made):
            self.number += 1
            self.rows.append(self._make_row())
        self.number += self.row_repeat - made

    def _carried_rows(self) -> int:
        return max((left for _, left in self.carried.values()), default=0)

    def _make_row(self) -> RawRow:
        cells: list[Cell] = []
        filled: list[int] = []
        problems: list[Problem] = []
        for value, repeat, attributes in self.cells:
            if value is None and attributes.get("table:formula") and "office:value-type" not in attributes:
                problems.append(_formula_problem(self.number, len(cells)))
            self._span(value, len(cells), attributes)
            cells.extend([value] * repeat)
        for column, (value, left) in list(self.carried.items()):
            cells.extend([None] * (column + 1 - len(cells)))
            if cells[column] is None:
                cells[column] = value
                filled.append(column)
            if left <= 1:
                del self.carried[column]
            else:
                self.carried[column] = (value, left - 1)
        return RawRow(self.number, tuple(cells), tuple(sorted(filled)), tuple(problems))

    def _span(self, value: Cell, column: int, attributes: dict[str, str]) -> None:
        """Remember a merged area; it is filled from this row on."""
        wide = _count(attributes.get("table:number-columns-spanned"))
        high = _count(attributes.get("table:number-rows-spanned"))
        if value is not None and (wide > 1 or high > 1):
            for covered in range(column, min(column + wide, self.limits.max_columns)):
                self.carried[covered] = (value, high)


def ods_sheets(path: Path, limits: Limits) -> tuple[str, ...]:
    """List the sheets of an ods file."""
    reader = _Reader(limits, None)
    for _ in _pass(path, reader, limits):
        pass
    return tuple(reader.names)


def ods_rows(path: Path, sheet: str, limits: Limits) -> Iterator[RawRow]:
    """Yield the rows of a sheet, merged areas filled; formulas without a value are problems of their rows."""
    yield from _pass(path, _Reader(limits, sheet), limits)


def _pass(path: Path, reader: _Reader, limits: Limits) -> Iterator[RawRow]:
    parts = open_archive(path, limits)
    if _CONTENT not in parts:
        raise BadInputError(DAMAGED)
    if b"encryption-data" in read_part(path, parts, "META-INF/manifest.xml"):
        msg = (
            "the file is locked with a password; remove the password in the spreadsheet program and try again"
        )
        raise BadInputError(msg)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        for piece in stream_xml(path, parts[_CONTENT]):
            for start in range(0, len(piece), 65_536):
                parser.Parse(piece[start : start + 65_536], False)
                yield from reader.rows
                reader.rows.clear()
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise BadInputError(DAMAGED) from error
    yield from reader.rows


def _count(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 10 else 1


def _value(cell: _CellText) -> Cell:
    kind = cell.attributes.get("office:value-type", "")
    text = "\n".join(cell.paragraphs)
    try:
        if kind in {"float", "currency", "percentage"}:
            return plain_cell(float(cell.attributes.get("office:value", "")))
        if kind == "date":
            return _day(cell.attributes.get("office:date-value", ""))
    except ValueError:
        return text or None
    if kind == "boolean":
        return cell.attributes.get("office:boolean-value") == "true"
    return text or None


def _day(text: str) -> Cell:
    if "T" in text:
        return plain_cell(datetime.fromisoformat(text.split(".", maxsplit=1)[0]))
    return date.fromisoformat(text)


def _formula_problem(row: int, column: int) -> Problem:
    got = "a formula without one; open the file in the spreadsheet program and save it again"
    return Problem(row=row, column=column_letters(column), expected="a stored value", got=got)
