"""Where a copy goes: counted, bounded, and never a plain file on a disk."""

import io
from typing import BinaryIO

from kuager.core.errors import BadInputError

PIECE = 1 << 20


class Counted(io.RawIOBase):
    """Passes bytes on and counts them; it cannot seek, so that writers stream.

    Parameters
    ----------
    sink
        Where the bytes go; only its ``write`` is used.
    """

    def __init__(self, sink: BinaryIO) -> None:
        super().__init__()
        self._sink = sink
        self.size = 0

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False

    def write(self, data: object) -> int:
        """Pass some bytes on."""
        piece = bytes(data)  # type: ignore[call-overload]  # any buffer
        self._sink.write(piece)
        self.size += len(piece)
        return len(piece)

    def tell(self) -> int:
        return self.size


class Held(io.BytesIO):
    """Bytes in memory up to a bound; for formats whose index is written first and known last."""

    def __init__(self, most: int) -> None:
        super().__init__()
        self._most = most

    def write(self, data: object) -> int:
        """Keep some bytes; raises BadInputError beyond the bound."""
        if self.tell() + len(memoryview(data)) > self._most:  # type: ignore[arg-type]  # any buffer
            raise BadInputError("the copy is larger than expected; choose a smaller longest side")
        return super().write(data)  # type: ignore[arg-type]

    def pour(self, sink: BinaryIO) -> None:
        """Write all to a sink in pieces."""
        with self.getbuffer() as all_bytes:
            for start in range(0, len(all_bytes), PIECE):
                sink.write(bytes(all_bytes[start : start + PIECE]))
