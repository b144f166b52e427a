"""Where something is covered: boxes in per mille of the picture as shown to a person, standing or moving."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

FULL = 1000


class Cover(StrEnum):
    """What lies over a box in the copy. Only black is safe."""

    BLACK = "black"
    MOSAIC = "mosaic"


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, width and height in per mille (0..1000) of the shown picture."""

    x: int
    y: int
    width: int
    height: int

    def pixels(self, width: int, height: int, *, grid: int = 1) -> "PixelBox":
        """Return the pixels the box touches, widened outwards to whole cells of a grid.

        Parameters
        ----------
        width, height
            Size of the shown picture in pixels.
        grid
            The edges lie on multiples of it: with 8, no block of a JPEG file is covered in part.
        """
        return _outwards((self.x, self.y, self.x + self.width, self.y + self.height), (width, height), grid)


@dataclass(frozen=True, slots=True)
class PixelBox:
    """A rectangle in pixels; ``right`` and ``bottom`` are exclusive."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def is_empty(self) -> bool:
        """Whether it holds no pixel."""
        return self.right <= self.left or self.bottom <= self.top

    def shrunk(self, by: int, width: int, height: int) -> "PixelBox":
        """Return the inside, ``by`` pixels away from every edge that is not an edge of the picture."""
        return PixelBox(
            self.left + by if self.left > 0 else 0,
            self.top + by if self.top > 0 else 0,
            self.right - by if self.right < width else width,
            self.bottom - by if self.bottom < height else height,
        )

    def grown(self, by: int) -> "PixelBox":
        """Return it wider by some pixels on every side, but not beyond the left and upper edge."""
        return PixelBox(max(0, self.left - by), max(0, self.top - by), self.right + by, self.bottom + by)

    def of(self, number: int) -> "PixelBox":
        """Return the same place in a plane with one sample for ``number`` × ``number`` pixels."""
        return PixelBox(
            self.left // number, self.top // number, -(-self.right // number), -(-self.bottom // number)
        )


@dataclass(frozen=True, slots=True)
class Key:
    """Where a moving box is at a moment (milliseconds from the beginning)."""

    at_ms: int
    box: Box


@dataclass(frozen=True, slots=True, kw_only=True)
class Area:
    """Something that is covered.

    Attributes
    ----------
    path
        In a picture or a document one key at 0. In a video the box moves in straight lines from key to key,
        in the order of time; it begins with the first key and stays where the last one is.
    until_ms
        When the cover ends, exclusive; None means at the end of the video.
    page
        Page of a document, from 1; None elsewhere.
    """

    path: Sequence[Key]
    cover: Cover = Cover.BLACK
    until_ms: int | None = None
    page: int | None = None

    @classmethod
    def still(cls, box: Box, *, cover: Cover = Cover.BLACK, page: int | None = None) -> "Area":
        """Return an area that does not move."""
        return cls(path=(Key(0, box),), cover=cover, page=page)

    def covers(self, ms: float, *, margin_ms: float = 0.0) -> bool:
        """Whether the cover lies over the picture at a moment, ``margin_ms`` longer at both ends."""
        begins = self.path[0].at_ms - margin_ms
        return begins <= ms and (self.until_ms is None or ms < self.until_ms + margin_ms)

    def pixels(self, ms: float, width: int, height: int, *, grid: int = 1, around: int = 0) -> PixelBox:
        """Return the pixels under the cover at a moment, ``around`` pixels more, widened outwards."""
        return _outwards(self._corners(ms), (width, height), grid, around)

    def _corners(self, ms: float) -> tuple[float, float, float, float]:
        path = self.path
        if ms <= path[0].at_ms or len(path) == 1:
            return _corners(path[0].box)
        for before, after in pairwise(path):
            if ms < after.at_ms:
                share = (ms - before.at_ms) / (after.at_ms - before.at_ms)
                one, other = _corners(before.box), _corners(after.box)
                left, top, right, bottom = (a + (b - a) * share for a, b in zip(one, other, strict=True))
                return left, top, right, bottom
        return _corners(path[-1].box)


@dataclass(frozen=True, slots=True)
class Span:
    """A span of sound, in milliseconds from the beginning; ``until_ms`` is exclusive, None is the end."""

    from_ms: int
    until_ms: int | None


def _corners(box: Box) -> tuple[float, float, float, float]:
    return float(box.x), float(box.y), float(box.x + box.width), float(box.y + box.height)


def _outwards(corners: Sequence[float], size: tuple[int, int], grid: int, around: int = 0) -> PixelBox:
    left, top, right, bottom = corners
    width, height = size
    return PixelBox(
        math.floor(max(0.0, left * width / FULL - around) / grid) * grid,
        math.floor(max(0.0, top * height / FULL - around) / grid) * grid,
        min(width, math.ceil((right * width / FULL + around) / grid) * grid),
        min(height, math.ceil((bottom * height / FULL + around) / grid) * grid),
    )
