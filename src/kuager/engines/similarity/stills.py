"""Decide whether two stills go back to one photograph: bent onto each other, they agree part by part.

A second photograph from the same spot has the same walls, but the near things stand elsewhere before the
far ones, and people have moved. Grey levels are compared after the mean of the surroundings is taken away,
so that light, contrast and tone do not count; the middle one of the parts' agreements is taken, because a
logo, text or a bar is not the photograph, and may cover nearly half of it.
"""

from dataclasses import dataclass

import cv2
import numpy as np

from kuager.engines.similarity import aligning
from kuager.engines.similarity.hypotheses import Hypothesis, shape_of
from kuager.engines.similarity.matching import Matrix, is_sound, moved
from kuager.engines.similarity.motion import Greys

PARTS = 8
LEAST_POINTS_SHARED = 60
LEAST_POINTS_OF_PART = 8
# Grey levels: a part says nothing if one side is plain and the other hardly more than compression leaves.
PLAIN, BUSY = 0.6, 2.5
LEAST_INLIERS = 10
# Share of one of the two pictures that the other must show.
LEAST_AREA = 0.4
# Agreement from which two stills are one photograph (docs/benchmarks.md, section "Copies").
CLEAR = 0.88


@dataclass(frozen=True, kw_only=True, slots=True)
class Agreement:
    """How far two stills agree: 0 to 1, under which bending."""

    hypothesis: Hypothesis
    matrix: Matrix
    score: float


def agree(ours: Greys, theirs: Greys, hypothesis: Hypothesis) -> Agreement:
    """Compare small pictures ``(height, width)`` under a bending, and under a finer one."""
    source = np.ascontiguousarray(ours[:, ::-1]) if hypothesis.is_mirrored else ours
    best = Agreement(
        hypothesis=hypothesis, matrix=hypothesis.matrix, score=likeness(source, theirs, hypothesis.matrix)
    )
    finer = refined(source, theirs, hypothesis.matrix)
    if finer is not None:
        score = likeness(source, theirs, finer)
        if score > best.score:
            best = Agreement(hypothesis=hypothesis, matrix=finer, score=score)
    return best


def likeness(ours: Greys, theirs: Greys, matrix: Matrix) -> float:
    """Correlate the details of two pictures in up to 64 parts of the area both show; 0 to 1."""
    size = theirs.shape[1], theirs.shape[0]
    bent, inside = aligning.bend(ours[None], matrix, size)
    if inside.sum() < LEAST_POINTS_SHARED:
        return 0.0
    one, two = _details(bent[0], inside), _details(theirs, inside)
    ys, xs = np.nonzero(inside)
    values = []
    for rows in np.array_split(np.arange(ys.min(), ys.max() + 1), PARTS):
        for columns in np.array_split(np.arange(xs.min(), xs.max() + 1), PARTS):
            part = np.ix_(rows, columns)
            points = int(inside[part].sum())
            powers = float((one[part] ** 2).sum()), float((two[part] ** 2).sum())
            is_plain = max(powers) < points * BUSY**2 and min(powers) < points * PLAIN**2
            if points >= LEAST_POINTS_OF_PART and not is_plain:
                values.append(
                    float((one[part] * two[part]).sum()) / max(1e-9, np.sqrt(powers[0] * powers[1]))
                )
    return max(0.0, float(np.median(values))) if values else 0.0


def _details(picture: Greys, inside: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Greys:
    """Take away the mean of the surroundings, counting only what both pictures show."""
    mask = inside.astype(np.float32)
    blur = max(2.0, max(picture.shape) / 40)
    around = cv2.GaussianBlur(picture * mask, (0, 0), blur) / np.maximum(
        cv2.GaussianBlur(mask, (0, 0), blur), 1e-3
    )
    return np.asarray((picture - around) * mask, dtype=np.float32)


def refined(ours: Greys, theirs: Greys, start: Matrix) -> Matrix | None:
    """Bend more exactly by grey levels (Evangelidis and Psarakis 2008, ECC), or None if that fails."""
    source, target = np.ascontiguousarray(ours), np.ascontiguousarray(theirs)
    ours_in, theirs_in = aligning.pixels_of(source.shape[::-1]), aligning.pixels_of(target.shape[::-1])
    back = np.linalg.inv(theirs_in @ start @ np.linalg.inv(ours_in))
    try:
        _, finer = cv2.findTransformECC(
            target,
            source,
            (back / back[2, 2]).astype(np.float32),
            cv2.MOTION_HOMOGRAPHY,
            (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 40, 1e-4),
        )
        matrix = np.linalg.inv(theirs_in) @ np.linalg.inv(finer.astype(np.float64)) @ ours_in
    except (cv2.error, np.linalg.LinAlgError):
        return None
    return matrix / matrix[2, 2] if is_sound(matrix) else None


def shown_shares(first: tuple[int, int], second: tuple[int, int], matrix: Matrix) -> tuple[float, float]:
    """Say which share of the first picture the second shows, and which share of the second that fills."""
    ours, theirs = shape_of(first), shape_of(second)
    there = moved(matrix, ours).astype(np.float32)
    back = moved(np.asarray(np.linalg.inv(matrix)), theirs).astype(np.float32)
    shared_there = cv2.intersectConvexConvex(there, theirs)[0]
    shared_here = cv2.intersectConvexConvex(back, ours)[0]
    return (
        float(min(1.0, shared_here / max(1e-9, cv2.contourArea(ours)))),
        float(min(1.0, shared_there / max(1e-9, cv2.contourArea(theirs)))),
    )
