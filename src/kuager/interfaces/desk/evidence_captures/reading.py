"""What bundles and credentials say, read once by the limited process and kept sealed beside the item."""

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, NoReturn, cast

from django.conf import settings

from kuager.core.errors import BadInputError, IntegrityError, NotFoundError
from kuager.domain.evidence import queries
from kuager.engines.captures import Capture
from kuager.engines.captures.credentials import Credentials, read_answer
from kuager.engines.captures.listing import as_json, from_json
from kuager.engines.media.limited import run_limited
from kuager.interfaces.shell.captures import list_bundle

if TYPE_CHECKING:
    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.vault.vault import Vault

CAPTURE, CREDENTIALS = "capture", "credentials"
"""Kinds of sidecars; their key begins with the number of the item."""
BUNDLES = {
    "application/zip",
    "application/x-zip-compressed",
    "application/gzip",
    "application/warc",
    "application/x-warc",
    "application/wacz",
    "application/x-wacz",
}
_CARRIERS = ("image/", "video/", "audio/", "application/pdf")


def may_be_bundle(item: "DigitalItem") -> bool:
    """Return whether an item is of a kind that other tools hand over."""
    return item.media_type in BUNDLES


def capture_of(vault: "Vault", item: "DigitalItem") -> Capture:
    """Return what a bundle holds; its files are given out by ``shell.captures.give_files``.

    Raises
    ------
    BadInputError
        When it cannot be read, with the reason.
    """
    there = _sidecar(vault, CAPTURE, str(item.number))
    if there is not None:
        return from_json(there, _cannot_open)
    with queries.open_item(vault, item) as plain:
        capture = list_bundle(cast("BinaryIO", plain))
    vault.sidecars.put(CAPTURE, str(item.number), as_json(capture))
    return capture


def credentials_of(vault: "Vault", item: "DigitalItem") -> Credentials | None:
    """Return the Content Credentials (C2PA) of a file; None for kinds without them and unreadable files."""
    if not item.media_type.startswith(_CARRIERS):
        return None
    anchors = _anchors()
    # Another list of authorities is another answer.
    key = f"{item.number}-{hashlib.sha256(anchors.encode()).hexdigest()[:16]}"
    answer = _sidecar(vault, CREDENTIALS, key)
    try:
        if answer is not None:
            return read_answer(answer)
        with queries.open_item(vault, item) as plain:
            request = {"media_type": item.media_type, "anchors": anchors}
            answer = run_limited("credentials", request, cast("BinaryIO", plain))
        found = read_answer(answer)
    except BadInputError:
        return None
    vault.sidecars.put(CREDENTIALS, key, answer)
    return found


def _anchors() -> str:
    """Return the certificates of the authorities that the organisation trusts; none by default."""
    if not settings.C2PA_ANCHORS:
        return ""
    try:
        return Path(settings.C2PA_ANCHORS).read_text(encoding="ascii")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInputError("the file that KUAGER_C2PA_ANCHORS names cannot be read as PEM") from error


def _sidecar(vault: "Vault", kind: str, key: str) -> bytes | None:
    """Return a sidecar; one that was damaged counts as missing, it can be made again."""
    try:
        return vault.sidecars.get(kind, key)
    except (NotFoundError, IntegrityError):
        return None


def _cannot_open(number: int) -> NoReturn:
    raise BadInputError(f"file {number} of a bundle is given out by the limited process only")
