"""Every kind of copy made once of next to nothing, so that libraries load what they load late.

The limited process calls this before it is locked in; afterwards no file can be opened.
"""

import io

import numpy as np
from PIL import Image, ImageCms

from kuager.engines.media.redacting.boxes import Area, Box, Cover, Span
from kuager.engines.media.redacting.checking import check_copy
from kuager.engines.media.redacting.copying import copied
from kuager.engines.media.redacting.page_writing import Line, PdfWriter
from kuager.engines.media.redacting.recipe import Kind, Making, OtherPages, Recipe
from kuager.engines.media.redacting.results import Fault
from kuager.engines.media.redacting.stills import shown_frame
from kuager.engines.media.redacting.video_writing import Writer

_SIDE = 48


def rehearse() -> list[Fault]:
    """Make and check a covered picture, video and document; return the faults, of which there are none."""
    ImageCms.createProfile("sRGB")
    area = Area.still(Box(0, 0, 500, 500))
    mosaic = Area.still(Box(500, 500, 500, 500), cover=Cover.MOSAIC)
    seen = [
        (_picture("JPEG"), Recipe(make=Making.REDACTED, of=Kind.IMAGE, areas=(area, mosaic))),
        (_picture("PNG"), Recipe(make=Making.STRIPPED, of=Kind.IMAGE)),
        (_video(), Recipe(make=Making.REDACTED, of=Kind.VIDEO, areas=(area,), silences=(Span(0, 50),))),
        (_video(), Recipe(make=Making.TRANSCODED, of=Kind.VIDEO, container="webm")),
        (_video(), Recipe(make=Making.STRIPPED, of=Kind.VIDEO)),
        (
            _document(),
            Recipe(make=Making.REDACTED, of=Kind.DOCUMENT, texts=("abc",), other_pages=OtherPages.TEXT),
        ),
    ]
    faults = []
    for original, recipe in seen:
        copy, _ = copied(io.BytesIO(original), recipe)
        faults += check_copy(io.BytesIO(original), io.BytesIO(copy), recipe)
        shown_frame(io.BytesIO(original), recipe.of, longest_side=24, recipe=recipe)
    return faults


def _pixels() -> "np.ndarray[tuple[int, int, int], np.dtype[np.uint8]]":
    return np.arange(_SIDE * _SIDE * 3, dtype=np.int64).reshape(_SIDE, _SIDE, 3).astype(np.uint8)


def _picture(kind: str) -> bytes:
    held = io.BytesIO()
    Image.fromarray(_pixels()).save(held, kind)
    return held.getvalue()


def _video() -> bytes:
    held = io.BytesIO()
    writer = Writer(held, container="mp4", size=(_SIDE, _SIDE), has_sound=True, is_streamed=False)
    colours = np.full((_SIDE // 2, _SIDE // 2), 128, np.uint8)
    for number in range(3):
        writer.picture([_pixels()[:, :, number], colours, colours], number / 25)
        writer.sound(np.full((1_920, 2), 500, np.int16), number * 1_920)
    writer.close()
    return held.getvalue()


def _document() -> bytes:
    held = io.BytesIO()
    writer = PdfWriter(held)
    writer.page(_pixels(), (100.0, 100.0), [Line("abc", 10, 10, 20, 20)])
    writer.page(_pixels(), (100.0, 100.0), [Line("xyz", 10, 10, 20, 20)])
    writer.close()
    return held.getvalue()
