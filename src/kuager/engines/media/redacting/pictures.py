"""Copies of pictures: covered ones, drawn anew from their pixels."""

from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from PIL import Image

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting.painting import Painter
from kuager.engines.media.redacting.picture_reading import Shown, open_picture, shown_frames
from kuager.engines.media.redacting.recipe import Recipe

# Blocks of a JPEG file that is not subsampled: a cover ends where a block ends, and no block is mixed.
GRID = 8
QUALITY = 92
_LOSSY = ("JPEG", "MPO", "AVIF", "JPEG2000")


def redact_picture(source: BinaryIO, recipe: Recipe, sink: BinaryIO) -> str:
    """Write the covered picture; return its media type.

    A photograph stays a JPEG file, everything else becomes PNG; what moves becomes a WebP file without loss.
    """
    was = open_picture(source).format
    painter = Painter(recipe.areas, grid=GRID)
    frames = shown_frames(source)
    first, second = next(frames, None), next(frames, None)
    if first is None:
        raise BadInputError("the picture has no frame that is shown")
    if second is not None:
        _write_moving(_painted(chain((first, second), frames), painter), sink)
        return "image/webp"
    painter.paint(first.pixels)
    return write_picture(first, sink, lossless=was not in _LOSSY)


def write_picture(shown: Shown, sink: BinaryIO, *, lossless: bool) -> str:
    """Write one frame as PNG or JPEG, with nothing but its pixels; return the media type."""
    picture = Image.fromarray(shown.pixels)
    if lossless:
        picture.save(sink, "PNG")
        return "image/png"
    picture.save(sink, "JPEG", quality=QUALITY, subsampling=0)
    return "image/jpeg"


def _painted(frames: Iterator[Shown], painter: Painter) -> Iterator[Shown]:
    for shown in frames:
        painter.paint(shown.pixels)
        yield shown


def _write_moving(frames: Iterator[Shown], sink: BinaryIO) -> None:
    """Write an animation; the encoder wants all frames at once, which the bound on its pixels allows."""
    pictures, lasting = [], []
    for shown in frames:
        pictures.append(Image.fromarray(shown.pixels))
        lasting.append(shown.lasts_ms)
    first, *others = pictures
    first.save(sink, "WEBP", save_all=True, append_images=others, duration=lasting, lossless=True, method=0)
