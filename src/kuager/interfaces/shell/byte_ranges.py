"""Which part of a file a browser asks for (RFC 9110, section 14): one range, honoured or refused."""

import re
from dataclasses import dataclass

from kuager.core.errors import BadInputError

MOST_AT_ONCE = 1 << 20
"""A part of an answer is at most this long: memory stays bounded, and no thread waits for a slow reader.

A client must look at what it got and ask for the rest (RFC 9110, section 15.3.7).
"""

_RANGE = re.compile(r"bytes[ \t]*=[ \t]*(\d{0,19})-(\d{0,19})[ \t]*", re.ASCII)


class UnsatisfiableRangeError(BadInputError):
    """The part asked for lies behind the end of the file."""

    http_status = 416


@dataclass(frozen=True, slots=True)
class ByteRange:
    """Bytes from ``first`` up to and with ``last``."""

    first: int
    last: int

    @property
    def size(self) -> int:
        """How many bytes these are."""
        return self.last - self.first + 1


def asked_range(header: str | None, size: int) -> ByteRange | None:
    """Return which bytes to send; None for all of them.

    Parameters
    ----------
    header
        The field ``Range`` of the request. Several ranges at once, other units and what is no range are
        passed over, as section 14.2 allows: the whole file is the answer.
    size
        Of the file, in bytes.

    Raises
    ------
    UnsatisfiableRangeError
        When the range begins behind the end (section 15.5.17).

    Examples
    --------
    >>> asked_range("bytes=-2", 10)
    ByteRange(first=8, last=9)
    """
    found = _RANGE.fullmatch((header or "").strip().lower())
    if found is None or (not found[1] and not found[2]):
        return None
    if not found[1]:
        return _from_the_end(int(found[2]), size)
    first = int(found[1])
    last = int(found[2]) if found[2] else size - 1
    if found[2] and last < first:
        return None
    if first >= size:
        raise UnsatisfiableRangeError("the part asked for lies behind the end of the file")
    return _bounded(first, min(last, size - 1))


def _from_the_end(count: int, size: int) -> ByteRange:
    if count == 0 or size == 0:
        raise UnsatisfiableRangeError("no bytes were asked for, or there are none")
    return _bounded(max(0, size - count), size - 1)


def _bounded(first: int, last: int) -> ByteRange:
    return ByteRange(first, min(last, first + MOST_AT_ONCE - 1))
