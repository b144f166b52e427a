"""Pictures as files of parts: which parts carry pixels, and a copy that holds no others.

The compressed pixels are copied as they are. What goes: EXIF, XMP, IPTC, C2PA, comments, colour profiles
(they name devices), thumbnails, further pictures, and everything behind the end. Of the EXIF data one number
stays where it is needed: which way up the picture is.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from kuager.core.errors import BadInputError

_JPEG_KEPT = {0xC4, 0xDB, 0xDD, 0xEE, *range(0xC0, 0xD0)} - {0xC8, 0xCC} | {0xC4}
_PNG_KEPT = (b"IHDR", b"PLTE", b"tRNS", b"acTL", b"fcTL", b"fdAT", b"IDAT", b"IEND")
_WEBP_KEPT = (b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF")
_LOOPS = (b"NETSCAPE2.0", b"ANIMEXTS1.0")
LONGEST = 256 << 20


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a picture file: a name for people, its bytes, and whether it belongs to the pixels."""

    name: str
    data: bytes
    is_kept: bool


def parts_of(data: bytes) -> Iterator[Part]:
    """Give the parts of a JPEG, PNG, WebP or GIF file in order; what is behind the end is one part more.

    Raises
    ------
    BadInputError
        When it is none of these, or damaged.
    """
    if data[:2] == b"\xff\xd8":
        return _jpeg(data)
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return _png(data)
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return _riff(data, 12, "webp")
    if data[:6] in (b"GIF87a", b"GIF89a"):
        return _gif(data)
    raise BadInputError("expected a JPEG, PNG, WebP or GIF file")


def stripped(source: BinaryIO, turn: int) -> bytes:
    """Return the file with the parts of its pixels alone; ``turn`` is the EXIF orientation, 1 to 8."""
    source.seek(0)
    data = source.read(LONGEST + 1)
    if len(data) > LONGEST:
        raise BadInputError(f"expected a picture of at most {LONGEST >> 20} MiB")
    kept = [part for part in parts_of(data) if part.is_kept]
    if data[:2] == b"\xff\xd8":
        note = [] if turn == 1 else [_segment(0xE1, b"Exif\0\0" + orientation_note(turn))]
        return b"\xff\xd8" + b"".join([*note, *(part.data for part in kept)])
    if data[:4] == b"\x89PNG":
        note = [] if turn == 1 else [_chunk(b"eXIf", orientation_note(turn))]
        return data[:8] + b"".join([kept[0].data, *note, *(part.data for part in kept[1:])])
    if data[:4] == b"RIFF":
        return _webp_again(kept, turn)
    return b"".join(part.data for part in kept)


def orientation_note(turn: int) -> bytes:
    """Return EXIF data that says nothing but which way up (TIFF 6.0 structure, tag 0x0112)."""
    entry = (0x0112).to_bytes(2, "big") + b"\x00\x03\x00\x00\x00\x01" + turn.to_bytes(2, "big") + b"\0\0"
    return b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + entry + b"\0\0\0\0"


def _jpeg(data: bytes) -> Iterator[Part]:
    at = 2
    while at + 4 <= len(data):
        if data[at] != 0xFF:
            raise BadInputError("the JPEG file is damaged")
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker == 0xD9:
            break
        else:
            end = at + 2 + int.from_bytes(data[at + 2 : at + 4], "big")
            if marker == 0xDA:
                end = _scan_end(data, end)
            yield Part(f"segment {marker:02X}", data[at:end], marker in _JPEG_KEPT or marker == 0xDA)
            at = end
    yield Part("end", b"\xff\xd9", is_kept=True)
    if data[at + 2 :]:
        yield Part("behind the end", data[at + 2 :], is_kept=False)


def _scan_end(data: bytes, at: int) -> int:
    """Find the marker that ends the compressed pixels (ITU-T T.81, B.1.1.5)."""
    while (at := data.find(b"\xff", at)) >= 0 and at + 1 < len(data):
        following = data[at + 1]
        if following not in (0x00, 0xFF) and not 0xD0 <= following <= 0xD7:
            return at
        at += 1 if following == 0xFF else 2
    return len(data)


def _segment(marker: int, content: bytes) -> bytes:
    return bytes([0xFF, marker]) + (len(content) + 2).to_bytes(2, "big") + content


def _png(data: bytes) -> Iterator[Part]:
    at = 8
    while at + 12 <= len(data):
        name, end = data[at + 4 : at + 8], at + 12 + int.from_bytes(data[at : at + 4], "big")
        yield Part(name.decode("latin-1"), data[at:end], name in _PNG_KEPT)
        at = end
        if name == b"IEND":
            break
    if data[at:]:
        yield Part("behind the end", data[at:], is_kept=False)


def _chunk(name: bytes, content: bytes) -> bytes:
    import zlib

    return len(content).to_bytes(4, "big") + name + content + zlib.crc32(name + content).to_bytes(4, "big")


def _riff(data: bytes, begin: int, way: str) -> Iterator[Part]:
    at, last = begin, min(len(data), 8 + int.from_bytes(data[4:8], "little")) if way == "webp" else len(data)
    while at + 8 <= last:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        end = min(last, at + 8 + size + size % 2)
        kept = data[at:end]
        if name == b"ANMF":
            inner = b"".join(part.data for part in _riff(data[at + 24 : end], 0, "frame") if part.is_kept)
            if data[at + 24 : end] != inner:
                yield Part("hidden in ANMF", data[at + 24 : end], is_kept=False)
            body = data[at + 8 : at + 24] + inner
            kept = name + len(body).to_bytes(4, "little") + body
        yield Part(name.decode("latin-1"), kept, name in _WEBP_KEPT)
        at = end
    if way == "webp" and data[last:]:
        yield Part("behind the end", data[last:], is_kept=False)


def _webp_again(kept: list[Part], turn: int) -> bytes:
    parts = []
    for part in kept:
        data = part.data
        if part.name == "VP8X":
            # Flags (RFC 9649, 2.7): colour profile 0x20, EXIF 0x08, XMP 0x04 are no longer there.
            flags = data[8] & ~0x2C | (0x08 if turn != 1 else 0)
            data = data[:8] + bytes([flags]) + data[9:]
        parts.append(data)
    if turn != 1 and kept and kept[0].name == "VP8X":
        note = orientation_note(turn)
        parts.append(b"EXIF" + len(note).to_bytes(4, "little") + note + b"\0" * (len(note) % 2))
    body = b"WEBP" + b"".join(parts)
    return b"RIFF" + len(body).to_bytes(4, "little") + body


def _gif(data: bytes) -> Iterator[Part]:
    """Give blocks as GIF89a, appendix B, orders them."""
    file = io.BytesIO(data)
    head = file.read(13)
    if len(head) == 13 and head[10] & 0x80:
        head += file.read(3 << ((head[10] & 7) + 1))
    yield Part("header", head, is_kept=True)
    while (introducer := file.read(1)) not in (b";", b""):
        if introducer == b",":
            yield Part("image", introducer + _gif_image(file), is_kept=True)
        elif introducer == b"!":
            label = file.read(1)
            blocks = _gif_blocks(file)
            loops = label == b"\xff" and blocks[1:12] in _LOOPS and len(blocks) <= 19
            yield Part(f"extension {label.hex()}", b"!" + label + blocks, label == b"\xf9" or loops)
        else:
            raise BadInputError("the GIF file is damaged")
    yield Part("end", b";", is_kept=True)
    rest = file.read()
    if rest:
        yield Part("behind the end", rest, is_kept=False)


def _gif_image(file: BinaryIO) -> bytes:
    head = file.read(9)
    table = file.read(3 << ((head[8] & 7) + 1)) if len(head) == 9 and head[8] & 0x80 else b""
    return head + table + file.read(1) + _gif_blocks(file)


def _gif_blocks(file: BinaryIO) -> bytes:
    blocks = b""
    while size := file.read(1):
        blocks += size + file.read(size[0])
        if size == b"\0":
            break
    return blocks
