"""Read capture histories from a CSV file of any length; every complaint names the row and the column.

Only different rows are kept in memory, so ten million persons need no more room than a hundred. Large files
are added up by DuckDB; whatever it does not accept is read again slowly, line by line, to name the line.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from pathlib import Path
from typing import TypeAlias

import numpy as np

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.partial import NOT_ANSWERED, PartialHistories
from kuager.engines.estimation.sentences import Sentence, people
from kuager.engines.estimation.tally import Tally, natural_order
from kuager.engines.estimation.text_tables import COUNT, TextTable, open_table

Cells: TypeAlias = tuple[str, ...]

LARGEST_COUNT = 10**12
LARGEST_TOTAL = 10**15
MOST_GROUPS = 1_000
# Files below this are read in a moment anyway, without waking another program.
LARGE_BYTES = 4 << 20
PROBED = 1_000
FLAGS: Mapping[str, int] = {"0": 0, "1": 1, "0.0": 0, "1.0": 1}
NOTHING = frozenset({"", "na", "n/a", "nan", "null", "?"})


@dataclass(frozen=True, kw_only=True)
class CountsTable:
    """A table of counts in a file; its header is known, its rows are added up when they are asked for."""

    text: TextTable

    @property
    def header(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.text.header

    def tally(self, lists: Sequence[str] | None = None, *, by: Sequence[str] = ()) -> Tally:
        """Count the persons of all rows by what the lists say, and by group.

        Parameters
        ----------
        lists : sequence of str, optional
            Columns to take as lists; unknown means every column but ``count`` and those in ``by``.
        by : sequence of str
            Columns that divide the persons into groups. An empty cell, NA or ? is a group not known.

        Raises
        ------
        BadInputError
            With the row (line of the file) and the column, and what was expected.

        """
        columns = tuple(dict.fromkeys(by))
        for name in columns:
            if name not in self.header:
                raise BadInputError(f"there is no column {name!r}; the columns are {', '.join(self.header)}")
        names = self._lists(lists, columns)
        counting = _Counting(self.text, names, columns, every_list=lists is None)
        counting.run()
        return counting.tally()

    def histories(self, lists: Sequence[str] | None = None, *, strata: str | None = None) -> CaptureHistories:
        """Count the persons of a table in which every list answers for everybody.

        Raises
        ------
        BadInputError
            Also if a list did not answer; ``partial`` reads such a table.

        """
        return _complete(self.partial(lists, strata=strata))

    def partial(self, lists: Sequence[str] | None = None, *, strata: str | None = None) -> PartialHistories:
        """Count the persons of a table in which lists may not have answered."""
        return self.tally(lists, by=() if strata is None else (strata,)).partial()

    def by_stratum(self, strata: str, lists: Sequence[str] | None = None) -> dict[str, CaptureHistories]:
        """Count the persons of each stratum, in the order of their names."""
        groups = self.tally(lists, by=(strata,)).by_group()
        return {name: _complete(group) for name, group in groups.items()}

    def _lists(self, lists: Sequence[str] | None, by: tuple[str, ...]) -> tuple[str, ...]:
        known = tuple(name for name in self.header if name != COUNT and name not in by)
        wanted = known if lists is None else tuple(lists)
        for name in wanted:
            if name not in known:
                raise BadInputError(f"there is no list {name!r}; the columns are {', '.join(known)}")
        if not wanted:
            raise BadInputError("expected a column of 0 and 1 for each list; there is none")
        return wanted


def read_counts(path: Path | str, *, lists: Sequence[str] | None = None) -> CaptureHistories:
    """Read a table of capture histories in which every list answers for everybody.

    Parameters
    ----------
    path : Path
        CSV (comma, semicolon, tab or bar; UTF-8, UTF-16 with a mark, else Windows-1251; may be packed with
        gzip): one column of 0/1 for each list and a column ``count``; without ``count`` each row is one
        person. Lines that begin with ``#`` are comments.
    lists : sequence of str, optional
        Columns to use; unknown means all.

    Raises
    ------
    BadInputError
        With the row (line of the file) and the column, and what was expected.

    """
    return read_table(path).histories(lists)


def read_table(path: Path | str) -> CountsTable:
    """Read the header of a table of counts, without judging its rows yet."""
    return CountsTable(text=open_table(Path(path)))


class _Counting:
    """Adds rows up. The same cells are judged once, with the row where they first stand."""

    def __init__(
        self, text: TextTable, lists: tuple[str, ...], by: tuple[str, ...], *, every_list: bool
    ) -> None:
        self._text, self._lists, self._by, self._every_list = text, lists, by, every_list
        self._places = [text.header.index(name) for name in (*lists, *by)]
        self._count_at = text.header.index(COUNT) if COUNT in text.header else None
        self._totals: dict[Cells, int] = {}
        self._groups: set[Cells] = set()
        self._left_out = 0

    def run(self) -> None:
        """Count a probe slowly, to find early what is wrong everywhere; then all, fast if it can be."""
        is_short = self._slowly(PROBED)
        if is_short:
            return
        if self._is_large() and self._fast():
            return
        self._slowly(None)

    def _is_large(self) -> bool:
        return self._text.path.stat().st_size > LARGE_BYTES and self._text.encoding == "utf-8-sig"

    def _slowly(self, most: int | None) -> bool:
        """Count line by line; tell whether all of the file was read."""
        self._clear()
        pick = itemgetter(*self._places) if len(self._places) > 1 else None
        first, at = self._places[0], self._count_at
        whole: dict[str, int] = {}
        for done, (row, cells) in enumerate(self._text.rows()):
            if done == most:
                return False
            key: Cells = pick(cells) if pick else (cells[first],)
            count = 1
            if at is not None:
                known = whole.get(cells[at])
                count = whole.setdefault(cells[at], _whole(cells[at], row)) if known is None else known
            self._add(key, count, row)
        return True

    def _fast(self) -> bool:
        """Let DuckDB count; tell whether it could."""
        from kuager.engines.estimation.large_tables import counted

        self._clear()
        try:
            for key, count in counted(self._text, self._places, self._count_at):
                self._add(key, count, 0)
        except BadInputError:
            return False
        return True

    def _clear(self) -> None:
        self._totals.clear()
        self._groups.clear()
        self._left_out = 0

    def _add(self, key: Cells, count: int, row: int) -> None:
        if key in self._totals:
            self._totals[key] += count
            return
        flags = [_flag(cell, row, name, self) for cell, name in zip(key, self._lists, strict=False)]
        self._check_groups(key[len(self._lists) :])
        if 1 in flags:
            self._totals[key] = count
        elif self._every_list and count:
            raise BadInputError(
                f"row {row}: persons on no list (no list says 1); leave the row out, a list cannot count them"
            )
        else:
            self._left_out += count

    def _check_groups(self, group: Cells) -> None:
        self._groups.add(group)
        if len(self._groups) > MOST_GROUPS:
            raise BadInputError(
                f"{' and '.join(map(repr, self._by))} divide the persons into more than {MOST_GROUPS:,} "
                "groups; that looks like an identifier, not like strata"
            )

    def looks_like_lists(self) -> list[str]:
        """Name the columns that hold nothing but 0, 1 and gaps at the beginning of the file."""
        fitting = [name for name in self._text.header if name != COUNT]
        for done, (_row, cells) in enumerate(self._text.rows()):
            if done == PROBED:
                break
            row = dict(zip(self._text.header, cells, strict=True))
            fitting = [name for name in fitting if _read_flag(row[name]) is not None]
        return fitting

    def tally(self) -> Tally:
        """Give what was counted."""
        total = sum(self._totals.values())
        if total > LARGEST_TOTAL:
            raise BadInputError(f"the counts add up to {total:,}, more than there are people")
        keys, width = list(self._totals), len(self._lists)
        patterns = [[_read_flag(cell) for cell in key[:width]] for key in keys]
        values = [[_known(cell) for cell in key[width:]] for key in keys]
        levels = tuple(
            tuple(sorted({row[at] for row in values} - {""}, key=natural_order))
            for at in range(len(self._by))
        )
        places = [{value: place for place, value in enumerate(found)} | {"": -1} for found in levels]
        groups = [[place[value] for place, value in zip(places, row, strict=True)] for row in values]
        table = np.array(patterns, dtype=np.int8).reshape(len(keys), width)
        counts = np.array([self._totals[key] for key in keys], dtype=np.int64)
        return Tally(
            lists=self._lists,
            columns=self._by,
            levels=levels,
            patterns=table,
            groups=np.array(groups, dtype=np.int32).reshape(len(keys), len(self._by)),
            counts=counts,
            warnings=self._warnings(),
        )

    def _warnings(self) -> tuple[str, ...]:
        found = []
        if self._text.encoding == "cp1251":
            found.append(Sentence("The file is not UTF-8; its names were read as Windows-1251."))
        if self._left_out:
            found.append(
                Sentence(
                    "Persons left out because they are on none of the chosen lists: {n}.",
                    n=people(self._left_out),
                )
            )
        return tuple(found)


def _known(cell: str) -> str:
    value = cell.strip()
    return "" if value.casefold() in NOTHING else value


def _read_flag(cell: str) -> int | None:
    found = FLAGS.get(cell)
    if found is not None:
        return found
    value = cell.strip()
    return NOT_ANSWERED if value.casefold() in NOTHING else FLAGS.get(value)


def _flag(cell: str, row: int, column: str, counting: _Counting) -> int:
    found = _read_flag(cell)
    if found is None:
        fitting = counting.looks_like_lists() if row else []
        hint = f"; these columns look like lists: {', '.join(fitting)}" if fitting else ""
        raise BadInputError(
            f"row {row}, column {column!r}: expected 0 or 1, got {cell.strip()!r} (a list that did not "
            "answer has an empty cell); if the column is not a list, name the lists (--lists) or the strata "
            f"(--strata){hint}"
        )
    return found


def _whole(cell: str, row: int) -> int:
    text = cell.strip()
    digits, point, rest = text.partition(".")
    if point and not rest.strip("0"):
        text = digits
    if not (text.isascii() and text.isdigit() and len(text) <= 13 and int(text) <= LARGEST_COUNT):
        raise BadInputError(
            f"row {row}, column 'count': expected a whole number of persons, got {cell.strip()!r}"
        )
    return int(text)


def _complete(partial: PartialHistories) -> CaptureHistories:
    silent = [name for name, share in partial.unanswered_share.items() if share]
    if silent:
        raise BadInputError(
            f"lists did not answer for everybody (empty cells): {', '.join(silent)}; read the table with "
            "gaps (partial), or write 0 where the list is known not to name the person"
        )
    return partial.as_answered_no()
