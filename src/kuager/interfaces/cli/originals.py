"""Keeping the file of a list as it came: streamed, named by its SHA-256, readable by us only."""

import hashlib
import os
import secrets
from pathlib import Path

from django.conf import settings

from kuager.core.errors import BadInputError

MIB = 1024 * 1024
LARGEST_MIB = 256


def keep_original(path: Path) -> Path:
    """Copy a file into the folder of originals and return the copy; the same bytes are kept once.

    Raises
    ------
    BadInputError
        When there is no such file, or it is larger than any list.
    """
    if not path.is_file():
        raise BadInputError(f"there is no file {path}")
    if path.stat().st_size > LARGEST_MIB * MIB:
        raise BadInputError(f"the file has more than {LARGEST_MIB} MiB; expected a list. Split it")
    folder = Path(settings.DATA) / "originals"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    incoming = folder / f".incoming-{secrets.token_hex(8)}"
    try:
        kept = folder / _copy(path, incoming)
        incoming.replace(kept)
    finally:
        incoming.unlink(missing_ok=True)
    _sync_folder(folder)
    return kept


def _copy(path: Path, incoming: Path) -> str:
    digest = hashlib.sha256()
    handle = os.open(incoming, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with path.open("rb") as source, os.fdopen(handle, "wb") as target:
        while piece := source.read(MIB):
            digest.update(piece)
            target.write(piece)
        target.flush()
        os.fsync(target.fileno())
    return digest.hexdigest()


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
