"""A disk that is used carelessly, to see whether the crash tests notice."""

from dataclasses import dataclass
from fnmatch import fnmatchcase

from kuager.engines.vault.files import Writer
from tests.faults.crash_disk import CrashDisk


def _one_of(path: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(path, pattern) for pattern in patterns)


@dataclass
class Careless:
    """A disk used carelessly: ``sync`` and ``sync_names`` of some paths are left out.

    ``files`` and ``folders`` are patterns as in file names (``*`` stands for anything).
    """

    disk: CrashDisk
    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()

    def __getattr__(self, name: str) -> object:
        return getattr(self.disk, name)

    def create(self, path: str) -> Writer:
        return _Unsynced(self.disk.create(path), careless=_one_of(path, self.files))

    def append(self, path: str) -> Writer:
        return _Unsynced(self.disk.append(path), careless=_one_of(path, self.files))

    def sync_names(self, folder: str) -> None:
        if not _one_of(folder, self.folders):
            self.disk.sync_names(folder)


class _Unsynced:
    def __init__(self, writer: Writer, *, careless: bool) -> None:
        self._writer, self._careless = writer, careless

    def write(self, data: bytes) -> None:
        self._writer.write(data)

    def sync(self) -> None:
        if not self._careless:
            self._writer.sync()

    def close(self) -> None:
        self._writer.close()
