"""Find the stored keys nearest to a typed one: equal, longer, or misspelt by about one letter.

Promises: ``near`` never returns a key it was not given; the same keys and query give the same answer;
an equal key always comes first.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from heapq import nsmallest

from rapidfuzz import process
from rapidfuzz.distance import OSA

from kuager.engines.names.distances import likeness

_END = "\U0010ffff"
_MIN_TYPO_LENGTH = 4
_PREFIX_DISTANCE = 0.2
_PREFIX_TYPO_DISTANCE = 0.6


class Vocabulary:
    """An immutable sorted collection of distinct keys that answers "which of these are near?"."""

    __slots__ = ("_by_length", "_keys")

    def __init__(self, keys: Iterable[str]) -> None:
        self._keys: tuple[str, ...] = tuple(sorted(set(keys)))
        by_length: dict[int, list[str]] = {}
        for key in self._keys:
            by_length.setdefault(len(key), []).append(key)
        self._by_length = by_length

    def __len__(self) -> int:
        return len(self._keys)

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self._is_key(key)

    def near(self, query_key: str, *, limit: int) -> list[tuple[str, float]]:
        """Return up to ``limit`` keys with their distance, nearest first.

        Parameters
        ----------
        query_key
            A skeleton, as :func:`query_keys` gives it.
        limit
            How many keys at most.

        Returns
        -------
        list of (key, distance)
            0 is equal, up to 0.4 begins with the query, and the rest differ by about one letter or a few
            close vowels.
        """
        if not query_key:
            return []
        found = {key: _prefix_distance(query_key, key) for key in self._longer(query_key, limit)}
        if self._is_key(query_key):
            found[query_key] = 0.0
        if len(query_key) >= _MIN_TYPO_LENGTH:
            for key, distance in self._misspelt(query_key):
                found[key] = min(distance, found.get(key, distance))
            if not found:
                found.update(self._begins_misspelt(query_key))
        return nsmallest(limit, found.items(), key=lambda item: (item[1], item[0]))

    def _is_key(self, key: str) -> bool:
        place = bisect_left(self._keys, key)
        return place < len(self._keys) and self._keys[place] == key

    def _longer(self, query: str, limit: int) -> Sequence[str]:
        start = bisect_left(self._keys, query)
        end = bisect_left(self._keys, query + _END, lo=start)
        # The shortest continuations matter most; a one-letter query may have thousands.
        return nsmallest(limit, self._keys[start:end], key=len)

    def _misspelt(self, query: str) -> list[tuple[str, float]]:
        edits = 2 if len(query) >= _MIN_TYPO_LENGTH + 1 else 1
        found = []
        for length in range(len(query) - 1, len(query) + 2):
            choices = self._by_length.get(length, ())
            for key, _, _ in process.extract_iter(query, choices, scorer=OSA.distance, score_cutoff=edits):
                distance = _typo_distance(query, key)
                if distance <= 1.0:
                    found.append((key, distance))
        return found

    def _begins_misspelt(self, query: str) -> dict[str, float]:
        """Read an unfinished word with one wrong letter: only when nothing else was found."""
        length = len(query)
        longer = [key for size, keys in self._by_length.items() if size > length for key in keys]
        heads = [key[:length] for key in longer]
        hits = process.extract_iter(query, heads, scorer=OSA.distance, score_cutoff=1)
        return {
            longer[place]: _PREFIX_TYPO_DISTANCE + _prefix_distance(query, longer[place])
            for _, _, place in hits
        }


def _prefix_distance(query: str, key: str) -> float:
    return _PREFIX_DISTANCE * (1.0 + (len(key) - len(query)) / len(key))


def _typo_distance(query: str, key: str) -> float:
    """Return 0.25 to 1 for one edit; two edits count only when the words still sound nearly alike."""
    alike = likeness(query, key)
    edits = OSA.distance(query, key)
    if edits <= 1:
        return 0.3 + min(0.6, 2.0 * (1.0 - alike))
    return 0.5 + 2.0 * (1.0 - alike) if alike >= 0.8 else 2.0
