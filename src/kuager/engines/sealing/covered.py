"""A temporary file whose bytes mean nothing without a key that exists in this process's memory alone.

For what a library insists on laying aside on a disk while a request comes in. Promises: no plain byte reaches
the disk; the file has no name and its key dies with the object, so that nothing is left of it after a power
cut. Failure model: bytes that somebody changes on the disk meanwhile are not noticed (what is kept is sealed
and measured elsewhere); who reads this process's memory reads the file.
Source: NIST SP 800-38A, counter mode: the counter of a byte follows from its place; any part can be read.
"""

import io
import os
import tempfile

from cryptography.hazmat.primitives.ciphers import Cipher
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import CTR

_BLOCK = 16


class CoveredFile(io.RawIOBase):
    """A nameless temporary file, covered. Bytes are only added at its end, never written twice.

    Parameters
    ----------
    folder
        Where it lies; by default the system's folder for temporary files.
    """

    def __init__(self, folder: str | None = None) -> None:
        self._file = tempfile.TemporaryFile("w+b", buffering=0, dir=folder)  # noqa: SIM115  # closed with us
        self._key = AES256(os.urandom(32))
        self._place = self._size = 0

    def readable(self) -> bool:
        return True

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def fileno(self) -> int:
        """Return the descriptor of the covered bytes."""
        return self._file.fileno()

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self._size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def write(self, data: "bytes | bytearray | memoryview", /) -> int:  # type: ignore[override]
        """Add bytes at the end; raises ValueError anywhere else, for a counter must never serve twice."""
        if self._place != self._size:
            raise ValueError("a covered file is only written at its end")
        rest = memoryview(self._turned(self._size, bytes(data)))
        place = self._size
        while rest:
            done = os.pwrite(self._file.fileno(), rest, place)
            place, rest = place + done, rest[done:]
        self._place = self._size = place
        return len(data)

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        covered = os.pread(self._file.fileno(), len(buffer), self._place)
        buffer[: len(covered)] = self._turned(self._place, covered)
        self._place += len(covered)
        return len(covered)

    def _turned(self, place: int, data: bytes) -> bytes:
        """Cover or uncover bytes of a place; the two are the same."""
        block, before = divmod(place, _BLOCK)
        stream = Cipher(self._key, CTR(block.to_bytes(_BLOCK, "big"))).encryptor()
        stream.update(bytes(before))
        return stream.update(data)

    def close(self) -> None:
        """Let the file and its key go."""
        if not self.closed:
            self._file.close()
        super().close()
