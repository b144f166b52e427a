"""Tables that commands read and write as files: the first row of several cells is the header, all is text."""

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from kuager.core.errors import BadInputError
from kuager.engines.tables import iter_rows, read_sheets


@dataclass(frozen=True, slots=True)
class TextTable:
    """A table of text. Every row is as long as the header."""

    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table_file(path: Path) -> TextTable:
    """Read a spreadsheet file (csv in any encoding, xlsx, ods).

    Raises
    ------
    BadInputError
        When the file is absent, unreadable or empty, or repeats a header.
    """
    if not path.is_file():
        raise BadInputError(f"{path}: there is no such file; expected a table (csv, xlsx or ods)")
    try:
        rows = [_as_text(row.cells) for row in iter_rows(read_sheets(path))]
    except BadInputError as error:
        raise BadInputError(f"{path}: {error}") from error
    filled = _below_titles([row for row in rows if any(row)])
    if not filled:
        raise BadInputError(f"{path}: the table is empty; expected a header and rows below it")
    header = _header(filled[0], path)
    return TextTable(header, tuple(_fitted(row, len(header)) for row in filled[1:]))


def _below_titles(rows: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """Leave out lines above the header that say one thing only, such as a title over merged cells."""
    first = next((number for number, row in enumerate(rows) if len(set(row) - {""}) > 1), 0)
    return rows[first:]


def _as_text(cells: Sequence[object]) -> tuple[str, ...]:
    return tuple("" if cell is None else str(cell).strip() for cell in cells)


def _header(cells: tuple[str, ...], path: Path) -> tuple[str, ...]:
    header = tuple(cell or f"column {number}" for number, cell in enumerate(cells, start=1))
    repeated = next((name for name in header if header.count(name) > 1), None)
    if repeated:
        raise BadInputError(f"{path}: the header {repeated} occurs twice; every column needs its own")
    return header


def _fitted(row: tuple[str, ...], width: int) -> tuple[str, ...]:
    return (row + ("",) * width)[:width]


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table as UTF-8 CSV.

    Raises
    ------
    BadInputError
        When the file cannot be written.
    """
    try:
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(header)
            writer.writerows(rows)
    except OSError as error:
        raise BadInputError(f"{path}: cannot be written ({error.strerror}); choose another place") from error
