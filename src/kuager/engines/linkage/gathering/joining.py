"""Groups of records that grow, with what forbids two groups to be one person.

Promises: what two groups support each other with is known at any time without looking at their records again;
joining costs as much as the smaller of the two knows.
"""

from collections.abc import Callable, Collection, Iterable, Sequence

import numpy as np
import numpy.typing as npt

from kuager.engines.linkage.gathering.kept_apart import Blocked, Pair, Why

SUPPORT = 0.35
"""Two groups are joined when the mean probability over all their cross pairs is at least this."""
_ROUNDING = 1e-9


def _never(left: int, right: int) -> float:
    del left, right
    return 0.0


class Groups:
    """Records in groups; at first each is alone, and a group has the number of its only record.

    Parameters
    ----------
    list_of
        The list of each record.
    one_to_one
        Lists that hold every person at most once.
    apart
        Pairs judged different.
    probability_of
        How probable a pair of records is, 0 if unknown; asked only to say what keeps groups apart.
    """

    def __init__(
        self,
        list_of: Sequence[str],
        one_to_one: Collection[str],
        apart: Iterable[Pair],
        probability_of: Callable[[int, int], float] = _never,
    ) -> None:
        self._joined_to: dict[int, int] = {}
        # What is not held here is as it was at first: a record alone.
        self._members: dict[int, list[int]] = {}
        self._once: dict[int, int] = {}
        self._between: dict[int, dict[int, float]] = {}
        self._apart: dict[int, dict[int, Pair]] = {}
        self._list_of = list_of
        self._bit = {name: 1 << place for place, name in enumerate(sorted(one_to_one))}
        self._probability_of = probability_of
        for left, right in sorted(apart):
            self._apart.setdefault(left, {})[right] = (left, right)
            self._apart.setdefault(right, {})[left] = (right, left)

    def group_of(self, record: int) -> int:
        """Give the group of a record."""
        return self._joined_to.get(record, record)

    def add_scores(self, left: Sequence[int], right: Sequence[int], probability: Sequence[float]) -> None:
        """Tell how probable pairs of records are; before anything is joined, each pair once."""
        between = self._between
        for one, other, chance in zip(left, right, probability, strict=True):
            between.setdefault(one, {})[other] = chance
            between.setdefault(other, {})[one] = chance

    def _members_of(self, group: int) -> list[int]:
        return self._members.get(group) or [group]

    def _once_of(self, group: int) -> int:
        known = self._once.get(group)
        return self._bit.get(self._list_of[group], 0) if known is None else known

    def support(self, one: int, other: int) -> float:
        """Give the mean probability over all pairs between two groups."""
        total = self._between.get(one, {}).get(other, 0.0)
        return total / (len(self._members_of(one)) * len(self._members_of(other)))

    def is_forbidden(self, one: int, other: int) -> bool:
        """Tell whether somebody judged a record of one and a record of the other to be different."""
        return one in self._apart and other in self._apart[one]

    def may_join(self, one: int, other: int) -> bool:
        """Tell whether nothing is against two groups being one person."""
        return (
            self.support(one, other) >= SUPPORT - _ROUNDING
            and not (self._bit and self._once_of(one) & self._once_of(other))
            and not self.is_forbidden(one, other)
        )

    def join(self, one: int, other: int) -> None:
        """Make two groups one."""
        if self._weight(one) < self._weight(other):
            one, other = other, one
        moved = self._members_of(other)
        for record in moved:
            self._joined_to[record] = one
        if self._bit:
            self._once[one] = self._once_of(one) | self._once_of(other)
        self._members[one] = self._members_of(one) + moved
        self._members.pop(other, None)
        self._move_support(one, other)
        self._move_apart(one, other)

    def _move_support(self, one: int, other: int) -> None:
        mine = self._between.setdefault(one, {})
        for third, total in self._between.pop(other, {}).items():
            theirs = self._between[third]
            del theirs[other]
            if third != one:
                mine[third] = theirs[one] = mine.get(third, 0.0) + total

    def _move_apart(self, one: int, other: int) -> None:
        for third, (mine, theirs) in self._apart.pop(other, {}).items():
            del self._apart[third][other]
            if third != one:
                self._apart.setdefault(one, {}).setdefault(third, (mine, theirs))
                self._apart[third].setdefault(one, (theirs, mine))

    def _weight(self, group: int) -> int:
        return (
            len(self._members_of(group)) + len(self._between.get(group, ())) + len(self._apart.get(group, ()))
        )

    def what_blocks(self, left: int, right: int) -> Blocked:
        """Say what keeps the groups of two records apart; judgements first, then lists, then weak links."""
        one, other = self.group_of(left), self.group_of(right)
        shared = self._once_of(one) & self._once_of(other) if self._bit else 0
        why: Why = "weak-chain"
        name = None
        if self.is_forbidden(one, other):
            why, blocking = "judged-different", self._apart[one][other]
        elif shared:
            why, name = "list-names-everybody-once", next(n for n, bit in self._bit.items() if bit & shared)
            blocking = (self._record_of(one, name), self._record_of(other, name))
        else:
            blocking = self._least_alike(one, other)
        sizes = (len(self._members_of(one)), len(self._members_of(other)))
        return Blocked(why, blocking, name, self.support(one, other), sizes)

    def _record_of(self, group: int, list_name: str) -> int:
        return min(record for record in self._members_of(group) if self._list_of[record] == list_name)

    def _least_alike(self, one: int, other: int) -> Pair:
        pairs = ((a, b) for a in sorted(self._members_of(one)) for b in sorted(self._members_of(other)))
        return min(pairs, key=lambda pair: (self._probability_of(*pair), pair))

    def merge_into(
        self, component: npt.NDArray[np.int64], hard: npt.NDArray[np.bool_]
    ) -> npt.NDArray[np.int64]:
        """Give components as groups, those that needed care cut into the groups held here."""
        count = len(hard)
        groups = np.where(hard[component], count + np.arange(len(component)), component)
        joined = np.array(list(self._joined_to.items()), dtype=np.int64).reshape(-1, 2)
        groups[joined[:, 0]] = count + joined[:, 1]
        return np.asarray(groups, dtype=np.int64)
