"""Text tables on disk: which bytes are the header, where the rows begin, and each row with its line number.

Invariants: a file of any length is read line by line; a line has a largest length; whatever stops the
reading is an error that names the line.
"""

import codecs
import csv
import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from kuager.core.errors import BadInputError

COUNT = "count"
DELIMITERS = ",;\t|"
LONGEST_LINE = 1 << 20
_CHUNK = 1 << 20
_GZIP, _ZIP = b"\x1f\x8b", b"PK\x03\x04"
_SPREADSHEETS = (_ZIP, b"\xd0\xcf\x11\xe0", b"PAR1")


@dataclass(frozen=True, kw_only=True)
class TextTable:
    """A table in a text file, opened again for each reading.

    Parameters
    ----------
    header : tuple of str
        Names of the columns, each once; the column of counts is called ``count`` however it is written.
    header_row : int
        Line of the file, from 1, on which the header stands.
    encoding : str
        As Python names it.
    is_compressed : bool
        The file is packed with gzip.

    """

    path: Path
    header: tuple[str, ...]
    header_row: int
    delimiter: str
    encoding: str
    is_compressed: bool

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """Give each row below the header with the number of its line; comments and empty rows are left out.

        Raises
        ------
        BadInputError
            At the first row that has not as many cells as the header, or is no row at all.

        """
        width = len(self.header)
        with opened(self.path, self.encoding, is_compressed=self.is_compressed) as file:
            lines = _Lines(file)
            found = _parsed(lines, self.delimiter)
            next(found)
            for cells in found:
                if len(cells) != width:
                    raise BadInputError(
                        f"row {lines.number}: expected {width} cells as in the header, got {len(cells)}"
                    )
                if any(cells):
                    yield lines.number, cells


def open_table(path: Path) -> TextTable:
    """Find the encoding, the delimiter and the header of a text table.

    Raises
    ------
    BadInputError
        If the file cannot be read, is no text, is empty or has no header.

    """
    try:
        encoding, is_compressed = _encoding(path)
        with opened(path, encoding, is_compressed=is_compressed) as file:
            lines = _Lines(file)
            first = next(lines, None)
    except (OSError, EOFError, zlib.error, UnicodeError) as error:
        raise BadInputError(
            f"cannot read {path.name}: {getattr(error, 'strerror', None) or error}"
        ) from error
    if first is None:
        raise BadInputError(f"{path.name} is empty; expected a header and at least one row")
    delimiter = max(DELIMITERS, key=first.count)
    names = next(_parsed(iter([first]), delimiter), [])
    return TextTable(
        path=path,
        header=_checked_header([name.strip() for name in names], lines.number),
        header_row=lines.number,
        delimiter=delimiter,
        encoding=encoding,
        is_compressed=is_compressed,
    )


def opened(path: Path, encoding: str, *, is_compressed: bool) -> IO[str]:
    """Open as text; line ends stay as they are, as the reader of cells wants them."""
    if is_compressed:
        return io.TextIOWrapper(gzip.open(path, "rb"), encoding=encoding, newline="")
    return path.open(encoding=encoding, newline="")


class _Lines:
    """The lines that hold data, remembering the number of the last one given."""

    def __init__(self, file: IO[str]) -> None:
        self._file = file
        self.number = 0

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        while line := self._file.readline(LONGEST_LINE):
            self.number += 1
            if len(line) >= LONGEST_LINE:
                raise BadInputError(f"row {self.number}: the line is longer than {LONGEST_LINE:,} characters")
            text = line.lstrip(" ")
            if text.strip() and not text.startswith("#"):
                return line
        raise StopIteration


def _parsed(lines: Iterator[str], delimiter: str) -> Iterator[list[str]]:
    rows = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        try:
            yield next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            number = getattr(lines, "number", 1)
            raise BadInputError(
                f"row {number}: this is not a CSV table ({error}); "
                "look for a quotation mark that is not closed"
            ) from error
        except (OSError, EOFError, zlib.error, UnicodeError) as error:
            raise BadInputError(f"the file ends in the middle or is damaged: {error}") from error


def _encoding(path: Path) -> tuple[str, bool]:
    """Tell the encoding and whether the file is packed: Unicode is certain, anything else is guessed."""
    if path.exists() and not path.is_file():
        raise BadInputError(f"cannot read {path.name}: it is no ordinary file; write the table to a CSV file")
    with path.open("rb") as raw:
        start = raw.read(4)
    is_compressed = start.startswith(_GZIP)
    with gzip.open(path, "rb") if is_compressed else path.open("rb") as file:
        sample = file.read(_CHUNK)
        if sample.startswith(_SPREADSHEETS):
            raise BadInputError(f"{path.name} is not a text table; save the sheet as CSV in UTF-8")
        if sample.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16", is_compressed
        if b"\0" in sample:
            raise BadInputError(f"{path.name} is not text; expected a CSV table in UTF-8")
        return ("utf-8-sig" if _is_utf8(sample, file.read) else "cp1251"), is_compressed


def _is_utf8(chunk: bytes, read: Callable[[int], bytes]) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk:
            decoder.decode(chunk)
            chunk = read(_CHUNK)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _checked_header(cells: list[str], row: int) -> tuple[str, ...]:
    names = [COUNT if cell.casefold() == COUNT else cell for cell in cells]
    for place, name in enumerate(names, 1):
        if not name:
            raise BadInputError(f"row {row}, column {place}: the header is empty; name the list")
        if names.index(name) != place - 1:
            raise BadInputError(
                f"row {row}, column {place}: {cells[place - 1]!r} is named twice in the header"
            )
    if all(_is_number(name) for name in names):
        raise BadInputError(
            f"row {row} holds numbers where the names of the lists should stand; put a header above the rows"
        )
    return tuple(names)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
