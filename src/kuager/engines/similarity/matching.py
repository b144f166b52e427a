"""Find how one picture lies in another: pairs of like points, and the bending of the plane that fits most.

Windows, tiles and fences repeat, so the nearest description is often the wrong one. A pair counts if each
is the other's nearest, and if its change of size and of direction agrees with most others.

References
----------
Fischler and Bolles 1981 (RANSAC); Barath et al. 2020, "MAGSAC++" (the estimator, by OpenCV);
Jégou et al. 2008, "Hamming embedding and weak geometric consistency", section 4.
"""

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

from kuager.engines.similarity.features import Features, Points, Signs, signs

# Bits of 128 that may differ. Unrelated points of the development set differ by 27 to 35 at their nearest;
# the bending sorts out what passes.
FARTHEST_BITS = 30
LEAST_AGREEING = 7
# Share of the larger side; 480 points: 3.4.
TOLERANCE = 0.007
POINTS = 480.0
LARGEST_SCALE = 8.0
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True, kw_only=True, slots=True)
class Fit:
    """How a second picture continues a first.

    Attributes
    ----------
    matrix
        Shape ``(3, 3)``: from points of the first (shares of its larger side) to points of the second.
    inliers
        How many pairs of points it explains.
    first_points, second_points
        Those pairs, shape ``(inliers, 2)``.
    """

    matrix: Matrix
    inliers: int
    first_points: Points
    second_points: Points


def fit(first: Features, second: Features) -> Fit | None:
    """Find the bending that takes the first picture to the second, or None if there is none."""
    return fit_signs(first, second, signs(first) @ signs(second).T)


def fit_signs(first: Features, second: Features, likeness: Signs) -> Fit | None:
    """Do the same with the products of the bits at hand, shape ``(n_first, n_second)``."""
    if min(likeness.shape) < LEAST_AGREEING:
        return None
    nearest, back = likeness.argmax(axis=1), likeness.argmax(axis=0)
    rows = np.arange(len(nearest))
    mutual = (back[nearest] == rows) & (likeness[rows, nearest] >= 128 - 2 * FARTHEST_BITS)
    ours, theirs = rows[mutual], nearest[mutual]
    agreeing = _agreeing(second.sizes[theirs] - first.sizes[ours], second.angles[theirs] - first.angles[ours])
    ours, theirs = ours[agreeing], theirs[agreeing]
    if len(ours) < LEAST_AGREEING:
        return None
    return _robust(first.points[ours], second.points[theirs])


def _agreeing(grown: npt.NDArray[np.float32], turned: npt.NDArray[np.float32]) -> npt.NDArray[np.bool_]:
    """Tell which pairs change size and direction as most do: within an octave and 30 degrees or so."""
    if not len(grown):
        return np.zeros(0, dtype=np.bool_)
    turned = turned % np.float32(2 * np.pi)
    sizes, turns = np.floor(grown * 2).astype(np.int64), np.floor(turned / (np.pi / 6)).astype(np.int64)
    votes = np.zeros((41, 12))
    np.add.at(votes, (sizes.clip(-20, 20) + 20, turns % 12), 1)
    wide = sum(np.roll(np.roll(votes, a, axis=0), b, axis=1) for a in (-1, 0, 1) for b in (-1, 0, 1))
    size, turn = np.unravel_index(int(np.argmax(wide)), votes.shape)
    apart = np.abs(turns - turn) % 12
    return np.asarray((np.abs(sizes + 20 - size) <= 1) & (np.minimum(apart, 12 - apart) <= 1))


def _robust(ours: Points, theirs: Points) -> Fit | None:
    matrix, inside = robust_matrix(ours, theirs)
    if matrix is None:
        return None
    return Fit(
        matrix=matrix,
        inliers=int(inside.sum()),
        first_points=ours[inside],
        second_points=theirs[inside],
    )


def robust_matrix(ours: Points, theirs: Points) -> tuple[Matrix | None, npt.NDArray[np.bool_]]:
    """Find the bending most pairs of points agree on, and which do; None if no camera could make it."""
    # The estimator's own limits are meant for points, not for shares of a picture.
    matrix, kept = cv2.findHomography(
        ours * POINTS, theirs * POINTS, cv2.USAC_MAGSAC, TOLERANCE * POINTS, maxIters=2000, confidence=0.999
    )
    if matrix is None:
        return None, np.zeros(len(ours), dtype=np.bool_)
    scale = np.diag([POINTS, POINTS, 1.0])
    matrix = np.linalg.inv(scale) @ matrix @ scale
    return (matrix if is_sound(matrix) else None), kept.ravel().astype(bool)


def is_sound(matrix: Matrix) -> bool:
    """Tell whether a bending is one a camera can make: no fold, no mirror, not beyond eight times larger."""
    corners = moved(matrix, np.array([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=np.float32))
    edges = np.roll(corners, -1, axis=0) - corners
    turns = edges[:, 0] * np.roll(edges, -1, axis=0)[:, 1] - edges[:, 1] * np.roll(edges, -1, axis=0)[:, 0]
    lengths = np.hypot(*edges.T)
    is_convex = bool((turns > 0).all())
    return (
        is_convex
        and lengths.min() > 1 / LARGEST_SCALE
        and lengths.max() < min(LARGEST_SCALE, 3 * lengths.min())
    )


def moved(matrix: Matrix, points: Points) -> npt.NDArray[np.float64]:
    """Move points, shape ``(n, 2)``, by a bending."""
    flat = np.column_stack([points, np.ones(len(points))]) @ matrix.T
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.nan_to_num(flat[:, :2] / flat[:, 2:], nan=1e6, posinf=1e6, neginf=-1e6)
