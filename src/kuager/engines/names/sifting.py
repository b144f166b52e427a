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
from kuager.engines.names.words_many import Flags, WordTable

_SLACK = 1e-9
# "Given Patronymic" beside a name with a family name: given names less alike than this never help.
_GIVEN_FROM = 0.6


class _Names:
    """The words of many names by number, shape ``(n, MOST_WORDS)``; unused places hold 0."""

    def __init__(self, prepared: Sequence[Prepared]) -> None:
        self.prepared = prepared
        self.counts = np.array([len(name.words) for name in prepared], np.int64)
        self.fathers = np.array([len(name.fathers) for name in prepared], np.int64)
        is_long = np.array([name.is_long for name in prepared], np.bool_)
        self.is_odd = is_long | (self.counts == 0) | (self.counts > MOST_WORDS)
        numbers: dict[Word, int] = {}
        flat = [
            numbers.setdefault(word, len(numbers))
            for name, is_odd in zip(prepared, self.is_odd.tolist(), strict=True)
            if not is_odd
            for word in name.words
        ]
        self.words = list(numbers)
        counts = np.where(self.is_odd, 0, self.counts)
        self.places = np.zeros((len(prepared), MOST_WORDS), np.int64)
        self.places[np.arange(MOST_WORDS) < counts[:, None]] = flat


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
    # Without the keyword, as the comparison asks: what is prepared here is found there.
    names = _Names([prepare(name, joined=True) if joined else prepare(name) for name in numbers])
    hopeful: Flags = np.asarray(names.is_odd[ones] | names.is_odd[others])
    if not names.words:
        return hopeful
    table = WordTable(names.words)
    groups = _groups(names, ones, others, ~hopeful)
    _sift_exactly(
        [group.kept(group.may_reach(table.ceiling(*group.cells()))) for group in groups], table, hopeful
    )
    if not joined:
        _mark_run_together(groups, table, hopeful)
        _mark_without_family(names, ones, others, hopeful)
    _remember_fathers(names, ones, others, hopeful)
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


def _mark_without_family(names: _Names, ones: Codes, others: Codes, hopeful: Flags) -> None:
    """Mark pairs of "Given Patronymic" and a name with a family name whose given names are alike."""
    parts = [name.parts for name in names.prepared]
    if "gp" not in parts:
        return
    is_short_of = np.array([part == "gp" for part in parts])
    has_parts = np.array([part != "" for part in parts])
    asked = ~hopeful & (is_short_of[ones] != is_short_of[others]) & has_parts[ones] & has_parts[others]
    places = np.flatnonzero(asked)
    if not places.size:
        return
    met = [
        (names.prepared[one].given, names.prepared[other].given) for one, other in _both(ones, others, places)
    ]
    table, pairs = _table_of(met)
    hopeful[places[table.likeness(pairs[:, 0], pairs[:, 1]) >= _GIVEN_FROM]] = True


def _both(ones: Codes, others: Codes, places: Codes) -> list[tuple[int, int]]:
    return list(zip(ones[places].tolist(), others[places].tolist(), strict=True))


def _table_of(met: Sequence[tuple[Word | None, Word | None]]) -> tuple[WordTable, Codes]:
    """Return a table of the words that meet, and their numbers, shape ``(n, 2)``."""
    numbers: dict[Word, int] = {}
    pairs = [
        (numbers.setdefault(one, len(numbers)), numbers.setdefault(other, len(numbers)))
        for one, other in met
        if one is not None and other is not None
    ]
    return WordTable(list(numbers)), np.array(pairs, np.int64).reshape(-1, 2)


def _remember_fathers(names: _Names, ones: Codes, others: Codes, hopeful: Flags) -> None:
    """Find how alike the fathers of the pairs that are kept are."""
    both = hopeful & (names.fathers[ones] > 0) & (names.fathers[others] > 0)
    both &= ~(names.is_odd[ones] | names.is_odd[others])
    met = dict.fromkeys(
        fathers
        for one, other in _both(ones, others, np.flatnonzero(both))
        for fathers in zip(names.prepared[one].fathers, names.prepared[other].fathers, strict=False)
    )
    if met:
        table, pairs = _table_of(list(met))
        table.remember_pairs(pairs)
