"""A disk in memory that can lose power after any operation, in every way a real one may.

What is modelled: bytes written to a file reach the disk in order, late, in part, or as zeros, until ``sync``;
names made, changed or removed in a folder reach it late, each folder by itself and in any number, until
``sync_names``. What counts is what survives in the worst case.
"""

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from typing import BinaryIO, TypeVar

from kuager.engines.vault.files import Writer

T = TypeVar("T")
FOLDER = -1


class DiskError(OSError):
    """The disk refused an operation."""


@dataclass
class _File:
    durable: bytes = b""
    now: bytes = b""
    # What the file held after each change that is not durable yet.
    steps: list[bytes] = field(default_factory=list)
    # Bytes from the first place to before the second are shown, but will never be written.
    forgotten: tuple[int, int] | None = None

    def changed(self, content: bytes) -> None:
        self.now = content
        self.steps.append(content)
        if self.forgotten is not None and len(content) <= self.forgotten[1]:
            begin = self.forgotten[0]
            self.forgotten = (begin, len(content)) if len(content) > begin else None

    def sync(self) -> None:
        self.durable, self.steps = self._written(self.now), []

    def forget(self) -> None:
        """Fail to sync as Linux does: what was to be written is shown, counts as written, and is not."""
        pairs = zip(self.durable, self.now, strict=False)
        same = next((place for place, (old, new) in enumerate(pairs) if old != new), len(self.durable))
        self.forgotten = (min(same, len(self.now)), len(self.now))
        self.steps = []

    def _written(self, content: bytes) -> bytes:
        if self.forgotten is None:
            return content
        begin, end = self.forgotten
        return content[:begin] + (bytes(end - begin) + content[end:] if len(content) > end else b"")

    def copy(self) -> "_File":
        return _File(self.durable, self.now, list(self.steps), self.forgotten)

    def outcomes(self) -> list[bytes]:
        """Return what the file may hold after a power cut."""
        if self.forgotten is not None:
            return [self.durable, *(self._written(step) for step in self.steps)]
        found = [self.durable, *self.steps]
        before = self.durable
        for step in self.steps:
            if len(step) > len(before):
                added = len(step) - len(before)
                parts = {1, added // 2, added - 1} - {0, added}
                found += [step[: len(before) + part] for part in sorted(parts)]
                # The size is on the disk, the bytes are not.
                found.append(step[: len(before)] + bytes(added))
                found.append(step[: len(before) + added // 2] + bytes(added - added // 2))
            before = step
        return list(dict.fromkeys(found))


@dataclass
class _Folder:
    durable: dict[str, int] = field(default_factory=dict)
    now: dict[str, int] = field(default_factory=dict)
    steps: list[dict[str, int]] = field(default_factory=list)

    def changed(self) -> None:
        self.steps.append(dict(self.now))

    def copy(self) -> "_Folder":
        return _Folder(dict(self.durable), dict(self.now), list(self.steps))

    def outcomes(self) -> list[dict[str, int]]:
        return [self.durable, *self.steps]


class CrashDisk:
    """Files in memory; ``after_each`` is told after every operation, ``refuse_at`` fails one of them.

    It fails all after that one as well; with ``refuse_once`` only that one.
    """

    def __init__(self) -> None:
        self.files: dict[int, _File] = {}
        self.folders: dict[str, _Folder] = {"": _Folder()}
        # Folders that were removed, for power cuts that lose their removal.
        self.removed: dict[str, _Folder] = {}
        self.operations = 0
        self.refuse_at: int | None = None
        self.refuse_once = False
        self.short = False
        # Whether a sync that fails loses what was to be written, and the next one says all is well.
        self.forgetful = False
        self.after_each: Callable[[], None] = lambda: None

    def copy(self) -> "CrashDisk":
        other = CrashDisk()
        other.files = {number: file.copy() for number, file in self.files.items()}
        other.folders = {path: folder.copy() for path, folder in self.folders.items()}
        other.removed = {path: folder.copy() for path, folder in self.removed.items()}
        return other

    def _begin(self) -> None:
        self.operations += 1
        if self.refuse_at is None or self.operations < self.refuse_at:
            return
        if not self.refuse_once or self.operations == self.refuse_at:
            raise DiskError(28, "No space left on device")

    def _split(self, path: str) -> tuple[_Folder, str]:
        folder, _, name = path.rpartition("/")
        if folder not in self.folders:
            raise FileNotFoundError(path)
        return self.folders[folder], name

    def _file(self, path: str) -> _File:
        folder, name = self._split(path)
        if folder.now.get(name, FOLDER) == FOLDER:
            raise FileNotFoundError(path)
        return self.files[folder.now[name]]

    def _make(self, path: str) -> _File:
        folder, name = self._split(path)
        number = len(self.files)
        self.files[number] = _File()
        folder.now[name] = number
        folder.changed()
        return self.files[number]

    def create(self, path: str) -> Writer:
        self._begin()
        if self.exists(path):
            raise FileExistsError(path)
        file = self._make(path)
        self.after_each()
        return _Writer(self, file)

    def append(self, path: str) -> Writer:
        self._begin()
        file = self._file(path) if self.exists(path) else self._make(path)
        self.after_each()
        return _Writer(self, file)

    def overwrite(self, path: str, start: int, data: bytes) -> None:
        self._begin()
        file = self._file(path) if self.exists(path) else self._make(path)
        held = file.now.ljust(start, b"\0")
        half = len(data) // 2
        file.changed(held[:start] + data[:half] + held[start + half :])
        self.after_each()
        file.changed(held[:start] + data + held[start + len(data) :])
        begin, end = file.forgotten or (-1, -1)
        if start <= begin and end <= start + len(data):
            file.forgotten = None
        self.after_each()
        self._begin()
        file.sync()
        self.after_each()

    def open(self, path: str) -> BinaryIO:
        return io.BytesIO(self.read(path))

    def read(self, path: str) -> bytes:
        return self._file(path).now

    def cut(self, path: str, size: int) -> None:
        self._begin()
        file = self._file(path)
        file.changed(file.now[:size])
        self.after_each()
        file.sync()
        self.after_each()

    def rename(self, old: str, new: str) -> None:
        self._begin()
        (folder, name), (goal, goal_name) = self._split(old), self._split(new)
        goal.now[goal_name] = folder.now.pop(name)
        goal.changed()
        if folder is not goal:
            folder.changed()
        self.after_each()

    def remove(self, path: str) -> None:
        folder, name = self._split(path)
        if name in folder.now:
            self._begin()
            del folder.now[name]
            folder.changed()
            self.after_each()

    def size(self, path: str) -> int:
        return len(self.read(path))

    def exists(self, path: str) -> bool:
        folder, _, name = path.rpartition("/")
        return folder in self.folders and self.folders[folder].now.get(name, FOLDER) != FOLDER

    def names(self, folder: str) -> list[str]:
        return sorted(self.folders[folder].now) if folder in self.folders else []

    def make_folder(self, folder: str) -> None:
        above = ""
        for part in folder.split("/"):
            path = f"{above}/{part}" if above else part
            if path not in self.folders:
                self._begin()
                self.folders[path] = _Folder()
                self.folders[above].now[part] = FOLDER
                self.folders[above].changed()
                self.after_each()
            above = path

    def remove_folder(self, folder: str) -> None:
        above, _, name = folder.rpartition("/")
        if self.folders[folder].now:
            raise DiskError(39, "Directory not empty")
        self._begin()
        self.removed[folder] = self.folders.pop(folder)
        del self.folders[above].now[name]
        self.folders[above].changed()
        self.after_each()

    def sync_names(self, folder: str) -> None:
        self._begin()
        found = self.folders[folder]
        found.durable, found.steps = dict(found.now), []
        self.after_each()

    @contextmanager
    def locked(self, path: str) -> Iterator[None]:
        del path
        yield

    def after_power_cut(self, choose: "Choice") -> "CrashDisk":
        """Return the disk as it may be found afterwards."""
        found = CrashDisk()
        for number, file in self.files.items():
            content = choose.content(file.outcomes())
            found.files[number] = _File(content, content)
        for path, folder in (self.removed | self.folders).items():
            names = choose.names(folder.outcomes())
            found.folders[path] = _Folder(dict(names), dict(names))
        found.drop_unreachable()
        return found

    def drop_unreachable(self) -> None:
        """Forget folders whose own name was lost."""
        for path in sorted(self.folders):
            above, _, name = path.rpartition("/")
            if path and (above not in self.folders or self.folders[above].now.get(name) != FOLDER):
                del self.folders[path]

    def print_of(self) -> tuple[object, ...]:
        """Return what tells two disks apart."""
        return tuple(
            (path, name, self.files[number].now if number != FOLDER else None)
            for path, folder in sorted(self.folders.items())
            for name, number in sorted(folder.now.items())
        )


class _Writer:
    def __init__(self, disk: CrashDisk, file: _File) -> None:
        self._disk, self._file = disk, file

    def write(self, data: bytes) -> None:
        try:
            self._disk._begin()
        except DiskError:
            if self._disk.short:
                self._file.changed(self._file.now + data[: len(data) // 2])
            raise
        self._file.changed(self._file.now + data)
        self._disk.after_each()

    def sync(self) -> None:
        try:
            self._disk._begin()
        except DiskError:
            if self._disk.forgetful:
                self._file.forget()
            raise
        self._file.sync()
        self._disk.after_each()

    def close(self) -> None:
        """Closing makes nothing durable."""


class Choice:
    """Which of the possible outcomes happens: the first, the last, or drawn by chance."""

    def __init__(self, kind: str, seed: int = 0) -> None:
        self._kind, self._random = kind, Random(seed)  # noqa: S311  # no secret

    def content(self, outcomes: list[bytes]) -> bytes:
        return self._pick(
            outcomes, early=self._kind in ("nothing", "names"), late=self._kind in ("all", "bytes")
        )

    def names(self, outcomes: list[dict[str, int]]) -> dict[str, int]:
        return self._pick(
            outcomes, early=self._kind in ("nothing", "bytes"), late=self._kind in ("all", "names")
        )

    def _pick(self, outcomes: list[T], *, early: bool, late: bool) -> T:
        if early or late:
            return outcomes[0] if early else outcomes[-1]
        return self._random.choice(outcomes)
