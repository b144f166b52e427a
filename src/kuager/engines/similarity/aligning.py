"""Compare the movements of two videos through a bending of the plane, and find which second is which.

Differences of small pictures two steps apart show what moved, with its sign. Of every moment of the first
and every moment of the second the likeness is taken (correlation over the part both show); a copy is a line
in that table: its slope is the speed, its ends are the excerpt. Along the line the movements are compared
again in parts of the picture, and the worst three tenths are left out: a logo or running text is not the
footage.
"""

from dataclasses import dataclass, replace

import cv2
import numpy as np
import numpy.typing as npt

from kuager.engines.similarity.matching import Matrix
from kuager.engines.similarity.motion import Greys

SPEEDS = (1.0, 0.5, 2 / 3, 0.75, 0.8, 0.9, 24 / 25, 25 / 24, 1.1, 1.25, 4 / 3, 1.5, 2.0)
LAG = 2
# Grey levels: differences below are noise of compression.
NOISE, MOST_NOISE = 1.0, 2.5
# What a moment must reach to lengthen a line: between chance (0.1) and a poor copy (0.4).
COUNTS_FROM = 0.22
# A line may be as short as one cut from scene to scene, if that cut is the same.
LEAST_STEPS = 2
LEAST_STRENGTH = 1.2
# Root mean square of a moment's differences that counts as movement, and as a cut, which counts as many.
MOVES, CUTS = 0.02, 0.2
MOST_PER_MOMENT = 8.0
ROWS, COLUMNS = 4, 5
WORST_SHARE = 0.3
Table = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Line:
    """First step = ``speed`` times second step + ``offset``; second steps ``start`` to before ``stop``."""

    speed: float
    offset: float
    start: int
    stop: int
    strength: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Movement:
    """How alike the movements are along a line.

    Attributes
    ----------
    likeness
        -1 to 1: correlation over space and time, the worst parts of the picture left out.
    moments
        Steps (0.08 s) in which something moved on both sides, counted by how much.
    """

    likeness: float
    moments: float


def bend(pictures: Greys, matrix: Matrix, size: tuple[int, int]) -> tuple[Greys, npt.NDArray[np.bool_]]:
    """Bend small pictures of the first onto the second's ``(width, height)``; also say what they cover."""
    height, width = pictures.shape[1:]
    full = pixels_of(size) @ matrix @ np.linalg.inv(pixels_of((width, height)))
    bent = np.stack([cv2.warpPerspective(one, full, size, flags=cv2.INTER_LINEAR) for one in pictures])
    whole = cv2.warpPerspective(np.ones((height, width), dtype=np.float32), full, size)
    inside = cv2.erode((whole > 0.99).astype(np.uint8), np.ones((3, 3), dtype=np.uint8), borderValue=0)
    return bent.astype(np.float32), inside.astype(bool)


def pixels_of(size: tuple[int, int]) -> Matrix:
    """From shares of the larger side to middles of pixels."""
    side = max(size)
    return np.array([[side, 0, -0.5], [0, side, -0.5], [0, 0, 1]], dtype=np.float64)


def differences(pictures: Greys) -> Greys:
    """Show what moved at each step: positive where it became lighter. Large changes count for less."""
    ahead = np.concatenate([pictures[LAG:], np.repeat(pictures[-1:], min(LAG, len(pictures)), axis=0)])
    change = ahead - pictures
    change -= np.median(change, axis=(1, 2), keepdims=True)
    size = np.abs(change)
    # Where a camera stands, the usual difference is noise; where it moves, the limit keeps movement in.
    noise = float(np.clip(2 * np.median(size), NOISE, MOST_NOISE)) if size.size else NOISE
    return np.asarray(np.sign(change) * np.maximum(size - noise, 0) / (size + 8), dtype=np.float32)


def table_of(first: Greys, second: Greys) -> tuple[Table, Table]:
    """Correlate every moment with every moment; also say how much weight a pair of moments has.

    Parameters
    ----------
    first, second
        Differences over the common part, shapes ``(n_first, points)`` and ``(n_second, points)``.
    """
    powers = [np.sqrt((side**2).sum(axis=1)) for side in (first, second)]
    scaled = [
        side / np.maximum(power, 1e-6)[:, None] for side, power in zip((first, second), powers, strict=True)
    ]
    strengths = [power / np.sqrt(first.shape[1]) for power in powers]
    weights = [weights_of(one, float(np.median(one)) if len(one) else 0.0) for one in strengths]
    return scaled[0] @ scaled[1].T, np.minimum.outer(weights[0], weights[1]).astype(np.float32)


def weights_of(strength: Table, usual: float) -> Table:
    """Weigh moments by their root mean square: 1 from plain movement on, 8 at a cut to another scene.

    A cut changes most of the picture at once, far more than is ``usual`` in this video; a walk always does.
    """
    is_cut = (strength > CUTS) & (strength > 3 * usual)
    return np.asarray(np.minimum(1.0, strength / MOVES) + (MOST_PER_MOMENT - 1) * is_cut, dtype=np.float32)


def _strengths(differences: Greys) -> Table:
    """Take the root mean square of each moment, over the last axis."""
    return np.asarray(np.sqrt((differences**2).mean(axis=-1)), dtype=np.float32)


def moments_of(first: Greys, second: Greys) -> float:
    """Count the moments, ``(n, points)`` on each side, in which something moves on both."""
    return float(np.minimum(*[weights_of(_strengths(side), np.inf) for side in (first, second)]).sum())


def lines(table: Table, weights: Table, speeds: tuple[float, ...] = SPEEDS) -> Line | None:
    """Find the strongest line in a table, or None if nothing moves alike for 0.8 seconds."""
    gains = (table - COUNTS_FROM) * weights
    best: Line | None = None
    for speed in speeds:
        found = _best_offset(gains, speed)
        if found and (best is None or found.strength > best.strength * 1.05):
            best = found
    return best


def _best_offset(gains: Table, speed: float) -> Line | None:
    """Sum along every parallel of one slope; the best stretch of the best parallel."""
    n_first, n_second = gains.shape
    steps = np.arange(n_second)
    offsets = np.arange(-int(speed * n_second) + LEAST_STEPS, n_first - LEAST_STEPS)
    if not len(offsets):
        return None
    best: Line | None = None
    for at in range(0, len(offsets), 512):
        rows = offsets[at : at + 512, None] + speed * steps[None, :]
        low = np.floor(rows).astype(np.int64)
        part = (rows - low).astype(np.float32)
        inside = (low >= 0) & (low < n_first)
        here = gains[low.clip(0, n_first - 1), steps]
        next_one = gains[(low + 1).clip(0, n_first - 1), steps]
        along = np.where(inside, here * (1 - part) + next_one * part, -0.5)
        sums = np.concatenate([np.zeros((len(rows), 1)), np.cumsum(along, axis=1)], axis=1)
        rise = sums - np.minimum.accumulate(sums, axis=1)
        row, stop = np.unravel_index(int(np.argmax(rise)), rise.shape)
        start = int(np.argmin(sums[row, : stop + 1]))
        if (
            stop - start >= LEAST_STEPS
            and rise[row, stop] > LEAST_STRENGTH
            and (best is None or rise[row, stop] > best.strength)
        ):
            best = Line(
                speed=speed,
                offset=float(offsets[at + row]),
                start=start,
                stop=int(stop),
                strength=float(rise[row, stop]),
            )
    return best


def along(first: Greys, line: Line) -> Greys:
    """Take the first's pictures at the moments of the second, between two where need be."""
    rows = (line.offset + line.speed * np.arange(line.start, line.stop)).clip(0, len(first) - 1)
    low = np.floor(rows).astype(np.int64)
    part = (rows - low).astype(np.float32)[:, None, None]
    between = first[low] * (1 - part) + first[(low + 1).clip(0, len(first) - 1)] * part
    return np.asarray(between, dtype=np.float32)


def extended(first: Greys, second: Greys, line: Line) -> Line:
    """Follow a line found in a part of the time to its ends; differences have shape ``(n, points)``."""
    rows = np.rint(line.offset + line.speed * np.arange(len(second))).astype(np.int64)
    inside = (rows >= 0) & (rows < len(first))
    ours = first[rows.clip(0, len(first) - 1)]
    powers = [np.sqrt((side**2).sum(axis=1)) for side in (ours, second)]
    alike = (ours * second).sum(axis=1) / np.maximum(powers[0] * powers[1], 1e-6)
    weights = np.minimum(*[np.minimum(1.0, power / (MOVES * np.sqrt(first.shape[1]))) for power in powers])
    sums = np.concatenate([[0.0], np.cumsum(np.where(inside, (alike - COUNTS_FROM) * weights, -0.5))])
    middle = (line.start + line.stop) // 2
    start = int(np.argmin(sums[: middle + 1]))
    stop = middle + int(np.argmax(sums[middle:]))
    if stop - start <= line.stop - line.start:
        return line
    return replace(line, start=start, stop=stop, strength=float(sums[stop] - sums[start]))


def movement(first: Greys, whole: Greys, line: Line, inside: npt.NDArray[np.bool_]) -> Movement:
    """Compare differences ``(n, height, width)`` part by part over the area both show.

    Parameters
    ----------
    first
        Of the first video, at the moments of the line.
    whole
        Of the second video, at all its moments.
    """
    second = whole[line.start : line.stop]
    height, width = inside.shape
    theirs = _strengths(whole[:, inside])
    usual = float(np.median(theirs)) if len(theirs) else 0.0
    moments = np.minimum(
        weights_of(_strengths(first[:, inside]), 0.0), weights_of(theirs[line.start : line.stop], usual)
    )
    values, weights = [], []
    ys, xs = np.nonzero(inside)
    if not len(ys):
        return Movement(likeness=0.0, moments=0.0)
    for rows in np.array_split(np.arange(ys.min(), ys.max() + 1), ROWS):
        for columns in np.array_split(np.arange(xs.min(), xs.max() + 1), COLUMNS):
            if not len(rows) or not len(columns):
                continue
            part = np.zeros((height, width), dtype=bool)
            part[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] = True
            one, two = first[:, part & inside], second[:, part & inside]
            powers = float((one**2).sum()), float((two**2).sum())
            values.append(float((one * two).sum()) / max(1e-9, np.sqrt(powers[0] * powers[1])))
            weights.append(np.sqrt(powers[0] * powers[1]))
    return Movement(likeness=without_worst(values, weights, WORST_SHARE), moments=float(moments.sum()))


def without_worst(values: list[float], weights: list[float], share: float) -> float:
    """Mean of the values by weight, after the lowest that carry ``share`` of all weight are left out."""
    order = np.argsort(values, kind="stable")
    value, weight = np.array(values)[order], np.array(weights)[order]
    if weight.sum() <= 0:
        return 0.0
    below = np.cumsum(weight) - weight
    kept = (weight - (share * weight.sum() - below).clip(0, None)).clip(0, None)
    return float((value * kept).sum() / max(1e-9, kept.sum()))
