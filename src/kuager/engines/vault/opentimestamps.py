"""Proofs through OpenTimestamps: a head of the log existed before a certain block of the Bitcoin chain.

Promises: calendars get a salted digest and learn nothing of the log; an answer is kept only when it leads on
from that digest; a proof is a ``.ots`` file that the public ``ots`` program reads. Nothing here talks to a
network: the caller carries question and answer. Failure model: a pending proof is a calendar's promise and
proves nothing; a complete one proves as much as the block header it is checked against, and whoever gives the
header answers for it.

References: OpenTimestamps proof format, version 1; Bitcoin block header, 80 bytes (version, previous block,
Merkle root, time, target, nonce; all little-endian).
"""

import base64
import binascii
import hashlib
import os
import struct
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from urllib.parse import urlsplit

from opentimestamps.core.notary import BitcoinBlockHeaderAttestation, PendingAttestation
from opentimestamps.core.op import OpAppend, OpSHA256
from opentimestamps.core.serialize import (
    BytesDeserializationContext,
    BytesSerializationContext,
    DeserializationError,
)
from opentimestamps.core.timestamp import DetachedTimestampFile, Timestamp, make_merkle_tree

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError, IntegrityError

NAME = "OpenTimestamps"
KIND = "application/vnd.opentimestamps.v1"
LARGEST_ANSWER = 10_000
LARGEST_PROOF = 100_000
_NONCE = 16
_HEADER = struct.Struct("<4s32s32sIII")
# Calendars that the public pools hand a digest on to; as in the reference client's list.
_KNOWN = (".calendar.opentimestamps.org", ".calendar.eternitywall.com", ".calendar.catallaxy.com")


class ProofState(StrEnum):
    """How far a proof has come."""

    PENDING = "pending"
    COMPLETE = "complete"


@dataclass(frozen=True, slots=True)
class Proof:
    """What a ``.ots`` file says.

    Attributes
    ----------
    state
        Complete when it leads to at least one block.
    blocks
        Heights of the blocks, with the Merkle root each must have.
    waiting
        Calendars that promised more: address, and the digest (hex) to ask for.
    """

    state: ProofState
    blocks: tuple[tuple[int, bytes], ...]
    waiting: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Asked:
    """A question for calendars, about one head or several.

    Attributes
    ----------
    content
        What is sent: 32 bytes, under which all the heads' salted digests lie.
    """

    content: bytes
    _files: tuple[DetachedTimestampFile, ...]
    _tip: Timestamp


def ask(heads: Sequence[str]) -> Asked:
    """Return the question for signed heads; each gets a salt, all are aggregated to one digest."""
    files, leaves = [], []
    for head in heads:
        stamp = Timestamp(hashlib.sha256(head.encode()).digest())
        leaves.append(stamp.ops.add(OpAppend(os.urandom(_NONCE))).ops.add(OpSHA256()))
        files.append(DetachedTimestampFile(OpSHA256(), stamp))
    tip = make_merkle_tree(leaves)
    return Asked(tip.msg, tuple(files), tip)


def read_promises(asked: Asked, answers: Iterable[bytes]) -> list[bytes]:
    """Return one ``.ots`` file per head, with what the calendars answered.

    Raises
    ------
    BadInputError
        When no answer is a calendar's promise for this digest.
    """
    faults: list[str] = []
    for answer in answers:
        try:
            found = _timestamp(answer, asked.content)
            if not _ends(found):
                raise BadInputError("it promises nothing")
            asked._tip.merge(found)
        except BadInputError as error:
            faults.append(str(error))
    if not _ends(asked._tip):
        raise BadInputError(f"no calendar gave a promise: {'; '.join(faults) or 'none answered'}")
    return [_bytes_of(file) for file in asked._files]


def _ends(stamp: Timestamp) -> list[tuple[bytes, object]]:
    kinds = (PendingAttestation, BitcoinBlockHeaderAttestation)
    return [(message, end) for message, end in stamp.all_attestations() if isinstance(end, kinds)]


def _timestamp(answer: bytes, message: bytes) -> Timestamp:
    """Read a calendar's answer; whatever is wrong with it is one error."""
    if len(answer) > LARGEST_ANSWER:
        raise BadInputError("the answer of the calendar is too long")
    try:
        context = BytesDeserializationContext(answer)
        found = Timestamp.deserialize(context, message)
        context.assert_eof()
    except (DeserializationError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise BadInputError("the calendar answered something that is no time stamp") from error
    return found


def _bytes_of(file: DetachedTimestampFile) -> bytes:
    context = BytesSerializationContext()
    file.serialize(context)
    return bytes(context.getbytes())


def _file(ots: bytes, head: str) -> DetachedTimestampFile:
    if len(ots) > LARGEST_PROOF:
        raise BadInputError("this proof is too long")
    try:
        found = DetachedTimestampFile.deserialize(BytesDeserializationContext(ots))
    except (DeserializationError, ValueError, TypeError, OverflowError, RecursionError) as error:
        raise IntegrityError("this is no OpenTimestamps proof, or it is damaged") from error
    if not isinstance(found.file_hash_op, OpSHA256):
        raise IntegrityError("the OpenTimestamps proof uses another digest than SHA-256")
    if found.file_digest != hashlib.sha256(head.encode()).digest():
        raise IntegrityError("the OpenTimestamps proof is for another head")
    return found


def read(ots: bytes, head: str) -> Proof:
    """Return what a proof says of a head; raises IntegrityError when it is damaged or for another head."""
    blocks, waiting = set(), set()
    for message, end in _ends(_file(ots, head).timestamp):
        if isinstance(end, BitcoinBlockHeaderAttestation):
            blocks.add((int(end.height), bytes(message)))
        elif isinstance(end, PendingAttestation):
            waiting.add((str(end.uri), message.hex()))
    state = ProofState.COMPLETE if blocks else ProofState.PENDING
    return Proof(state, tuple(sorted(blocks)), tuple(sorted(waiting)))


def may_be_asked(address: str, calendars: Sequence[str]) -> bool:
    """Tell whether a calendar's address may be called: a proof may name any, to make us call it.

    Parameters
    ----------
    calendars
        Addresses the organisation has chosen; beside these, the well-known calendars over HTTPS.
    """
    if address.rstrip("/") in {one.rstrip("/") for one in calendars}:
        return True
    parts = urlsplit(address)
    host = parts.hostname or ""
    return parts.scheme == "https" and parts.netloc == host and host.endswith(_KNOWN)


def upgraded(ots: bytes, head: str, *, digest: str, answer: bytes) -> bytes:
    """Return a proof with what a calendar added since; raises BadInputError when the answer does not fit.

    Parameters
    ----------
    digest
        What was asked for: the second part of one of ``Proof.waiting``.
    """
    file = _file(ots, head)
    message = binascii.unhexlify(digest)
    found = _timestamp(answer, message)
    for stamp in _all(file.timestamp):
        if stamp.msg == message:
            stamp.merge(found)
            return _bytes_of(file)
    raise BadInputError("the proof holds no such promise")


def _all(stamp: Timestamp) -> Iterable[Timestamp]:
    yield stamp
    for further in stamp.ops.values():
        yield from _all(further)


def check_block(ots: bytes, head: str, *, height: int, header: bytes) -> datetime:
    """Check a complete proof against a block header; return the block's time, before which the head existed.

    Parameters
    ----------
    header
        The 80 bytes of the header of the block of that height, from a source you trust.

    Raises
    ------
    IntegrityError
        When the proof does not lead into this block, or the header does not meet its own target.
    """
    roots = [root for block, root in read(ots, head).blocks if block == height]
    if not roots:
        raise IntegrityError(f"the proof does not lead to block {height}")
    if len(header) != _HEADER.size:
        raise BadInputError("the header of a block has 80 bytes")
    _, _, root, seconds, target, _ = _HEADER.unpack(header)
    if root not in roots:
        raise IntegrityError(f"the proof does not lead into the block of height {height} that was given")
    if int.from_bytes(block_digest(header), "little") > _target(target):
        raise IntegrityError("nobody worked for this block header; it is no block of the chain")
    return datetime.fromtimestamp(seconds, UTC)


def block_digest(header: bytes) -> bytes:
    """Return the digest of a block; explorers show its bytes in reverse order."""
    return hashlib.sha256(hashlib.sha256(header).digest()).digest()


def _target(short: int) -> int:
    exponent, mantissa = short >> 24, short & 0x7FFFFF
    return mantissa << 8 * (exponent - 3) if exponent > 3 else mantissa >> 8 * (3 - exponent)


def as_detail(ots: bytes, head: str) -> dict[str, JsonValue]:
    """Return what an event tells of a proof."""
    return {
        "authority": NAME,
        "head": head,
        "ots": base64.b64encode(ots).decode("ascii"),
        "state": read(ots, head).state.value,
    }
