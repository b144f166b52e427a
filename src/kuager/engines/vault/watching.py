"""Keep every file that comes to rest in a folder, once, and refuse what is no plain file.

Promises: a file is kept only when it stayed the same between two looks and while it was read; a file that was
kept is not kept again unless it changed, even when the work was interrupted between the two; links are never
followed; devices, pipes and sockets are refused. Originals are left where they are or moved beside, never
deleted. Names of any bytes are taken: what is no letter is shown as U+FFFD, and the bytes are kept beside.
Hidden files (a dot at the beginning) are left alone: many programs write under such names first.
Failure model: whoever can write to the folder chooses what is kept.
"""

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from pathlib import Path

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import PIECE, Vault

_MARKS, _PLACES = "watched", "watching"
_UNKNOWN = "\N{REPLACEMENT CHARACTER}"


@dataclass(frozen=True, slots=True)
class Seen:
    """What a plain file looked like at one moment: bytes, time of the last change (ns), and its number."""

    size: int
    changed_ns: int
    inode: int


@dataclass(slots=True)
class Found:
    """What one look at the folder brought.

    Attributes
    ----------
    kept
        Name and number of each item that was kept.
    waiting
        Names of files that are new or still change.
    refused
        Name and reason of what will not be kept.
    """

    kept: list[tuple[str, int]] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)


class ChangedMeanwhileError(RefusedError):
    """A file changed while it was read; it is kept when it has come to rest."""


class Watch:
    """One watched folder.

    Parameters
    ----------
    vault
        Unlocked.
    folder
        What is watched, with the folders inside it.
    done
        Where originals are moved once they are kept, on the same disk and outside ``folder``; None: they
        stay.
    by, source
        Who takes the files in, and what is told of where they come from; sealed.
    """

    def __init__(
        self, vault: Vault, folder: Path, *, by: str, source: str = "", done: Path | None = None
    ) -> None:
        self._vault, self._by, self._source = vault, by, source
        self._folder, self._done = folder.resolve(), None if done is None else done.resolve()
        if not self._folder.is_dir():
            raise BadInputError("the folder to be watched is not there")
        if self._done is not None and self._done.is_relative_to(self._folder):
            raise BadInputError("the folder for what is done must lie outside the watched folder")
        if vault_inside(vault, self._folder):
            raise BadInputError("the vault itself lies in the watched folder")
        self._before: dict[Path, Seen] = {}
        self._key = vault.keyed("watched folder", os.fsencode(self._folder))
        self._catch_up()

    def _catch_up(self) -> None:
        """Mark what was kept when the work was interrupted before it could be marked."""
        self._vault.refresh()
        size = self._vault.journal.size
        if self._vault.sidecars.has(_PLACES, self._key):
            start = int(json.loads(self._vault.sidecars.get(_PLACES, self._key)))
            for recorded in self._vault.events(start):
                mark = recorded.opening.detail.get("watched")
                if recorded.event.act is Act.ACQUIRED and isinstance(mark, str):
                    self._mark(mark, recorded.number)
        self._vault.sidecars.put(_PLACES, self._key, str(size).encode())

    def _mark(self, mark: str, number: int) -> None:
        self._vault.sidecars.put(_MARKS, mark, str(number).encode())

    def look(self, at: datetime) -> Found:
        """Look once: keep what stayed the same since the last look, and say what else is there."""
        found, now = Found(), dict(self._files())
        for path, seen in now.items():
            name = shown(path)
            if isinstance(seen, str):
                found.refused.append((name, seen))
                continue
            mark = self._mark_of(path, seen)
            if self._vault.sidecars.has(_MARKS, mark):
                self._put_away(path, seen)
            elif self._before.get(path) == seen:
                self._keep(path, seen, mark, at, found)
            else:
                found.waiting.append(name)
        self._before = {path: seen for path, seen in now.items() if isinstance(seen, Seen)}
        return found

    def _keep(self, path: Path, seen: Seen, mark: str, at: datetime, found: Found) -> None:
        name = shown(path)
        detail = {"name": shown(Path(path.name)), "path": name, "source": self._source}
        if name != str(path):
            detail["path_bytes"] = os.fsencode(path).hex()
        detail |= {"method": "folder", "watched": mark}
        try:
            item = self._vault.add(self._pieces(path, seen), by=self._by, at=at, detail=detail)
        except ChangedMeanwhileError:
            found.waiting.append(name)
        except OSError as error:
            if error.filename is None:
                # Not the file but the vault's disk is at fault.
                raise
            found.refused.append((name, f"cannot be read ({error.strerror})"))
        else:
            self._mark(mark, item.number)
            found.kept.append((name, item.number))
            self._put_away(path, seen)

    def _mark_of(self, path: Path, seen: Seen) -> str:
        """Return a keyed digest that stands for this file in this state; it tells strangers nothing."""
        said = f"{self._key} {os.fsencode(path).hex()} {seen.size} {seen.changed_ns} {seen.inode}"
        return self._vault.keyed("watched file", said.encode())

    def _files(self) -> Iterator[tuple[Path, Seen | str]]:
        """Give every name below the folder: what it looks like, or why it is refused."""
        for place, folders, names in os.walk(self._folder, followlinks=False):
            folders[:] = sorted(one for one in folders if not one.startswith("."))
            links = [one for one in folders if Path(place, one).is_symlink()]
            for name in sorted([*names, *links]):
                whole = Path(place, name)
                if not name.startswith("."):
                    try:
                        yield whole.relative_to(self._folder), _seen(whole.lstat())
                    except FileNotFoundError:
                        continue

    def _pieces(self, path: Path, seen: Seen) -> Iterator[bytes]:
        """Give the bytes of a file; raises ChangedMeanwhileError when it is not what was seen, or changes."""
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(self._folder / path, flags)
        with os.fdopen(descriptor, "rb") as file:
            if _seen(os.fstat(descriptor)) != seen:
                raise ChangedMeanwhileError("the file changed before it was read")
            while piece := file.read(PIECE):
                yield piece
            if _seen(os.fstat(descriptor)) != seen:
                raise ChangedMeanwhileError("the file changed while it was read")

    def _put_away(self, path: Path, seen: Seen) -> None:
        """Move an original that is kept, when originals are to be moved; nothing is overwritten."""
        if self._done is None:
            return
        origin, goal = self._folder / path, self._done / path
        goal.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
        for number in count():
            name = f"{goal.name}.{number}" if number else goal.name
            try:
                # A second name first, then the first is taken away: unlike a renaming, this replaces nothing.
                os.link(origin, goal.with_name(name), follow_symlinks=False)
                break
            except FileExistsError:
                continue
            except FileNotFoundError:
                return
            except OSError as error:
                raise BadInputError(
                    f"originals cannot be moved there ({error.strerror}); it must be on the same disk"
                ) from error
        if _seen(origin.lstat()) == seen:
            origin.unlink()


def vault_inside(vault: Vault, folder: Path) -> bool:
    """Tell whether a vault on a real disk lies in a folder."""
    root = getattr(vault.files, "root", None)
    return isinstance(root, Path) and root.resolve().is_relative_to(folder)


def _seen(found: os.stat_result) -> Seen | str:
    if stat.S_ISREG(found.st_mode):
        return Seen(found.st_size, found.st_mtime_ns, found.st_ino)
    return "a link is not followed" if stat.S_ISLNK(found.st_mode) else "no plain file (device, pipe, socket)"


def shown(name: Path) -> str:
    """Return a file name for reading: what is no printable letter becomes U+FFFD."""
    text = os.fsencode(name).decode("utf-8", "replace")
    return "".join(letter if letter.isprintable() else _UNKNOWN for letter in text)
