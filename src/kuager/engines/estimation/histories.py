"""Capture histories: who was seen on which lists, counted.

Invariants: at least one list, names distinct; only patterns that somebody has, none of them empty
(the unseen are what the estimators look for); patterns unique and sorted; counts positive.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self, TypeAlias

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError

if TYPE_CHECKING:
    import polars as pl

Column: TypeAlias = Sequence[int] | NDArray[np.int64]

MAXIMUM_LISTS = 60


@dataclass(frozen=True, eq=False)
class CaptureHistories:
    """Persons by the lists they are on.

    Parameters
    ----------
    lists : tuple of str
        Names of the lists.
    patterns : array of shape (n_patterns, n_lists)
        0 or 1; one row for each combination of lists that somebody is on.
    counts : array of shape (n_patterns,)
        Persons with exactly that combination.

    """

    lists: tuple[str, ...]
    patterns: NDArray[np.int8]
    counts: NDArray[np.int64]

    @classmethod
    def from_counts(
        cls, lists: Sequence[str], patterns: Iterable[Sequence[int]], counts: Iterable[int]
    ) -> Self:
        """Build from patterns with their counts; the same pattern twice is added up.

        Raises
        ------
        BadInputError
            If a pattern holds anything but 0 and 1, a count is negative, or persons are on no list.

        """
        names = checked_names(lists)
        table = np.array([list(row) for row in patterns], dtype=np.int64).reshape(-1, len(names))
        weights = np.array(list(counts), dtype=np.int64)
        if len(table) != len(weights):
            raise BadInputError(f"{len(table)} patterns came with {len(weights)} counts; give one count each")
        if not np.isin(table, (0, 1)).all():
            raise BadInputError("a capture pattern holds only 0 (not on the list) and 1 (on it)")
        if (weights < 0).any():
            raise BadInputError("a count of persons cannot be negative")
        if weights[~table.any(axis=1)].sum() > 0:
            raise BadInputError("persons on no list were counted; a table of lists cannot know them")
        return cls._collapsed(names, table, weights)

    @classmethod
    def from_memberships(cls, lists: Sequence[str], rows: Iterable[Sequence[int]]) -> Self:
        """Build from one row of 0/1 for each person."""
        persons = [list(row) for row in rows]
        return cls.from_counts(lists, persons, [1] * len(persons))

    @classmethod
    def from_table(cls, table: "pl.DataFrame | Mapping[str, Column]", *, count: str = "count") -> Self:
        """Build from columns of 0/1, one for each list, and a column of counts (absent: one person a row)."""
        names = list(table) if isinstance(table, Mapping) else table.columns
        columns = {name: table[name] for name in names}
        lists = [name for name in columns if name != count]
        if not lists:
            raise BadInputError("expected a column of 0 and 1 for each list; there is none")
        rows = list(zip(*(map(int, columns[name]) for name in lists), strict=True))
        counts = [int(value) for value in columns[count]] if count in columns else [1] * len(rows)
        return cls.from_counts(lists, rows, counts)

    @classmethod
    def _collapsed(cls, lists: tuple[str, ...], table: NDArray[np.int64], weights: NDArray[np.int64]) -> Self:
        """Add up equal patterns, drop the empty one, sort."""
        keep = table.any(axis=1) & (weights > 0)
        patterns, place = np.unique(table[keep].astype(np.int8), axis=0, return_inverse=True)
        counts = np.zeros(len(patterns), dtype=np.int64)
        np.add.at(counts, place.reshape(-1), weights[keep])
        patterns.setflags(write=False)
        counts.setflags(write=False)
        return cls(lists=lists, patterns=patterns, counts=counts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, CaptureHistories):
            return NotImplemented
        same_shape = self.lists == other.lists and self.patterns.shape == other.patterns.shape
        return same_shape and bool(
            (self.patterns == other.patterns).all() and (self.counts == other.counts).all()
        )

    def __hash__(self) -> int:
        return hash((self.lists, self.patterns.tobytes(), self.counts.tobytes()))

    @property
    def observed(self) -> int:
        """Persons on at least one list."""
        return int(self.counts.sum())

    @property
    def list_totals(self) -> tuple[int, ...]:
        """Persons on each list, in the order of ``lists``."""
        return tuple(int(total) for total in self.counts @ self.patterns)

    @property
    def overlaps(self) -> NDArray[np.int64]:
        """Persons on each two lists, shape (n_lists, n_lists); list totals on the diagonal."""
        wide = self.patterns.astype(np.int64)
        return np.asarray(wide.T @ (wide * self.counts[:, None]), dtype=np.int64)

    def overlap(self, first: str, second: str) -> int:
        """Persons on both lists, whatever else they are on."""
        return int(self.overlaps[self._index(first), self._index(second)])

    def seen_on_exactly(self, k: int) -> int:
        """Persons on exactly ``k`` lists (``f_k`` in the literature)."""
        return int(self.counts[self.patterns.sum(axis=1) == k].sum())

    @property
    def recaptured(self) -> int:
        """Persons on two lists or more: all that an estimate of the unseen rests on."""
        return self.observed - self.seen_on_exactly(1)

    def select(self, lists: Sequence[str]) -> "CaptureHistories":
        """Keep only these lists; persons on none of them drop out."""
        names = checked_names(lists)
        chosen = [self._index(name) for name in names]
        return CaptureHistories._collapsed(names, self.patterns[:, chosen].astype(np.int64), self.counts)

    def _index(self, name: str) -> int:
        if name not in self.lists:
            raise BadInputError(f"there is no list {name!r}; the lists are {', '.join(self.lists)}")
        return self.lists.index(name)


def checked_names(lists: Sequence[str]) -> tuple[str, ...]:
    """Refuse no list, too many, or one name for two."""
    names = tuple(lists)
    if not names or len(names) > MAXIMUM_LISTS:
        raise BadInputError(f"expected 1 to {MAXIMUM_LISTS} lists, got {len(names)}")
    if len(set(names)) != len(names):
        raise BadInputError(f"a list is named twice in {', '.join(names)}; give each its own name")
    return names
