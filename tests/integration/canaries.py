"""Looking for a file's words wherever they may have been left, in every dress they may wear."""

import base64
import zlib
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path


def dresses(word: str) -> Iterator[bytes]:
    """The word in the encodings in which programs leave things lying."""
    for plain in (word.encode(), word.encode("utf-16-le"), word.encode("utf-16-be")):
        yield plain
        yield plain.hex().encode()
        yield plain.hex().upper().encode()
        for skipped in range(3):
            # Where the word stands in what was encoded decides how it looks: three ways, without the edges.
            encoded = base64.b64encode(bytes(skipped) + plain)
            yield encoded[4 : len(encoded) - 4]


def traces(folder: Path, *words: str) -> list[str]:
    """Return where a word lies in a folder: in names, in files, and in what is packed with zlib inside."""
    looked_for = [dress for word in words for dress in dresses(word)]
    found = []
    for path in sorted(folder.rglob("*")):
        content = path.name.encode() + (path.read_bytes() if path.is_file() else b"")
        for text in (content, *_unpacked(content)):
            found += [f"{path}: {dress[:20]!r}" for dress in looked_for if dress in text]
    return found


def _unpacked(content: bytes) -> Iterator[bytes]:
    """Give what begins as a zlib or gzip stream anywhere in the content."""
    for beginning in (b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b"):
        place = content.find(beginning)
        while place >= 0:
            with suppress(zlib.error):
                yield zlib.decompressobj(wbits=47).decompress(content[place:], 1 << 22)
            place = content.find(beginning, place + 1)
