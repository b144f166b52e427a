"""Bundles of ProofMode: a file, its proof (CSV, JSON), signatures over both, the key, time stamps.

The format was read in guardianproject/proofmode-android: android-libproofmode/…/service/MediaWatcher.kt
(``writeProof``: names after the digest; ``buildProof``: fields), ProofModeV1Constants.java (names of fields),
crypto/pgp (binary signatures, RSA 4096, SHA-256), app/…/share/ShareProofActivity.kt (``zipProof``: pubkey.asc
and the rest in one flat zip) and docs/verify.sh (what is signed by what).

The key lies in the bundle: a right signature shows that file, proof and key belong together and were not
changed since; it does not show whose key it is. Times are written with a ``Z`` by the phone's local clock
(``SimpleDateFormat`` with a quoted Z and the default time zone), so they are not taken as moments.
"""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from kuager.core.errors import BadInputError
from kuager.engines.captures.bundles import Bundle, Known
from kuager.engines.captures.capture import Capture, Code, FileKind, Tool
from kuager.engines.captures.checks import check_proofs, check_signature
from kuager.engines.captures.digests import read_digest
from kuager.engines.captures.file_names import shown
from kuager.engines.captures.limits import MAX_PROOF
from kuager.engines.captures.openpgp import PublicKey, read_keys
from kuager.engines.captures.rows import read_object, read_rows

_PROOFS = (".proof.csv", ".proof.json")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_HASH, _PATH, _CREATED = "File Hash SHA256", "File Path", "File Created"
_TIMES = (_CREATED, "File Modified", "Proof Generated")
_KEY_FILES = ("pubkey.asc", "pub.asc")
_EXTRAS = ("howtoverifyproofdata.txt",)


def is_proofmode(bundle: Bundle) -> bool:
    """Return whether the bundle holds a proof of ProofMode."""
    return bool(bundle.ending(*_PROOFS))


def read_proofmode(bundle: Bundle) -> Capture:
    """Read a folder or archive of ProofMode."""
    keys = _keys(bundle)
    media: dict[str, Known] = {}
    told: list[str] = []
    for proof, rows in _proofs(bundle):
        for said in rows:
            told.append(said.get(_CREATED) or said.get("Proof Generated") or "")
            _match(bundle, proof, said, media)
    for file in bundle.ending(".asc"):
        if file.entry.base.lower() not in _KEY_FILES:
            check_signature(file, _signed(bundle, file, media), keys)
    check_proofs(bundle, lambda file: _by_digest_in_name(file, media))
    _mark_the_rest(bundle, media)
    said_of_all: dict[str, object] = {"keys": [key.fingerprint for key in keys]}
    return bundle.finish(
        Tool.PROOFMODE, made_at=min((one for one in told if one), default=""), said=said_of_all
    )


def _keys(bundle: Bundle) -> list[PublicKey]:
    found: list[PublicKey] = []
    for file in (one for name in _KEY_FILES for one in bundle.named(name)):
        file.kind, file.media_type = FileKind.PROOF, "application/pgp-keys"
        try:
            found += read_keys(file.entry.whole(MAX_PROOF))
        except BadInputError as error:
            file.note(Code.NOT_UNDERSTOOD, why=str(error))
    return found


def _proofs(bundle: Bundle) -> Iterator[tuple[Known, list[dict[str, str]]]]:
    for file in bundle.ending(*_PROOFS):
        file.kind = FileKind.PROOF
        try:
            if file.entry.base.lower().endswith(".csv"):
                yield file, read_rows(file.entry)
            else:
                yield file, [{name: str(value) for name, value in read_object(file.entry).items()}]
        except BadInputError as error:
            file.note(Code.NOT_UNDERSTOOD, why=str(error))


def _match(bundle: Bundle, proof: Known, said: dict[str, str], media: dict[str, Known]) -> None:
    """Find the file a proof is about and compare its digest."""
    digest = said.get(_HASH, "").strip().lower()
    base = PurePosixPath(said.get(_PATH, "").replace("\\", "/")).name
    beside = [file for file in bundle.named(base) if file is not proof] if base else []
    target = next(iter([*bundle.with_sha256(digest), *beside]), None)
    if target is None:
        proof.note(Code.FILE_MISSING, name=shown(base or digest))
        return
    if _DIGEST.fullmatch(digest):
        media[digest] = target
    is_new = not target.said
    target.said |= {name: value for name, value in said.items() if value and value.strip()}
    target.compare(read_digest(digest, "sha256"), proof.entry.base)
    if is_new and any(said.get(name, "").endswith("Z") for name in _TIMES):
        target.note(Code.TIME_ZONE_UNSURE, told=shown(said.get(_CREATED) or said.get(_TIMES[2], "")))


def _signed(bundle: Bundle, file: Known, media: dict[str, Known]) -> list[Known]:
    """Return the files a signature is about: the one it is named after, or the one whose digest it bears."""
    return _by_digest_in_name(file, media) or bundle.named(file.entry.base[: -len(".asc")])


def _by_digest_in_name(file: Known, media: dict[str, Known]) -> list[Known]:
    stem = file.entry.base.lower().rpartition(".")[0]
    found = media.get(stem)
    return [found] if found is not None else []


def _mark_the_rest(bundle: Bundle, media: dict[str, Known]) -> None:
    """Tell proofs and instructions from content, and content that no proof speaks of."""
    matched = set(map(id, media.values()))
    for file in bundle.files:
        base = file.entry.base.lower()
        if base in _EXTRAS or base.endswith((".gst", ".nostr", ".device", ".crt", ".pem")):
            file.kind = FileKind.DESCRIPTION if base in _EXTRAS else FileKind.PROOF
        if base.endswith(".gst"):
            # Google SafetyNet: a token about the phone, signed by a service that has ended.
            file.note(Code.SIGNATURE_UNCHECKED, name=shown(file.entry.base), why="device")
        if file.kind is FileKind.CONTENT and id(file) not in matched and not file.said:
            file.note(Code.FILE_UNNAMED)
