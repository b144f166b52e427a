"""Which row of a newer edition is which row of the edition before.

Invariants: a row is matched at most once on either side, also where several rows say the same (a list may
hold two people of one name); the result does not depend on the order of the database; every new row is added,
unchanged or changed, every old one is matched or removed.

Order of evidence: the same content under the same number; the publisher's own number, where these numbers
turn out to be stable and the names do not contradict; the same content; the same name, nothing against it.
A number that counts rows from one is not stable: it is found out by the names, and then not used.
"""

import re
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kuager.domain.lists.terms import MatchedBy
from kuager.engines.names import compare_names, skeletons

# Below this share of agreeing names, numbers of a list do not stand for people.
STABLE_NUMBERS = 0.8
_AGE = re.compile(r"(\d{1,3})-\d{1,3}")


@dataclass(frozen=True, slots=True)
class RowKey:
    """Enough of a row to find its equal: ``ref`` is the caller's own identifier."""

    ref: int
    content: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RowIdentity:
    """Enough of a row to find who it means."""

    ref: int
    content: str
    number: str
    name: str
    born: str
    event: str
    place: str


@dataclass(frozen=True, slots=True)
class Match:
    """Two rows of two editions that mean one person."""

    old: int
    new: int
    by: MatchedBy
    is_unchanged: bool


def match_equal(old: Sequence[RowKey], new: Sequence[RowKey]) -> list[Match]:
    """Match rows that say the same under the same number. Cheap: nothing but fingerprints is compared."""
    waiting: dict[tuple[str, str], deque[int]] = defaultdict(deque)
    for row in old:
        waiting[row.content, row.number].append(row.ref)
    matches = []
    for row in new:
        same = waiting.get((row.content, row.number))
        if same:
            matches.append(Match(same.popleft(), row.ref, MatchedBy.CONTENT, True))
    return matches


def match_rest(
    old: Sequence[RowIdentity],
    new: Sequence[RowIdentity],
    *,
    equal_numbers: int = 0,
    counts_rows: bool = False,
) -> list[Match]:
    """Match what is left once equal rows are gone.

    Parameters
    ----------
    equal_numbers
        Rows with a number that ``match_equal`` found: each speaks for the numbers being stable.
    counts_rows
        The numbers only count the rows of the file (``are_counters``).
    """
    by_number = _by_number(old, new)
    agreeing = [(before, after) for before, after in by_number if _names_agree(before.name, after.name)]
    compared = len(by_number) + equal_numbers
    is_stable = (
        not counts_rows and bool(compared) and (len(agreeing) + equal_numbers) / compared >= STABLE_NUMBERS
    )
    rest = _Rest(old, new, is_stable=is_stable)
    if is_stable:
        rest.take(agreeing, MatchedBy.LIST_ID)
    rest.pair(lambda row: row.content, MatchedBy.CONTENT)
    rest.pair(lambda row: (_folded(row.name), row.born, row.event, row.place), MatchedBy.NAME)
    rest.pair(lambda row: (_folded(row.name), row.event, row.place), MatchedBy.NAME, only_unique=True)
    rest.pair(lambda row: (_folded(row.name), row.born), MatchedBy.NAME, only_unique=True, needs_birth=True)
    # Last, a number that two like names share: a misspelling was corrected.
    rest.take(agreeing, MatchedBy.LIST_ID)
    return rest.matches


def are_counters(numbers: Sequence[str]) -> bool:
    """Tell whether the numbers of a list only count its rows, and so stand for nobody."""
    counted = [int(number) for number in numbers if number.isdecimal()]
    if len(counted) < 2 or len(counted) < len(numbers) / 2:
        return False
    steps = sum(after - before == 1 for before, after in pairwise(counted))
    return steps >= (len(counted) - 1) * STABLE_NUMBERS


class _Rest:
    """Rows still unmatched on both sides; every step takes some of them away."""

    def __init__(self, old: Sequence[RowIdentity], new: Sequence[RowIdentity], *, is_stable: bool) -> None:
        self.old = {row.ref: row for row in old}
        self.new = {row.ref: row for row in new}
        self.is_stable = is_stable
        self.matches: list[Match] = []

    def take(self, pairs: Iterable[tuple[RowIdentity, RowIdentity]], by: MatchedBy) -> None:
        for before, after in pairs:
            if before.ref in self.old and after.ref in self.new:
                del self.old[before.ref], self.new[after.ref]
                self.matches.append(Match(before.ref, after.ref, by, before.content == after.content))

    def pair(
        self,
        key: Callable[[RowIdentity], Hashable],
        by: MatchedBy,
        *,
        only_unique: bool = False,
        needs_birth: bool = False,
    ) -> None:
        """Pair rows with one key in their order; with ``only_unique`` only where one stands on each side."""
        before, after = self._grouped(self.old, key, needs_birth), self._grouped(self.new, key, needs_birth)
        for group, rows in after.items():
            others = before.get(group, [])
            if not only_unique or (len(rows) == len(others) == 1):
                self.take(self._allowed(others, rows), by)

    def _grouped(
        self, rows: Mapping[int, RowIdentity], key: Callable[[RowIdentity], Hashable], needs_birth: bool
    ) -> dict[Hashable, list[RowIdentity]]:
        groups: dict[Hashable, list[RowIdentity]] = defaultdict(list)
        for row in rows.values():
            if row.born or not needs_birth:
                groups[key(row)].append(row)
        return groups

    def _allowed(
        self, old: Sequence[RowIdentity], new: Sequence[RowIdentity]
    ) -> Iterable[tuple[RowIdentity, RowIdentity]]:
        """Yield pairs in order, but none that cannot be one person.

        Where numbers stand for people, two different numbers are two people.
        """
        left = deque(old)
        for after in new:
            for _ in range(len(left)):
                before = left.popleft()
                numbers_differ = before.number and after.number and before.number != after.number
                if (self.is_stable and numbers_differ) or not _may_be_one(before, after):
                    left.append(before)
                    continue
                yield before, after
                break


def _may_be_one(before: RowIdentity, after: RowIdentity) -> bool:
    """Tell whether birth and age leave it open that two rows mean one person.

    With a dated event the name is enough: a wrong age is corrected more often than two people of one name
    meet in one place on one day. Without one, two birth dates must agree, and two ages nearly so.
    """
    if before.event or before.born == after.born or not before.born or not after.born:
        return True
    ages = _AGE.fullmatch(before.born), _AGE.fullmatch(after.born)
    if ages[0] and ages[1]:
        return abs(int(ages[0][1]) - int(ages[1][1])) <= 1
    # An age against a birth date: neither contradicts the other for certain.
    return bool(ages[0] or ages[1])


def _by_number(
    old: Sequence[RowIdentity], new: Sequence[RowIdentity]
) -> list[tuple[RowIdentity, RowIdentity]]:
    """Return rows that share a number which stands once on each side."""
    counts = Counter(row.number for row in old), Counter(row.number for row in new)
    once = {row.number: row for row in old if row.number and counts[0][row.number] == 1}
    return [(once[row.number], row) for row in new if row.number in once and counts[1][row.number] == 1]


def _folded(name: str) -> tuple[str, ...]:
    """Return the sounds of a name, its words in any order."""
    return tuple(sorted((skeletons(word) or (word,))[0] for word in name.split()))


def _names_agree(one: str, other: str) -> bool:
    return _folded(one) == _folded(other) or compare_names(one, other).verdict != "different"
