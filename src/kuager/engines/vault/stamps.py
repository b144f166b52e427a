"""Time stamps of others on heads of the log (RFC 3161): when it existed at the latest, not that it is true.

Promises: an answer is kept only when it is signed by the authority whose certificate was given, answers this
very question and names this very head. Nothing here talks to a network: the caller carries the question and
the answer. A head that was stamped covers every event before it, so a head missed while off-line is covered
by the next.
"""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from cryptography.x509 import Certificate, load_pem_x509_certificates
from rfc3161_client import (
    HashAlgorithm,
    TimestampRequestBuilder,
    VerificationError,
    VerifierBuilder,
    decode_timestamp_response,
)

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError, IntegrityError
from kuager.engines.vault.custody import Act
from kuager.engines.vault.heads import Head
from kuager.engines.vault.vault import Recorded, Vault

LARGEST_ANSWER = 1 << 17


@dataclass(frozen=True, slots=True)
class Question:
    """What is sent to an authority: only a digest leaves the vault."""

    head: str
    nonce: int
    content: bytes


@dataclass(frozen=True, slots=True)
class Stamp:
    """An authority's word that a head existed at a time."""

    authority: str
    at: datetime
    head: str
    answer: bytes
    certificates: bytes


def ask(vault: Vault) -> Question:
    """Return the question for the newest head of the log."""
    head = vault.signed_head()
    request = TimestampRequestBuilder(head.encode(), HashAlgorithm.SHA256).build()
    if request.nonce is None:
        raise IntegrityError("the question has no number of its own")
    return Question(head, request.nonce, request.as_bytes())


def read_answer(question: Question, answer: bytes, *, authority: str, certificates: bytes) -> Stamp:
    """Check an answer.

    Parameters
    ----------
    certificates
        The authority's root (and, if needed, intermediate) certificates, PEM.

    Raises
    ------
    BadInputError
        When the certificates or the answer cannot be read, or the authority refused.
    IntegrityError
        When the answer is not for this head, or not signed by this authority.
    """
    try:
        found = decode_timestamp_response(answer)
    except ValueError as error:
        raise BadInputError(f"{authority} answered something that is no time stamp") from error
    if found.status != 0:
        raise BadInputError(f"{authority} refused to give a time stamp")
    verifier = VerifierBuilder(
        roots=_roots(certificates), intermediates=_others(certificates), nonce=question.nonce
    )
    try:
        verifier.build().verify(found, hashlib.sha256(question.head.encode()).digest())
    except (VerificationError, ValueError) as error:
        raise IntegrityError(
            f"the time stamp of {authority} is not for this log, or not signed by it"
        ) from error
    return Stamp(authority, found.tst_info.gen_time.astimezone(UTC), question.head, answer, certificates)


def _loaded(certificates: bytes) -> list[Certificate]:
    try:
        return load_pem_x509_certificates(certificates)
    except ValueError as error:
        raise BadInputError("the certificates of the authority cannot be read; expected PEM") from error


def _roots(certificates: bytes) -> list[Certificate]:
    return [one for one in _loaded(certificates) if one.issuer == one.subject]


def _others(certificates: bytes) -> list[Certificate]:
    return [one for one in _loaded(certificates) if one.issuer != one.subject]


def keep(vault: Vault, stamp: Stamp, *, by: str, at: datetime) -> int:
    """Record a stamp in the log; return the event's number."""
    return vault.record(Act.ANCHORED, by=by, at=at, detail=as_detail(stamp))


def as_detail(stamp: Stamp) -> dict[str, JsonValue]:
    """Return what an event tells of a stamp."""
    return {
        "authority": stamp.authority,
        "stamped": stamp.at.isoformat(),
        "head": stamp.head,
        "answer": base64.b64encode(stamp.answer).decode(),
        "certificates": stamp.certificates.decode("ascii"),
    }


def stamps(vault: Vault) -> list[Stamp]:
    """Return every stamp the log holds, in the order they were recorded."""
    wanted = b'"act":"anchored"'
    numbers = [number for number, entry in vault.journal.entries() if wanted in entry.public]
    recorded = [vault.event(number) for number in numbers]
    return [_read(one) for one in recorded if "answer" in one.opening.detail]


@dataclass(frozen=True, slots=True)
class ChainProof:
    """A proof through OpenTimestamps that stands in the log: the head, the ``.ots`` file, and its state."""

    head: str
    ots: bytes
    state: str


def chain_proofs(vault: Vault) -> list[ChainProof]:
    """Return every OpenTimestamps proof the log holds, in the order they were recorded."""
    wanted = b'"act":"anchored"'
    numbers = [number for number, entry in vault.journal.entries() if wanted in entry.public]
    details = [vault.event(number).opening.detail for number in numbers]
    return [
        ChainProof(str(said["head"]), base64.b64decode(str(said["ots"])), str(said["state"]))
        for said in details
        if "ots" in said
    ]


def chain_covering(
    vault: Vault, event: int, size: int, *, among: Sequence[ChainProof] | None = None
) -> list[ChainProof]:
    """Return the first complete OpenTimestamps proof that covers an event, or else the first promise.

    ``among``: all proofs of the log, when they were read already.
    """
    known = chain_proofs(vault) if among is None else among
    found = [one for one in known if event < Head.read(one.head, vault.public.log).size <= size]
    return ([one for one in found if one.state == "complete"] or found)[:1]


def _read(recorded: Recorded) -> Stamp:
    said = recorded.opening.detail
    return Stamp(
        str(said["authority"]),
        datetime.fromisoformat(str(said["stamped"])),
        str(said["head"]),
        base64.b64decode(str(said["answer"])),
        str(said["certificates"]).encode(),
    )


def covering(vault: Vault, event: int, size: int, *, among: Sequence[Stamp] | None = None) -> list[Stamp]:
    """Return, for each authority, the first stamp that covers an event and belongs to the first ``size``.

    ``among``: all stamps of the log, when they were read already.
    """
    found: dict[str, Stamp] = {}
    for stamp in stamps(vault) if among is None else among:
        covered = Head.read(stamp.head, vault.public.log).size
        if event < covered <= size:
            found.setdefault(stamp.authority, stamp)
    return list(found.values())
