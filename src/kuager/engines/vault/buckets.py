"""Sealed files in a bucket of an object store (S3 and its like), through obstore.

Promises: those of ``objects.py``. Uploads come in sealed to the vault's folder first, because an address is
known only at the end; the folder's lock keeps two writers of one machine apart. Failure model: several
machines must not write to one vault at once; the log lies in the folder and could not be shared anyway.
"""

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, BinaryIO, cast

import obstore
from obstore.exceptions import AlreadyExistsError

from kuager.core.errors import NotFoundError
from kuager.engines.vault.files import Files
from kuager.engines.vault.objects import INCOMING, FolderObjects, Upload, path_of

if TYPE_CHECKING:
    from obstore.store import ObjectStore

# Up to here the store itself refuses to replace an object; above, parts are sent and we look beforehand.
_AT_ONCE = 32 << 20
_PART = 16 << 20


class BucketObjects:
    """Objects in a bucket.

    Parameters
    ----------
    files
        The vault's folder.
    bucket
        For instance ``obstore.store.S3Store``, at the prefix where the vault's objects begin.
    """

    def __init__(self, files: Files, bucket: "ObjectStore") -> None:
        self._files = files
        self._folder = FolderObjects(files)
        self._bucket = bucket

    def begin(self) -> Upload:
        return self._folder.begin()

    def keep(self, upload: Upload, address: str) -> bool:
        upload.finish()
        with self._files.locked("lock"):
            is_new = not self.exists(address) and self._send(upload, path_of(address))
        self._files.remove(upload.path)
        self._files.sync_names(INCOMING)
        return is_new

    def _send(self, upload: Upload, path: str) -> bool:
        with self._files.open(upload.path) as file:
            if upload.size > _AT_ONCE:
                obstore.put(self._bucket, path, file, use_multipart=True, chunk_size=_PART)
                return True
            try:
                obstore.put(self._bucket, path, file.read(), mode="create", use_multipart=False)
            except AlreadyExistsError:
                return False
            return True

    def open(self, address: str) -> BinaryIO:
        try:
            found = obstore.open_reader(self._bucket, path_of(address))
        except FileNotFoundError as error:
            raise NotFoundError(f"no object is kept under {address}") from error
        return cast("BinaryIO", io.BufferedReader(_Reading(found)))

    def exists(self, address: str) -> bool:
        try:
            obstore.head(self._bucket, path_of(address))
        except FileNotFoundError:
            return False
        return True

    def addresses(self) -> Iterator[str]:
        found: list[str] = []
        for page in obstore.list(self._bucket, "objects"):
            found += [entry["path"].rpartition("/")[2].removesuffix(".age") for entry in page]
        yield from sorted(found)


class _Reading(io.RawIOBase):
    """An object read part by part."""

    def __init__(self, found: "obstore.ReadableFile") -> None:
        self._found = found

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return self._found.seek(offset, whence)

    def tell(self) -> int:
        return self._found.tell()

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        part = bytes(self._found.read(len(buffer)))
        buffer[: len(part)] = part
        return len(part)
