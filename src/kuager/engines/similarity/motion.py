"""Small grey pictures of a video, 12.5 to the second, kept so that its movements can be compared later.

Two recordings of one place share its walls but not what moves in it, nor how the hand shook. The small
pictures (longer side 64) are enough to see that. Sixteen at a time are turned into waves over time, height
and width (discrete cosine transform), rounded, and packed: in a moving scene to about two thirds of their
size.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt
from scipy.fft import dctn, idctn

RATE = 12.5
SIDE = 64
BLOCK = 16
# Grey levels; a rounding step of 3 leaves an error of about 1 level. Dark blocks get a finer step.
COARSEST, FINEST = 4.0, 0.5
Grey = npt.NDArray[np.uint8]
Greys = npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True, slots=True)
class PackedBlock:
    """Up to sixteen small pictures: how many, the rounding step, and the packed waves."""

    number: int
    step: float
    waves: bytes


def small(grey: Grey, side: int = SIDE) -> Greys:
    """Make a grey picture small; whole grey levels are too coarse for the night, so fractions are kept."""
    height, width = grey.shape
    share = side / max(height, width)
    size = max(2, round(width * share)), max(2, round(height * share))
    return np.asarray(
        cv2.resize(grey.astype(np.float32), size, interpolation=cv2.INTER_AREA), dtype=np.float32
    )


def pack(pictures: Sequence[Greys]) -> PackedBlock:
    """Pack at most sixteen small pictures of one size."""
    block = np.stack(pictures)
    step = float(np.float32(np.clip(block.std() * 0.08, FINEST, COARSEST)))
    waves = np.rint(dctn(block, norm="ortho") / step).clip(-32768, 32767).astype("<i2")
    # High and low bytes apart: the high ones are nearly all the same.
    planes = np.frombuffer(waves.tobytes(), dtype=np.uint8).reshape(-1, 2).T
    return PackedBlock(number=len(block), step=step, waves=zlib.compress(planes.tobytes(), 6))


def unpack(block: PackedBlock, height: int, width: int) -> Greys:
    """Give the pictures of a block, shape ``(n, height, width)``.

    Raises
    ------
    ValueError
        If the waves do not have that shape; ``zlib.error`` if they are damaged.
    """
    wanted = block.number * height * width * 2
    opened = zlib.decompressobj()
    planes = opened.decompress(block.waves, wanted)
    if len(planes) != wanted or opened.decompress(opened.unconsumed_tail, 1):
        raise ValueError(f"expected {wanted} bytes of waves")
    pairs = np.frombuffer(planes, dtype=np.uint8).reshape(2, -1).T
    waves = np.ascontiguousarray(pairs).view("<i2").reshape(block.number, height, width)
    return np.asarray(idctn(waves.astype(np.float32) * block.step, norm="ortho"), dtype=np.float32)
