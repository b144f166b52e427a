"""Read capture histories from a CSV file; every complaint names the row and the column."""

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories

COUNT = "count"
LARGEST_COUNT = 10**12


@dataclass(frozen=True, kw_only=True)
class CountsTable:
    """A table of counts as it stands in the file: header, and rows with their line numbers."""

    header: tuple[str, ...]
    rows: tuple[tuple[int, tuple[str, ...]], ...]

    def histories(self, lists: Sequence[str] | None = None, *, strata: str | None = None) -> CaptureHistories:
        """Count the persons of all rows.

        Parameters
        ----------
        lists : sequence of str, optional
            Columns to take as lists; unknown means every column but ``count`` and ``strata``.
        strata : str, optional
            Column that names the stratum, not a list.

        """
        return self._count(self.rows, self._lists(lists, strata), every_list=lists is None)

    def by_stratum(self, strata: str, lists: Sequence[str] | None = None) -> dict[str, CaptureHistories]:
        """Count the persons of each stratum, in the order in which the strata first appear."""
        if strata not in self.header:
            raise BadInputError(f"there is no column {strata!r}; the columns are {', '.join(self.header)}")
        names, place = self._lists(lists, strata), self.header.index(strata)
        groups: dict[str, list[tuple[int, tuple[str, ...]]]] = {}
        for line, cells in self.rows:
            groups.setdefault(cells[place], []).append((line, cells))
        return {
            name: self._count(tuple(rows), names, every_list=lists is None) for name, rows in groups.items()
        }

    def _lists(self, lists: Sequence[str] | None, strata: str | None) -> tuple[str, ...]:
        known = tuple(name for name in self.header if name not in (COUNT, strata))
        wanted = known if lists is None else tuple(lists)
        for name in wanted:
            if name not in known:
                raise BadInputError(f"there is no list {name!r}; the columns are {', '.join(known)}")
        if not wanted:
            raise BadInputError("expected a column of 0 and 1 for each list; there is none")
        return wanted

    def _count(
        self, rows: tuple[tuple[int, tuple[str, ...]], ...], names: tuple[str, ...], *, every_list: bool
    ) -> CaptureHistories:
        columns = [(self.header.index(name), name) for name in names]
        at = self.header.index(COUNT) if COUNT in self.header else None
        patterns, counts = [], []
        for line, cells in rows:
            pattern = [_flag(cells[place], line, name) for place, name in columns]
            count = 1 if at is None else _whole(cells[at], line)
            if any(pattern):
                patterns.append(pattern)
                counts.append(count)
            elif every_list and count:
                raise BadInputError(
                    f"row {line}: persons on no list (all 0); leave the row out, a list cannot count them"
                )
        return CaptureHistories.from_counts(names, patterns, counts)


def read_counts(path: Path, *, lists: Sequence[str] | None = None) -> CaptureHistories:
    """Read a table of capture histories.

    Parameters
    ----------
    path : Path
        CSV in UTF-8 (comma, semicolon or tab): one column of 0/1 for each list and a column ``count``;
        without ``count`` each row is one person. Lines that begin with ``#`` are comments.
    lists : sequence of str, optional
        Columns to use; unknown means all.

    Raises
    ------
    BadInputError
        With the row (line of the file) and the column, and what was expected.

    """
    return read_table(path).histories(lists)


def read_table(path: Path) -> CountsTable:
    """Read the cells of a table of counts without judging them yet."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except OSError as error:
        raise BadInputError(f"cannot read {path.name}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise BadInputError(f"{path.name} is not UTF-8 text; save it as CSV in UTF-8") from error
    try:
        lines = list(_data_lines(text))
    except csv.Error as error:
        raise BadInputError(f"{path.name} is not a CSV table: {error}") from error
    if not lines:
        raise BadInputError(f"{path.name} is empty; expected a header and at least one row")
    return CountsTable(header=_checked_header(lines[0]), rows=tuple(_checked_rows(lines)))


def _data_lines(text: str) -> Iterator[tuple[int, tuple[str, ...]]]:
    kept = [(at, line) for at, line in enumerate(text.splitlines(), 1) if _is_data(line)]
    delimiter = max(",;\t", key=kept[0][1].count) if kept else ","
    rows = csv.reader((line for _, line in kept), delimiter=delimiter, strict=True)
    for (at, _), cells in zip(kept, rows, strict=False):
        yield at, tuple(cell.strip() for cell in cells)


def _is_data(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _checked_header(line: tuple[int, tuple[str, ...]]) -> tuple[str, ...]:
    at, names = line
    for place, name in enumerate(names, 1):
        if not name:
            raise BadInputError(f"row {at}, column {place}: the header is empty; name the list")
        if names.index(name) != place - 1:
            raise BadInputError(f"row {at}, column {place}: {name!r} is named twice in the header")
    return tuple(COUNT if name.casefold() == COUNT else name for name in names)


def _checked_rows(lines: list[tuple[int, tuple[str, ...]]]) -> Iterator[tuple[int, tuple[str, ...]]]:
    width = len(lines[0][1])
    for at, cells in lines[1:]:
        if len(cells) != width:
            raise BadInputError(f"row {at}: expected {width} cells as in the header, got {len(cells)}")
        yield at, cells


def _flag(cell: str, line: int, column: str) -> int:
    if cell not in ("0", "1"):
        raise BadInputError(
            f"row {line}, column {column!r}: expected 0 or 1, got {cell!r}; "
            "if the column is not a list, name the lists (--lists) or the strata (--strata)"
        )
    return int(cell)


def _whole(cell: str, line: int) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= 12 and int(cell) <= LARGEST_COUNT):
        raise BadInputError(f"row {line}, column 'count': expected a whole number of persons, got {cell!r}")
    return int(cell)
