"""Digests as bundles write them, in whatever algorithm and spelling, compared with the bytes."""

import base64
import binascii
import hashlib
import re
from dataclasses import dataclass

_ALGORITHMS = {
    "md5": hashlib.md5,
    "sha1": hashlib.sha1,
    "sha256": hashlib.sha256,
    "sha384": hashlib.sha384,
    "sha512": hashlib.sha512,
    "sha3256": hashlib.sha3_256,
    "sha3512": hashlib.sha3_512,
}
_NAMES = {"sha3256": "SHA3-256", "sha3512": "SHA3-512", "md5": "MD5"}
WEAK = frozenset({"MD5", "SHA-1"})
"""Two different files with the same digest can be made on purpose: such a digest shows damage, not fraud."""


@dataclass(frozen=True, slots=True)
class Told:
    """A digest that a bundle tells: its algorithm (``SHA-256``) and its bytes."""

    algorithm: str
    digest: bytes

    def new(self) -> "hashlib._Hash":
        """Return a fresh hash of the algorithm."""
        return _ALGORITHMS[_key(self.algorithm)]()

    def agrees(self, found: bytes) -> bool:
        """Return whether the bytes' digest is the one told."""
        return self.digest == found


def _key(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())


def read_digest(text: str, default: str = "") -> Told | None:
    """Read a digest such as ``sha1:ABC…`` in hex, base32 or base64; None when it is none.

    Examples
    --------
    >>> read_digest("sha-256:" + "00" * 32).algorithm
    'SHA-256'
    >>> read_digest("nonsense") is None
    True
    """
    name, colon, value = text.strip().rpartition(":")
    key = _key(name if colon else default)
    if key not in _ALGORITHMS:
        return None
    length = _ALGORITHMS[key]().digest_size
    digest = _decoded(value.strip(), length)
    label = _NAMES.get(key) or f"SHA-{key.removeprefix('sha')}"
    return None if digest is None else Told(label, digest)


def _decoded(value: str, length: int) -> bytes | None:
    """Return the bytes of a digest by the length that its spelling must have."""
    ways = (
        (length * 2, bytes.fromhex),
        (-(-length // 5) * 8, lambda text: base64.b32decode(text.upper())),
        (-(-length // 3) * 4, lambda text: base64.b64decode(text, altchars=b"-_", validate=True)),
    )
    for size, decode in ways:
        padded = (
            value + "=" * (size - len(value)) if 0 <= size - len(value) < 8 and size != length * 2 else value
        )
        if len(padded) == size:
            try:
                found = decode(padded)
            except (ValueError, binascii.Error):
                continue
            if len(found) == length:
                return found
    return None
