"""Encrypt a stream while it comes in, and read any part of it again without the rest.

Source: C2SP ``age.md``, "Payload": chunks of 64 KiB, each sealed with ChaCha20-Poly1305 under a counter and a
mark on the last, so that chunks cannot be changed, exchanged, left out or cut off unnoticed.
Promises: nothing is returned that was not verified; memory is one chunk whatever the size of the file.
"""

import os
from collections.abc import Iterator, Sequence
from io import SEEK_CUR, SEEK_END, SEEK_SET, RawIOBase
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305

from kuager.core.errors import BadInputError, IntegrityError, PermissionDeniedError
from kuager.engines.sealing.keys import FILE_KEY_SIZE, Identity, Passphrase, Recipient, derived
from kuager.engines.sealing.stanzas import Header, header, read_header

CHUNK = 1 << 16
_TAG, _NONCE = 16, 16
_SEALED = CHUNK + _TAG


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\x01" if last else b"\x00")


class Encryptor:
    """Turns bytes into an age file, piece by piece.

    ``begin()`` gives the header, ``update(data)`` what is ready so far, ``finish()`` the end.
    """

    def __init__(self, recipients: Sequence[Recipient]) -> None:
        if not recipients:
            raise BadInputError("a file must be sealed to somebody: give at least one recipient")
        if len(recipients) > 1 and any(isinstance(one, Passphrase) for one in recipients):
            raise BadInputError("a passphrase stands alone: no other recipient can open the same file")
        self._file_key = os.urandom(FILE_KEY_SIZE)
        self._recipients = recipients
        self._held = bytearray()
        self._number = 0
        nonce = os.urandom(_NONCE)
        self._cipher = ChaCha20Poly1305(derived(self._file_key, nonce, b"payload"))
        self._payload_nonce = nonce

    def begin(self) -> bytes:
        """Return the header and the nonce of the payload."""
        stanzas = [recipient.wrap(self._file_key) for recipient in self._recipients]
        return header(stanzas, derived(self._file_key, b"", b"header")) + self._payload_nonce

    def update(self, data: bytes) -> bytes:
        """Take more bytes; return whole sealed chunks. The last chunk waits, since it must be marked."""
        self._held += data
        ready = []
        start = 0
        while len(self._held) - start > CHUNK:
            ready.append(self._seal(bytes(self._held[start : start + CHUNK]), last=False))
            start += CHUNK
        del self._held[:start]
        return b"".join(ready)

    def finish(self) -> bytes:
        """Return the last chunk."""
        return self._seal(bytes(self._held), last=True)

    def _seal(self, chunk: bytes, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), chunk, None)
        self._number += 1
        return sealed


def encrypt(data: bytes, recipients: Sequence[Recipient]) -> bytes:
    """Return ``data`` as an age file."""
    encryptor = Encryptor(recipients)
    return encryptor.begin() + encryptor.update(data) + encryptor.finish()


def encrypted(pieces: Iterator[bytes], recipients: Sequence[Recipient]) -> Iterator[bytes]:
    """Encrypt piece by piece."""
    encryptor = Encryptor(recipients)
    yield encryptor.begin()
    for piece in pieces:
        yield encryptor.update(piece)
    yield encryptor.finish()


def _file_key(found: Header, identities: Sequence[Identity]) -> bytes:
    kinds = [stanza.arguments[0] for stanza in found.stanzas]
    if "scrypt" in kinds and len(kinds) > 1:
        raise BadInputError("damaged header: a passphrase stands beside other recipients")
    for stanza in found.stanzas:
        for identity in identities:
            key = identity.unwrap(stanza)
            if key is not None and len(key) == FILE_KEY_SIZE:
                found.check(derived(key, b"", b"header"))
                return key
    raise PermissionDeniedError("none of the keys at hand opens this file")


class Decrypted(RawIOBase):
    """The plain bytes of an age file, to be read from any place.

    Parameters
    ----------
    sealed
        The file, open for reading and seeking.
    identities
        Keys that may open it.

    Attributes
    ----------
    size
        How many plain bytes there are.
    start
        Where the first chunk begins in the sealed file: all before it is the header.

    Raises
    ------
    PermissionDeniedError
        When no key opens it.
    BadInputError
        When it is no age file or its header is damaged.
    IntegrityError
        When a chunk that is read was changed, exchanged, left out or cut off.
    """

    def __init__(self, sealed: BinaryIO, identities: Sequence[Identity]) -> None:
        sealed.seek(0)
        found = read_header(sealed)
        key = _file_key(found, identities)
        nonce = sealed.read(_NONCE)
        if len(nonce) != _NONCE:
            raise IntegrityError("the file ends after its header")
        self._sealed = sealed
        self._cipher = ChaCha20Poly1305(derived(key, nonce, b"payload"))
        self.start = found.size + _NONCE
        stored = sealed.seek(0, SEEK_END) - self.start
        self._chunks = max(1, -(-stored // _SEALED))
        self.size = stored - self._chunks * _TAG
        self._place = 0
        self._at, self._chunk = -1, b""
        # The last chunk is verified first: a file that was cut off is refused before anything is given out.
        self._load(self._chunks - 1)

    def close(self) -> None:
        """Let go of the sealed file too."""
        if not self.closed:
            self._sealed.close()
        super().close()

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._place

    def seek(self, offset: int, whence: int = SEEK_SET) -> int:
        base = {SEEK_SET: 0, SEEK_CUR: self._place, SEEK_END: self.size}[whence]
        self._place = max(0, base + offset)
        return self._place

    def readinto(self, buffer: "memoryview") -> int:  # type: ignore[override]
        """Fill the buffer from one chunk; 0 at the end."""
        if self._place >= self.size:
            return 0
        self._load(self._place // CHUNK)
        begin = self._place % CHUNK
        part = self._chunk[begin : begin + len(buffer)]
        buffer[: len(part)] = part
        self._place += len(part)
        return len(part)

    def _load(self, number: int) -> None:
        if number == self._at:
            return
        self._sealed.seek(self.start + number * _SEALED)
        found = self._sealed.read(_SEALED)
        last = number == self._chunks - 1
        try:
            chunk = self._cipher.decrypt(_nonce(number, last=last), found, None)
        except InvalidTag as error:
            raise IntegrityError(
                f"stored bytes have changed: chunk {number + 1} of {self._chunks}"
            ) from error
        if last and not chunk and number:
            raise IntegrityError("stored bytes have changed: the last chunk is empty")
        self._at, self._chunk = number, chunk

    def pieces(self) -> Iterator[bytes]:
        """Give everything from the present place on, chunk by chunk."""
        while self._place < self.size:
            self._load(self._place // CHUNK)
            part = self._chunk[self._place % CHUNK :]
            self._place += len(part)
            yield part


def decrypt(sealed: BinaryIO, identities: Sequence[Identity]) -> bytes:
    """Return all plain bytes of an age file; for small ones."""
    return b"".join(Decrypted(sealed, identities).pieces())
