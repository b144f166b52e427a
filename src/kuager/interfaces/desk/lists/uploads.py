"""Uploaded spreadsheets: streamed to a file of our own, named by the SHA-256 of its bytes.

Invariants: a file is never whole in memory and never in the machine's temporary folder; it is readable by the
server only (mode 0600) from its first byte on; a file that is too large or breaks off leaves nothing behind;
the same bytes are kept once.
"""

import hashlib
import os
import re
import secrets
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile

from kuager.core.errors import NotFoundError

MIB = 1024 * 1024
_DIGEST = re.compile(r"[0-9a-f]{64}")


def largest_upload_bytes() -> int:
    """Return how large a file may be."""
    return int(getattr(settings, "IMPORT_MAX_BYTES", 256 * MIB))


def originals_folder() -> Path:
    """Return the folder of the files as they came, which only the server may read."""
    folder = Path(settings.DATA) / "originals"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def original_path(digest: str) -> Path:
    """Return where the file with these bytes is kept; raises NotFoundError."""
    path = originals_folder() / digest
    if not _DIGEST.fullmatch(digest) or not path.is_file():
        msg = "the file is not kept here any more; upload the same file again to go on"
        raise NotFoundError(msg)
    return path


class StoredUpload(UploadedFile):  # type: ignore[type-arg]  # Django takes no type at run time
    """A file that came whole, under its digest."""

    def __init__(self, *, path: Path, digest: str, name: str, size: int) -> None:
        super().__init__(file=None, name=name, size=size)
        self.path = path
        self.digest = digest


class OriginalUploadHandler(FileUploadHandler):
    """Write what arrives to a hidden file, and give it its name once it is whole."""

    def __init__(self) -> None:
        super().__init__(None)
        self.is_too_large = False
        self._open: tuple[int, Path] | None = None

    def new_file(self, *args: object, **kwargs: object) -> None:
        """Open a file that nobody else can read."""
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]  # Django's own signature, passed on
        self._discard()
        path = originals_folder() / f".incoming-{secrets.token_hex(8)}"
        self._open = (os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), path)
        self._hash = hashlib.sha256()
        self._size_bytes = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Write one piece; give up when the whole becomes too large."""
        if self._open is None:
            return
        self._size_bytes += len(raw_data)
        if self._size_bytes > largest_upload_bytes():
            self._discard()
            self.is_too_large = True
            # The other answers of the form are still wanted.
            raise SkipFile
        self._hash.update(raw_data)
        _write_all(self._open[0], raw_data)

    def file_complete(self, file_size: int) -> StoredUpload | None:
        """Put the file on disk for good and give it the name of its bytes."""
        if self._open is None:
            return None
        handle, incoming = self._open
        self._open = None
        os.fsync(handle)
        os.close(handle)
        digest = self._hash.hexdigest()
        kept = originals_folder() / digest
        incoming.replace(kept)
        _sync_folder(kept.parent)
        return StoredUpload(path=kept, digest=digest, name=self.file_name or "", size=file_size)

    def upload_interrupted(self) -> None:
        """Leave nothing of a file that broke off."""
        self._discard()

    def _discard(self) -> None:
        if self._open is not None:
            handle, path = self._open
            self._open = None
            os.close(handle)
            path.unlink(missing_ok=True)


def _write_all(handle: int, content: bytes) -> None:
    """Write every byte: the system may take fewer than it was given."""
    view = memoryview(content)
    while view:
        view = view[os.write(handle, view) :]


def _sync_folder(folder: Path) -> None:
    """Make the new name survive a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
