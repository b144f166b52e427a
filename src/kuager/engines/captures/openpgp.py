"""OpenPGP signatures beside files: made by the key that lies in the bundle, over these bytes, or not.

Only what is needed for that is read: detached binary signatures of version 4 and public keys of version 4
with RSA, ECDSA or Ed25519, and SHA-2 or SHA-3. Who holds the key, whether it was withdrawn, and what it says
of itself is not looked at: a key that comes with the bundle names nobody. For the same reason the key's own
self-signature does not matter here; ProofMode makes it with SHA-1, so libraries with a strict policy refuse
to use such keys at all. Files are read as a stream and hashed by the caller.

Attack model: packets whose lengths lie, giant numbers, armour without end. References: RFC 9580, 4.2 (packet
headers), 5.2.2 to 5.2.4 (signatures), 5.5.2 and 5.5.4 (keys, fingerprints), 6 (armour), 9 (algorithms).
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, encode_dss_signature

from kuager.core.errors import BadInputError

_HASHES: dict[int, tuple[str, hashes.HashAlgorithm]] = {
    8: ("sha256", hashes.SHA256()),
    9: ("sha384", hashes.SHA384()),
    10: ("sha512", hashes.SHA512()),
    11: ("sha224", hashes.SHA224()),
    12: ("sha3_256", hashes.SHA3_256()),
    14: ("sha3_512", hashes.SHA3_512()),
}
_RSA, _ECDSA, _EDDSA, _ED25519 = {1, 3}, 19, 22, 27
_CURVES: dict[bytes, ec.EllipticCurve] = {
    bytes.fromhex("2a8648ce3d030107"): ec.SECP256R1(),
    bytes.fromhex("2b81040022"): ec.SECP384R1(),
    bytes.fromhex("2b81040023"): ec.SECP521R1(),
}
_ED25519_OID = bytes.fromhex("2b06010401da470f01")
_SIGNATURE, _KEYS = 2, {6, 14}
_LONGEST_NUMBER = 16_384
_ARMOUR = re.compile(
    rb"-----BEGIN PGP (?:SIGNATURE|PUBLIC KEY BLOCK)-----[ \t]*\r?\n(.*?)-----END PGP", re.DOTALL
)
_Key = rsa.RSAPublicKey | ec.EllipticCurvePublicKey | ed25519.Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class Signature:
    """A detached signature.

    Attributes
    ----------
    digest_name
        Name of the hash for ``hashlib.new``.
    trailer
        What is hashed behind the file.
    made_at
        When it was made, by the clock of whoever signed; None when it does not say.
    issuer
        Key ID or fingerprint of the key, in upper-case hex; empty when it does not say.
    """

    algorithm: int
    hash_number: int
    digest_name: str
    trailer: bytes
    made_at: datetime | None
    issuer: str
    numbers: tuple[bytes, ...]

    def check(self, digest: bytes, key: "PublicKey") -> bool:
        """Return whether this key signed a file with this digest (of the file and the trailer)."""
        try:
            self._verify(digest, key.key)
        except (InvalidSignature, ValueError, UnsupportedAlgorithm):
            return False
        return True

    def _verify(self, digest: bytes, key: _Key) -> None:
        hashing = Prehashed(_HASHES[self.hash_number][1])
        if isinstance(key, rsa.RSAPublicKey) and self.algorithm in _RSA:
            signed = self.numbers[0].rjust(-(-key.key_size // 8), b"\0")
            key.verify(signed, digest, padding.PKCS1v15(), hashing)
        elif isinstance(key, ec.EllipticCurvePublicKey) and self.algorithm == _ECDSA:
            pair = [int.from_bytes(one, "big") for one in self.numbers]
            key.verify(encode_dss_signature(pair[0], pair[1]), digest, ec.ECDSA(hashing))
        elif isinstance(key, ed25519.Ed25519PublicKey) and self.algorithm in {_EDDSA, _ED25519}:
            key.verify(b"".join(one.rjust(32, b"\0") for one in self.numbers), digest)
        else:
            raise InvalidSignature


@dataclass(frozen=True, slots=True)
class PublicKey:
    """A public key: its fingerprint (upper-case hex) and the numbers."""

    fingerprint: str
    key: _Key

    @property
    def algorithm(self) -> str:
        """Its kind for people, such as ``RSA 4096``."""
        if isinstance(self.key, rsa.RSAPublicKey):
            return f"RSA {self.key.key_size}"
        return "ECDSA" if isinstance(self.key, ec.EllipticCurvePublicKey) else "Ed25519"


def read_signatures(data: bytes) -> list[Signature]:
    """Return the signatures in a file that can be checked.

    Raises
    ------
    BadInputError
        When the file holds none, or only such as are not checked here; the message says why.
    """
    found = [_signature(body) for tag, body in _packets(_bare(data)) if tag == _SIGNATURE]
    if not found:
        raise BadInputError("the file holds no OpenPGP signature")
    return found


def read_keys(data: bytes) -> list[PublicKey]:
    """Return the public keys in a file, subkeys too; kinds that are not known are passed over."""
    made = [_key(body) for tag, body in _packets(_bare(data)) if tag in _KEYS]
    return [one for one in made if one is not None]


def _bare(data: bytes) -> bytes:
    """Return the packets of a file, without armour."""
    blocks = _ARMOUR.findall(data)
    return b"".join(_unarmoured(block) for block in blocks) if blocks else data


def _unarmoured(block: bytes) -> bytes:
    lines = block.replace(b"\r", b"").split(b"\n")
    # Fields such as Version: stand before the first empty line; the checksum begins with an equals sign.
    begin = next((number + 1 for number, line in enumerate(lines) if not line.strip()), 0)
    text = b"".join(line.strip() for line in lines[begin:] if not line.startswith(b"="))
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise BadInputError("the armour of an OpenPGP file is damaged") from error


class _Bytes:
    """Takes bytes from the front; too few are an error."""

    def __init__(self, data: bytes) -> None:
        self.data, self.at = data, 0

    def take(self, count: int) -> bytes:
        part = self.data[self.at : self.at + count]
        if len(part) != count:
            raise BadInputError("an OpenPGP packet is cut off")
        self.at += count
        return part

    def number(self, count: int) -> int:
        return int.from_bytes(self.take(count), "big")

    def long_number(self) -> bytes:
        bits = self.number(2)
        if bits > _LONGEST_NUMBER:
            raise BadInputError("an OpenPGP packet holds a number that no key has")
        return self.take(-(-bits // 8))

    @property
    def rest(self) -> bytes:
        return self.data[self.at :]


def _packets(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Give tag and content of each packet (RFC 9580, 4.2)."""
    left = _Bytes(data)
    while left.rest:
        first = left.number(1)
        if not first & 0x80:
            raise BadInputError("the file is no OpenPGP file")
        if first & 0x40:
            yield first & 0x3F, left.take(_length(left))
        elif first & 3 == 3:
            yield (first >> 2) & 0xF, left.take(len(left.rest))
        else:
            yield (first >> 2) & 0xF, left.take(left.number((1, 2, 4)[first & 3]))


def _length(left: _Bytes) -> int:
    first = left.number(1)
    if first < 192:
        return first
    if first < 224:
        return ((first - 192) << 8) + left.number(1) + 192
    if first == 255:
        return left.number(4)
    raise BadInputError("an OpenPGP packet comes in parts, as no signature or key does")


def _signature(body: bytes) -> Signature:
    left = _Bytes(body)
    version, kind, algorithm, hash_number = (left.number(1) for _ in range(4))
    if version != 4:
        raise BadInputError(f"OpenPGP signatures of version {version} are not checked here")
    if kind != 0:
        raise BadInputError("the signature is not over a file as it stands")
    if hash_number not in _HASHES:
        raise BadInputError("the signature is made with a digest that proves nothing any more")
    hashed = left.take(left.number(2))
    fields = dict(_subpackets(hashed))
    fields_unhashed = dict(_subpackets(left.take(left.number(2))))
    left.take(2)
    issuer = fields.get(33, b"")[1:] or fields.get(16, b"") or fields_unhashed.get(16, b"")
    made = fields.get(2, b"")
    covered = body[: 6 + len(hashed)]
    return Signature(
        algorithm,
        hash_number,
        _HASHES[hash_number][0],
        covered + b"\x04\xff" + len(covered).to_bytes(4, "big"),
        datetime.fromtimestamp(int.from_bytes(made, "big"), UTC) if len(made) == 4 else None,
        issuer.hex().upper(),
        _numbers(algorithm, left),
    )


def _numbers(algorithm: int, left: _Bytes) -> tuple[bytes, ...]:
    if algorithm in _RSA:
        return (left.long_number(),)
    if algorithm in {_ECDSA, _EDDSA}:
        return (left.long_number(), left.long_number())
    if algorithm == _ED25519:
        return (left.take(64),)
    raise BadInputError("the signature is of a kind that is not checked here")


def _subpackets(data: bytes) -> Iterator[tuple[int, bytes]]:
    left = _Bytes(data)
    while left.rest:
        first = left.number(1)
        if first == 255:
            size = left.number(4)
        elif first >= 192:
            size = ((first - 192) << 8) + left.number(1) + 192
        else:
            size = first
        content = left.take(size)
        if content:
            yield content[0] & 0x7F, content[1:]


def _key(body: bytes) -> PublicKey | None:
    left = _Bytes(body)
    version = left.number(1)
    if version != 4:
        return None
    left.take(4)
    made = _numbers_of_key(left.number(1), left)
    if made is None:
        return None
    # The fingerprint of version 4 is SHA-1 by definition (RFC 9580, 5.5.4.2); it names, it does not prove.
    named = hashlib.sha1(b"\x99" + len(body).to_bytes(2, "big") + body, usedforsecurity=False).hexdigest()
    return PublicKey(named.upper(), made)


def _numbers_of_key(algorithm: int, left: _Bytes) -> _Key | None:
    try:
        if algorithm in _RSA:
            modulus, exponent = (int.from_bytes(left.long_number(), "big") for _ in range(2))
            return rsa.RSAPublicNumbers(exponent, modulus).public_key()
        if algorithm == _ECDSA:
            curve = _CURVES.get(left.take(left.number(1)))
            point = left.long_number()
            return None if curve is None else ec.EllipticCurvePublicKey.from_encoded_point(curve, point)
        if algorithm == _EDDSA and left.take(left.number(1)) == _ED25519_OID:
            return ed25519.Ed25519PublicKey.from_public_bytes(left.long_number()[1:])
        if algorithm == _ED25519:
            return ed25519.Ed25519PublicKey.from_public_bytes(left.take(32))
    except (ValueError, UnsupportedAlgorithm):
        return None
    return None


def signer(signature: Signature, keys: Sequence[PublicKey]) -> list[PublicKey]:
    """Return the keys that may have made a signature: those it names, or all when it names none."""
    if not signature.issuer:
        return list(keys)
    return [key for key in keys if key.fingerprint.endswith(signature.issuer)]
