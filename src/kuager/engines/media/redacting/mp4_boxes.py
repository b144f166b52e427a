"""The boxes of an MP4 file (ISO/IEC 14496-12): walking through them, and putting the index in front."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import BinaryIO

CONTAINERS = frozenset(
    {b"moov", b"trak", b"mdia", b"minf", b"stbl", b"dinf", b"edts", b"mvex", b"moof", b"traf", b"udta"}
)
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Mp4Box:
    """A box: its type, its way from the top (``moov/trak``), and where its content lies."""

    kind: bytes
    way: str
    begin: int
    content: int
    end: int


def walk(file: BinaryIO, begin: int, end: int, way: str = "") -> Iterator[Mp4Box]:
    """Give every box between two places, parents before children; damaged sizes end the walk."""
    at = begin
    while at + 8 <= end and way.count("/") < _DEEPEST:
        file.seek(at)
        head = file.read(16)
        size, length = int.from_bytes(head[:4], "big"), 8
        if size == 1:
            size, length = int.from_bytes(head[8:16], "big"), 16
        size = size or end - at
        if size < length or at + size > end:
            return
        box = Mp4Box(head[4:8], f"{way}/{head[4:8].decode('latin-1')}", at, at + length, at + size)
        yield box
        if box.kind in CONTAINERS:
            yield from walk(file, box.content, box.end, box.way)
        at = box.end


def index_first(file: BinaryIO, size: int) -> list[tuple[int, bytes | None, int]]:
    """Tell in which pieces the file is written with its index in front of its content.

    Returns
    -------
    Pieces in order: beginning, replacing bytes or None, end. Players that receive a file bit by bit can begin
    only when they have the index.
    """
    tops = [box for box in walk(file, 0, size) if box.way.count("/") == 1]
    index = next((box for box in tops if box.kind == b"moov"), None)
    content = next((box for box in tops if box.kind == b"mdat"), None)
    if index is None or content is None or index.begin < content.begin:
        return [(0, None, size)]
    file.seek(index.begin)
    moved = bytearray(file.read(index.end - index.begin))
    shift = len(moved)
    for box in walk(file, index.begin, index.end):
        if box.kind in (b"stco", b"co64"):
            _shift_offsets(moved, box, index.begin, shift)
    first = tops[0].end if tops[0].kind == b"ftyp" else 0
    return [
        (0, None, first),
        (index.begin, bytes(moved), index.end),
        (first, None, index.begin),
        (index.end, None, size),
    ]


def _shift_offsets(moved: bytearray, box: Mp4Box, base: int, shift: int) -> None:
    """Add the length of the index to every place that the table names (8.7.5)."""
    width = 4 if box.kind == b"stco" else 8
    start = box.content - base
    count = int.from_bytes(moved[start + 4 : start + 8], "big")
    places = range(start + 8, start + 8 + (count + 1) * width, width)
    for at, after in pairwise(places):
        moved[at:after] = (int.from_bytes(moved[at:after], "big") + shift).to_bytes(width, "big")
