"""From one list's number to another's, step by step, so that nothing is left over.

Promises: the steps of a bridge add up to the difference of the two numbers exactly, whatever the links are,
because persons and rows are counted by the same sets on both sides; in every draw of who is who too.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Interval = tuple[int, int]
# Two-sided 95 % of the draws.
_ENDS = (0.025, 0.975)


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """One list in figures: the number its publisher gives, if any, its rows, and those without a name."""

    name: str
    claimed: int | None
    rows: int
    unnamed: int

    @property
    def named(self) -> int:
        """Rows with a name."""
        return self.rows - self.unnamed

    @property
    def number(self) -> int:
        """The number to explain: the one claimed, otherwise the rows."""
        return self.rows if self.claimed is None else self.claimed


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One step of a bridge.

    Attributes
    ----------
    code
        ``beyond-rows`` (claimed, but not listed row by row), ``repeats`` (rows of a person who stands on the
        list before), ``unnamed`` (rows that name nobody), ``only`` (persons not on the other list).
    list_name
        The list that the step is about.
    change
        What is added to the number, in persons; negative on the way down from the first list.
    interval
        The same over the draws of who is who, 95 %; None without draws.
    """

    code: str
    list_name: str
    change: int
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bridge:
    """The way from one list's number down to the persons on both lists, and up to the other's number."""

    start: str
    end: str
    from_number: int
    to_number: int
    both: int
    down: tuple[Step, ...]
    up: tuple[Step, ...]
    both_interval: Interval | None = None

    @property
    def steps(self) -> tuple[Step, ...]:
        """All steps in their order."""
        return (*self.down, *self.up)

    @property
    def stations(self) -> tuple[int, ...]:
        """The number reached after each step; the last is the other list's number."""
        return tuple(accumulate((step.change for step in self.steps), initial=self.from_number))[1:]

    @property
    def closes(self) -> bool:
        """Whether the steps lead exactly from the one number over the persons on both to the other."""
        reached = self.from_number + sum(step.change for step in self.down)
        return reached == self.both and reached + sum(step.change for step in self.up) == self.to_number


@dataclass(frozen=True, slots=True)
class Tally:
    """Persons by the exact set of lists they stand on.

    Attributes
    ----------
    lists
        Names, in order; the first is bit 1, the second bit 2, the third bit 4 …
    counts
        Persons for each set of lists, shape ``(2 ** n_lists,)``; the empty set has none.
    draws
        The same in each draw of who is who, shape ``(n_draws, 2 ** n_lists)``; no rows without draws.
    """

    lists: tuple[str, ...]
    counts: Ints
    draws: Ints

    def on(self, *names: str) -> tuple[int, Interval | None]:
        """Count the persons on all of these lists, and perhaps others."""
        wanted = sum(1 << self.lists.index(name) for name in names)
        chosen = [mask for mask in range(len(self.counts)) if mask & wanted == wanted]
        return int(self.counts[chosen].sum()), interval_of(self.draws[:, chosen].sum(axis=1))

    def exactly(self, mask: int) -> tuple[int, Interval | None]:
        """Count the persons on exactly these lists."""
        return int(self.counts[mask]), interval_of(self.draws[:, mask])


def count_persons(lists: Sequence[str], list_of: Ints, person_of: Ints) -> Ints:
    """Count persons by the exact set of lists they stand on.

    Parameters
    ----------
    lists
        Their names.
    list_of, person_of
        For each record the number of its list and of its person, both from 0; shape ``(n_records,)``.
    """
    stands = np.zeros(int(person_of.max(initial=-1)) + 1, dtype=np.int64)
    for number in range(len(lists)):
        stands[person_of[list_of == number]] |= 1 << number
    counts = np.bincount(stands, minlength=2 ** len(lists))
    counts[0] = 0
    return counts


def interval_of(values: Ints) -> Interval | None:
    """Return where 95 % of the draws lie; None without draws."""
    if not len(values):
        return None
    low, high = np.quantile(values, _ENDS, method="inverted_cdf")
    return int(low), int(high)


def bridge(start: Size, end: Size, tally: Tally) -> Bridge:
    """Build the bridge between two lists."""
    both, both_interval = tally.on(start.name, end.name)
    return Bridge(
        start=start.name,
        end=end.name,
        from_number=start.number,
        to_number=end.number,
        both=both,
        both_interval=both_interval,
        down=_steps(start, end.name, tally, sign=-1),
        up=tuple(reversed(_steps(end, start.name, tally, sign=1))),
    )


def _steps(size: Size, other: str, tally: Tally, *, sign: int) -> tuple[Step, ...]:
    persons, alone = _persons(size.name, tally), _alone(size.name, other, tally)
    changes: Mapping[str, tuple[int, Ints]] = {
        "beyond-rows": (size.number - size.rows, np.full(len(tally.draws), size.number - size.rows)),
        "repeats": (size.named - persons[0], size.named - persons[1]),
        "unnamed": (size.unnamed, np.full(len(tally.draws), size.unnamed)),
        "only": alone,
    }
    return tuple(
        Step(code=code, list_name=size.name, change=sign * value, interval=interval_of(sign * drawn))
        for code, (value, drawn) in changes.items()
    )


def _persons(name: str, tally: Tally) -> tuple[int, Ints]:
    bit = 1 << tally.lists.index(name)
    chosen = [mask for mask in range(len(tally.counts)) if mask & bit]
    return int(tally.counts[chosen].sum()), tally.draws[:, chosen].sum(axis=1)


def _alone(name: str, other: str, tally: Tally) -> tuple[int, Ints]:
    bit, without = 1 << tally.lists.index(name), 1 << tally.lists.index(other)
    chosen = [mask for mask in range(len(tally.counts)) if mask & bit and not mask & without]
    return int(tally.counts[chosen].sum()), tally.draws[:, chosen].sum(axis=1)
