"""A file of a bundle before anybody knows what it is, and reasons why one is not read."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.captures.file_names import shown


class Refusal(StrEnum):
    """Why a single file is not read."""

    LINK = "link"
    DEVICE = "device"
    DEEP = "deep"
    LOCKED = "locked"
    PACKING = "packing"
    BOMB = "bomb"
    DAMAGED = "damaged"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Entry:
    """A file of a bundle.

    Attributes
    ----------
    found
        Its whole name as found, folders divided by ``/``.
    size
        Bytes, as told by the archive or the file system.
    opener
        Gives the bytes; seekable when the bundle does not pack them.
    checked
        Gives the bytes in order, and an error at the end when the archive's own checksum is another.
    """

    found: str
    size: int
    opener: Callable[[], BinaryIO]
    checked: Callable[[], Iterator[bytes]]

    @property
    def base(self) -> str:
        """The last part of the name."""
        return self.found.replace("\\", "/").rstrip("/").rpartition("/")[2]

    @property
    def folder(self) -> str:
        """The name without its last part."""
        return self.found.replace("\\", "/").rstrip("/").rpartition("/")[0]

    def whole(self, most: int) -> bytes:
        """Return all bytes of a small file.

        Raises
        ------
        BadInputError
            When it has more than ``most`` bytes, or is damaged.
        """
        found = bytearray()
        for piece in self.checked() if self.size <= most else ():
            found += piece
            if len(found) > most:
                break
        if self.size > most or len(found) > most:
            raise BadInputError(
                f"{shown(self.base)} is larger than the {most} bytes that are read of its kind"
            )
        return bytes(found)


Refused = tuple[str, Refusal]
