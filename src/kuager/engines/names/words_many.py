"""The likeness of words for very many pairs at once.

Promises: ``likeness`` gives the numbers of ``word_likeness``, ``ceiling`` never less.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kuager.engines.names.aligning import LENGTH_SLACK, UNWRITTEN_SLACK
from kuager.engines.names.distances import DELETION, UNITS
from kuager.engines.names.distances_many import (
    CLASSES,
    Codes,
    Likeness,
    count_classes,
    encode,
    likeness_many,
)
from kuager.engines.names.word_likeness import (
    INITIAL_AGREES,
    SPECIALS_BELOW,
    STEM_COST,
    STEM_FROM,
    STEMS_BELOW,
    remember,
    special_likeness,
)
from kuager.engines.names.words import Word

Flags = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int8]


class _Lists:
    """A list of skeletons for each word, one after another: where each begins and how many it has."""

    def __init__(self, lists: Sequence[tuple[str, ...]], places: dict[str, int]) -> None:
        self.counts = np.array([len(members) for members in lists], np.int64)
        self.starts = np.concatenate(([0], np.cumsum(self.counts)[:-1]))
        numbers = [places.setdefault(member, len(places)) for members in lists for member in members]
        self.members = np.array(numbers, np.int64)


class WordTable:
    """Words by their number in the order given, none of them long."""

    def __init__(self, words: Sequence[Word]) -> None:
        self._words = words
        places: dict[str, int] = {}
        self._forms = _Lists([word.forms for word in words], places)
        self._stems = _Lists([word.stems or word.forms for word in words], places)
        self._codes, self._lengths = encode(list(places))
        self._learn_flags()
        self._learn_bounds()

    def _learn_flags(self) -> None:
        marks = np.array([word.marks() for word in self._words], np.int64).reshape(-1, 4)
        flags, self._beginnings, self._roots, self._letters = np.ascontiguousarray(marks.T)
        self.is_initial, self._is_arabic, self._has_stems, self._has_kin, self._is_respectful = (
            (flags >> bit & 1).astype(np.bool_) for bit in range(5)
        )
        self._has_sh = flags >> 5

    def _learn_bounds(self) -> None:
        """Note the fewest and the most hard sounds of each class over the forms and stems of each word."""
        classes = count_classes(self._codes)
        least, most = [], []
        for lists in (self._forms, self._stems):
            of_members = classes[lists.members]
            least.append(np.minimum.reduceat(of_members, lists.starts, axis=0))
            most.append(np.maximum.reduceat(of_members, lists.starts, axis=0))
        self._least, self._most = np.minimum(*least), np.maximum(*most)
        self._longest = np.maximum.reduceat(self._lengths[self._forms.members], self._forms.starts)
        self.first_lengths = self._lengths[self._forms.members[self._forms.starts]]

    def ceiling(self, left: Codes, right: Codes) -> Likeness:
        """Return a likeness that words by number cannot exceed, quickly; any shape."""
        classes = len(CLASSES)
        least, most = self._least[left], self._most[left]
        other_least, other_most = self._least[right], self._most[right]
        surplus, lack = (
            least[..., :classes] - other_most[..., :classes],
            other_least[..., :classes] - most[..., :classes],
        )
        edits = np.maximum(
            np.maximum(surplus, 0).sum(axis=-1, dtype=np.int16),
            np.maximum(lack, 0).sum(axis=-1, dtype=np.int16),
        )
        hs_and_js = most[..., classes : classes + 2] + other_most[..., classes : classes + 2]
        lips, us = classes - 1, classes + 2
        cheap = hs_and_js.sum(axis=-1, dtype=np.int16) + np.minimum(most[..., us], other_most[..., lips])
        cheap += np.minimum(other_most[..., us], most[..., lips])
        costs = edits * np.int16(UNITS) - cheap * np.int16(UNITS - DELETION["h"])
        length = np.maximum(3.0, (self._longest[left] + self._longest[right]) / 2)
        bound = np.maximum(0.0, 1.0 - np.maximum(costs, 0) / (UNITS * length))
        return np.where(self._is_special(left, right), 1.0, bound)

    def _is_special(self, left: Codes, right: Codes) -> Flags:
        """Return where sounds alone do not tell how alike two words are."""
        special = self.is_initial[left] | self.is_initial[right]
        special |= self._has_kin[left] & self._has_kin[right]
        special |= self._is_respectful[left] | self._is_respectful[right]
        special |= self._roots[left] == self._roots[right]
        crossing = (self._has_sh[left] & 1) & (self._has_sh[right] >> 1)
        crossing |= (self._has_sh[left] >> 1) & (self._has_sh[right] & 1)
        special |= (crossing == 1) | (self._letters[left] == self._letters[right])
        return np.asarray(special)

    def may_run_together(self, first: Codes, second: Codes, whole: Codes) -> Flags:
        """Return where two words may make a third, as the function of this name in ``aligning``."""
        lengths = self.first_lengths
        begins = (self._beginnings[whole] & (self._beginnings[first] | self._beginnings[second])) != 0
        is_alike = self._is_arabic[first] == self._is_arabic[whole]
        slack = np.where(is_alike, LENGTH_SLACK, UNWRITTEN_SLACK)
        fits = np.abs(lengths[first] + lengths[second] - lengths[whole]) <= slack
        return np.asarray(begins & fits & ~(self.is_initial[first] | self.is_initial[second]))

    def likeness(self, left: Codes, right: Codes) -> Likeness:
        """Return how alike words by number are, shape ``(n,)``."""
        best = self._best(self._forms, left, right, unwritten=False)
        stemmed = (best < STEMS_BELOW) & (self._has_stems[left] | self._has_stems[right])
        if stemmed.any():
            found = self._best(self._stems, left[stemmed], right[stemmed], unwritten=False)
            found = np.where(found >= STEM_FROM, found - STEM_COST, 0.0)
            best[stemmed] = np.maximum(best[stemmed], found)
        crossing = (best < SPECIALS_BELOW) & (self._is_arabic[left] != self._is_arabic[right])
        if crossing.any():
            arabic = np.where(self._is_arabic[left], left, right)[crossing]
            full = np.where(self._is_arabic[left], right, left)[crossing]
            best[crossing] = np.maximum(best[crossing], self._best(self._forms, arabic, full, unwritten=True))
        special = (best < SPECIALS_BELOW) & self._is_special(left, right)
        for place in np.flatnonzero(special).tolist():
            one, other = self._words[int(left[place])], self._words[int(right[place])]
            best[place] = max(best[place], special_likeness(one, other))
        initial = self.is_initial[left] | self.is_initial[right]
        agrees = np.where((self._beginnings[left] & self._beginnings[right]) != 0, INITIAL_AGREES, 0.0)
        return np.where(initial, agrees, best)

    def remember(self, codes: Codes, values: Likeness) -> None:
        """Keep how alike words are, given as ``left * number of words + right``, in either order."""
        words, size = self._words, len(self._words)
        for left, right, value in zip(
            (codes // size).tolist(), (codes % size).tolist(), values.tolist(), strict=True
        ):
            remember(words[left], words[right], value)
            remember(words[right], words[left], value)

    def remember_pairs(self, pairs: Codes) -> None:
        """Find and keep how alike words by number are, shape ``(n, 2)``."""
        values = self.likeness(pairs[:, 0], pairs[:, 1])
        self.remember(pairs[:, 0] * len(self._words) + pairs[:, 1], values)

    def _best(self, lists: _Lists, left: Codes, right: Codes, *, unwritten: bool) -> Likeness:
        """Return the greatest likeness over all skeletons of both words."""
        if not len(left):
            return np.zeros(0)
        counts = lists.counts[left] * lists.counts[right]
        starts = np.concatenate(([0], np.cumsum(counts)[:-1]))
        within = np.arange(int(counts.sum())) - np.repeat(starts, counts)
        per_left = np.repeat(lists.counts[right], counts)
        ones = lists.members[np.repeat(lists.starts[left], counts) + within // per_left]
        others = lists.members[np.repeat(lists.starts[right], counts) + within % per_left]
        lengths = self._lengths[ones], self._lengths[others]
        alike = likeness_many(self._codes[ones], self._codes[others], lengths, unwritten=unwritten)
        return np.maximum.reduceat(alike, starts)
