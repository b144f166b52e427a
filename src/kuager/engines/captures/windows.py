"""Parts of an open file as files of their own: read only, within their bounds, whatever reads beside them."""

from collections.abc import Iterator
from io import SEEK_CUR, SEEK_END, SEEK_SET, RawIOBase
from typing import BinaryIO, Protocol

from kuager.engines.captures.capture import PIECE


class Readable(Protocol):
    """What can be read in pieces."""

    def read(self, size: int = -1, /) -> bytes: ...


class Window(RawIOBase):
    """The bytes from ``start`` up to ``start + length`` of a file; closing it leaves the file open."""

    def __init__(self, source: BinaryIO, start: int, length: int) -> None:
        self._source, self._start, self._length, self._place = source, start, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        base = {SEEK_SET: 0, SEEK_CUR: self._place, SEEK_END: self._length}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill the buffer; 0 at the end of the part or of the file."""
        wanted = min(len(buffer), max(0, self._length - self._place))
        if not wanted:
            return 0
        self._source.seek(self._start + self._place)
        piece = self._source.read(wanted)
        buffer[: len(piece)] = piece
        self._place += len(piece)
        return len(piece)


def pieces(stream: Readable) -> Iterator[bytes]:
    """Give a stream's bytes piece by piece."""
    while piece := stream.read(PIECE):
        yield piece


def read_exactly(stream: Readable, size: int) -> bytes:
    """Return ``size`` bytes, fewer at the end of the stream; raw streams may give less than asked for."""
    found = bytearray()
    while len(found) < size and (piece := stream.read(size - len(found))):
        found += piece
    return bytes(found)


class Streamed(RawIOBase):
    """A file made of pieces that come one after the other; it can only be read forwards."""

    def __init__(self, source: Iterator[bytes]) -> None:
        self._source, self._held = source, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        while not self._held:
            piece = next(self._source, None)
            if piece is None:
                return 0
            self._held = piece
        part = self._held[: len(buffer)]
        buffer[: len(part)] = part
        self._held = self._held[len(part) :]
        return len(part)
