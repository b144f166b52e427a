"""The body of an HTTP answer as a browser would have seen it: chunks joined, gzip unpacked, within bounds.

What does not unpack as its header says is given as it stands in the archive. References: RFC 9112, section
7.1 (chunks); RFC 9110, section 8.4.1 (gzip, deflate).
"""

import zlib
from collections.abc import Iterator

from kuager.core.errors import BadInputError
from kuager.engines.captures.limits import allowed
from kuager.engines.captures.windows import Readable, pieces

_LINE = 1024
_STEP = 1 << 18


def ways(transfer: str, content: str) -> list[tuple[str, ...]]:
    """Return in which ways a body may have to be unpacked, most likely first; the last is: not at all.

    Examples
    --------
    >>> ways("chunked", "gzip")
    [('chunked', 'gzip'), ('gzip',), ('chunked',), ()]
    """
    first = ("chunked",) if "chunked" in transfer.lower() else ()
    packing = content.strip().lower().removeprefix("x-")
    second = (packing,) if packing in {"gzip", "deflate"} else ()
    found = [first + second, second, first, ()]
    return [way for number, way in enumerate(found) if way not in found[:number]]


def unpacked(stream: Readable, way: tuple[str, ...]) -> Iterator[bytes]:
    """Give a body unpacked in one way; raises BadInputError when it is not packed so, or is a bomb."""
    found = _joined(stream) if "chunked" in way else pieces(stream)
    return _inflated(found, way[-1]) if way and way[-1] in {"gzip", "deflate"} else found


class _Lines:
    """Reads lines and exact numbers of bytes from pieces."""

    def __init__(self, stream: Readable) -> None:
        self._stream, self._held = stream, b""

    def line(self) -> bytes:
        while b"\n" not in self._held[:_LINE]:
            piece = self._stream.read(_STEP)
            if not piece or len(self._held) >= _LINE:
                raise BadInputError("the body is not made of chunks")
            self._held += piece
        line, _, self._held = self._held.partition(b"\n")
        return line.strip()

    def exactly(self, size: int) -> Iterator[bytes]:
        while size:
            piece = self._held or self._stream.read(_STEP)
            if not piece:
                raise BadInputError("the last chunk of the body is cut off")
            self._held = piece[size:]
            yield piece[:size]
            size -= len(piece[:size])


def _joined(stream: Readable) -> Iterator[bytes]:
    lines = _Lines(stream)
    while True:
        told = lines.line().partition(b";")[0].strip()
        if not told or len(told) > 15 or not all(one in b"0123456789abcdefABCDEF" for one in told):
            raise BadInputError("the body is not made of chunks")
        size = int(told, 16)
        if not size:
            return
        yield from lines.exactly(size)
        lines.line()


def _inflated(packed: Iterator[bytes], packing: str) -> Iterator[bytes]:
    inflater = zlib.decompressobj(16 + zlib.MAX_WBITS if packing == "gzip" else zlib.MAX_WBITS)
    taken = given = 0
    for piece in packed:
        taken += len(piece)
        tail = piece
        while tail and not inflater.eof:
            try:
                part = inflater.decompress(tail, _STEP)
            except zlib.error as error:
                raise BadInputError(f"the body is not packed with {packing}") from error
            given += len(part)
            if given > allowed(taken):
                raise BadInputError("the body unpacks to far more than its size; it is a bomb")
            if part:
                yield part
            tail = inflater.unconsumed_tail
    if not inflater.eof:
        raise BadInputError(f"the body is not packed with {packing}, or is cut off")
