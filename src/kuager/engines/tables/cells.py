"""Rows as they came, and what is wrong with them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Literal

from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables.limits import Limits

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Something in one cell that a person should look at.

    Parameters
    ----------
    row
        Row number as the spreadsheet program shows it, from 1.
    column
        Header or letter of the column; empty when the whole row is meant.
    expected, got
        What would have been right, and what stands there.
    severity
        "error": the row or value was not taken; "warning": it was taken, with doubt.
    """

    row: int
    column: str
    expected: str
    got: str
    severity: Severity = "error"

    def __str__(self) -> str:
        where = f"row {self.row}, {self.column}" if self.column else f"row {self.row}"
        return f"{where}: expected {self.expected}, got {self.got}"


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row of a sheet, exactly as stored.

    Parameters
    ----------
    number
        Row number as the spreadsheet program shows it, from 1.
    cells
        Values from column A on; None for an empty cell.
    filled
        Columns (from 0) whose value comes from a merged area that begins elsewhere.
    problems
        Cells that could not be read as stored.
    """

    number: int
    cells: tuple[Cell, ...]
    filled: tuple[int, ...] = ()
    problems: tuple[Problem, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing stands in the row."""
        return all(cell is None for cell in self.cells)


def column_letters(column: int) -> str:
    """Return the letters a spreadsheet program gives to a column counted from 0.

    Examples
    --------
    >>> column_letters(0), column_letters(27)
    ('A', 'AB')
    """
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: str) -> int:
    """Return the column, counted from 0, that carries these letters."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def plain_cell(value: object) -> Cell:
    """Reduce what a reader returns to what a row may hold: 5.0 becomes 5, an empty text None."""
    if isinstance(value, str):
        return value or None
    if isinstance(value, float):
        # NaN and infinity cannot be told in a spreadsheet; a reader that returns them met an error cell.
        if value != value or value in {float("inf"), float("-inf")}:  # noqa: PLR0124 - NaN is unlike itself
            return None
        return int(value) if value.is_integer() else value
    if isinstance(value, datetime):
        # Midnight is how a day without a time is stored.
        return value.date() if value.time() == time(0) else value
    return value if value is None or isinstance(value, bool | int | date) else str(value)


def check_widths(rows: Iterable[RawRow], limits: Limits) -> Iterator[RawRow]:
    """Pass rows on, refusing those that no list of people has."""
    for row in rows:
        if len(row.cells) > limits.max_columns:
            row = RawRow(row.number, _narrowed(row, limits), row.filled, row.problems)  # noqa: PLW2901
        _check_lengths(row, limits)
        yield row


def _narrowed(row: RawRow, limits: Limits) -> tuple[Cell, ...]:
    if any(cell is not None for cell in row.cells[limits.max_columns :]):
        msg = (
            f"row {row.number} has {len(row.cells)} columns; expected at most {limits.max_columns}. "
            "Delete the columns that do not belong to the list and try again"
        )
        raise BadInputError(msg)
    return row.cells[: limits.max_columns]


def _check_lengths(row: RawRow, limits: Limits) -> None:
    total = 0
    for column, cell in enumerate(row.cells):
        if isinstance(cell, str):
            total += len(cell)
            if len(cell) > limits.max_cell_chars:
                msg = (
                    f"row {row.number}, column {column_letters(column)}: the cell has {len(cell)} "
                    f"characters; "
                    f"expected at most {limits.max_cell_chars}. Move long text to a document"
                )
                raise BadInputError(msg)
    if total > limits.max_row_chars:
        msg = f"row {row.number} has {total} characters; expected at most {limits.max_row_chars}"
        raise BadInputError(msg)
