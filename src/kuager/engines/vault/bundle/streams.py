"""A bundle as one stream of bytes, for a recipient who takes it over a network.

Promises: nothing is written to a disk; memory is some pieces whatever the size; a stream that breaks off is
no archive (its directory comes last), and when sealed its recipient is told that its end is missing.
"""

import zipfile
from collections.abc import Iterator

from kuager.engines.vault.bundle.exporting import Bundle, contents
from kuager.engines.vault.bundle.sinks import NO_TIME
from kuager.engines.vault.vault import Vault


class _Passing:
    """What the archive writes into; taken out again at once. It cannot go back, as a network cannot."""

    def __init__(self) -> None:
        self._held = bytearray()

    def write(self, data: bytes, /) -> int:
        self._held += data
        return len(data)

    def flush(self) -> None:
        """Nothing waits here."""

    def close(self) -> None:
        """Nothing is held."""

    def take(self) -> bytes:
        taken = bytes(self._held)
        self._held.clear()
        return taken


def zipped(vault: Vault, bundle: Bundle) -> Iterator[bytes]:
    """Give a recorded export as a zip archive, piece by piece; it is not compressed.

    Raises
    ------
    IntegrityError
        In the middle, when an item has changed; what was given until then is no archive.
    """
    passing = _Passing()
    with zipfile.ZipFile(passing, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        for path, pieces in contents(vault, bundle):
            with archive.open(zipfile.ZipInfo(path, NO_TIME), "w", force_zip64=True) as file:
                for piece in pieces:
                    file.write(piece)
                    yield passing.take()
            yield passing.take()
    yield passing.take()
