"""The opposite check of pictures: what was covered is gone, and nothing but pixels is in the file."""

from collections.abc import Sequence
from itertools import zip_longest
from typing import BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting import picture_parts
from kuager.engines.media.redacting.boxes import Area, Cover, PixelBox
from kuager.engines.media.redacting.painting import Plane, cells
from kuager.engines.media.redacting.picture_reading import Shown, shown_frames
from kuager.engines.media.redacting.pictures import GRID
from kuager.engines.media.redacting.recipe import Making, Recipe
from kuager.engines.media.redacting.results import Fault
from kuager.engines.media.redacting.uniform import (
    MOST_CORRELATION,
    ROUNDING,
    correlation,
    deviation,
    distance,
    rough_cells,
)

# Cells of a mosaic lie on whole blocks: only the coder's rounding is left in them.
_CELL_DEVIATION = 1.0
_JFIF = (b"\xff\xe0\x00\x10JFIF\x00", b"\x00\x00")


def check_picture(original: BinaryIO, copy: BinaryIO, recipe: Recipe) -> list[Fault]:
    """Return what is wrong with the copy of a picture; an empty list is the good answer."""
    faults = check_parts(copy, may_say_orientation=recipe.make is Making.STRIPPED)
    pairs = zip_longest(shown_frames(original), shown_frames(copy))
    for number, (before, after) in enumerate(pairs, 1):
        if before is None or after is None:
            return [*faults, Fault("frames", f"frame {number}")]
        faults += _check_frame(before, after, recipe, f"frame {number}")
        if len(faults) > 20:
            break
    return faults


def check_parts(copy: BinaryIO, *, may_say_orientation: bool) -> list[Fault]:
    """Look at every part of the file: only those that make up the pixels may be there."""
    copy.seek(0)
    try:
        parts = list(picture_parts.parts_of(copy.read(picture_parts.LONGEST)))
    except BadInputError:
        return [Fault("unreadable", "file")]
    return [Fault("metadata", part.name) for part in parts if not _is_harmless(part, may_say_orientation)]


def _is_harmless(part: picture_parts.Part, may_say_orientation: bool) -> bool:
    if part.is_kept:
        return True
    if part.name == "segment E0":
        return part.data.startswith(_JFIF[0]) and part.data.endswith(_JFIF[1]) and len(part.data) == 18
    if may_say_orientation and part.name in ("segment E1", "eXIf", "EXIF"):
        return any(
            picture_parts.orientation_note(turn) in part.data and len(part.data) <= 40 for turn in range(2, 9)
        )
    return False


def _check_frame(before: Shown, after: Shown, recipe: Recipe, where: str) -> list[Fault]:
    if before.pixels.shape != after.pixels.shape:
        return [Fault("size", where)]
    faults = []
    height, width = after.pixels.shape[:2]
    for number, area in enumerate(recipe.areas, 1):
        place = f"{where}, area {number}"
        box = area.pixels(0, width, height)
        others = [one for one in recipe.areas if one is not area]
        if _left_under(after.pixels, area, box, others):
            faults.append(Fault("not_uniform", place))
        if _follows(after.pixels, before.pixels, area, box):
            faults.append(Fault("correlates", place))
    return faults


def _left_under(pixels: Plane, area: Area, box: PixelBox, others: Sequence[Area]) -> bool:
    height, width = pixels.shape[:2]
    if area.cover is Cover.BLACK:
        return distance(pixels[box.top : box.bottom, box.left : box.right], 0) > 0
    over = [one.pixels(0, width, height, grid=GRID).grown(GRID) for one in others]
    return rough_cells(pixels, _cells(area, width, height), over, most=_CELL_DEVIATION)


def _cells(area: Area, width: int, height: int) -> list[PixelBox]:
    return cells(area.pixels(0, width, height, grid=GRID))


def _follows(after: Plane, before: Plane, area: Area, box: PixelBox) -> bool:
    """Whether details inside the cover still follow the original's."""
    height, width = after.shape[:2]
    whole = [box] if area.cover is Cover.BLACK else _cells(area, width, height)
    for one in whole:
        if one.is_empty:
            continue
        seen = after[one.top : one.bottom, one.left : one.right]
        was = before[one.top : one.bottom, one.left : one.right]
        if deviation(seen) > ROUNDING and correlation(seen, was) > MOST_CORRELATION:
            return True
    return False
