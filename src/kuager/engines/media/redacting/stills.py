"""One frame of a video, and the frame on which people draw boxes: what is seen there is what is covered."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import av
import numpy as np
from PIL import Image

from kuager.core.errors import BadInputError
from kuager.engines.media.decoding import FAILURES
from kuager.engines.media.redacting.documents import covered
from kuager.engines.media.redacting.page_reading import opened as opened_document
from kuager.engines.media.redacting.painting import Painter, Plane
from kuager.engines.media.redacting.picture_reading import Shown, shown_frames
from kuager.engines.media.redacting.pictures import GRID as PICTURE_GRID
from kuager.engines.media.redacting.pictures import write_picture
from kuager.engines.media.redacting.recipe import LONGEST_SIDE, Kind, Recipe
from kuager.engines.media.redacting.video_reading import (
    Streams,
    aspect_of,
    decoded,
    frame_of,
    opened,
    planes_of,
    shown_size,
    turn_of,
)
from kuager.engines.media.redacting.videos import AROUND, MARGIN_MS
from kuager.engines.media.redacting.videos import GRID as VIDEO_GRID


def make_still(source: BinaryIO, recipe: Recipe, sink: BinaryIO) -> str:
    """Write the frame that is shown at a moment as PNG; return the media type."""
    with opened(source) as streams:
        pixels, _ = video_frame(streams, recipe.at_ms, longest_side=recipe.longest_side)
    return write_picture(Shown(pixels, 0), sink, lossless=True)


def video_frame(
    streams: Streams, at_ms: int, *, longest_side: int, recipe: Recipe | None = None
) -> tuple[Plane, float]:
    """Return the frame shown at a moment, covered where a recipe is given, and its time in milliseconds."""
    if streams.video is None or streams.video.time_base is None:
        raise BadInputError("the file holds no moving pictures")
    found: tuple[float, av.VideoFrame] | None = None
    for seconds, frame in _from(streams, at_ms / 1000):
        if found is not None and seconds * 1000 > at_ms + 0.5:
            break
        found = (seconds, frame)
    if found is None:
        raise BadInputError("no picture of this video can be decoded")
    seconds, frame = found
    turn = turn_of(frame)
    planes = planes_of(frame, shown_size(frame, aspect_of(streams.video), longest_side), turn)
    if recipe is not None:
        # The cover at the asked moment, which may lie after the beginning of a frame that stands long.
        Painter(recipe.areas, grid=VIDEO_GRID, margin_ms=MARGIN_MS, around=AROUND).paint_planes(
            planes, float(at_ms)
        )
    drawn = frame_of(planes).reformat(format="rgb24", src_colorspace="ITU709", src_color_range="MPEG")
    return drawn.to_ndarray().astype(np.uint8, copy=False), seconds * 1000


def _from(streams: Streams, seconds: float) -> Iterator[tuple[float, av.VideoFrame]]:
    """Decode from the last whole picture before a moment on."""
    video = streams.video
    if video is None or video.time_base is None:
        return
    target = int((seconds + streams.begin) / video.time_base)
    # Files without an index are read from their beginning.
    with contextlib.suppress(*FAILURES):
        streams.container.seek(target, stream=video, backward=True)
    for time, frame in decoded(Streams(streams.container, video, None, streams.begin)):
        if isinstance(frame, av.VideoFrame):
            yield time, frame


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody is shown to draw on: pixels, and how long or how many pages the whole is."""

    pixels: Plane
    duration_ms: int | None = None
    pages: int | None = None


def shown_frame(
    source: BinaryIO, kind: Kind, *, at_ms: int = 0, page: int = 1, longest_side: int, recipe: Recipe | None
) -> Seen:
    """Return a picture, a frame or a page, small, and covered where a recipe is given.

    It is read by the same code that makes the copy, so that a box lies in the copy where it was drawn.
    """
    if kind is Kind.DOCUMENT:
        seen = _page(source, page, recipe)
    elif kind is Kind.IMAGE:
        pixels = next(shown_frames(source)).pixels
        if recipe is not None:
            Painter(recipe.areas, grid=PICTURE_GRID).paint(pixels)
        seen = Seen(pixels)
    elif kind is Kind.VIDEO:
        with opened(source) as streams:
            side = longest_side if recipe is None else LONGEST_SIDE
            pixels, _ = video_frame(streams, at_ms, longest_side=side, recipe=recipe)
            seen = Seen(pixels, duration_ms=_duration_ms(streams))
    else:
        with opened(source) as streams:
            seen = Seen(np.zeros((1, 1, 3), np.uint8), duration_ms=_duration_ms(streams))
    picture = Image.fromarray(np.ascontiguousarray(seen.pixels))
    picture.thumbnail((longest_side, longest_side))
    return replace(seen, pixels=np.asarray(picture))


def _duration_ms(streams: Streams) -> int | None:
    return None if streams.container.duration is None else streams.container.duration // 1000


def _page(source: BinaryIO, number: int, recipe: Recipe | None) -> Seen:
    with opened_document(source) as document, document.page(number) as page:
        pixels = page.draw()
        if recipe is not None:
            letters = page.letters() if recipe.texts else []
            areas = [area for area in recipe.areas if area.page == number]
            for box in covered(pixels, areas, letters, recipe.texts):
                pixels[box.top : box.bottom, box.left : box.right] = 0
        return Seen(pixels, pages=len(document))
