"""Excel workbooks (xlsx, xlsm): guarded, then read with python-calamine; macros and links stay untouched."""

import posixpath
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from xml.parsers import expat

import python_calamine as calamine

from kuager.core.errors import BadInputError
from kuager.engines.tables.archives import DAMAGED, open_archive, read_part, stream_xml
from kuager.engines.tables.cells import Problem, RawRow, column_letters, plain_cell
from kuager.engines.tables.limits import Limits
from kuager.engines.tables.merges import Merge, fill_merges
from kuager.engines.tables.xlsx_scan import FORMULA, scan_sheet


@dataclass(frozen=True, slots=True)
class SheetPart:
    """A sheet and the part of the archive that holds it."""

    name: str
    is_hidden: bool
    part: str


def xlsx_sheets(path: Path, limits: Limits) -> tuple[SheetPart, ...]:
    """List the sheets of a workbook, in the order of its tabs.

    Raises
    ------
    BadInputError
        When the file is damaged or beyond the limits.
    """
    parts = open_archive(path, limits)
    targets = _relations(read_part(path, parts, "xl/_rels/workbook.xml.rels"))
    sheets: list[SheetPart] = []

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] != "sheet":
            return
        relation = next((value for key, value in attributes.items() if key.endswith(":id")), "")
        part = targets.get(relation, "")
        if part in parts:
            is_hidden = attributes.get("state", "visible") != "visible"
            sheets.append(SheetPart(attributes.get("name", ""), is_hidden, part))

    _parse(read_part(path, parts, "xl/workbook.xml"), start)
    if not sheets:
        msg = "the workbook has no sheet with cells; expected a list of people on a sheet"
        raise BadInputError(msg)
    return tuple(sheets)


def xlsx_rows(path: Path, sheet: str, limits: Limits) -> Iterator[RawRow]:
    """Yield the rows of a sheet, merged areas filled; formulas without a value are problems of their rows."""
    sheets = xlsx_sheets(path, limits)
    parts = open_archive(path, limits)
    # The reader opens shared texts and styles wherever the workbook says they are: unpack all but the
    # sheets once.
    for name in parts.keys() - {item.part for item in sheets}:
        deque(stream_xml(path, parts[name]), maxlen=0)
    part = next(item.part for item in sheets if item.name == sheet)
    scan = scan_sheet(path, parts[part], limits)
    for row in calamine_rows(path, sheet, limits):
        broken = scan.broken.get(row.number - 1) if scan.broken else None
        yield _with_problems(row, broken) if broken else row


def calamine_rows(path: Path, sheet: str, limits: Limits) -> Iterator[RawRow]:
    """Yield the rows of a sheet that was already found to be safe."""
    with calamine_errors():
        table = calamine.load_workbook(path).get_sheet_by_name(sheet)
        merges = [Merge(*first, *last) for first, last in table.merged_cell_ranges or ()]
        rows = table.iter_rows()
    # The reader drops empty columns on the left; a person sees them.
    left = (None,) * (table.start[1] if table.start else 0)
    raw = (
        RawRow(number, (*left, *[plain_cell(value) for value in values]))
        for number, values in enumerate(rows, 1)
    )
    yield from fill_merges(raw, merges, limits) if merges else raw


@contextmanager
def calamine_errors() -> Iterator[None]:
    """Turn the reader's errors into ours."""
    try:
        yield
    except calamine.PasswordError as error:
        msg = (
            "the file is locked with a password; remove the password in the spreadsheet program and try again"
        )
        raise BadInputError(msg) from error
    except (calamine.CalamineError, OSError, ValueError) as error:
        raise BadInputError(DAMAGED) from error
    except BaseException as error:
        # The reader is written in Rust; where it gives up, it raises a class that it does not export.
        if type(error).__name__ == "PanicException":
            raise BadInputError(DAMAGED) from error
        raise


def _with_problems(row: RawRow, broken: dict[int, str]) -> RawRow:
    problems = []
    for column, kind in sorted(broken.items()):
        if kind == FORMULA:
            got = "a formula without one; open the file in the spreadsheet program and save it again"
        else:
            got = "an error of the spreadsheet, such as #N/A; correct the cell"
        problem = Problem(row=row.number, column=column_letters(column), expected="a stored value", got=got)
        problems.append(problem)
    return RawRow(row.number, row.cells, row.filled, (*row.problems, *problems))


def _relations(content: bytes) -> dict[str, str]:
    targets: dict[str, str] = {}

    def start(tag: str, attributes: dict[str, str]) -> None:
        if tag.rpartition(":")[2] == "Relationship" and attributes.get("Type", "").endswith("/worksheet"):
            target = attributes.get("Target", "")
            full = target[1:] if target.startswith("/") else posixpath.normpath(posixpath.join("xl", target))
            targets[attributes.get("Id", "")] = full

    _parse(content, start)
    return targets


def _parse(content: bytes, start: object) -> None:
    parser = expat.ParserCreate()
    parser.StartElementHandler = start  # type: ignore[assignment]  # the stub wants Any in the handler
    try:
        parser.Parse(content, True)
    except expat.ExpatError as error:
        raise BadInputError(DAMAGED) from error
