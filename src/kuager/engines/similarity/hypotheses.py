"""Gather the ways in which one video's picture may lie in another's, from pairs of key frames."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np

from kuager.engines.similarity.features import Features, Points, mirrored, signs
from kuager.engines.similarity.fingerprints import Fingerprint
from kuager.engines.similarity.matching import Fit, Matrix, fit_signs, moved, robust_matrix

# Shares of the content: bendings whose corners lie closer are one.
NEAR = 0.05
NEAR_ENOUGH_TO_POOL = 0.15
SECONDS_TO_POOL = 0.3


@dataclass(frozen=True, kw_only=True, slots=True)
class Seen:
    """A key frame of the first that fits one of the second: their numbers and how."""

    first: int
    second: int
    is_mirrored: bool
    fit: Fit


@dataclass(kw_only=True, slots=True)
class Hypothesis:
    """A bending, with the pairs of key frames that agree on it."""

    is_mirrored: bool
    matrix: Matrix
    corners: Matrix
    seen: list[Seen] = field(default_factory=list)

    @property
    def inliers(self) -> int:
        """Pairs of points over all pairs of key frames."""
        return sum(one.fit.inliers for one in self.seen)

    @property
    def most_inliers(self) -> int:
        """Pairs of points of the best pair of key frames."""
        return max(one.fit.inliers for one in self.seen)


def shape_of(full_size: tuple[int, int]) -> Points:
    """Corners of a picture in shares of its larger side."""
    width, height = (size / max(full_size) for size in full_size)
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], dtype=np.float32)


def oriented(fingerprint: Fingerprint, *, is_mirrored: bool) -> list[Features]:
    """Give the points of all key frames, mirrored if asked."""
    width = fingerprint.full_size[0] / max(fingerprint.full_size)
    features = [frame.features for frame in fingerprint.key_frames]
    return [mirrored(one, width) for one in features] if is_mirrored else features


def look(
    first: Fingerprint, second: Fingerprint, pairs: Iterable[tuple[int, int]], *, is_mirrored: bool
) -> list[Seen]:
    """Try to fit pairs of key frames, and give those that do."""
    ours, theirs = oriented(first, is_mirrored=is_mirrored), oriented(second, is_mirrored=False)
    our_signs, their_signs = [signs(one) for one in ours], [signs(one) for one in theirs]
    seen = []
    for i, j in pairs:
        found = fit_signs(ours[i], theirs[j], our_signs[i] @ their_signs[j].T)
        if found:
            seen.append(Seen(first=i, second=j, is_mirrored=is_mirrored, fit=found))
    return seen


def group(seen: Sequence[Seen], full_size: tuple[int, int]) -> list[Hypothesis]:
    """Put like bendings together; those with most points first."""
    shape = shape_of(full_size)
    groups: list[Hypothesis] = []
    for one in sorted(seen, key=lambda one: (-one.fit.inliers, one.first, one.second)):
        corners = moved(one.fit.matrix, shape)
        for known in groups:
            near = NEAR * float(np.ptp(known.corners, axis=0).max())
            if known.is_mirrored == one.is_mirrored and np.abs(known.corners - corners).max() < near:
                known.seen.append(one)
                break
        else:
            groups.append(
                Hypothesis(is_mirrored=one.is_mirrored, matrix=one.fit.matrix, corners=corners, seen=[one])
            )
    return sorted(groups, key=lambda known: -known.inliers)


def pooled(members: Sequence[Seen]) -> Matrix | None:
    """Fit one bending to the points of many pairs of key frames: they cover more of the picture together."""
    ours = np.concatenate([one.fit.first_points for one in members])
    theirs = np.concatenate([one.fit.second_points for one in members])
    return robust_matrix(ours, theirs)[0]
