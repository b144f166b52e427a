"""Pictures of hostile files for a person to look at: drawn by the reading process, put into a file here.

Promise: what is returned was written by our own encoder from points of colour; no byte of the file, and no
byte that a reading process under attack could choose, is ever part of its structure. Failure model: a process
that was taken over can show false colours; the original is there to compare.
"""

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from PIL import Image, ImageFilter

from kuager.core.errors import BadInputError
from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.limited import DEFAULT, MIB, Limits, run_limited
from kuager.engines.media.time_codes import LONGEST_MS

LARGEST_SIDE = 1920
COVER_POINTS = 16
COVER_SIDE = 192
_QUALITY = 85
_MOST_AHEAD = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """One picture, as a JPEG file that was written here.

    Attributes
    ----------
    data
        The JPEG file.
    width, height
        In points.
    ms
        When the frame begins, in milliseconds from the start; 0 for stills. One earlier is the frame before.
    next_ms
        When the next frame begins; None at the end, and for stills.
    duration_ms
        Of the whole video; None where the file does not say.
    pages
        How many pages a document has; None for all else.
    """

    data: bytes
    width: int
    height: int
    ms: int = 0
    next_ms: int | None = None
    duration_ms: int | None = None
    pages: int | None = None


def moments(source: BinaryIO, *, ms: int, side: int, ahead: int = 0, is_grey: bool = False) -> list[Drawn]:
    """Draw what a video shows at a moment, and some frames after it.

    Parameters
    ----------
    source
        The plain file, seekable.
    ms
        Milliseconds from the start, 0 to a thousand hours; behind the end the last frame is drawn.
    side
        The longer side in points, 16 to 1920; smaller videos are not blown up.
    ahead
        How many of the following frames are wanted as well, 0 to 8.

    Raises
    ------
    UnreadableMediaError
        When the file cannot be read; with the reason.
    """
    if not 0 <= ms <= LONGEST_MS or not 0 <= ahead <= _MOST_AHEAD:
        raise BadInputError("expected a time within a thousand hours")
    request = {"ms": ms, "side": _side(side), "ahead": ahead}
    return _drawn("draw_moment", request, source, is_grey=is_grey)


def page(source: BinaryIO, *, number: int, side: int, is_grey: bool = False) -> Drawn:
    """Draw a page of a PDF, from 1 on; see :func:`moments`."""
    return _drawn("draw_page", {"page": number, "side": _side(side)}, source, is_grey=is_grey)[0]


def still(data: bytes, *, is_grey: bool = False) -> Drawn:
    """Return a JPEG file that this engine wrote (``previews.preview``) as drawn, in grey if wanted."""
    with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
        width, height = image.size
        shown = _encoded(image.convert("L")) if is_grey else data
    return Drawn(data=shown, width=width, height=height)


def covered(drawn: Drawn) -> bytes:
    """Return a small, grey, blurred JPEG in which colour and blood, faces and words cannot be made out.

    It holds what sixteen points along the longer side can hold, and nothing else.
    """
    with Image.open(io.BytesIO(drawn.data), formats=["JPEG"]) as image:
        grey = image.convert("L")
    grey.thumbnail((COVER_POINTS, COVER_POINTS), Image.Resampling.BOX)
    share = COVER_SIDE / max(grey.size)
    size = max(1, round(grey.width * share)), max(1, round(grey.height * share))
    blurred = grey.resize(size, Image.Resampling.BICUBIC).filter(ImageFilter.GaussianBlur(6))
    return _encoded(blurred)


def _side(side: int) -> int:
    if not COVER_POINTS <= side <= LARGEST_SIDE:
        raise BadInputError(f"expected a side of {COVER_POINTS} to {LARGEST_SIDE} points")
    return side


def _limits(request: Mapping[str, Any]) -> Limits:
    most = int(request["side"]) ** 2 * 3 * (int(request.get("ahead", 0)) + 1) + MIB
    return Limits(memory_bytes=DEFAULT.memory_bytes, result_bytes=most)


def _drawn(work: str, request: Mapping[str, Any], source: BinaryIO, *, is_grey: bool) -> list[Drawn]:
    answer = run_limited(work, request, source, limits=_limits(request))
    try:
        line, _, points = answer.partition(b"\n")
        told = json.loads(line)
        sizes = [_size(one, int(request["side"])) for one in told["sizes"]]
        return _pictures(told, sizes, memoryview(points), is_grey=is_grey)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError) as error:
        # The process answered what it never should: the file may have taken it over.
        raise UnreadableMediaError(Reason.BROKEN_RULES) from error


def _size(told: Sequence[int], side: int) -> tuple[int, int]:
    width, height = int(told[0]), int(told[1])
    # Rounding may add one point.
    if not (1 <= width <= side + 1 and 1 <= height <= side + 1):
        raise ValueError("a picture of another size than was asked for")
    return width, height


def _pictures(
    told: Mapping[str, Any], sizes: Sequence[tuple[int, int]], points: memoryview, *, is_grey: bool
) -> list[Drawn]:
    beginnings = [_time(one) for one in told["frames"]]
    found, place = [], 0
    for index, (width, height) in enumerate(sizes):
        part = points[place : place + width * height * 3]
        image = Image.frombytes("RGB", (width, height), bytes(part))
        place += width * height * 3
        found.append(
            Drawn(
                data=_encoded(image.convert("L") if is_grey else image),
                width=width,
                height=height,
                ms=beginnings[index] if beginnings else 0,
                next_ms=beginnings[index + 1] if index + 1 < len(beginnings) else None,
                duration_ms=None if told.get("duration") is None else _time(told["duration"]),
                pages=None if told.get("pages") is None else int(told["pages"]),
            )
        )
    if not found or place != len(points):
        raise ValueError("more or fewer points than were told")
    return found


def _time(told: object) -> int:
    if not isinstance(told, int) or not 0 <= told <= LONGEST_MS * 1000:
        raise ValueError("no time")
    return told


def _encoded(image: Image.Image) -> bytes:
    held = io.BytesIO()
    image.save(held, "JPEG", quality=_QUALITY)
    return held.getvalue()
