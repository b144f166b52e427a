"""The bytes of a web archive, unpacked member by member, with places one can come back to.

A ``.warc.gz`` is a row of gzip members, by rule one for each record (WARC 1.1, annex D), in practice
sometimes one for all. A plain ``.warc`` is treated as a single member.
"""

import zlib
from dataclasses import dataclass
from io import SEEK_END
from typing import BinaryIO

from kuager.engines.captures.limits import Budget, allowed
from kuager.engines.captures.windows import read_exactly

GZIP = b"\x1f\x8b\x08"
_PACKED = 1 << 16
_STEP = 1 << 18


@dataclass(frozen=True, slots=True)
class Place:
    """Where something begins: the member's place in the file, and how far into its unpacked bytes."""

    member: int
    skip: int


class Member:
    """Unpacked bytes of one member, forwards only.

    Attributes
    ----------
    place
        Where its packed bytes begin.
    is_damaged
        Whether it ended before its end, or what it unpacked to was not to be trusted.
    """

    def __init__(self, source: BinaryIO, place: int, size: int, budget: Budget, skip: int = 0) -> None:
        self.place, self.is_damaged = place, False
        self._source, self._size, self._budget = source, size, budget
        self._at, self._given, self._held = place, 0, b""
        self._inflater = zlib.decompressobj(16 + zlib.MAX_WBITS) if is_packed(source, place) else None
        self._tail = b""
        if self._inflater is None:
            self._at += skip
            self._given = skip
        else:
            self.drain(skip)

    def tell(self) -> int:
        """Return how many unpacked bytes were given."""
        return self._given

    def end(self) -> int:
        """Return where the packed bytes end; only when everything was read."""
        unused = len(self._inflater.unused_data) if self._inflater is not None else 0
        return self._at - unused

    def here(self) -> Place:
        """Return the present place."""
        return Place(self.place, self._given)

    def read(self, size: int = -1, /) -> bytes:
        """Return up to ``size`` bytes; none at the end or where the member is damaged."""
        if not self._held:
            self._held = self._fill()
        part, self._held = (self._held[:size], self._held[size:]) if size >= 0 else (self._held, b"")
        self._given += len(part)
        return part

    def readline(self, most: int) -> bytes:
        """Return a line with its end, or ``most`` bytes of it."""
        line = bytearray()
        while len(line) < most:
            if not self._held:
                self._held = self._fill()
            if not self._held:
                break
            cut = self._held.find(b"\n", 0, most - len(line)) + 1 or min(len(self._held), most - len(line))
            line += self._held[:cut]
            self._held = self._held[cut:]
            if line.endswith(b"\n"):
                break
        self._given += len(line)
        return bytes(line)

    def drain(self, size: int) -> int:
        """Read over ``size`` bytes; return how many there were."""
        left = size
        while left and (piece := self.read(min(left, _STEP))):
            left -= len(piece)
        return size - left

    def rest(self) -> int | None:
        """Return how many bytes are left, where that is known before reading."""
        return None if self._inflater is not None else self._size - self.place - self._given

    def _fill(self) -> bytes:
        piece = self._plain() if self._inflater is None else self._inflated(self._inflater)
        if piece and not self._budget.spend(len(piece)):
            self.is_damaged = True
            return b""
        return piece

    def _plain(self) -> bytes:
        self._source.seek(self._at)
        piece = self._source.read(_STEP)
        self._at += len(piece)
        return piece

    def _inflated(self, inflater: "zlib._Decompress") -> bytes:
        while not inflater.eof and not self.is_damaged:
            if not self._tail:
                self._source.seek(self._at)
                self._tail = self._source.read(_PACKED)
                self._at += len(self._tail)
            if not self._tail:
                self.is_damaged = True
                return b""
            try:
                piece = inflater.decompress(self._tail, _STEP)
            except zlib.error:
                self.is_damaged = True
                return b""
            self._tail = inflater.unconsumed_tail
            if self._given + len(piece) > allowed(self._at - self.place):
                self.is_damaged = True
                return b""
            if piece:
                return piece
        return b""


def next_member(source: BinaryIO, begin: int, size: int) -> int | None:
    """Return where the next gzip member may begin, from a place on; None when nothing looks like one."""
    at, held = begin, b""
    while at < size:
        source.seek(at)
        piece = held + source.read(_STEP)
        if len(piece) == len(held):
            return None
        found = piece.find(GZIP)
        if found >= 0:
            return at - len(held) + found
        at += len(piece) - len(held)
        held = piece[-2:]
    return None


def size_of(source: BinaryIO) -> int:
    """Return how many bytes a file has."""
    return source.seek(0, SEEK_END)


def is_packed(source: BinaryIO, at: int = 0) -> bool:
    """Return whether a gzip member begins at a place."""
    source.seek(at)
    return read_exactly(source, len(GZIP)) == GZIP
