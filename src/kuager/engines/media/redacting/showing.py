"""A frame on which people draw, asked of the limited process and encoded here, from points alone."""

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO

from PIL import Image

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.limited import Limits, run_limited
from kuager.engines.media.redacting.recipe import Kind, Recipe

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue

SIDE = 960
_LIMITS = Limits(memory_bytes=2 << 30, cpu_seconds=60, wall_seconds=90.0)


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture in JPEG of our own making, and how long or how many pages the whole is."""

    jpeg: bytes
    duration_ms: int | None
    pages: int | None


def draw(
    source: BinaryIO, kind: Kind, *, at_ms: int = 0, page: int = 1, recipe: Recipe | None = None
) -> Drawn:
    """Return what is seen at a moment or on a page, covered where a recipe is given.

    Raises
    ------
    UnreadableMediaError
        When the file cannot be read, or has no such page.
    """
    request: dict[str, JsonValue] = {"kind": kind.value, "at_ms": at_ms, "page": page, "longest_side": SIDE}
    if recipe is not None:
        request["recipe"] = recipe.as_json()
    head, _, points = run_limited("redaction_show", request, source, limits=_LIMITS).partition(b"\n")
    try:
        told = json.loads(head)
        width, height = int(told["width"]), int(told["height"])
        if not (0 < width <= SIDE and 0 < height <= SIDE and len(points) == width * height * 3):
            raise ValueError("other points than told")
        picture = Image.frombytes("RGB", (width, height), points)
        lasts, pages = _number(told["duration_ms"]), _number(told["pages"])
    except (ValueError, KeyError, TypeError, RecursionError):
        raise UnreadableMediaError(Reason.BROKEN_RULES) from None
    held = io.BytesIO()
    picture.save(held, "JPEG", quality=82)
    return Drawn(held.getvalue(), lasts, pages)


def _number(value: object) -> int | None:
    if value is None:
        return None
    if isinstance(value, int) and 0 <= value < 1 << 40:
        return value
    raise ValueError("no number")
