"""Delimited text (CSV, TSV): any encoding, any common delimiter, read line by line with bounds."""

import csv
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from kuager.core.errors import BadInputError
from kuager.engines.tables.cells import Problem, RawRow, column_letters
from kuager.engines.tables.limits import Limits
from kuager.engines.tables.text_encoding import TextEncoding

_ReadLine = Callable[[int], str]
_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_ROWS = 60


@dataclass(slots=True)
class _Lines:
    """Lines of the file for the CSV reader; refuses a row that grows beyond its bound."""

    path: Path
    encoding: TextEncoding
    limits: Limits
    row_chars: int = 0
    number: int = 0

    def __iter__(self) -> Iterator[str]:
        errors = "surrogateescape" if self.encoding.is_mixed else "strict"
        # newline="" keeps line ends inside quoted cells as they are.
        with self.path.open(encoding=self.encoding.name, errors=errors, newline="") as file:
            bound = self.limits.max_row_chars
            while line := self._read(file.readline, bound + 1):
                self.number += 1
                self.row_chars += len(line)
                if self.row_chars > bound:
                    msg = (
                        f"line {self.number}: a row of more than {bound} characters; expected rows of "
                        f"a list. "
                        "A quotation mark may be missing before this line"
                    )
                    raise BadInputError(msg)
                yield line

    def _read(self, readline: _ReadLine, bound: int) -> str:
        try:
            return readline(bound)
        except UnicodeError as error:
            msg = (
                f"after line {self.number}: bytes that are not {self.encoding.name}; expected one "
                f"encoding in the "
                "whole file. Save it as 'CSV UTF-8' and try again"
            )
            raise BadInputError(msg) from error


def delimited_rows(path: Path, encoding: TextEncoding, delimiter: str, limits: Limits) -> Iterator[RawRow]:
    """Yield the rows of a delimited text; row numbers count rows as a spreadsheet program shows them."""
    lines = _Lines(path, encoding, limits)
    records = csv.reader(lines, delimiter=delimiter)
    number = 0
    while True:
        try:
            record = next(records, None)
        except csv.Error as error:
            msg = (
                f"row {number + 1}, near line {lines.number}: the cell is too long or its quotation "
                f"mark is never "
                f"closed; expected at most {limits.max_cell_chars} characters. Correct the row and try again"
            )
            raise BadInputError(msg) from error
        if record is None:
            return
        lines.row_chars = 0
        if number == 0 and _is_separator_line(record, delimiter):
            continue
        number += 1
        yield _row(number, record, encoding)


def detect_delimiter(path: Path, encoding: TextEncoding, limits: Limits) -> str:
    """Find the delimiter: the one that cuts most rows into the same number of cells."""
    lines = list(islice(_Lines(path, encoding, limits), _SAMPLE_ROWS))
    if lines and lines[0].lower().startswith("sep=") and len(lines[0].strip("\r\n")) == 5:
        return lines[0][4]
    return max(_DELIMITERS, key=lambda delimiter: _evenness(lines, delimiter))


def _evenness(lines: list[str], delimiter: str) -> tuple[float, int]:
    try:
        widths = Counter(len(record) for record in csv.reader(lines, delimiter=delimiter) if record)
    except csv.Error:
        return 0.0, 0
    if not widths:
        return 0.0, 0
    width, count = max(widths.items(), key=lambda item: (item[1] * (item[0] > 1), item[0]))
    return (count / sum(widths.values()) if width > 1 else 0.0), width


def _is_separator_line(record: list[str], delimiter: str) -> bool:
    """Recognise Excel's own first line ``sep=;``, which it does not show as a row."""
    return record == ["sep=", ""] or (len(record) == 1 and record[0].lower() == f"sep={delimiter}")


def _row(number: int, record: list[str], encoding: TextEncoding) -> RawRow:
    cells = tuple([cell or None for cell in record])
    problems: tuple[Problem, ...] = ()
    if "\x00" in "".join(record) or encoding.is_mixed:
        cells, problems = _mended(number, record)
    return RawRow(number, cells, (), problems)


def _mended(number: int, record: list[str]) -> tuple[tuple[str | None, ...], tuple[Problem, ...]]:
    """Replace bytes that are no text by the Unicode sign for that, and say where they stood."""
    cells: list[str | None] = []
    problems = []
    for column, cell in enumerate(record):
        mended = cell.replace("\x00", "\ufffd").encode("utf-8", errors="surrogateescape")
        text = mended.decode("utf-8", errors="replace")
        if "\ufffd" in text:
            got = f"bytes that are no UTF-8 ({text[:40]!r}); correct the cell or save the whole file as UTF-8"
            problem = Problem(row=number, column=column_letters(column), expected="text in UTF-8", got=got)
            problems.append(problem)
        cells.append(text or None)
    return tuple(cells), tuple(problems)
