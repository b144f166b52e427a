"""Persons counted by what every list says of them and by the group they belong to."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError
from kuager.engines.estimation.partial import NOT_ANSWERED, PartialHistories

UNKNOWN = "unknown"
JOINED = " / "


@dataclass(frozen=True, kw_only=True, eq=False)
class Tally:
    """A table of counts, read and added up.

    Parameters
    ----------
    lists : tuple of str
        Names of the lists.
    columns : tuple of str
        Names of the columns that divide the persons into groups, for example region and sex.
    levels : tuple of tuple of str
        For each of these columns its values, sorted.
    patterns : array of shape (n_rows, n_lists)
        1 on the list, 0 not on it, -1 the list did not answer.
    groups : array of shape (n_rows, n_columns)
        Place of the value in ``levels``; -1 where it is not known.
    counts : array of shape (n_rows,)
        Persons.
    warnings : tuple of str
        What a reader of any number from this table has to know.

    """

    lists: tuple[str, ...]
    columns: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    patterns: NDArray[np.int8]
    groups: NDArray[np.int32]
    counts: NDArray[np.int64]
    warnings: tuple[str, ...] = ()

    @property
    def unknown(self) -> int:
        """Persons for whom at least one of the columns is not known."""
        return int(self.counts[(self.groups < 0).any(axis=1)].sum())

    def partial(self) -> PartialHistories:
        """Forget the groups."""
        return PartialHistories.from_arrays(self.lists, self.patterns, self.counts)

    def by_group(self, columns: Sequence[str] | None = None) -> dict[str, PartialHistories]:
        """Count each group by itself, in the order of its values; those not known come last.

        Parameters
        ----------
        columns : sequence of str, optional
            The columns to divide by; unknown means all.

        """
        places = [self.columns.index(name) for name in (self.columns if columns is None else columns)]
        chosen = self.groups[:, places]
        codes = np.unique(chosen, axis=0)
        order = sorted(codes.tolist(), key=lambda row: [code if code >= 0 else np.inf for code in row])
        names = [self._name(places, row) for row in order]
        if len(set(names)) < len(names):
            raise BadInputError("two groups would have the same name; rename a value that holds ' / '")
        return {
            name: self._part(np.asarray((chosen == row).all(axis=1)))
            for name, row in zip(names, order, strict=True)
        }

    def divided(self, column: str) -> dict[str, "Tally"]:
        """Make one table for each value of a column, for example for each replicate."""
        at = self.columns.index(column)
        if (self.groups[:, at] < 0).any():
            raise BadInputError(f"column {column!r} is empty in some rows; every row belongs to a replicate")
        rest = [place for place in range(len(self.columns)) if place != at]
        return {
            level: self._without(rest, self.groups[:, at] == code)
            for code, level in enumerate(self.levels[at])
        }

    def _without(self, rest: list[int], keep: NDArray[np.bool_]) -> "Tally":
        return Tally(
            lists=self.lists,
            columns=tuple(self.columns[place] for place in rest),
            levels=tuple(self.levels[place] for place in rest),
            patterns=self.patterns[keep],
            groups=self.groups[keep][:, rest],
            counts=self.counts[keep],
            warnings=self.warnings,
        )

    def _name(self, places: list[int], row: list[int]) -> str:
        values = [
            self.levels[place][code] if code >= 0 else UNKNOWN
            for place, code in zip(places, row, strict=True)
        ]
        if len(values) > 1 and set(row) == {NOT_ANSWERED}:
            return UNKNOWN
        return JOINED.join(values)

    def _part(self, keep: NDArray[np.bool_]) -> PartialHistories:
        return PartialHistories.from_arrays(self.lists, self.patterns[keep], self.counts[keep])


def natural_order(value: str) -> tuple[int, float, str]:
    """Sort numbers as numbers and before words."""
    try:
        return 0, float(value), value
    except ValueError:
        return 1, 0.0, value
