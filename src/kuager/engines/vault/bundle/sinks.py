"""Where a bundle is written: into a folder, or into one file that only its recipient can open.

Promises: a folder appears under its name only when it is complete; a sealed bundle never lies on a disk in
plain, not even for a moment.
"""

import os
import zipfile
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import BinaryIO, Protocol

from kuager.core.errors import BadInputError
from kuager.engines.sealing import Encryptor, Recipient

# Zip archives know no time before; a fixed one makes equal bundles of equal contents.
NO_TIME = (1980, 1, 1, 0, 0, 0)


class Sink(Protocol):
    """Takes the files of a bundle one after the other."""

    def write(self, path: str, pieces: Iterable[bytes]) -> None:
        """Write a file."""

    def finish(self) -> None:
        """Make the bundle complete and durable."""

    def drop(self) -> None:
        """Take away what was written."""


class FolderSink:
    """A folder that must not exist yet."""

    def __init__(self, folder: Path) -> None:
        if folder.exists():
            raise BadInputError(f"{folder.name} exists already; choose another name for the bundle")
        self._goal = folder
        self._part = folder.with_name(f".{folder.name}.part")
        if self._part.exists():
            _remove(self._part)
        self._part.mkdir(parents=True, mode=0o700)

    def write(self, path: str, pieces: Iterable[bytes]) -> None:
        place = self._part / path
        place.parent.mkdir(parents=True, exist_ok=True)
        with place.open("xb") as file:
            for piece in pieces:
                file.write(piece)
            file.flush()
            os.fsync(file.fileno())

    def finish(self) -> None:
        for folder, _, _ in os.walk(self._part):
            _sync_names(folder)
        self._part.rename(self._goal)
        _sync_names(self._goal.parent)

    def drop(self) -> None:
        _remove(self._part)


class SealedSink:
    """One file in the age format that holds the bundle as a zip archive."""

    def __init__(self, file: Path, recipients: Sequence[Recipient]) -> None:
        if file.exists():
            raise BadInputError(f"{file.name} exists already; choose another name for the bundle")
        self._goal, self._part = file, file.with_name(f".{file.name}.part")
        self._stream = _SealingStream(self._part.open("wb"), recipients)
        self._zip = zipfile.ZipFile(self._stream, "w", zipfile.ZIP_STORED, allowZip64=True)

    def write(self, path: str, pieces: Iterable[bytes]) -> None:
        with self._zip.open(zipfile.ZipInfo(path, NO_TIME), "w", force_zip64=True) as file:
            for piece in pieces:
                file.write(piece)

    def finish(self) -> None:
        self._zip.close()
        self._stream.seal()
        self._part.rename(self._goal)
        _sync_names(self._goal.parent)

    def drop(self) -> None:
        # Without its end nobody can read such a file.
        self._stream.close()
        self._part.unlink(missing_ok=True)


class _SealingStream:
    """What the archive writes into: sealed at once, piece by piece."""

    def __init__(self, file: BinaryIO, recipients: Sequence[Recipient]) -> None:
        self._file = file
        self._encryptor = Encryptor(recipients)
        self._file.write(self._encryptor.begin())

    def write(self, data: bytes, /) -> int:
        self._file.write(self._encryptor.update(bytes(data)))
        return len(data)

    def flush(self) -> None:
        """Nothing waits but the last chunk, which must wait."""

    def close(self) -> None:
        self._file.close()

    def seal(self) -> None:
        """Write the end and make it durable."""
        self._file.write(self._encryptor.finish())
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


def _sync_names(folder: str | Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _remove(folder: Path) -> None:
    for place in sorted(folder.rglob("*"), reverse=True):
        place.rmdir() if place.is_dir() and not place.is_symlink() else place.unlink()
    folder.rmdir()
