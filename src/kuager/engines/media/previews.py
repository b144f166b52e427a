"""Small pictures of hostile files: what a list, an overview or a first look shows.

Promise: every picture file that leaves here was written by our own encoder from points of colour that the
limited process gave (``points.py``); scripts, metadata and structure of the original stay behind. Single
frames and pages for the viewer: ``viewing.py``; `frame_at` and `page_at` here are the same, by shorter names.
"""

import io
import json
import math
from dataclasses import dataclass
from typing import BinaryIO

from PIL import Image

from kuager.engines.media import viewing
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.limited import DEFAULT, Limits, run_limited
from kuager.engines.media.points import Drawing, taken
from kuager.engines.media.types import Family, family_of, media_types

MAX_SIDE = 1920
MAX_CELLS = 64
_QUALITY = 85
_WORKS = {Family.PICTURE: "preview_picture", Family.VIDEO: "preview_video"}


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Frames of a video as one JPEG, row by row; ``times_ms`` says when each begins."""

    picture: bytes
    times_ms: tuple[int, ...]
    columns: int


@dataclass(frozen=True, kw_only=True)
class Waveform:
    """How loud a sound is over time: maxima of equal parts of it, 0 to 100."""

    peaks: tuple[int, ...]
    duration_ms: int


def preview(source: BinaryIO, *, side: int = 320, limits: Limits = DEFAULT) -> bytes:
    """Return a JPEG of at most `side` pixels: the picture, a frame of the video, the first page.

    Raises
    ------
    UnreadableMediaError
        When the file cannot be read (the reason says why), or nothing of its kind can be drawn.
    """
    _check_side(side)
    kind = media_types(source)[0]
    family = family_of(kind)
    if family == Family.DOCUMENT:
        return viewing.page(source, number=1, side=side).data
    if family not in _WORKS or kind == "image/heic":
        raise UnreadableMediaError(Reason.UNKNOWN_KIND)
    request = {"media_type": kind, "side": side}
    _, drawings = taken(run_limited(_WORKS[family], request, source, limits=limits), side=side)
    return _jpeg(_upright(drawings[0]))


def contact_sheet(
    source: BinaryIO, *, count: int = 12, columns: int = 4, side: int = 240, limits: Limits = DEFAULT
) -> Sheet:
    """Return up to `count` (1 to 64) frames of a video, evenly spaced, as one picture.

    Of a video longer than 30 seconds the nearest key frames before each moment are taken, and none twice, so
    that there may be fewer than `count`.
    """
    _check_side(side)
    if not (1 <= count <= MAX_CELLS and 1 <= columns <= MAX_CELLS):
        raise ValueError(f"count and columns must be 1 to {MAX_CELLS}, not {count} and {columns}")
    if count * side * side * 3 > limits.result_bytes:
        raise ValueError(f"{count} pictures of {side} pixels are too much; expected fewer or smaller ones")
    kind = _of_family(source, Family.VIDEO)
    answer = run_limited(
        "sheet_video", {"media_type": kind, "side": side, "count": count}, source, limits=limits
    )
    told, drawings = taken(answer, side=side)
    times = _whole_numbers(told.get("times_ms"), 2**53)
    if len(times) != len(drawings) or len(drawings) > count:
        raise UnreadableMediaError(Reason.BROKEN_RULES)
    pictures = [_upright(drawing) for drawing in drawings]
    return Sheet(picture=_jpeg(_grid(pictures, columns)), times_ms=times, columns=min(columns, len(pictures)))


def waveform(source: BinaryIO, *, columns: int = 600, limits: Limits = DEFAULT) -> Waveform:
    """Return how loud the first sound of a file is, in at most `columns` (1 to 4,000) equal parts."""
    if not 1 <= columns <= 4000:
        raise ValueError(f"columns must be 1 to 4000, not {columns}")
    kind = _of_family(source, Family.VIDEO, Family.SOUND)
    answer = run_limited("waveform", {"media_type": kind, "columns": columns}, source, limits=limits)
    try:
        told = json.loads(answer)
        (duration,) = _whole_numbers([told["duration_ms"]], 2**53)
        peaks = _whole_numbers(told["peaks"], 100)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnreadableMediaError(Reason.BROKEN_RULES) from None
    if not 1 <= len(peaks) <= columns:
        raise UnreadableMediaError(Reason.BROKEN_RULES)
    return Waveform(peaks=peaks, duration_ms=duration)


def frame_at(source: BinaryIO, ms: int, *, side: int = 640) -> viewing.Drawn:
    """Return the frame shown at a moment; ``ms`` of it is when it begins, ``next_ms`` when the next does.

    The frame before it: `frame_before`. The one after it: ask for ``next_ms``.
    """
    return viewing.moments(source, ms=ms, side=side)[0]


def frame_before(source: BinaryIO, ms: int, *, side: int = 640) -> viewing.Drawn:
    """Return the frame before the one that begins at `ms`; at the beginning the first."""
    return frame_at(source, max(0, ms - 1), side=side)


def page_at(source: BinaryIO, page: int, *, side: int = 1200) -> viewing.Drawn:
    """Return one page of a PDF, counted from 1."""
    return viewing.page(source, number=page, side=side)


def page_text(source: BinaryIO, page: int, *, limits: Limits = DEFAULT) -> str:
    """Return the letters of one page of a PDF, at most 200,000, in the order in which the file draws them."""
    _of_family(source, Family.DOCUMENT)
    return run_limited("text_of_page", {"page": page}, source, limits=limits).decode("utf-8", "replace")


def _check_side(side: int) -> None:
    if not 16 <= side <= MAX_SIDE:
        raise ValueError(f"side must be 16 to {MAX_SIDE} pixels, not {side}")


def _of_family(source: BinaryIO, *wanted: Family) -> str:
    kind = media_types(source)[0]
    if family_of(kind) not in wanted:
        raise UnreadableMediaError(Reason.UNKNOWN_KIND)
    return kind


def _whole_numbers(values: object, largest: int) -> tuple[int, ...]:
    if not isinstance(values, list) or any(
        isinstance(one, bool) or not isinstance(one, int) or not 0 <= one <= largest for one in values
    ):
        raise UnreadableMediaError(Reason.BROKEN_RULES)
    return tuple(values)


_TURNS = {
    1: Image.Transpose.ROTATE_90,
    2: Image.Transpose.ROTATE_180,
    3: Image.Transpose.ROTATE_270,
}


def _upright(drawing: Drawing) -> Image.Image:
    image = Image.frombytes("RGB", (drawing.width, drawing.height), drawing.points)
    return image.transpose(_TURNS[drawing.turns]) if drawing.turns else image


def _grid(pictures: list[Image.Image], columns: int) -> Image.Image:
    width = max(picture.width for picture in pictures)
    height = max(picture.height for picture in pictures)
    rows = math.ceil(len(pictures) / columns)
    whole = Image.new("RGB", (min(columns, len(pictures)) * width, rows * height), (32, 32, 32))
    for number, picture in enumerate(pictures):
        whole.paste(picture, (number % columns * width, number // columns * height))
    return whole


def _jpeg(picture: Image.Image) -> bytes:
    target = io.BytesIO()
    picture.save(target, "JPEG", quality=_QUALITY)
    return target.getvalue()
