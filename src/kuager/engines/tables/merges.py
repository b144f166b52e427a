"""Merged areas: the value stands in the first cell only; people mean it for every cell of the area."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables.cells import RawRow
from kuager.engines.tables.limits import Limits


@dataclass(frozen=True, slots=True, order=True)
class Merge:
    """A merged area; rows and columns from 0, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


def fill_merges(rows: Iterable[RawRow], merges: Sequence[Merge], limits: Limits) -> Iterator[RawRow]:
    """Repeat the value of each merged area in its other cells, and say which cells were filled."""
    waiting = sorted(merges, reverse=True)
    active: list[tuple[Merge, Cell]] = []
    for row in rows:
        index = row.number - 1
        active = [item for item in active if item[0].last_row >= index]
        while waiting and waiting[-1].first_row <= index:
            merge = waiting.pop()
            if merge.last_row >= index:
                active.append((merge, _anchor(row, merge) if merge.first_row == index else None))
        if len(active) > limits.max_columns:
            msg = f"row {row.number}: more merged areas than columns; expected areas that do not overlap"
            raise BadInputError(msg)
        yield _filled(row, active) if active else row


def _anchor(row: RawRow, merge: Merge) -> Cell:
    return row.cells[merge.first_column] if merge.first_column < len(row.cells) else None


def _filled(row: RawRow, active: Sequence[tuple[Merge, Cell]]) -> RawRow:
    cells = list(row.cells)
    filled: list[int] = []
    for merge, value in active:
        if value is None:
            continue
        for column in range(merge.first_column, min(merge.last_column + 1, len(cells))):
            if cells[column] is None:
                cells[column] = value
                filled.append(column)
    return RawRow(row.number, tuple(cells), tuple(sorted(filled)), row.problems) if filled else row
