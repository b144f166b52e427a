"""The header of an age file: lines of text that say for whom the file key was wrapped.

Source: C2SP ``age.md``, "Header". Promises: a header is read only in the one form it can be written in, so
that nobody can change a byte of it and keep its meaning; at most 64 stanzas and 64 KiB.
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import BinaryIO

from kuager.core.errors import BadInputError

_VERSION = b"age-encryption.org/v1"
_STANZA, _FOOTER = b"-> ", b"---"
_COLUMNS = 64
_MOST_BYTES, _MOST_STANZAS = 1 << 16, 64


def to_base64(data: bytes) -> str:
    """Return base64 without padding."""
    return base64.b64encode(data).decode().rstrip("=")


def from_base64(text: str) -> bytes:
    """Read base64 without padding, in its one canonical form."""
    try:
        data = base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    except (binascii.Error, ValueError) as error:
        raise BadInputError("damaged header: not base64") from error
    if to_base64(data) != text:
        raise BadInputError("damaged header: base64 in an unusual form")
    return data


@dataclass(frozen=True, slots=True)
class Stanza:
    """One recipient: its kind and arguments, and the wrapped file key."""

    arguments: tuple[str, ...]
    body: bytes

    def lines(self) -> bytes:
        """Return the stanza as it stands in the file."""
        text = to_base64(self.body)
        # A body line shorter than 64 columns ends the body, so a full last line is followed by an empty one.
        rows = [text[start : start + _COLUMNS] for start in range(0, len(text) + 1, _COLUMNS)]
        return ("-> " + " ".join(self.arguments) + "\n" + "\n".join(rows) + "\n").encode("ascii")


def header(stanzas: Sequence[Stanza], mac_key: bytes) -> bytes:
    """Return the whole header with its code of authenticity (HMAC-SHA-256)."""
    signed = _VERSION + b"\n" + b"".join(stanza.lines() for stanza in stanzas) + _FOOTER
    return signed + b" " + to_base64(hmac.digest(mac_key, signed, "sha256")).encode() + b"\n"


@dataclass(frozen=True, slots=True)
class Header:
    """A header as read: ``signed`` is what ``mac`` vouches for, ``size`` the bytes it takes in the file."""

    stanzas: tuple[Stanza, ...]
    signed: bytes
    mac: bytes
    size: int

    def check(self, mac_key: bytes) -> None:
        """Raise BadInputError unless the header is what the writer of the file made."""
        if not hmac.compare_digest(hmac.digest(mac_key, self.signed, "sha256"), self.mac):
            raise BadInputError("the header was changed after it was written")


def read_header(stream: BinaryIO) -> Header:
    """Read a header from the beginning of a file.

    Raises
    ------
    BadInputError
        When this is no age file of version 1, or its header is damaged.
    """
    read = bytearray()

    def line() -> bytes:
        found = stream.readline(_MOST_BYTES - len(read) + 1)
        read.extend(found)
        if not found.endswith(b"\n") or len(read) > _MOST_BYTES:
            raise BadInputError("this is no file in the age format, or its header is damaged or cut off")
        return found[:-1]

    if line() != _VERSION:
        raise BadInputError("this is no file in the age format, version 1")
    stanzas: list[Stanza] = []
    while not (said := line()).startswith(_FOOTER):
        if not said.startswith(_STANZA) or len(stanzas) >= _MOST_STANZAS:
            raise BadInputError("damaged header: expected a recipient")
        stanzas.append(Stanza(_arguments(said), _body(line)))
    if not said.startswith(_FOOTER + b" ") or not stanzas:
        raise BadInputError("damaged header: it has no recipient or no code of authenticity")
    mac = from_base64(said[4:].decode("ascii", "replace"))
    return Header(tuple(stanzas), bytes(read[: len(read) - len(said) - 1]) + _FOOTER, mac, len(read))


def _arguments(said: bytes) -> tuple[str, ...]:
    words = said[len(_STANZA) :].split(b" ")
    if not all(word and all(33 <= letter <= 126 for letter in word) for word in words):
        raise BadInputError("damaged header: expected a recipient")
    return tuple(word.decode("ascii") for word in words)


def _body(line: Callable[[], bytes]) -> bytes:
    text = ""
    while True:
        row = line().decode("ascii", "replace")
        text += row
        if len(row) < _COLUMNS:
            return from_base64(text)
        if len(row) > _COLUMNS:
            raise BadInputError("damaged header: a line is too long")
