"""Where a copy goes: counted, bounded, and never a plain file on a disk."""

import io
from typing import TYPE_CHECKING, BinaryIO

from kuager.core.errors import BadInputError

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

PIECE = 1 << 20


class Counted:
    """Passes bytes on and counts them; it cannot seek, so that writers stream.

    Parameters
    ----------
    sink
        Where the bytes go; only its ``write`` is used.
    """

    def __init__(self, sink: BinaryIO) -> None:
        self._sink = sink
        self.size = 0

    def write(self, data: bytes | bytearray | memoryview) -> int:
        """Pass some bytes on."""
        piece = bytes(data)
        self._sink.write(piece)
        self.size += len(piece)
        return len(piece)

    def flush(self) -> None:
        """Nothing waits here."""


class TooMuchError(BadInputError):
    """More came than the bound allows."""


class Held(io.BytesIO):
    """Bytes in memory up to a bound; for formats whose index is written first and known last."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: "Buffer") -> int:
        """Keep some bytes; raises TooMuchError beyond the bound."""
        if self.tell() + len(memoryview(data)) > self._most:
            raise TooMuchError(f"the copy is larger than {self._most} bytes, more than is held in memory")
        return super().write(data)

    def pour(self, sink: BinaryIO, begin: int, end: int) -> None:
        """Write a part to a sink in pieces."""
        with self.getbuffer() as all_bytes:
            for start in range(begin, end, PIECE):
                sink.write(bytes(all_bytes[start : min(end, start + PIECE)]))
