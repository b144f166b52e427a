"""Sealed files under their addresses, written once.

Promises: an object is wholly there under its address or not at all, never replaced; it is durable, with its
name, when ``keep`` returns. Plain bytes never reach this module. This store is a folder; the other one is a
bucket, see ``buckets.py``.
"""

import os
import re
from collections.abc import Iterator
from typing import BinaryIO, Protocol

from kuager.core.errors import IntegrityError, NotFoundError
from kuager.engines.vault.files import Files, Writer

INCOMING = "incoming"
_FOLDER = "objects"
_ADDRESS = re.compile(r"[0-9a-f]{64}")
# So much may be written before it is made durable: the disk works while the next bytes are sealed.
_SYNC_EVERY = 64 << 20


class Objects(Protocol):
    """A store of sealed files."""

    def begin(self) -> "Upload":
        """Begin to write a sealed file whose address is not known yet."""

    def keep(self, upload: "Upload", address: str) -> bool:
        """Give an upload its address, durably; False when there was such an object, which stays."""

    def open(self, address: str) -> BinaryIO:
        """Open an object to read from any place; raises NotFoundError."""

    def exists(self, address: str) -> bool:
        """Tell whether there is such an object."""

    def addresses(self) -> Iterator[str]:
        """Give all addresses, sorted."""


class Upload:
    """A sealed file that is still coming in."""

    def __init__(self, files: Files, path: str, writer: Writer) -> None:
        self._files = files
        self.path = path
        self._writer: Writer | None = writer
        self.size = 0
        self._synced = 0

    def write(self, data: bytes) -> None:
        """Add sealed bytes."""
        if self._writer is None:
            raise ValueError("the upload is finished")
        self._writer.write(data)
        self.size += len(data)
        if self.size - self._synced >= _SYNC_EVERY:
            self._writer.sync()
            self._synced = self.size

    def finish(self) -> None:
        """Make the bytes durable."""
        if self._writer is not None:
            self._writer.sync()
            self._close()

    def drop(self) -> None:
        """Take the upload away again."""
        self._close()
        self._files.remove(self.path)

    def _close(self) -> None:
        if self._writer is not None:
            writer, self._writer = self._writer, None
            writer.close()


def path_of(address: str) -> str:
    """Return where an object lies; raises NotFoundError when this is no address."""
    if not _ADDRESS.fullmatch(address):
        raise NotFoundError("an address is 64 digits and letters a to f")
    return f"{_FOLDER}/{address[:2]}/{address}.age"


class FolderObjects:
    """Objects in a folder."""

    def __init__(self, files: Files) -> None:
        self._files = files

    @staticmethod
    def prepare(files: Files) -> None:
        """Make the folders."""
        files.make_folder(INCOMING)
        files.make_folder(_FOLDER)

    def begin(self) -> Upload:
        path = f"{INCOMING}/{os.urandom(16).hex()}.part"
        return Upload(self._files, path, self._files.create(path))

    def keep(self, upload: Upload, address: str) -> bool:
        upload.finish()
        path = path_of(address)
        with self._files.locked("lock"):
            if self._files.exists(path):
                self._files.sync_names(path.rpartition("/")[0])
                self._files.remove(upload.path)
                return False
            self._files.make_folder(path.rpartition("/")[0])
            self._files.sync_names(_FOLDER)
            self._files.rename(upload.path, path)
            self._files.sync_names(path.rpartition("/")[0])
        self._files.sync_names(INCOMING)
        return True

    def open(self, address: str) -> BinaryIO:
        try:
            return self._files.open(path_of(address))
        except FileNotFoundError as error:
            raise NotFoundError(f"no object is kept under {address}") from error

    def exists(self, address: str) -> bool:
        return self._files.exists(path_of(address))

    def addresses(self) -> Iterator[str]:
        for folder in self._files.names(_FOLDER):
            for name in self._files.names(f"{_FOLDER}/{folder}"):
                address = name.removesuffix(".age")
                if not _ADDRESS.fullmatch(address) or address[:2] != folder:
                    raise IntegrityError(f"a stranger's file lies among the objects: {folder}/{name}")
                yield address


def drop_unfinished(files: Files) -> int:
    """Take away what interrupted uploads left; return how many. No upload may be under way."""
    left = files.names(INCOMING)
    for name in left:
        files.remove(f"{INCOMING}/{name}")
    files.sync_names(INCOMING)
    return len(left)
