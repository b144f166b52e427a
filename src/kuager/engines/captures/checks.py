"""Signatures and time stamps of a bundle, each compared with the file it is about."""

import hashlib
from collections.abc import Callable, Iterable, Sequence

from cryptography.x509 import Certificate

from kuager.core.errors import BadInputError
from kuager.engines.captures.bundles import Bundle, Known
from kuager.engines.captures.capture import Code, FileKind
from kuager.engines.captures.file_names import shown
from kuager.engines.captures.limits import MAX_PROOF
from kuager.engines.captures.openpgp import PublicKey, Signature, read_signatures, signer
from kuager.engines.captures.time_stamps import (
    OTS_MAGIC,
    Proof,
    Token,
    read_certificates,
    read_proof,
    read_token,
)

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_STAMP_INFO = bytes.fromhex("060b2a864886f70d0109100104")


def check_signature(file: Known, targets: Sequence[Known], keys: Sequence[PublicKey]) -> None:
    """Check the signatures in a file against the files they are said to be about."""
    file.kind = FileKind.PROOF
    try:
        found = read_signatures(file.entry.whole(MAX_PROOF))
    except BadInputError as error:
        for target in targets:
            target.note(Code.SIGNATURE_UNCHECKED, name=shown(file.entry.base), why=str(error))
        return
    for target in targets:
        for signature in found:
            _check_one(file, target, signature, signer(signature, keys))


def _check_one(file: Known, target: Known, signature: Signature, keys: Sequence[PublicKey]) -> None:
    name = shown(file.entry.base)
    if not keys:
        target.note(Code.SIGNATURE_UNCHECKED, name=name, why="no-key", key=signature.issuer)
        return
    digest = target.digest(signature.digest_name, signature.trailer)
    made = signature.made_at.isoformat() if signature.made_at is not None else ""
    good = next((key for key in keys if signature.check(digest, key)), None)
    if good is None:
        target.note(Code.SIGNATURE_BAD, name=name, key=signature.issuer, at=made)
    else:
        target.note(Code.SIGNATURE_GOOD, name=name, key=good.fingerprint, kind=good.algorithm, at=made)


def check_proofs(bundle: Bundle, same: Callable[[Known], Sequence[Known]]) -> None:
    """Read every OpenTimestamps proof of a bundle.

    Parameters
    ----------
    same
        Gives the files a proof is said to be about, by its name.
    """
    for file in bundle.ending(".ots"):
        file.kind, file.media_type = FileKind.PROOF, "application/vnd.opentimestamps"
        try:
            proof = read_proof(_beginning_with(OTS_MAGIC, file))
        except BadInputError:
            file.note(Code.OTS_UNREADABLE)
            continue
        targets = bundle.with_sha256(proof.digest.hex()) if proof.digest_name == "sha256" else []
        if targets:
            _note_proof(targets, file, proof)
        elif same(file):
            for target in same(file):
                target.note(Code.OTS_OTHER, name=shown(file.entry.base))
        else:
            file.note(Code.FILE_MISSING, name=proof.digest.hex())


def _note_proof(targets: Iterable[Known], file: Known, proof: Proof) -> None:
    for target in targets:
        if proof.heights:
            target.note(Code.OTS_COMPLETE, name=shown(file.entry.base), height=proof.heights[0])
        else:
            calendars = ", ".join(proof.calendars[:4])
            target.note(Code.OTS_PENDING, name=shown(file.entry.base), calendars=calendars)


def _beginning_with(mark: bytes, file: Known) -> bytes:
    data = file.entry.whole(MAX_PROOF)
    if not data.startswith(mark):
        raise BadInputError("the file does not begin as its kind does")
    return data


def find_certificates(bundle: Bundle) -> list[Certificate]:
    """Return the certificates that lie in a bundle as files, marking them as proof."""
    found: list[Certificate] = []
    for file in bundle.ending(".crt", ".cer", ".pem"):
        if file.size <= MAX_PROOF:
            here = [one for one in read_certificates(file.entry.whole(MAX_PROOF)) if one not in found]
            file.kind = FileKind.PROOF
            found += here
    return found


def find_tokens(bundle: Bundle) -> list[tuple[Known, Token]]:
    """Return the RFC 3161 time stamps of a bundle by their content; auto-archiver gives them no ending."""
    found = []
    for file in bundle.files:
        named = file.entry.base.lower().endswith((".tsr", ".tst"))
        if not named and ("." in file.entry.base or not 200 <= file.size <= MAX_PROOF >> 4):
            continue
        data = file.entry.whole(MAX_PROOF) if file.size <= MAX_PROOF else b""
        if not named and not (_SIGNED_DATA in data[:64] and _STAMP_INFO in data):
            continue
        file.kind = FileKind.PROOF
        try:
            found.append((file, read_token(data)))
        except BadInputError:
            file.note(Code.STAMP_UNREADABLE)
    return found


def check_token(
    file: Known, token: Token, targets: Iterable[Known], certificates: Sequence[Certificate]
) -> None:
    """Note for each file whether a time stamp is about it."""
    signed = token.is_signed_by(certificates)
    for target in targets:
        fits = target.digest(token.digest_name) == token.digest
        target.note(
            Code.STAMP_FITS if fits else Code.STAMP_OTHER,
            name=shown(file.entry.base),
            at=token.at.isoformat(),
            authority=token.authority,
            signed=signed,
        )


def supports(token: Token) -> bool:
    """Return whether files can be compared with a time stamp."""
    return token.digest_name in hashlib.algorithms_guaranteed
