"""Capture histories with gaps: for some persons a list was asked and did not answer.

Three things differ: the list names the person (1), the list does not (0), nobody knows what the list would
say (-1). Reading the third as the second makes overlaps look smaller than they are, and the estimate of
the unseen larger.

Invariants: as ``CaptureHistories``, and somebody said yes for every person counted.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories, checked_names

NOT_ANSWERED = -1


@dataclass(frozen=True, eq=False)
class PartialHistories:
    """Persons by what each list says of them, if it says anything.

    Parameters
    ----------
    lists : tuple of str
        Names of the lists.
    patterns : array of shape (n_patterns, n_lists)
        1 on the list, 0 not on it, -1 the list did not answer; unique, sorted, a 1 in every row.
    counts : array of shape (n_patterns,)
        Persons with exactly that combination.

    """

    lists: tuple[str, ...]
    patterns: NDArray[np.int8]
    counts: NDArray[np.int64]

    @classmethod
    def from_rows(
        cls, lists: Sequence[str], rows: Iterable[Sequence[int]], counts: Iterable[int] | None = None
    ) -> Self:
        """Build from rows of -1, 0 and 1, each one person or, with ``counts``, so many.

        Raises
        ------
        BadInputError
            If a row holds anything else, a count is negative, or no list says yes for a row that counts
            somebody.

        """
        names = checked_names(lists)
        table = np.array([list(row) for row in rows], dtype=np.int64).reshape(-1, len(names))
        weights = np.ones(len(table), dtype=np.int64) if counts is None else np.array(list(counts), np.int64)
        if len(table) != len(weights):
            raise BadInputError(f"{len(table)} patterns came with {len(weights)} counts; give one count each")
        if not np.isin(table, (NOT_ANSWERED, 0, 1)).all():
            raise BadInputError("a pattern holds only 0 (not on the list), 1 (on it) and -1 (no answer)")
        if (weights < 0).any():
            raise BadInputError("a count of persons cannot be negative")
        if weights[~(table == 1).any(axis=1)].sum() > 0:
            raise BadInputError("persons whom no list names were counted; a table of lists cannot know them")
        return cls.from_arrays(names, table.astype(np.int8), weights)

    @classmethod
    def from_arrays(cls, lists: Sequence[str], table: NDArray[np.int8], counts: NDArray[np.int64]) -> Self:
        """Add up equal rows of checked arrays, drop rows that no list names, sort."""
        keep = (table == 1).any(axis=1) & (counts > 0)
        patterns, place = np.unique(table[keep], axis=0, return_inverse=True)
        totals = np.zeros(len(patterns), dtype=np.int64)
        np.add.at(totals, place.reshape(-1), counts[keep])
        patterns.setflags(write=False)
        totals.setflags(write=False)
        return cls(lists=checked_names(lists), patterns=patterns, counts=totals)

    @classmethod
    def from_complete(cls, histories: CaptureHistories) -> Self:
        """Take over a table without gaps."""
        return cls.from_arrays(histories.lists, histories.patterns, histories.counts)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, PartialHistories):
            return NotImplemented
        return self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple[object, ...]:
        return self.lists, self.patterns.shape, self.patterns.tobytes(), self.counts.tobytes()

    @property
    def observed(self) -> int:
        """Persons whom at least one list names."""
        return int(self.counts.sum())

    @property
    def answered(self) -> NDArray[np.bool_]:
        """Whether the list answered, shape (n_patterns, n_lists)."""
        return np.asarray(self.patterns != NOT_ANSWERED)

    @property
    def is_complete(self) -> bool:
        """Whether every list answered for everybody."""
        return bool(self.answered.all())

    @property
    def unanswered_share(self) -> dict[str, float]:
        """Share of the persons for whom each list did not answer, 0..1."""
        missing = self.counts @ ~self.answered
        return {
            name: float(number) / max(self.observed, 1)
            for name, number in zip(self.lists, missing, strict=True)
        }

    def as_answered_no(self) -> CaptureHistories:
        """Read every missing answer as no, as most published analyses do without saying so."""
        read = np.where(self.patterns == 1, 1, 0)
        return CaptureHistories.from_counts(self.lists, read.tolist(), self.counts.tolist())

    def complete_cases(self) -> CaptureHistories:
        """Keep only the persons for whom every list answered."""
        keep = self.answered.all(axis=1)
        return CaptureHistories.from_counts(
            self.lists, self.patterns[keep].tolist(), self.counts[keep].tolist()
        )

    def select(self, lists: Sequence[str]) -> "PartialHistories":
        """Keep only these lists; persons whom none of them names drop out."""
        for name in lists:
            if name not in self.lists:
                raise BadInputError(f"there is no list {name!r}; the lists are {', '.join(self.lists)}")
        chosen = [self.lists.index(name) for name in lists]
        return PartialHistories.from_arrays(lists, self.patterns[:, chosen], self.counts)
