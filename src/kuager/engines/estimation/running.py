"""Long work that shows how far it is, can be interrupted, and goes on where it stopped."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol, TypeAlias

Progress: TypeAlias = Callable[[str, float], None]
"""Called with what is being done and how much of it is done, 0..1; it may raise to interrupt the work."""


class Checkpoint(Protocol):
    """Where a method keeps what it has done so far.

    The content belongs to the method. It names what it was made for, so that a checkpoint of another
    table, seed or version is not taken up but begun again.
    """

    def load(self) -> bytes | None:
        """Give back what was saved last; None at the beginning."""

    def save(self, state: bytes) -> None:
        """Keep this instead of what was saved before; all of it or nothing."""


class FileCheckpoint:
    """A checkpoint in a file, replaced as a whole each time.

    Parameters
    ----------
    path : Path
        The file; need not exist yet. Its folder must.

    """

    def __init__(self, path: Path) -> None:
        self._path = path

    def load(self) -> bytes | None:
        """Read the file; None if there is none."""
        return self._path.read_bytes() if self._path.exists() else None

    def save(self, state: bytes) -> None:
        """Write beside the file and rename, so that a power cut leaves the old or the new one."""
        beside = self._path.with_name(self._path.name + ".new")
        beside.write_bytes(state)
        beside.replace(self._path)


def silent(_what: str, _done: float) -> None:
    """Show no progress."""
