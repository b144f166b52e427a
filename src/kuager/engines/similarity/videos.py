"""Decide whether two videos show the same footage: by place first, then by movement."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from kuager.engines.similarity import aligning, hypotheses, stills
from kuager.engines.similarity.aligning import Line, Movement
from kuager.engines.similarity.fingerprints import Fingerprint
from kuager.engines.similarity.hypotheses import Hypothesis, Seen
from kuager.engines.similarity.matching import Matrix, moved
from kuager.engines.similarity.motion import RATE, Greys

MOST_HYPOTHESES = 10
LEAST_POINTS_SHARED = 40
# Moments at which the score is half of the likeness: short agreement may be chance.
HALF_MOMENTS = 6.0
GOOD_ENOUGH = 0.9
# Share of the second's picture below which movements count for less.
LEAST_SHARE = 0.25
# What an end without a reason leaves of the score; ends are looked at over one second.
LOOSE_END = 0.8
END_STEPS = 12
# Correlation of a picture with the next one, below which the scene has changed.
SAME_SCENE = 0.6
# Steps of 0.08 s: four minutes of the first and two of the second are laid beside each other at a time.
OUR_WINDOW, WINDOW = 3000, 1500
MOST_WINDOWS = 24


@dataclass(frozen=True, kw_only=True, slots=True)
class Aligned:
    """Footage of the first found in the second: how it is bent, when, and how alike it moves."""

    hypothesis: Hypothesis
    matrix: Matrix
    line: Line
    movement: Movement
    share: float
    loose_ends: int

    @property
    def score(self) -> float:
        """0 to 1: the likeness of movements, lowered where little moved or it breaks off for no reason.

        Movement in a small part of the picture, and at another speed, is more easily alike by chance.
        """
        moments = self.movement.moments * min(1.0, self.share / LEAST_SHARE)
        half = HALF_MOMENTS if self.line.speed == 1 else 2 * HALF_MOMENTS
        return max(0.0, self.movement.likeness) * moments / (moments + half) * LOOSE_END**self.loose_ends


class Pair:
    """The unpacked pictures of two videos, for trying bendings.

    ``is_open`` tells, for each step of the second, whether it may still be claimed by a stretch of the first.
    """

    def __init__(self, first: Fingerprint, second: Fingerprint) -> None:
        self.first, self.second = first, second
        self.pictures, self.theirs = first.small_pictures(), second.small_pictures()
        self.their_differences = aligning.differences(self.theirs)
        self.is_open = np.ones(len(self.theirs), dtype=np.bool_)

    def ours(self, *, is_mirrored: bool) -> Greys:
        """Our small pictures, mirrored if asked."""
        return self.pictures[:, :, ::-1] if is_mirrored else self.pictures

    def align(
        self, hypothesis: Hypothesis, matrix: Matrix, speeds: tuple[float, ...] = aligning.SPEEDS
    ) -> Aligned | None:
        """Look for the line in time under one bending."""
        pictures = self.ours(is_mirrored=hypothesis.is_mirrored)
        bent, inside = aligning.bend(pictures, matrix, self.second.small_size)
        if inside.sum() < LEAST_POINTS_SHARED:
            return None
        ours = aligning.differences(bent)
        line = self._line(ours[:, inside], self.their_differences[:, inside], hypothesis, speeds)
        if line is None:
            return None
        # At another speed the first's differences span another time: take them anew between aligned pictures.
        longer = aligning.along(bent, replace(line, stop=line.stop + aligning.LAG))
        movement = aligning.movement(
            aligning.differences(longer)[: -aligning.LAG], self.their_differences, line, inside
        )
        return Aligned(
            hypothesis=hypothesis,
            matrix=matrix,
            line=line,
            movement=movement,
            share=float(inside.mean()),
            loose_ends=self._loose_ends(line, ours[:, inside], self.their_differences[:, inside]),
        )

    def _loose_ends(self, line: Line, ours: Greys, theirs: Greys) -> int:
        """Count the ends at which both videos run on, and move, without a cut: copies end with a reason."""
        beyond = (
            range(line.start - END_STEPS, line.start - 1),
            range(line.stop + 1, line.stop + END_STEPS),
        )
        return sum(self._is_loose(line, steps, ours, theirs) for steps in beyond)

    def _is_loose(self, line: Line, steps: range, ours: Greys, theirs: Greys) -> bool:
        rows = np.rint(line.offset + line.speed * np.array(steps)).astype(np.int64)
        columns = np.array(steps)
        exist = (rows >= 0) & (rows < len(ours)) & (columns >= 0) & (columns < len(theirs))
        rows, columns = rows[exist], columns[exist]
        if len(rows) < END_STEPS // 2 or not self.is_open[columns].all():
            return False
        # The cut itself may lie a few steps within the line.
        if self._cuts(self.pictures, rows) or self._cuts(self.theirs, columns):
            return False
        return aligning.moments_of(ours[rows], theirs[columns]) > END_STEPS / 4

    @staticmethod
    def _cuts(pictures: Greys, steps: npt.NDArray[np.int64]) -> bool:
        """Tell whether the scene changes within the steps or shortly beside them."""
        start, stop = max(0, int(steps.min()) - 4), int(steps.max()) + 5
        stretch = pictures[start:stop].reshape(len(pictures[start:stop]), -1)
        stretch = stretch - stretch.mean(axis=1, keepdims=True)
        scaled = stretch / np.maximum(np.sqrt((stretch**2).sum(axis=1)), 1e-6)[:, None]
        return bool(((scaled[1:] * scaled[:-1]).sum(axis=1) < SAME_SCENE).any())

    def _line(
        self, ours: Greys, theirs: Greys, hypothesis: Hypothesis, speeds: tuple[float, ...]
    ) -> Line | None:
        """Look in windows of time, so that long videos need no more memory than short ones."""
        best: Line | None = None
        for at, until in self._windows(hypothesis):
            table, weights = aligning.table_of(ours[at : at + OUR_WINDOW], theirs[until : until + WINDOW])
            weights = weights * self.is_open[until : until + WINDOW]
            line = aligning.lines(table, weights, speeds)
            if line and (best is None or line.strength > best.strength):
                offset = line.offset + at - line.speed * until
                best = replace(line, offset=offset, start=line.start + until, stop=line.stop + until)
        is_long = len(ours) > OUR_WINDOW or len(theirs) > WINDOW
        return aligning.extended(ours, theirs * self.is_open[:, None], best) if best and is_long else best

    def _windows(self, hypothesis: Hypothesis) -> list[tuple[int, int]]:
        """Stretches of first and second in which key frames were seen to fit, most points first."""
        votes: Counter[tuple[int, int]] = Counter()
        half = OUR_WINDOW // 2
        for one in hypothesis.seen:
            ours = int(self.first.key_frames[one.first].seconds * RATE)
            theirs = int(self.second.key_frames[one.second].seconds * RATE)
            votes[max(0, ours // half * half - half // 2), theirs // WINDOW * WINDOW] += one.fit.inliers
        return [window for window, _ in votes.most_common(MOST_WINDOWS)]


def align(pair: Pair, groups: list[Hypothesis], seen: list[Seen]) -> Aligned | None:
    """Try the likeliest bendings, refine the best, and give what moves most alike."""
    tried = [pair.align(one, one.matrix) for one in groups[:MOST_HYPOTHESES]]
    found = sorted((one for one in tried if one), key=lambda one: -one.score * one.line.strength)
    return max((_refined(pair, one, seen) for one in found[:2]), key=lambda one: one.score, default=None)


def _refined(pair: Pair, aligned: Aligned, seen: list[Seen]) -> Aligned:
    """Bend more exactly: by all key frames of the same moments, then by the small pictures themselves."""
    best = aligned
    for matrix in _better(pair, aligned, seen):
        if best.movement.likeness > GOOD_ENOUGH:
            break
        tried = pair.align(aligned.hypothesis, matrix, (aligned.line.speed,))
        if tried and tried.score > best.score:
            best = tried
    return best


def _better(pair: Pair, aligned: Aligned, seen: list[Seen]) -> Iterator[Matrix]:
    line = aligned.line
    shape = hypotheses.shape_of(pair.first.full_size)
    corners = moved(aligned.matrix, shape)
    members = [
        one
        for one in seen
        if one.is_mirrored == aligned.hypothesis.is_mirrored
        and abs(_lag(pair, one, line)) < hypotheses.SECONDS_TO_POOL
        and np.abs(moved(one.fit.matrix, shape) - corners).max() < hypotheses.NEAR_ENOUGH_TO_POOL
    ]
    matrix = hypotheses.pooled(members) if members else None
    if matrix is not None:
        yield matrix
    starts = [aligned.matrix] if matrix is None else [matrix, aligned.matrix]
    for start in starts:
        for share in (0.5, 0.2, 0.8):
            finer = _by_pictures(pair, aligned, start, share)
            if finer is not None:
                yield finer


def _lag(pair: Pair, one: Seen, line: Line) -> float:
    """Seconds by which a pair of key frames misses the line."""
    ours = pair.first.key_frames[one.first].seconds
    theirs = pair.second.key_frames[one.second].seconds
    return float(ours - (line.offset / RATE + line.speed * theirs))


def _by_pictures(pair: Pair, aligned: Aligned, start: Matrix, share: float) -> Matrix | None:
    """Refine a bending by the grey levels of one moment."""
    line = aligned.line
    step = int(line.start + share * (line.stop - 1 - line.start))
    row = round(line.offset + line.speed * step)
    ours = pair.ours(is_mirrored=aligned.hypothesis.is_mirrored)
    if not 0 <= row < len(ours):
        return None
    return stills.refined(ours[row], pair.theirs[step], start)
