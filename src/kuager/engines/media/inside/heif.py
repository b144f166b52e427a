"""HEIC photographs, as telephones keep them: size and EXIF, from the list of items; the pixels are not read.

References
----------
ISO/IEC 23008-12:2017 (HEIF), 6.5 and annex A; ISO/IEC 14496-12, 8.11 (boxes meta, iinf, iloc, pitm, iprp).
"""

import io
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from PIL import Image

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside import pictures
from kuager.engines.media.inside.describing import Description

if TYPE_CHECKING:
    from kuager.engines.media.child import Output

_MAX_META = 16 * 1024 * 1024
_MAX_BOXES = 10_000
_MAX_ITEM = 1024 * 1024


class Place(NamedTuple):
    """Where bytes of an item lie; `is_inside` when they lie in the box of data of the list itself."""

    start: int
    length: int
    is_inside: bool


def prepare() -> None:
    """Load what the reader of EXIF needs."""
    pictures.prepare()


def probe(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Describe a HEIC photograph."""
    try:
        meta = _meta(source)
        description = _described(source, meta)
    except (ValueError, KeyError, IndexError):
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD) from None
    output.result(description.to_json())


def _described(source: BinaryIO, meta: bytes) -> Description:
    boxes = dict(_boxes(meta, 4))
    description = Description()
    description.fact("format", "HEIF")
    _add_size(description, boxes)
    kinds = _kinds(boxes[b"iinf"])
    places = _places(boxes[b"iloc"])
    for number, kind in kinds.items():
        if kind == b"Exif" and number in places:
            _add_exif(description, _bytes(source, boxes, places[number]))
    return description


def _meta(source: BinaryIO) -> bytes:
    """Return the content of the box ``meta`` of the file."""
    place, size = 0, source.seek(0, io.SEEK_END)
    for _ in range(_MAX_BOXES):
        source.seek(place)
        head = source.read(16)
        if len(head) < 8:
            break
        length, kind, inner = int.from_bytes(head[:4], "big"), head[4:8], 8
        if length == 1:
            length, inner = int.from_bytes(head[8:16], "big"), 16
        length = length or size - place
        if length < inner:
            break
        if kind == b"meta" and length <= _MAX_META:
            source.seek(place + inner)
            return source.read(length - inner)
        place += length
    raise UnreadableMediaError(Reason.NOT_UNDERSTOOD)


def _boxes(data: bytes, place: int = 0) -> Iterator[tuple[bytes, bytes]]:
    """Yield kind and content of each box in `data` from `place` on."""
    for _ in range(_MAX_BOXES):
        if place + 8 > len(data):
            return
        length, inner = int.from_bytes(data[place : place + 4], "big"), 8
        if length == 1:
            length, inner = int.from_bytes(data[place + 8 : place + 16], "big"), 16
        length = length or len(data) - place
        if length < inner:
            return
        yield data[place + 4 : place + 8], data[place + inner : place + length]
        place += length


def _kinds(content: bytes) -> dict[int, bytes]:
    """Return the kind of each item, from the box ``iinf``."""
    found = {}
    for kind, entry in _boxes(content, 6 if content[0] == 0 else 8):
        if kind == b"infe" and entry[0] in {2, 3}:
            width = 2 if entry[0] == 2 else 4
            found[int.from_bytes(entry[4 : 4 + width], "big")] = entry[6 + width : 10 + width]
    return found


class _Numbers:
    """Read whole numbers of given widths one after another."""

    def __init__(self, data: bytes, place: int) -> None:
        self._data, self._place = data, place

    def next(self, width: int) -> int:
        """Return the next number; raises IndexError behind the end."""
        end = self._place + width
        if end > len(self._data):
            raise IndexError(end)
        value = int.from_bytes(self._data[self._place : end], "big")
        self._place = end
        return value


def _places(content: bytes) -> dict[int, Place]:
    """Return where each item begins (its first piece), from the box ``iloc``."""
    version = content[0]
    offset_width, length_width = content[4] >> 4, content[4] & 15
    base_width, index_width = content[5] >> 4, content[5] & 15 if version else 0
    numbers = _Numbers(content, 6)
    found = {}
    for _ in range(min(numbers.next(4 if version == 2 else 2), _MAX_BOXES)):
        number = numbers.next(4 if version == 2 else 2)
        method = numbers.next(2) & 15 if version else 0
        numbers.next(2)
        base = numbers.next(base_width)
        for piece in range(numbers.next(2)):
            numbers.next(index_width)
            offset, length = numbers.next(offset_width), numbers.next(length_width)
            if piece == 0 and method < 2:
                found[number] = Place(base + offset, length, method == 1)
    return found


def _bytes(source: BinaryIO, boxes: Mapping[bytes, bytes], place: Place) -> bytes:
    length = min(place.length, _MAX_ITEM)
    if place.is_inside:
        return boxes[b"idat"][place.start : place.start + length]
    source.seek(place.start)
    return source.read(length)


def _add_exif(description: Description, data: bytes) -> None:
    # Before the EXIF stands where in the item it begins (HEIF, A.2.1).
    begin = 4 + int.from_bytes(data[:4], "big")
    exif = Image.Exif()
    try:
        exif.load(b"Exif\0\0" + data[begin:])
    except Exception as error:  # noqa: BLE001  # broken metadata must not cost the rest
        description.found("exif", "unreadable", type(error).__name__)
        return
    pictures.add_exif(description, exif)


def _add_size(description: Description, boxes: Mapping[bytes, bytes]) -> None:
    """Keep the size of the primary item: the property ``ispe`` that ``ipma`` joins to it."""
    primary = boxes[b"pitm"]
    number = int.from_bytes(primary[4:6] if primary[0] == 0 else primary[4:8], "big")
    properties = dict(_boxes(boxes[b"iprp"]))
    held = list(_boxes(properties[b"ipco"]))
    for index in _joined(properties[b"ipma"], number):
        kind, content = held[index - 1]
        if kind == b"ispe":
            description.fact("width", int.from_bytes(content[4:8], "big"))
            description.fact("height", int.from_bytes(content[8:12], "big"))


def _joined(content: bytes, wanted: int) -> list[int]:
    """Return the numbers, from 1, of the properties of an item, from the box ``ipma``."""
    numbers = _Numbers(content, 4)
    width = 2 if content[3] & 1 else 1
    for _ in range(min(numbers.next(4), _MAX_BOXES)):
        number = numbers.next(2 if content[0] == 0 else 4)
        # The highest bit says only whether the property is essential.
        found = [numbers.next(width) & (0x7FFF if width == 2 else 0x7F) for _ in range(numbers.next(1))]
        if number == wanted:
            return [index for index in found if index]
    return []
