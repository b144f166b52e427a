"""Whether what lies under a cover tells anything: is it of one colour, or does it follow the original."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from kuager.engines.media.redacting.boxes import PixelBox

Values = npt.NDArray[np.uint8]
# Below this deviation (in steps of 255) there is nothing but the coder's rounding.
ROUNDING = 0.75
MOST_CORRELATION = 0.3


def deviation(part: Values) -> float:
    """Return the standard deviation of the worst channel; 0 for an empty part."""
    if not part.size:
        return 0.0
    flat = part.reshape(part.shape[0] * part.shape[1], -1).astype(np.float64)
    return float(flat.std(axis=0).max())


def rough_cells(plane: Values, inner: Sequence[PixelBox], others: Sequence[PixelBox], *, most: float) -> bool:
    """Whether any cell of a mosaic is not of one colour, leaving out what lies under other covers.

    Parameters
    ----------
    plane
        Shape ``(height, width)`` or ``(height, width, 3)``.
    inner
        The inside of the cells.
    others
        Other covers, which may lie over the mosaic.
    most
        The deviation that a coder's rounding explains.
    """
    free = np.ones(plane.shape[:2], bool)
    for box in others:
        free[box.top : box.bottom, box.left : box.right] = False
    for one in inner:
        if one.is_empty:
            continue
        part = plane[one.top : one.bottom, one.left : one.right][
            free[one.top : one.bottom, one.left : one.right]
        ]
        if part.size and float(part.astype(np.float64).std(axis=0).max()) > most:
            return True
    return False


def distance(part: Values, colour: int) -> int:
    """Return how far the farthest value is from a colour; 0 for an empty part."""
    return int(np.abs(part.astype(np.int16) - colour).max()) if part.size else 0


def correlation(copy: Values, original: Values) -> float:
    """Return the correlation (0..1) between what is left in a copy and what was there; 0 if nothing is left.

    Parameters
    ----------
    copy, original
        The same place of both, of one shape.
    """
    if copy.shape != original.shape or copy.size < 16:
        return 0.0
    one, other = copy.astype(np.float64), original.astype(np.float64)
    one, other = one - one.mean(axis=(0, 1)), other - other.mean(axis=(0, 1))
    scale = float(np.sqrt((one**2).sum() * (other**2).sum()))
    return abs(float((one * other).sum())) / scale if scale > 0 else 0.0
