"""Covering pixels: black, or a mosaic of few cells with noise."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kuager.engines.media.redacting.boxes import Area, Cover, PixelBox

Plane = npt.NDArray[np.uint8]
MOST_CELLS = 6
SMALLEST_CELL = 16
_NOISE = 24


def cells(box: PixelBox) -> list[PixelBox]:
    """Return the cells of the mosaic over a box: at most 6 along a side, at least 16 pixels each."""
    columns = _cuts(box.left, box.right)
    rows = _cuts(box.top, box.bottom)
    return [
        PixelBox(left, top, right, bottom)
        for top, bottom in pairwise(rows)
        for left, right in pairwise(columns)
    ]


def _cuts(begin: int, end: int) -> list[int]:
    """Cut a side in parts on multiples of 8: no block of a picture, and none of video's colours, is mixed."""
    number = max(1, min(MOST_CELLS, (end - begin) // SMALLEST_CELL))
    return [begin + (end - begin) * n // number // 8 * 8 for n in range(number)] + [end]


class Painter:
    """Covers the areas of one copy, in each of its frames.

    The noise of a mosaic is drawn once for each area and stays the same in all frames, so that it cannot be
    averaged away.

    Parameters
    ----------
    areas
        What is covered.
    grid
        Edges of boxes are widened outwards to multiples of it, in pixels.
    margin_ms
        How much earlier and later than asked the cover lies there.
    around
        How many pixels further than asked the cover reaches, before it is widened to the grid.
    """

    def __init__(self, areas: Sequence[Area], *, grid: int, margin_ms: float = 0.0, around: int = 0) -> None:
        self._areas = tuple(areas)
        self._around = around
        self._grid = grid
        self._margin = margin_ms
        dice = np.random.default_rng()
        self._noise = [dice.integers(-_NOISE, _NOISE + 1, size=MOST_CELLS * MOST_CELLS) for _ in self._areas]

    def boxes(self, ms: float, width: int, height: int) -> Iterator[tuple[int, Area, PixelBox]]:
        """Give number, area and pixels of everything that is covered at a moment."""
        for number, area in enumerate(self._areas):
            box = area.pixels(ms, width, height, grid=self._grid, around=self._around)
            if area.covers(ms, margin_ms=self._margin) and not box.is_empty:
                yield number, area, box

    def paint(self, pixels: Plane, ms: float = 0.0) -> None:
        """Cover an RGB picture of shape ``(height, width, 3)`` in place."""
        height, width = pixels.shape[:2]
        # Black is painted last: nothing that is covered twice is left with the weaker cover.
        for number, area, box in self.boxes(ms, width, height):
            if area.cover is Cover.MOSAIC:
                for cell, noise in zip(cells(box), self._noise[number], strict=False):
                    part = pixels[cell.top : cell.bottom, cell.left : cell.right]
                    part[:] = _rough(part.reshape(-1, part.shape[2]).mean(axis=0), noise)
        for _number, area, box in self.boxes(ms, width, height):
            if area.cover is Cover.BLACK:
                pixels[box.top : box.bottom, box.left : box.right] = 0

    def paint_planes(self, planes: Sequence[Plane], ms: float) -> None:
        """Cover a frame of video in place: luma ``(height, width)``, and two planes of half its size."""
        height, width = planes[0].shape
        for number, area, box in self.boxes(ms, width, height):
            if area.cover is Cover.MOSAIC:
                for cell, noise in zip(cells(box), self._noise[number], strict=False):
                    for scale, plane in zip((1, 2, 2), planes, strict=True):
                        at = cell.of(scale)
                        part = plane[at.top : at.bottom, at.left : at.right]
                        part[:] = _rough(np.asarray([part.mean()]), noise if scale == 1 else 0)[0]
        for _number, area, box in self.boxes(ms, width, height):
            if area.cover is Cover.BLACK:
                # Black of ITU-R BT.709 in the narrow range: 16, 128, 128.
                for scale, plane, value in zip((1, 2, 2), planes, (16, 128, 128), strict=True):
                    at = box.of(scale)
                    plane[at.top : at.bottom, at.left : at.right] = value


def _rough(mean: npt.NDArray[np.float64], noise: int) -> npt.NDArray[np.uint8]:
    """Round an average to steps of 16 and shift it by noise, so that little of it is told."""
    return np.clip(np.round(mean / 16) * 16 + noise, 0, 255).astype(np.uint8)
