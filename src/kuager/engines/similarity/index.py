"""Find, among everything kept, the few items worth comparing with a new one.

Each item leaves some of its points (80 of a key frame, every two seconds) and the words of its sound. A new
item asks with more of its points, and with their mirror images; an item held gets a vote for each point
that is like one asked and grew and turned as the others did. Nothing is lost by asking again: ``compare``
decides.
"""

from collections.abc import Hashable, Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from kuager.engines.similarity.buckets import Buckets
from kuager.engines.similarity.features import Features
from kuager.engines.similarity.fingerprints import Fingerprint
from kuager.engines.similarity.hypotheses import oriented
from kuager.engines.similarity.landmarks import SPEEDS, words

POINTS_HELD, SECONDS_BETWEEN = 80, 2.0
POINTS_ASKED, FRAMES_ASKED = 200, 60
FARTHEST_BITS = 24
LEAST_VOTES = 5
# One word of the sound in four is held, the same ones everywhere: a copy has hundreds.
WORDS_HELD = 4
LEAST_WORDS = 6
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True, slots=True)
class Candidate(Generic[Key]):
    """An item worth comparing: its key, agreeing points, and equal words of sound."""

    key: Key
    votes: int
    words: int


@dataclass(frozen=True, kw_only=True, slots=True)
class _Held:
    """Columns over all points or words held, built when first asked."""

    buckets: Buckets
    owners: npt.NDArray[np.uint32]
    sizes: npt.NDArray[np.float32]
    angles: npt.NDArray[np.float32]
    words: npt.NDArray[np.int64]
    word_owners: npt.NDArray[np.uint32]
    word_times: npt.NDArray[np.float32]


class Index(Generic[Key]):
    """Fingerprints by key, in memory only; rebuilt from the sealed fingerprints when the vault is opened."""

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._features: list[Features] = []
        self._frame_owners: list[int] = []
        self._words: list[tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]] = []
        self._held: _Held | None = None

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, key: Key, fingerprint: Fingerprint) -> None:
        """Take in an item. The tables are rebuilt at the next question (about 1 s for 100 minutes)."""
        owner = len(self._keys)
        self._keys.append(key)
        for features in _thinned(fingerprint):
            self._features.append(_first(features, POINTS_HELD))
            self._frame_owners.append(owner)
        self._words.append(_sampled(*words(fingerprint.marks)))
        self._held = None

    def candidates(self, fingerprint: Fingerprint, most: int = 30) -> list[Candidate[Key]]:
        """Give the items most worth comparing, likeliest first."""
        if not self._keys:
            return []
        if self._held is None:
            self._held = self._built()
        votes = np.zeros(len(self._keys), dtype=np.int64)
        for is_mirrored in (False, True):
            votes = np.maximum(votes, self._votes(self._held, fingerprint, is_mirrored=is_mirrored))
        equal = self._equal_words(self._held, fingerprint)
        worth = np.flatnonzero((votes >= LEAST_VOTES) | (equal >= LEAST_WORDS))
        order = worth[np.argsort(-(votes[worth] + equal[worth]), kind="stable")][:most]
        return [Candidate(key=self._keys[at], votes=int(votes[at]), words=int(equal[at])) for at in order]

    def _built(self) -> _Held:
        counts = [len(one) for one in self._features]
        word_counts = [len(one) for one, _ in self._words]
        made = np.concatenate([one for one, _ in self._words])
        order = np.argsort(made, kind="stable")
        owners = np.repeat(np.arange(len(self._words), dtype=np.uint32), word_counts)
        return _Held(
            buckets=Buckets(_joined(one.codes for one in self._features)),
            owners=np.repeat(np.array(self._frame_owners, dtype=np.uint32), counts),
            sizes=_joined_flat(one.sizes for one in self._features),
            angles=_joined_flat(one.angles for one in self._features),
            words=made[order],
            word_owners=owners[order],
            word_times=np.concatenate([when for _, when in self._words])[order].astype(np.float32),
        )

    def _votes(self, held: _Held, fingerprint: Fingerprint, *, is_mirrored: bool) -> npt.NDArray[np.int64]:
        """Count agreeing points for every item: the fullest cell of growth and turn."""
        frames = oriented(fingerprint, is_mirrored=is_mirrored)
        step = max(1, len(frames) // FRAMES_ASKED)
        asked = [_first(one, POINTS_ASKED) for one in frames[::step]]
        rows, places = held.buckets.near(_joined(one.codes for one in asked), FARTHEST_BITS)
        grown = _joined_flat(one.sizes for one in asked)[rows] - held.sizes[places]
        turned = (_joined_flat(one.angles for one in asked)[rows] - held.angles[places]) % (2 * np.pi)
        cells = np.rint(grown).clip(-4, 4).astype(np.int64) + 4
        turns = np.rint(turned / (np.pi / 4)).astype(np.int64) % 8
        votes = np.bincount(
            (held.owners[places].astype(np.int64) * 9 + cells) * 8 + turns, minlength=len(self._keys) * 72
        )
        return np.asarray(votes.reshape(-1, 72).max(axis=1), dtype=np.int64)

    def _equal_words(self, held: _Held, fingerprint: Fingerprint) -> npt.NDArray[np.int64]:
        """Count, for every item, the words of sound at one distance in time, at the best speed."""
        best = np.zeros(len(self._keys), dtype=np.int64)
        for speed in SPEEDS if len(held.words) else ():
            asked, times = _sampled(*words(fingerprint.marks, speed))
            start, stop = (
                np.searchsorted(held.words, asked, "left"),
                np.searchsorted(held.words, asked, "right"),
            )
            many = np.where(stop - start > 500, 0, stop - start)
            places = np.repeat(start - np.cumsum(many) + many, many) + np.arange(many.sum())
            slots = (
                np.rint((held.word_times[places] - np.repeat(times, many)) / 0.16).astype(np.int64)
                + 1_000_000
            )
            both, counts = np.unique(
                held.word_owners[places] * np.int64(4_000_000) + slots, return_counts=True
            )
            np.maximum.at(best, both // 4_000_000, counts)
        return best


def _sampled(
    made: npt.NDArray[np.int64], times: npt.NDArray[np.float64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Keep a quarter of the words, by the word alone (Knuth's multiplicative hash)."""
    kept = (made * 2_654_435_761 >> 16) % WORDS_HELD == 0
    return made[kept], times[kept]


def _thinned(fingerprint: Fingerprint) -> list[Features]:
    """Take a key frame every two seconds."""
    taken, last = [], -SECONDS_BETWEEN
    for frame in fingerprint.key_frames:
        if frame.seconds - last >= SECONDS_BETWEEN - 0.1:
            taken.append(frame.features)
            last = frame.seconds
    return taken


def _first(features: Features, most: int) -> Features:
    """Take every so many of the points: they stand in order of strength, and fine ones are strong."""
    step = max(1, len(features) // most)
    return Features(
        points=features.points[::step][:most].copy(),
        sizes=features.sizes[::step][:most].copy(),
        angles=features.angles[::step][:most].copy(),
        codes=features.codes[::step][:most].copy(),
    )


def _joined(codes: Iterable[npt.NDArray[np.uint8]]) -> npt.NDArray[np.uint8]:
    return np.concatenate([np.zeros((0, 16), dtype=np.uint8), *codes])


def _joined_flat(columns: Iterable[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    return np.concatenate([np.zeros(0, dtype=np.float32), *columns])
