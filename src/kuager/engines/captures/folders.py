"""A folder that somebody handed over: plain files only, links never followed, not even for a moment.

Attack model: links to files outside, pipes and devices that never end, and folders that become links while we
look. Therefore every part of a path is opened by itself, relative to the folder before it, without following.
"""

import os
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.captures.entries import Entry, Refusal, Refused
from kuager.engines.captures.limits import MAX_DEPTH, MAX_ENTRIES
from kuager.engines.captures.windows import pieces

_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_FILE = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC


def read_folder(root: Path) -> tuple[list[Entry], list[Refused]]:
    """Return the plain files of a folder in the order of their names, and what was refused."""
    try:
        top = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as error:
        raise BadInputError(f"the folder cannot be opened: {error.strerror}") from error
    try:
        listed: list[Entry] = []
        refused: list[Refused] = []
        for parts, found in _walk(top, ()):
            name = "/".join(_text(part) for part in parts)
            if isinstance(found, Refusal):
                refused.append((name, found))
            else:
                listed.append(_entry(root, parts, name, found))
            if len(listed) + len(refused) > MAX_ENTRIES:
                raise BadInputError(f"the folder holds more than {MAX_ENTRIES} files; import it in parts")
    finally:
        os.close(top)
    return listed, refused


def _text(part: str) -> str:
    """Return a name that can be written down: bytes that are no UTF-8 become a sign for that."""
    return part.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _walk(folder: int, above: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int | Refusal]]:
    """Give each file below an open folder with its size or the reason why it is refused."""
    with os.scandir(folder) as found:
        names = sorted(entry.name for entry in found)
    for name in names:
        parts = (*above, name)
        try:
            status = os.stat(name, dir_fd=folder, follow_symlinks=False)
        except OSError:
            yield parts, Refusal.UNREADABLE
            continue
        if stat.S_ISDIR(status.st_mode):
            yield from _below(folder, parts)
        elif stat.S_ISREG(status.st_mode):
            yield parts, status.st_size
        else:
            yield parts, Refusal.LINK if stat.S_ISLNK(status.st_mode) else Refusal.DEVICE


def _below(folder: int, parts: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int | Refusal]]:
    if len(parts) > MAX_DEPTH:
        yield parts, Refusal.DEEP
        return
    try:
        inner = os.open(parts[-1], _FOLDER, dir_fd=folder)
    except OSError:
        yield parts, Refusal.UNREADABLE
        return
    try:
        yield from _walk(inner, parts)
    finally:
        os.close(inner)


def _entry(root: Path, parts: tuple[str, ...], name: str, size: int) -> Entry:
    return Entry(name, size, lambda: _open(root, parts), lambda: _checked(root, parts))


def _checked(root: Path, parts: tuple[str, ...]) -> Iterator[bytes]:
    with _open(root, parts) as file:
        yield from pieces(file)


def _open(root: Path, parts: tuple[str, ...]) -> BinaryIO:
    """Open a file part by part; raises BadInputError when it is not what was listed."""
    folder = -1
    try:
        folder = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        for part in parts[:-1]:
            inner = os.open(part, _FOLDER, dir_fd=folder)
            os.close(folder)
            folder = inner
        return _plain(os.open(parts[-1], _FILE, dir_fd=folder))
    except OSError as error:
        raise BadInputError(f"a file of the folder cannot be opened: {error.strerror}") from error
    finally:
        if folder >= 0:
            os.close(folder)


def _plain(descriptor: int) -> BinaryIO:
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadInputError("expected a plain file, not a device or pipe")
    return os.fdopen(descriptor, "rb")
