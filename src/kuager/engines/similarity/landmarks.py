"""Marks in a sound: the loudest points of its spectrum over time, which survive compression and noise.

A pair of near marks (two pitches and the time between them) is the word by which sounds are found; many
equal words at one distance in time are a match. The marks themselves are kept, not the words: a sound
played faster is found by moving the marks of one side before the words are made.

References
----------
Wang 2003, "An industrial-strength audio search algorithm", sections 2.1 to 2.3.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.ndimage import maximum_filter
from scipy.signal import stft

RATE = 8000
WINDOW, HOP = 1024, 256
SECONDS_PER_STEP = HOP / RATE
MARKS_PER_SECOND = 24
FAN = 12
FARTHEST_STEPS, FARTHEST_BINS = 64, 128
SPEEDS = (1.0, 1.25, 0.8, 1.5, 1 / 1.5, 1.1, 1 / 1.1, 2.0, 0.5, 25 / 24, 24 / 25)
# Equal words at one distance in time. Unrelated sounds of the development set had at most 9.
LEAST_WORDS = 25


@dataclass(frozen=True, kw_only=True, slots=True)
class Marks:
    """Steps of 32 ms ``(n,)`` and pitch in bins of 7.8 Hz ``(n,)``, in order of time."""

    steps: npt.NDArray[np.uint32]
    bins: npt.NDArray[np.uint16]


@dataclass(frozen=True, kw_only=True, slots=True)
class SoundMatch:
    """Second = (first - ``offset``) / ``speed``, from ``first_from`` to ``first_to`` seconds."""

    words: int
    share: float
    speed: float
    offset: float
    first_from: float
    first_to: float


def find_marks(sound: npt.NDArray[np.float32]) -> Marks:
    """Find the marks of a sound of 8,000 samples per second."""
    parts = [_marks_of(sound[at : at + RATE * 60], at) for at in range(0, len(sound), RATE * 60)]
    if not parts:
        return Marks(steps=np.zeros(0, dtype=np.uint32), bins=np.zeros(0, dtype=np.uint16))
    steps, bins = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Marks(steps=steps.astype(np.uint32), bins=bins.astype(np.uint16))


def _marks_of(sound: npt.NDArray[np.float32], at: int) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    if len(sound) < WINDOW or not np.any(np.abs(sound) > 1e-4):
        return np.zeros(0, dtype=np.intp), np.zeros(0, dtype=np.intp)
    spectrum = np.abs(stft(sound, fs=RATE, nperseg=WINDOW, noverlap=WINDOW - HOP, boundary=None)[2])
    loud = np.log(spectrum + 1e-6)
    # Hum and the lowest tones carry little; the top of the band is lost first in compression.
    loud[:12] = loud.min()
    loud[450:] = loud.min()
    peaks = (loud == maximum_filter(loud, size=(15, 7))) & (loud > loud.mean() + 0.5 * loud.std())
    bins, steps = np.nonzero(peaks)
    most = int(len(sound) / RATE * MARKS_PER_SECOND)
    best = np.argsort(-loud[bins, steps], kind="stable")[:most]
    order = best[np.lexsort((bins[best], steps[best]))]
    return steps[order] + at // HOP, bins[order]


def words(marks: Marks, speed: float = 1.0) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.float64]]:
    """Make the words of a sound as it would be if played ``speed`` times as slow (pitch moves too).

    Returns
    -------
    The words, and the time in seconds of the first mark of each.
    """
    steps = marks.steps.astype(np.float64) * speed
    bins = np.rint(marks.bins / speed / 2)
    made, when = [], []
    for fan in range(1, FAN + 1):
        gap = np.rint((steps[fan:] - steps[:-fan]) / 2)
        rise = bins[fan:] - bins[:-fan]
        good = (gap > 0) & (gap < FARTHEST_STEPS / 2) & (np.abs(rise) < FARTHEST_BINS / 2)
        word = (bins[:-fan] * 256 + rise + 64) * 64 + gap
        made.append(word[good])
        when.append(steps[:-fan][good] * SECONDS_PER_STEP)
    if not made:
        return np.zeros(0, dtype=np.int64), np.zeros(0)
    return np.concatenate(made).astype(np.int64), np.concatenate(when)


def match_sounds(first: Marks, second: Marks) -> SoundMatch | None:
    """Say where the sound of the second lies in the first, or None if it does not."""
    ours, our_times = words(first)
    order = np.argsort(ours, kind="stable")
    ours, our_times = ours[order], our_times[order]
    best: SoundMatch | None = None
    for speed in SPEEDS:
        found = _aligned(ours, our_times, *words(second, speed), speed)
        if found and (best is None or found.words > best.words):
            best = found
        if best and best.words >= 4 * LEAST_WORDS:
            break
    return best


def _aligned(
    ours: npt.NDArray[np.int64],
    our_times: npt.NDArray[np.float64],
    theirs: npt.NDArray[np.int64],
    their_times: npt.NDArray[np.float64],
    speed: float,
) -> SoundMatch | None:
    start, stop = np.searchsorted(ours, theirs, "left"), np.searchsorted(ours, theirs, "right")
    # A word that is everywhere (a hum) says nothing.
    many = np.where(stop - start > 50, 0, stop - start)
    rows = np.repeat(start - np.cumsum(many) + many, many) + np.arange(many.sum())
    when, offsets = our_times[rows], our_times[rows] - np.repeat(their_times, many)
    if not len(offsets):
        return None
    # Bins of 80 ms, each taken with its neighbour.
    slots = np.rint(offsets / 0.08).astype(np.int64)
    values, counts = np.unique(slots, return_counts=True)
    both = counts + np.where(np.isin(values + 1, values), np.append(counts[1:], 0), 0)
    if both.max() < LEAST_WORDS:
        return None
    peak = values[both.argmax()]
    inside = (slots == peak) | (slots == peak + 1)
    return SoundMatch(
        words=int(both.max()),
        share=float(min(1.0, both.max() / max(1, min(len(ours), len(theirs))))),
        speed=speed,
        offset=float(np.median(offsets[inside])),
        first_from=float(when[inside].min()),
        first_to=float(when[inside].max()),
    )
