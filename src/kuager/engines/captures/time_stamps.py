"""Time stamps found in bundles: RFC 3161 tokens and OpenTimestamps proofs, read without a network.

A time stamp says that a digest existed at a time, at the latest; not who made the file, nor that it is true.
A token is worth as much as the authority that signed it: the certificates come with the bundle, so a right
signature shows only that token and certificates belong together. An OpenTimestamps proof is not compared
with Bitcoin here: that needs the header of the block it names.
References: RFC 3161, 2.4.2; OpenTimestamps, python-opentimestamps core/timestamp.py and core/notary.py.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from io import BytesIO

from cryptography.x509 import Certificate, load_der_x509_certificate, load_pem_x509_certificates
from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.serialize import DeserializationError, StreamDeserializationContext
from opentimestamps.core.timestamp import DetachedTimestampFile
from rfc3161_client import (
    TimeStampResponse,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from kuager.core.errors import BadInputError
from kuager.engines.captures.file_names import shown

_LARGEST = 1 << 16
OTS_MAGIC = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
_HASHES = {
    "1.3.14.3.2.26": "sha1",
    "2.16.840.1.101.3.4.2.1": "sha256",
    "2.16.840.1.101.3.4.2.2": "sha384",
    "2.16.840.1.101.3.4.2.3": "sha512",
}


@dataclass(frozen=True, slots=True)
class Token:
    """A time stamp of an authority.

    Attributes
    ----------
    digest_name, digest
        What was stamped; the name is for ``hashlib.new``.
    at
        The time it tells.
    authority
        Name in the certificate that came with it, if any.
    response
        The whole answer, for checking.
    """

    digest_name: str
    digest: bytes
    at: datetime
    authority: str
    response: TimeStampResponse

    def covers(self, data: bytes) -> bool:
        """Return whether these are the bytes that were stamped."""
        return hashlib.new(self.digest_name, data, usedforsecurity=False).digest() == self.digest

    def is_signed_by(self, certificates: Sequence[Certificate]) -> bool:
        """Return whether the signature is right by certificates that were found beside the token."""
        roots = [one for one in certificates if one.issuer == one.subject]
        others = [one for one in certificates if one.issuer != one.subject]
        if not roots:
            return False
        try:
            verifier = VerifierBuilder(roots=roots, intermediates=others).build()
            return verifier.verify(self.response, self.digest)
        except (VerificationError, ValueError):
            return False


def read_token(data: bytes) -> Token:
    """Read a time stamp: a whole answer, or the bare token that auto-archiver keeps.

    Raises
    ------
    BadInputError
        When it is neither, or over a digest that is not known.
    """
    response = _response(data)
    imprint = response.tst_info.message_imprint
    name = _HASHES.get(imprint.hash_algorithm.dotted_string)
    if name is None:
        raise BadInputError("the time stamp is over a digest that is not known")
    at = response.tst_info.gen_time
    at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    return Token(name, imprint.message, at, _authority(response), response)


def _response(data: bytes) -> TimeStampResponse:
    for whole in (data, _answered(data)):
        try:
            response = decode_timestamp_response(whole[:_LARGEST])
            # Reading the inner parts fails where they are damaged.
            response.tst_info.message_imprint  # noqa: B018
        except ValueError:
            continue
        return response
    raise BadInputError("the file is no time stamp (RFC 3161), or a damaged one")


def _answered(token: bytes) -> bytes:
    """Return a bare token as the answer it came in: status "granted" before it (RFC 3161, 2.4.2)."""
    content = bytes.fromhex("3003020100") + token
    size = len(content)
    length = bytes([size]) if size < 128 else _long(size)
    return b"\x30" + length + content


def _long(size: int) -> bytes:
    told = size.to_bytes((size.bit_length() + 7) // 8, "big")
    return bytes([0x80 | len(told)]) + told


def _authority(response: TimeStampResponse) -> str:
    try:
        found = [load_der_x509_certificate(bytes(one)) for one in response.signed_data.certificates]
    except (ValueError, TypeError):
        return ""
    # The authority's own certificate issued none of the others.
    leaves = [one for one in found if all(one.subject != other.issuer for other in found if other is not one)]
    return shown(leaves[0].subject.rfc4514_string()) if leaves else ""


def read_certificates(data: bytes) -> list[Certificate]:
    """Return the certificates in a file, PEM or DER; none when there are none."""
    try:
        if b"-----BEGIN CERTIFICATE" in data:
            return load_pem_x509_certificates(data)
        return [load_der_x509_certificate(data)]
    except ValueError:
        return []


@dataclass(frozen=True, slots=True)
class Proof:
    """An OpenTimestamps proof.

    Attributes
    ----------
    digest_name, digest
        Of the file it is about.
    heights
        Blocks of Bitcoin it leads to; empty while it waits.
    calendars
        Servers that promised to complete it.
    """

    digest_name: str
    digest: bytes
    heights: Sequence[int]
    calendars: Sequence[str]


def read_proof(data: bytes) -> Proof:
    """Read an OpenTimestamps proof; raises BadInputError when it is none, damaged or over-large."""
    if len(data) > _LARGEST:
        raise BadInputError("the OpenTimestamps proof is larger than any real one")
    try:
        found = DetachedTimestampFile.deserialize(StreamDeserializationContext(BytesIO(data)))
        attested = [one for _, one in found.timestamp.all_attestations()]
    except (DeserializationError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadInputError("the file is no OpenTimestamps proof, or a damaged one") from error
    return Proof(
        found.file_hash_op.HASHLIB_NAME,
        found.file_digest,
        sorted({int(one.height) for one in attested if isinstance(one, BitcoinBlockHeaderAttestation)}),
        sorted({shown(str(one.uri)) for one in attested if isinstance(one, PendingAttestation)}),
    )
