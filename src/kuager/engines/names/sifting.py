"""Find, among very many pairs of names, those that may belong to one person.

Promises: no pair is put aside whose verdict would be "same" or "unsure". The likeness of the words of the
pairs that are kept is remembered, so that comparing them costs little.
"""

from collections.abc import Sequence

import numpy as np

from kuager.engines.names.aligning import ALONE_COST, FATHER_GAIN, MOST_WORDS, UNMATCHED_COST
from kuager.engines.names.comparing import UNSURE_FROM
from kuager.engines.names.distances_many import Codes, Likeness
from kuager.engines.names.words import Prepared, Word, prepare
from kuager.engines.names.words_many import Flags, WordTable, is_short

_SLACK = 1e-9
# "Given Patronymic" beside a name with a family name: given names less alike than this never help.
_GIVEN_FROM = 0.6


class _Names:
    """The words of many names by number, shape ``(n, MOST_WORDS)``; unused places hold 0."""

    def __init__(self, prepared: Sequence[Prepared]) -> None:
        numbers: dict[Word, int] = {}
        self.words: list[Word] = []
        self.is_odd = np.zeros(len(prepared), np.bool_)
        self.counts = np.array([len(name.words) for name in prepared], np.int64)
        self.fathers = np.array([len(name.fathers) for name in prepared], np.int64)
        rows = [self._row(name, numbers, place) for place, name in enumerate(prepared)]
        self.places = np.array(rows, np.int64).reshape(-1, MOST_WORDS)
        self.prepared = prepared
        self.numbers = numbers

    def _row(self, name: Prepared, numbers: dict[Word, int], place: int) -> list[int]:
        if not 0 < len(name.words) <= MOST_WORDS or not all(map(is_short, (*name.words, *name.fathers))):
            self.is_odd[place] = True
            return [0] * MOST_WORDS
        row = [self._number(word, numbers) for word in name.words]
        for father in name.fathers:
            self._number(father, numbers)
        if name.given:
            self._number(name.given, numbers)
        return row + [0] * (MOST_WORDS - len(row))

    def _number(self, word: Word, numbers: dict[Word, int]) -> int:
        number = numbers.get(word)
        if number is None:
            number = numbers[word] = len(self.words)
            self.words.append(word)
        return number


class _Group:
    """Pairs of one shape: places in the batch, and words by number, ``(k, fewer)`` and ``(k, more)``."""

    def __init__(self, pairs: Codes, fewer: Codes, more: Codes, gain: Likeness) -> None:
        self.pairs = pairs
        self.fewer = fewer
        self.more = more
        self.gain = gain

    def cells(self) -> tuple[Codes, Codes]:
        """Return every word of one side beside every word of the other, ``(k, fewer, more)``."""
        shape = (len(self.pairs), self.fewer.shape[1], self.more.shape[1])
        return np.broadcast_to(self.fewer[:, :, None], shape), np.broadcast_to(self.more[:, None, :], shape)

    def may_reach(self, alike: Likeness) -> Flags:
        """Return where names whose words are as alike as this may reach "unsure"."""
        best = alike.max(axis=2)
        cost = UNMATCHED_COST * (alike.shape[2] - alike.shape[1]) + (
            ALONE_COST if alike.shape[1] < 2 else 0.0
        )
        score = 0.5 * best.min(axis=1) + 0.5 * best.mean(axis=1) + self.gain - cost
        return np.asarray(score >= UNSURE_FROM - _SLACK)

    def kept(self, chosen: Flags) -> "_Group":
        """Return some of the pairs."""
        return _Group(self.pairs[chosen], self.fewer[chosen], self.more[chosen], self.gain[chosen])


def sift_pairs(pairs: Sequence[tuple[str, str]]) -> list[bool]:
    """Return for each pair whether it has to be compared."""
    hopeful = _sift(pairs, joined=False)
    hyphened = [
        place
        for place, (one, other) in enumerate(pairs)
        if not hopeful[place] and ("-" in one or "-" in other)
    ]
    if hyphened:
        hopeful[hyphened] = _sift([pairs[place] for place in hyphened], joined=True)
    return [bool(found) for found in hopeful.tolist()]


def _sift(pairs: Sequence[tuple[str, str]], *, joined: bool) -> Flags:
    numbers: dict[str, int] = {}
    ones = np.array([numbers.setdefault(one, len(numbers)) for one, _ in pairs], np.int64)
    others = np.array([numbers.setdefault(other, len(numbers)) for _, other in pairs], np.int64)
    names = _Names([prepare(name, joined=joined) for name in numbers])
    hopeful = names.is_odd[ones] | names.is_odd[others]
    if not names.words:
        return hopeful
    table = WordTable(names.words)
    groups = _groups(names, ones, others, ~hopeful)
    _sift_exactly(
        [group.kept(group.may_reach(table.ceiling(*group.cells()))) for group in groups], table, hopeful
    )
    if not joined:
        _mark_run_together(groups, table, hopeful)
        _mark_without_family(names, table, ones, others, hopeful)
    _remember_fathers(names, table, ones, others, hopeful)
    return hopeful


def _groups(names: _Names, ones: Codes, others: Codes, wanted: Flags) -> list[_Group]:
    swapped = names.counts[ones] > names.counts[others]
    fewer, more = np.where(swapped, others, ones), np.where(swapped, ones, others)
    gain = FATHER_GAIN * np.minimum(names.fathers[ones], names.fathers[others])
    shapes = names.counts[fewer] * 100 + names.counts[more]
    groups = []
    for shape in np.unique(shapes[wanted]).tolist():
        pairs = np.flatnonzero(wanted & (shapes == shape))
        left, right = names.places[fewer[pairs], : shape // 100], names.places[more[pairs], : shape % 100]
        groups.append(_Group(pairs, left, right, gain[pairs]))
    return groups


def _sift_exactly(groups: Sequence[_Group], table: WordTable, hopeful: Flags) -> None:
    """Find the exact likeness of every two words that meet, once, and mark the pairs that may reach."""
    size = len(table.first_lengths)
    cells = [group.cells() for group in groups]
    if not groups:
        return
    codes = np.concatenate([(left * size + right).ravel() for left, right in cells])
    distinct, place = np.unique(codes, return_inverse=True)
    values = table.likeness(distinct // size, distinct % size)
    start = 0
    needed = np.zeros(len(distinct), np.bool_)
    for group, (left, _) in zip(groups, cells, strict=True):
        where = place[start : start + left.size].reshape(left.shape)
        start += left.size
        reaches = group.may_reach(values[where])
        hopeful[group.pairs[reaches]] = True
        needed[where[reaches].ravel()] = True
    table.remember(distinct[needed], values[needed])


def _mark_run_together(groups: Sequence[_Group], table: WordTable, hopeful: Flags) -> None:
    """Mark pairs where two neighbours of the longer name may make one word of the shorter one."""
    for group in groups:
        if group.fewer.shape[1] == group.more.shape[1]:
            continue
        rest = group.kept(~hopeful[group.pairs])
        first, second = rest.more[:, :-1, None], rest.more[:, 1:, None]
        may = table.may_run_together(first, second, rest.fewer[:, None, :])
        hopeful[rest.pairs[may.any(axis=(1, 2))]] = True


def _mark_without_family(names: _Names, table: WordTable, ones: Codes, others: Codes, hopeful: Flags) -> None:
    """Mark pairs of "Given Patronymic" and a name with a family name whose given names are alike."""
    parts = [name.parts for name in names.prepared]
    if "gp" not in parts:
        return
    is_short_of = np.array([part == "gp" for part in parts])
    has_parts = np.array([part != "" for part in parts])
    given = np.array(
        [names.numbers.get(name.given, 0) if name.given else 0 for name in names.prepared], np.int64
    )
    asked = ~hopeful & (is_short_of[ones] != is_short_of[others]) & has_parts[ones] & has_parts[others]
    places = np.flatnonzero(asked)
    left, right = given[ones[places]], given[others[places]]
    close = table.ceiling(left, right) >= _GIVEN_FROM
    places, left, right = places[close], left[close], right[close]
    hopeful[places[table.likeness(left, right) >= _GIVEN_FROM]] = True


def _remember_fathers(names: _Names, table: WordTable, ones: Codes, others: Codes, hopeful: Flags) -> None:
    """Find how alike the fathers of the pairs that are kept are."""
    met: dict[tuple[int, int], None] = {}
    both = hopeful & (names.fathers[ones] > 0) & (names.fathers[others] > 0)
    both &= ~(names.is_odd[ones] | names.is_odd[others])
    for place in np.flatnonzero(both).tolist():
        one, other = names.prepared[int(ones[place])], names.prepared[int(others[place])]
        for father, other_father in zip(one.fathers, other.fathers, strict=False):
            met[names.numbers[father], names.numbers[other_father]] = None
    if met:
        table.remember_pairs(np.array(list(met), np.int64))
