"""The ends of a file, by which it is known again when an interrupted upload goes on.

Promises: a file whose first or last mebibyte is another is not joined to what came before. The digests are
sealed with what is told of an upload (``first`` and ``last``, SHA-256 in hex) and checked when it becomes an
item. Failure model: two files of one size that differ in their middle only are taken for one.
"""

import hashlib
import hmac
import re
from collections.abc import Iterable, Iterator, Mapping

from kuager.core.digest import JsonValue
from kuager.core.errors import IntegrityError

END = 1 << 20
_DIGEST = re.compile(r"[0-9a-f]{64}")


def is_mark(value: object) -> bool:
    """Tell whether a value is the digest of an end."""
    return isinstance(value, str) and _DIGEST.fullmatch(value) is not None


def checked_ends(pieces: Iterable[bytes], told: Mapping[str, JsonValue]) -> Iterator[bytes]:
    """Give the pieces on, and compare their ends with what the sender saw before sending.

    Raises
    ------
    IntegrityError
        After the last piece, when the parts are not all of the file that was told of: nothing is kept.
    """
    first, last = bytearray(), bytearray()
    for piece in pieces:
        first += piece[: max(0, END - len(first))]
        last += piece[-END:]
        del last[:-END]
        yield piece
    for end, content in (("first", first), ("last", last)):
        expected = told.get(end)
        found = hashlib.sha256(content).hexdigest()
        if is_mark(expected) and not hmac.compare_digest(str(expected), found):
            raise IntegrityError(
                "these are parts of two different files: the upload went on with another file than it began "
                "with. Drop it and send the file again"
            )
