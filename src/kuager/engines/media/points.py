"""Pictures between the reading process and its parent: plain points of colour, never a file.

Whoever receives them writes a picture file of his own, so that no byte of the hostile file, and none that a
process under attack could choose, is part of the structure that a browser parses.
"""

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from kuager.engines.media.errors import Reason, UnreadableMediaError

if TYPE_CHECKING:
    from kuager.engines.media.child import Output


class Drawing(NamedTuple):
    """Red, green and blue, a byte each, row by row; `turns` quarter turns against the clock right it."""

    width: int
    height: int
    points: bytes
    turns: int


def give(output: "Output", told: Mapping[str, Any], drawings: Sequence[Drawing]) -> None:
    """Send drawings from the reading process: one line of JSON, then the points."""
    sizes = [[drawing.width, drawing.height, drawing.turns] for drawing in drawings]
    output.result(json.dumps({**told, "sizes": sizes}).encode() + b"\n")
    for drawing in drawings:
        output.result(drawing.points)


def taken(answer: bytes, *, side: int) -> tuple[dict[str, Any], list[Drawing]]:
    """Take an answer apart, believing nothing.

    Raises
    ------
    UnreadableMediaError
        When sizes and points do not fit each other, or are larger than was asked for.
    """
    line, _, points = answer.partition(b"\n")
    try:
        told = dict(json.loads(line))
        drawings, place = [], 0
        for width, height, turns in told.pop("sizes"):
            end = place + _size(width, side) * _size(height, side) * 3
            drawings.append(Drawing(width, height, points[place:end], int(turns) % 4))
            place = end
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        raise UnreadableMediaError(Reason.BROKEN_RULES) from None
    if place != len(points) or not drawings:
        raise UnreadableMediaError(Reason.BROKEN_RULES)
    return told, drawings


def _size(value: object, side: int) -> int:
    # Rounding may add a point or two.
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= side + 2:
        raise ValueError("another size than was asked for")
    return value
