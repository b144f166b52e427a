"""Find the row that names the columns: often not the first, sometimes two rows under a merged title."""

from collections.abc import Sequence
from dataclasses import dataclass

from kuager.core.digest import Cell
from kuager.engines.tables.cells import RawRow, column_letters
from kuager.engines.tables.words import load_words, plain

LOOKED_AT = 30
_LONGEST_HEADER = 80


@dataclass(frozen=True, slots=True)
class HeaderGuess:
    """Which row names the columns.

    Parameters
    ----------
    row_number
        The last row of the header, as the spreadsheet shows it; people start below. 0 when there is none.
    names
        One name per column; a column without one is called by its letter.
    confidence
        0..1
    """

    row_number: int
    names: tuple[str, ...]
    confidence: float


def find_header(rows: Sequence[RawRow]) -> HeaderGuess:
    """Guess the header from the first rows of a sheet (``LOOKED_AT`` are enough)."""
    rows = [row for row in rows[:LOOKED_AT] if not row.is_empty]
    if not rows:
        return HeaderGuess(0, (), 0.0)
    scores = [_score(row, rows[index + 1 :]) for index, row in enumerate(rows)]
    best = max(range(len(rows)), key=lambda index: (scores[index], -index))
    if scores[best] < 0.35:
        width = max(len(row.cells) for row in rows)
        return HeaderGuess(0, tuple(column_letters(column) for column in range(width)), 1 - scores[best])
    return _guess(rows, best, min(scores[best], 1.0))


def header_at(rows: Sequence[RawRow], row_number: int) -> HeaderGuess:
    """Take the row a person chose as the header."""
    row = next((row for row in rows if row.number == row_number), None)
    return HeaderGuess(row_number, _names(row.cells), 1.0) if row else HeaderGuess(0, (), 0.0)


def _guess(rows: list[RawRow], best: int, confidence: float) -> HeaderGuess:
    width = max(len(row.cells) for row in rows)
    row = rows[best]
    if best + 1 < len(rows) and _is_second_row(row, rows[best + 1]):
        return HeaderGuess(rows[best + 1].number, _names(_joined(row, rows[best + 1], width)), confidence)
    if best > 0 and _is_second_row(rows[best - 1], row):
        return HeaderGuess(row.number, _names(_joined(rows[best - 1], row, width)), confidence)
    return HeaderGuess(row.number, _names(_padded(row.cells, width)), confidence)


def _score(row: RawRow, below: list[RawRow]) -> float:
    """Return how much a row looks like a header: known words, short texts, other values below it."""
    own = [cell for column, cell in enumerate(row.cells) if column not in row.filled]
    told = [cell for cell in own if cell is not None]
    texts = [cell for cell in told if isinstance(cell, str) and len(cell) <= _LONGEST_HEADER]
    if not texts:
        return 0.0
    known = sum(load_words().headers.find(plain(text)) is not None for text in texts)
    distinct = len(set(texts)) / len(told)
    filled = len(told) / max([len(told), *(_told(other) for other in below)])
    differs = _differs(row, below)
    # A title has one cell; a row of people repeats words that are no headers and holds numbers.
    score = (
        0.5 * known / len(told)
        + 0.15 * len(texts) / len(told)
        + 0.1 * distinct
        + 0.15 * filled
        + 0.1 * differs
    )
    if known == 0 and (len(texts) < len(told) or not differs):
        return min(score, 0.3)
    return score if len(told) > 1 or known else 0.1


def _told(row: RawRow) -> int:
    return sum(cell is not None for column, cell in enumerate(row.cells) if column not in row.filled)


def _differs(row: RawRow, below: list[RawRow]) -> float:
    """Return the share of columns with a text here and mostly numbers or days below."""
    if not below:
        return 0.0
    columns = [column for column, cell in enumerate(row.cells) if isinstance(cell, str)]
    changes = 0
    for column in columns:
        values = [other.cells[column] for other in below if column < len(other.cells)]
        told = [value for value in values if value is not None]
        numbers = sum(not isinstance(value, str) or _is_number(value) for value in told)
        changes += bool(told) and numbers > len(told) / 2
    return float(changes > 0)


def _is_number(text: str) -> bool:
    return any(map(str.isdigit, text)) and sum(map(str.isalpha, text)) <= len(text) / 2


def _is_second_row(upper: RawRow, lower: RawRow) -> bool:
    """Recognise a header of two rows: merged cells above, names of the parts below."""
    spread = [column for column in upper.filled if column < len(lower.cells)]
    across = {column for column in spread if column > 0 and upper.cells[column] == upper.cells[column - 1]}
    if not across or len({cell for cell in upper.cells if cell is not None}) < 2:
        return False
    texts = [cell for cell in lower.cells if cell is not None]
    if not all(
        isinstance(cell, str) and len(cell) <= _LONGEST_HEADER and not _is_number(cell) for cell in texts
    ):
        return False
    parts = [lower.cells[column] for column in across if lower.cells[column] is not None]
    known = [load_words().headers.find(plain(str(part))) for part in parts]
    # Covered cells below a tall header are filled from above; real people are not.
    return bool(parts) and (any(known) or bool(lower.filled))


def _joined(upper: RawRow, lower: RawRow, width: int) -> list[Cell]:
    above, below = _padded(upper.cells, width), _padded(lower.cells, width)
    joined: list[Cell] = []
    for top, bottom in zip(above, below, strict=True):
        told = [str(cell).strip() for cell in (top, bottom) if cell is not None]
        joined.append(" / ".join(dict.fromkeys(told)) or None)
    return joined


def _padded(cells: Sequence[Cell], width: int) -> list[Cell]:
    return [*cells, *([None] * (width - len(cells)))]


def _names(cells: Sequence[Cell]) -> tuple[str, ...]:
    return tuple(
        column_letters(column) if cell is None or not str(cell).strip() else " ".join(str(cell).split())
        for column, cell in enumerate(cells)
    )
