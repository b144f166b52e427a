"""How much of a bundle is read at most; beyond it the one file, or the bundle, is refused with a reason."""

KIB = 1 << 10
MIB = 1 << 20

MAX_ENTRIES = 100_000
MAX_LISTING = 64 * MIB
"""Bytes of a zip archive's list of contents."""
MAX_RATIO = 200
"""How many times its packed size a file may unpack to; text rarely exceeds 30, a bomb reaches 1,000."""
MAX_SMALL = 64 * MIB
"""Up to here the ratio does not matter."""
MAX_TEXT = 16 * MIB
"""Of a description (JSON, CSV, HTML) that is read whole."""
MAX_PROOF = 1 * MIB
"""Of a signature, key or time stamp."""
MAX_HEADER = 256 * KIB
"""Of the header of a record or of an HTTP answer."""
MAX_CLAIM = 2_000
"""Characters of one claim; longer ones are cut with an ellipsis."""
MAX_CLAIMS = 200
"""Claims of one file."""
MAX_DEPTH = 32
"""Folders within folders."""


def allowed(packed: int) -> int:
    """Return to how many bytes a file of a packed size may unpack.

    Examples
    --------
    >>> allowed(10) == MAX_SMALL
    True
    """
    return max(MAX_SMALL, packed * MAX_RATIO)


class Budget:
    """How many unpacked and read-again bytes a bundle of a given size may cost before reading stops.

    Without it a small file could make its reader work for ever, with members that unpack to gigabytes or with
    lengths that send the reader over the same bytes again and again.
    """

    def __init__(self, size: int, *, is_packed: bool) -> None:
        self._left = 2 * allowed(size) if is_packed else 4 * size + MAX_SMALL

    @property
    def is_spent(self) -> bool:
        """Whether reading has to stop."""
        return self._left < 0

    def spend(self, count: int) -> bool:
        """Return whether ``count`` more bytes may be read."""
        self._left -= count
        return self._left >= 0
