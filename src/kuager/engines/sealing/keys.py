"""Who can open what: recipients (public) and identities (secret) of the age format.

Source: the age file encryption format, version 1 (C2SP ``age.md``): recipient stanzas X25519 and scrypt.
Promises: what is wrapped to a recipient opens with its identity alone; a text form with a checksum.
"""

import hashlib
import os
from dataclasses import dataclass
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kuager.core.errors import BadInputError
from kuager.engines.sealing import bech32
from kuager.engines.sealing.stanzas import Stanza, from_base64, to_base64

FILE_KEY_SIZE = 16
_NONCE = bytes(12)
_RECIPIENT_PREFIX, _IDENTITY_PREFIX = "age", "age-secret-key-"
_X25519_LABEL = b"age-encryption.org/v1/X25519"
_SCRYPT_LABEL = b"age-encryption.org/v1/scrypt"
# Two to this power steps: 128 MiB and some tenths of a second for every guess.
WORK_FACTOR = 17
# A file of somebody else may ask for no more than this: 1 GiB.
_WORK_FACTOR_AT_MOST = 20
_SIZE = 32


class Recipient(Protocol):
    """Somebody a file key is wrapped for."""

    def wrap(self, file_key: bytes) -> Stanza:
        """Return the stanza from which only the matching identity gets the file key back."""


class Identity(Protocol):
    """Somebody who may open files."""

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Return the file key, or None when the stanza is for somebody else."""


def derived(secret: bytes, salt: bytes, label: bytes) -> bytes:
    """Return 32 bytes from a secret: HKDF-SHA-256 (RFC 5869)."""
    return HKDF(SHA256(), length=32, salt=salt, info=label).derive(secret)


def _sealed(key: bytes, file_key: bytes) -> bytes:
    return ChaCha20Poly1305(key).encrypt(_NONCE, file_key, None)


def _opened(key: bytes, stanza: Stanza) -> bytes | None:
    try:
        return ChaCha20Poly1305(key).decrypt(_NONCE, stanza.body, None)
    except InvalidTag:
        return None


@dataclass(frozen=True, slots=True)
class PublicKey:
    """An X25519 recipient; its text form is ``age1…``."""

    point: bytes

    @classmethod
    def from_text(cls, text: str) -> "PublicKey":
        """Read ``age1…``; raises BadInputError when it is no such key."""
        point = bech32.decode(text.strip(), _RECIPIENT_PREFIX)
        if len(point) != _SIZE:
            raise BadInputError(f"expected a key of 32 bytes, got {len(point)}")
        return cls(point)

    def __str__(self) -> str:
        return bech32.encode(_RECIPIENT_PREFIX, self.point)

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap for the owner of the secret key."""
        once = X25519PrivateKey.generate()
        share = once.public_key().public_bytes_raw()
        shared = once.exchange(X25519PublicKey.from_public_bytes(self.point))
        key = derived(shared, share + self.point, _X25519_LABEL)
        return Stanza(("X25519", to_base64(share)), _sealed(key, file_key))


@dataclass(frozen=True, slots=True, repr=False)
class SecretKey:
    """An X25519 identity; its text form is ``AGE-SECRET-KEY-1…``. It never shows itself by accident."""

    secret: bytes

    @classmethod
    def generate(cls) -> "SecretKey":
        """Return a new key from the system's source of randomness."""
        return cls(X25519PrivateKey.generate().private_bytes_raw())

    @classmethod
    def from_text(cls, text: str) -> "SecretKey":
        """Read ``AGE-SECRET-KEY-1…``; raises BadInputError when it is no such key."""
        secret = bech32.decode(text.strip(), _IDENTITY_PREFIX)
        if len(secret) != _SIZE:
            raise BadInputError(f"expected a key of 32 bytes, got {len(secret)}")
        return cls(secret)

    def text(self) -> str:
        """Return the secret as text, to be kept off-line."""
        return bech32.encode(_IDENTITY_PREFIX, self.secret).upper()

    @property
    def public(self) -> PublicKey:
        """The recipient that belongs to it."""
        return PublicKey(X25519PrivateKey.from_private_bytes(self.secret).public_key().public_bytes_raw())

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Open a stanza made for this key."""
        if stanza.arguments[0] != "X25519":
            return None
        if len(stanza.arguments) != 2 or len(stanza.body) != FILE_KEY_SIZE + 16:
            raise BadInputError("damaged header: a recipient stanza has the wrong shape")
        share = from_base64(stanza.arguments[1])
        if len(share) != _SIZE:
            raise BadInputError("damaged header: a recipient stanza has the wrong shape")
        try:
            shared = X25519PrivateKey.from_private_bytes(self.secret).exchange(
                X25519PublicKey.from_public_bytes(share)
            )
        except ValueError as error:
            raise BadInputError("damaged header: a key share is no point of the curve's group") from error
        return _opened(derived(shared, share + self.public.point, _X25519_LABEL), stanza)


@dataclass(frozen=True, slots=True, repr=False)
class Passphrase:
    """A passphrase, both recipient and identity (scrypt, RFC 7914); it stands alone in a file."""

    words: str
    work_factor: int = WORK_FACTOR

    def _key(self, salt: bytes, work_factor: int) -> bytes:
        steps = 1 << work_factor
        return hashlib.scrypt(
            self.words.encode(),
            salt=_SCRYPT_LABEL + salt,
            n=steps,
            r=8,
            p=1,
            maxmem=129 * 8 * steps + (1 << 20),
            dklen=32,
        )

    def wrap(self, file_key: bytes) -> Stanza:
        """Wrap for whoever knows the passphrase."""
        salt = os.urandom(16)
        key = self._key(salt, self.work_factor)
        return Stanza(("scrypt", to_base64(salt), str(self.work_factor)), _sealed(key, file_key))

    def unwrap(self, stanza: Stanza) -> bytes | None:
        """Open a stanza made with this passphrase; refuses one that asks for more work than 1 GiB."""
        if stanza.arguments[0] != "scrypt":
            return None
        if len(stanza.arguments) != 3 or not stanza.arguments[2].isdecimal() or len(stanza.body) != 32:
            raise BadInputError("damaged header: a passphrase stanza has the wrong shape")
        salt, work_factor = from_base64(stanza.arguments[1]), int(stanza.arguments[2])
        if len(salt) != 16 or not 1 <= work_factor <= _WORK_FACTOR_AT_MOST:
            raise BadInputError(
                f"the file asks for 2^{work_factor} steps of work; at most 2^{_WORK_FACTOR_AT_MOST} are done"
            )
        return _opened(self._key(salt, work_factor), stanza)
