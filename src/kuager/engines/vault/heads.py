"""Signed heads: the keeper's word for how long the log was and what stood in it.

Source: C2SP ``signed-note.md`` and ``tlog-checkpoint.md`` with Ed25519 (RFC 8032). Promises: a head says one
thing in one form; who changes a letter of it is noticed. What it does not promise: the time is not in the
head; time stamps by others say when it existed.
"""

import base64
import binascii
import hashlib
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from kuager.core.errors import BadInputError, IntegrityError

_ED25519 = b"\x01"
_DASH = "\N{EM DASH} "


def _key_id(name: str, public: bytes) -> bytes:
    return hashlib.sha256(name.encode() + b"\n" + _ED25519 + public).digest()[:4]


@dataclass(frozen=True, slots=True)
class VerifierKey:
    """The public key heads are checked with; text form ``name+id+key``."""

    name: str
    public: bytes

    @classmethod
    def from_text(cls, text: str) -> "VerifierKey":
        """Read ``name+id+key``; raises BadInputError when it is no such key."""
        try:
            name, number, key = text.strip().split("+", 2)
            raw = base64.b64decode(key, validate=True)
        except (ValueError, binascii.Error) as error:
            raise BadInputError("expected the key of a log: name+id+key") from error
        if raw[:1] != _ED25519 or len(raw) != 33 or number != _key_id(name, raw[1:]).hex():
            raise BadInputError("the key of the log was copied wrongly, or is of another kind")
        return cls(name, raw[1:])

    def __str__(self) -> str:
        key = base64.b64encode(_ED25519 + self.public).decode()
        return f"{self.name}+{_key_id(self.name, self.public).hex()}+{key}"

    def check(self, note: str) -> str:
        """Return the text of a signed note; raises IntegrityError unless this key signed it."""
        text, separator, signatures = note.rpartition("\n\n")
        if not separator or not note.endswith("\n"):
            raise IntegrityError("this is no signed head: expected text, an empty line and a signature")
        text += "\n"
        for line in signatures.splitlines():
            name, raw = _signature(line)
            if name == self.name and raw[:4] == _key_id(self.name, self.public):
                try:
                    Ed25519PublicKey.from_public_bytes(self.public).verify(raw[4:], text.encode())
                except InvalidSignature as error:
                    raise IntegrityError("the head was changed after it was signed") from error
                return text
        raise IntegrityError(f"the head is not signed by the log {self.name}")


def _signature(line: str) -> tuple[str, bytes]:
    try:
        mark, name, raw = line.split(" ")
        if mark != _DASH.strip():
            raise ValueError(mark)
        return name, base64.b64decode(raw, validate=True)
    except (ValueError, binascii.Error) as error:
        raise IntegrityError("damaged head: a signature line has the wrong shape") from error


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """The secret key of a log. It never shows itself by accident."""

    name: str
    secret: bytes

    @classmethod
    def generate(cls, name: str) -> "SigningKey":
        """Return a new key; the name has no blank and no plus sign."""
        if not name or "+" in name or any(letter.isspace() for letter in name):
            raise BadInputError("the name of a log holds no blank and no plus sign")
        return cls(name, Ed25519PrivateKey.generate().private_bytes_raw())

    @property
    def verifier(self) -> VerifierKey:
        """The public half."""
        return VerifierKey(
            self.name, Ed25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw()
        )

    def sign(self, text: str) -> str:
        """Return the text as a signed note; it ends with a line break."""
        raw = Ed25519PrivateKey.from_private_bytes(self.secret).sign(text.encode())
        number = _key_id(self.name, self.verifier.public)
        return f"{text}\n{_DASH}{self.name} {base64.b64encode(number + raw).decode()}\n"


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries a log has, and their common digest."""

    origin: str
    size: int
    root: bytes

    def text(self) -> str:
        """Return what is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"

    def signed(self, key: SigningKey) -> str:
        """Return the signed head."""
        return key.sign(self.text())

    @classmethod
    def read(cls, note: str, key: VerifierKey) -> "Head":
        """Read a signed head.

        Raises
        ------
        IntegrityError
            When the key did not sign it, or it belongs to another log.
        """
        lines = key.check(note).splitlines()
        try:
            origin, size, root = lines[0], int(lines[1]), base64.b64decode(lines[2], validate=True)
        except (IndexError, ValueError, binascii.Error) as error:
            raise IntegrityError("damaged head: expected the log's name, its size and its digest") from error
        if origin != key.name:
            raise IntegrityError(f"the head belongs to another log: {origin}, expected {key.name}")
        if len(root) != 32 or str(size) != lines[1] or size < 0:
            raise IntegrityError("damaged head: the size or the digest has the wrong shape")
        return cls(origin, size, root)
