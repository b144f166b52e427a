"""Points of a picture that are found again after it was cut, scaled, covered, compressed or filmed off.

SIFT gives up to 300 points of a frame; each is described by 128 numbers, of which one bit each is kept:
whether the number is above the median of the 128. The bits need an eighth of the room, compare by counting,
and lose little (Zhou et al. 2012, "Scalar quantization for large scale image search", do so with two bits).

A mirrored picture needs no second look at its pixels: the description of the mirrored point has the same
numbers in another order.

References
----------
Lowe 2004, "Distinctive image features from scale-invariant keypoints", section 6 (layout of the description).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

MOST_FEATURES = 300
# SIFT's own threshold is .04; night and mist need more, and the strongest 300 are taken anyway.
LEAST_CONTRAST = 0.004
# Grain is not the picture: a light blur takes it away.
BLUR = 0.8
# Fine points are the most and the first to be lost in compression. Shares of the places kept for each size
# (logarithm to base 2 of points of the picture): from, to, share.
SHARES = ((-9.0, 2.3, 0.35), (2.3, 3.3, 0.35), (3.3, 20.0, 0.3))
Signs = npt.NDArray[np.float32]
Points = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class Features:
    """Points of one picture, strongest first.

    Attributes
    ----------
    points
        Shape ``(n, 2)``: x and y as shares of the picture's larger side.
    sizes
        Shape ``(n,)``: logarithm to base 2 of the point's size in shares of the larger side.
    angles
        Shape ``(n,)``: radians.
    codes
        Shape ``(n, 16)``: 128 bits.
    """

    points: Points
    sizes: npt.NDArray[np.float32]
    angles: npt.NDArray[np.float32]
    codes: npt.NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.points)


def find_features(grey: npt.NDArray[np.uint8], most: int = MOST_FEATURES) -> Features:
    """Find the strongest points of a grey picture ``(height, width)``."""
    sift = cv2.SIFT.create(nfeatures=0, contrastThreshold=LEAST_CONTRAST, edgeThreshold=12)
    blurred = cv2.GaussianBlur(grey, (0, 0), BLUR)
    found = sift.detect(blurred, None)
    if not len(found):
        return no_features()
    chosen, numbers = sift.compute(blurred, [found[index] for index in _chosen(found, most)])
    if numbers is None:
        return no_features()
    side = max(grey.shape)
    return Features(
        points=np.array([point.pt for point in chosen], dtype=np.float32) / side,
        sizes=np.log2(np.array([point.size for point in chosen], dtype=np.float32) / side),
        angles=np.deg2rad(np.array([point.angle for point in chosen], dtype=np.float32)),
        codes=_bits(np.asarray(numbers, dtype=np.float32)),
    )


def _chosen(found: Sequence[cv2.KeyPoint], most: int) -> npt.NDArray[np.intp]:
    """Choose the strongest points of each size, then the strongest of the rest; strongest first."""
    strength = np.array([point.response for point in found])
    sizes = np.log2(np.array([point.size for point in found]))
    order = np.argsort(-strength, kind="stable")
    kept = np.zeros(len(found), dtype=bool)
    for low, high, share in SHARES:
        inside = order[(sizes[order] >= low) & (sizes[order] < high)]
        kept[inside[: int(share * most)]] = True
    rest = order[~kept[order]]
    kept[rest[: max(0, most - int(kept.sum()))]] = True
    return order[kept[order]]


def no_features() -> Features:
    """Give the features of an empty wall."""
    none = np.zeros(0, dtype=np.float32)
    return Features(
        points=none.reshape(0, 2), sizes=none, angles=none, codes=np.zeros((0, 16), dtype=np.uint8)
    )


def _bits(numbers: npt.NDArray[np.float32]) -> npt.NDArray[np.uint8]:
    return np.packbits(numbers > np.median(numbers, axis=1, keepdims=True), axis=1)


def _mirror_order() -> npt.NDArray[np.intp]:
    """Where each of 4 rows, 4 columns and 8 directions goes when left and right are exchanged.

    The description is turned with the point's own angle; mirrored, the rows across that angle run the other
    way and every direction changes its sign.
    """
    places = np.arange(128).reshape(4, 4, 8)
    return places[::-1][:, :, (-np.arange(8)) % 8].reshape(-1)


MIRROR_ORDER = _mirror_order()


def mirrored(features: Features, width: float) -> Features:
    """Give the features of the mirrored picture, whose width is ``width`` (share of its larger side)."""
    bits = np.unpackbits(features.codes, axis=1)[:, MIRROR_ORDER]
    points = features.points.copy()
    points[:, 0] = width - points[:, 0]
    return Features(
        points=points,
        sizes=features.sizes,
        angles=(np.pi - features.angles) % np.float32(2 * np.pi),
        codes=np.packbits(bits, axis=1),
    )


def signs(features: Features) -> Signs:
    """Give the bits as -1 and 1, shape ``(n, 128)``; two rows multiply to 128 less twice their distance."""
    return np.unpackbits(features.codes, axis=1).astype(np.float32) * 2 - 1
