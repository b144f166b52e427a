"""Gather linked records into persons.

Promises: a judgement always wins over a score; two records judged different never share a person, nor do two
records of a list that holds everyone once; no chain of weak links joins two groups whose members mostly do
not resemble each other. Deterministic: best links first, ties by record number.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence

# Two groups are joined when the mean probability over all their cross pairs is at least this.
_SUPPORT = 0.35

Pair = tuple[int, int]


def ordered(left: int, right: int) -> Pair:
    """Return the two record numbers, smaller first."""
    return (left, right) if left < right else (right, left)


class _Groups:
    """Records in groups that grow, with what forbids two groups to join."""

    def __init__(self, list_of: Sequence[str], one_to_one: Collection[str], apart: Iterable[Pair]) -> None:
        self.group_of = list(range(len(list_of)))
        self.members: dict[int, list[int]] = {record: [record] for record in range(len(list_of))}
        self._list_of = list_of
        self._one_to_one = frozenset(one_to_one)
        self._apart: dict[int, set[int]] = {}
        for left, right in apart:
            self._apart.setdefault(left, set()).add(right)
            self._apart.setdefault(right, set()).add(left)

    def may_join(self, one: int, other: int) -> bool:
        return not (self.is_forbidden(one, other) or self._repeats_a_list(one, other))

    def is_forbidden(self, one: int, other: int) -> bool:
        return any(
            not self._apart.get(record, set()).isdisjoint(self.members[other]) for record in self.members[one]
        )

    def _repeats_a_list(self, one: int, other: int) -> bool:
        lists = [{self._list_of[record] for record in self.members[group]} for group in (one, other)]
        return bool(lists[0] & lists[1] & self._one_to_one)

    def join(self, one: int, other: int) -> None:
        if len(self.members[one]) < len(self.members[other]):
            one, other = other, one
        for record in self.members.pop(other):
            self.group_of[record] = one
            self.members[one].append(record)


def _support(groups: _Groups, one: int, other: int, scores: Mapping[Pair, float]) -> float:
    left, right = groups.members[one], groups.members[other]
    total = sum(scores.get(ordered(a, b), 0.0) for a in left for b in right)
    return total / (len(left) * len(right))


def cluster(
    list_of: Sequence[str],
    scores: Mapping[Pair, float],
    *,
    threshold: float,
    one_to_one: Collection[str] = (),
    same: Iterable[Pair] = (),
    different: Iterable[Pair] = (),
) -> list[int]:
    """Return a cluster number for every record, numbered by first appearance.

    Parameters
    ----------
    list_of
        The list each record comes from.
    scores
        Probability of each scored pair, 0 to 1, smaller record number first.
    threshold
        Links below it are not used.
    one_to_one
        Lists that hold every person at most once.
    same, different
        Judged pairs.
    """
    groups = _Groups(list_of, one_to_one, different)
    for left, right in sorted(same):
        one, other = groups.group_of[left], groups.group_of[right]
        if one != other and not groups.is_forbidden(one, other):
            groups.join(one, other)
    links = sorted(
        ((score, pair) for pair, score in scores.items() if score >= threshold),
        key=lambda item: (-item[0], item[1]),
    )
    for _, (left, right) in links:
        one, other = groups.group_of[left], groups.group_of[right]
        if one != other and groups.may_join(one, other) and _support(groups, one, other, scores) >= _SUPPORT:
            groups.join(one, other)
    return _numbered(groups.group_of)


def _numbered(group_of: Sequence[int]) -> list[int]:
    numbers: dict[int, int] = {}
    return [numbers.setdefault(group, len(numbers) + 1) for group in group_of]
