"""A first look through an xlsx sheet, before any library builds it in memory.

Attack model: a sheet of two cells, A1 and XFD1048576, is tiny on disk and 17 thousand million cells in
memory.
The look also finds what readers pass over in silence: formulas without a stored value, and error cells.
"""

import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from kuager.core.errors import BadInputError
from kuager.engines.tables.archives import stream_xml
from kuager.engines.tables.cells import column_number
from kuager.engines.tables.limits import MIB, Limits

_P = rb"(?:[^\s<>/:]{1,40}:)?"
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]*)([0-9]+)[\"']")
_CELL = re.compile(rb"<" + _P + rb"c[\s>/]")
_ROW = re.compile(rb"<" + _P + rb"row[\s>/]")
_ATTRIBUTE = rb"\s+[^\s=<>/\"']+\s*=\s*(?:\"[^\"<>]*\"|'[^'<>]*')"
# Attributes are read one by one, as XML does: a sign ">" or a false reference inside a value hides nothing.
_TAGGED = re.compile(
    rb"<" + _P + rb"c(?:" + _ATTRIBUTE + rb")*?\sr\s*=\s*[\"']([A-Za-z]+)([0-9]+)[\"']"
    rb"(?:" + _ATTRIBUTE + rb")*\s*(/?)>"
)
_NO_VALUE = re.compile(
    rb"<" + _P + rb"c\b([^>]*)>\s*<" + _P + rb"f\b(?:[^>]*/>|[^>]*>[^<]*</" + _P + rb"f>)\s*"
    rb"(<" + _P + rb"v\s*/>|<" + _P + rb"v>\s*</" + _P + rb"v>)?\s*</" + _P + rb"c>"
)
_ERROR = re.compile(rb"<" + _P + rb"c\b([^>]*\st\s*=\s*[\"']e[\"'][^>]*)>")
_CELL_START = re.compile(rb"<" + _P + rb"c\s")
_MOST_BROKEN = 200_000
FORMULA = "formula"
ERROR = "error"


@dataclass(slots=True)
class SheetScan:
    """What the first look found: the size of the sheet, and cells (row, column from 0) without a value."""

    last_row: int = 0
    last_column: int = 0
    cells: int = 0
    rows: int = 0
    references: int = 0
    merges: int = 0
    broken: dict[int, dict[int, str]] = field(default_factory=dict)


def scan_sheet(path: Path, entry: zipfile.ZipInfo, limits: Limits) -> SheetScan:
    """Look through a sheet in bounded memory and refuse one that would not fit.

    Raises
    ------
    BadInputError
        When the area between its first and last cell, or the number of merged areas, is beyond the limits.
    """
    scan = SheetScan()
    for piece in _whole_cells(path, entry):
        _measure(scan, piece)
        _find_broken(scan, piece)
        if scan.merges > limits.max_merges:
            msg = f"the sheet has more than {limits.max_merges} merged areas; unmerge the cells and try again"
            raise BadInputError(msg)
    unnumbered = max(scan.cells + scan.rows - scan.references, 0)
    columns, rows = scan.last_column + 1 + unnumbered, scan.last_row + scan.rows
    if unnumbered == 0:
        rows = scan.last_row
    if max(columns, 1) * max(rows, 1) > limits.max_area and not _fits_unnumbered(scan, unnumbered, limits):
        msg = (
            f"the sheet spreads over {max(rows, 1)} rows and {max(columns, 1)} columns; expected at most "
            f"{limits.max_area} cells in all. Delete stray cells far from the list and try again"
        )
        raise BadInputError(msg)
    return scan


def _fits_unnumbered(scan: SheetScan, unnumbered: int, limits: Limits) -> bool:
    """Accept a sheet whose cells carry no references at all, when even rows as wide as allowed would fit."""
    if unnumbered < scan.cells:
        return False
    widest = min(scan.cells, limits.max_columns)
    return scan.rows * widest <= limits.max_area


def _whole_cells(path: Path, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield the sheet in pieces that do not cut a cell in two (unless the cell is absurdly long)."""
    left = b""
    for chunk in stream_xml(path, entry):
        left += chunk
        if len(left) < MIB:
            continue
        starts = list(_CELL_START.finditer(left, max(0, len(left) - 65_536)))
        cut = starts[-1].start() if starts else left.rfind(b"<")
        if cut <= 0:
            msg = f"the sheet holds one text of more than {len(left)} bytes; expected cells of a list"
            raise BadInputError(msg)
        yield left[:cut]
        left = left[cut:]
    yield left


def _measure(scan: SheetScan, piece: bytes) -> None:
    scan.cells += len(_CELL.findall(piece))
    scan.rows += len(_ROW.findall(piece))
    scan.merges += piece.count(b"mergeCell ")
    references = _REFERENCE.findall(piece)
    scan.references += len(references)
    if any(len(letters) > 3 or len(digits) > 7 for letters, digits in references):
        msg = "the sheet names a cell beyond column XFD or row 1048576; expected a spreadsheet. Save it again"
        raise BadInputError(msg)
    named = [(letters, digits) for letters, digits in references if letters]
    tagged = _TAGGED.findall(piece)
    if len(tagged) == len(named):
        # Formatted empty cells (<c r="XFD1" s="3"/>) take no memory; the reader passes over them.
        named = [(letters, digits) for letters, digits, is_empty in tagged if not is_empty]
    if named:
        scan.last_row = max(scan.last_row, *(int(digits) for _, digits in named))
        widest = max({letters for letters, _ in named}, key=lambda letters: (len(letters), letters.upper()))
        scan.last_column = max(scan.last_column, column_number(widest.decode()))


def _find_broken(scan: SheetScan, piece: bytes) -> None:
    if b"f" in piece and (b"<f" in piece or b":f" in piece):
        for match in _NO_VALUE.finditer(piece):
            # A formula may truly give an empty text; then the cell is of type "str" and has a value element.
            if not (match[2] and re.search(rb"\st\s*=\s*[\"']str[\"']", match[1])):
                _note(scan, match[1], FORMULA)
    for match in _ERROR.finditer(piece):
        _note(scan, match[1], ERROR)


def _note(scan: SheetScan, attributes: bytes, kind: str) -> None:
    match = _REFERENCE.search(b" " + attributes)
    if match is None or not match[1]:
        return
    row = scan.broken.setdefault(int(match[2]) - 1, {})
    row[column_number(match[1].decode())] = kind
    if len(scan.broken) > _MOST_BROKEN:
        msg = (
            "formulas without stored values all over the sheet; open it in the spreadsheet program and "
            "save it again"
        )
        raise BadInputError(msg)
