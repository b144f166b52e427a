"""A vault with its room, for tests: no slow passphrase, real files in a temporary folder."""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from kuager.domain.accounts.models import User
from kuager.domain.evidence import operations
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.terms import AcquisitionMethod, Derivation
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.vault import Vault
from tests.faults.vault_crashes import prepared

AT = datetime(2022, 1, 8, 9, 30, tzinfo=UTC)
CLIP = b"not a real clip " * 9_000


def new_vault(folder: Path) -> Vault:
    """An empty vault in a folder, unlocked."""
    return prepared(OsFiles(folder / "vault"))


def pieces(content: bytes) -> Iterator[bytes]:
    """The content in pieces, as an upload brings it."""
    for begin in range(0, max(1, len(content)), 60_000):
        yield content[begin : begin + 60_000]


def keep(
    vault: Vault,
    by: User,
    content: bytes | None = None,
    *,
    name: str = "кадр.mp4",
    media_type: str = "video/mp4",
    at: datetime = AT,
    is_restricted: bool = False,
) -> DigitalItem:
    """Keep a file of these bytes, or of new ones."""
    return operations.keep_item(
        vault=vault,
        pieces=pieces(os.urandom(3_000) if content is None else content),
        name=name,
        media_type=media_type,
        method=AcquisitionMethod.UPLOAD,
        told={"note": "from a neighbour"},
        is_restricted=is_restricted,
        by=by,
        at=at,
    )


def redact(vault: Vault, original: DigitalItem, by: User, content: bytes | None = None) -> DigitalItem:
    """Keep a redacted copy of an item."""
    return operations.keep_derived(
        vault=vault,
        original=original,
        derivation=Derivation.REDACTED,
        recipe={"boxes": [[0, 0, 500, 500]]},
        pieces=pieces(os.urandom(2_000) if content is None else content),
        name="redacted.mp4",
        media_type="video/mp4",
        by=by,
        at=AT,
    )
