"""Run a story with a vault, cut the power after every step in many ways, and look at what is left."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Protocol

from kuager.core.errors import KuagerError
from kuager.engines.sealing import SecretKey
from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import Files
from kuager.engines.vault.journal import Journal
from kuager.engines.vault.keys import PUBLIC, PublicKeys, SecretKeys
from kuager.engines.vault.objects import FolderObjects
from kuager.engines.vault.vault import Vault
from tests.faults.crash_disk import Choice, CrashDisk

AT = datetime(2022, 1, 6, 12, tzinfo=UTC)
KEYS = SecretKeys.generate("log.example/crash")
ESCROW = SecretKey.generate()


@dataclass
class Promises:
    """What the vault has told its user is kept."""

    files: dict[int, bytes] = field(default_factory=dict)
    events: int = 0


@dataclass(frozen=True)
class Moment:
    """The disk after a step, and what was promised by then."""

    disk: CrashDisk
    promised: Promises


def prepared(disk: Files) -> Vault:
    """Make a vault whose keys are at hand, without the slow passphrase."""
    FolderObjects.prepare(disk)
    disk.make_folder("log")
    Journal.begin(disk, KEYS.log)
    disk.sync_names("")
    disk.overwrite(PUBLIC, 0, PublicKeys(KEYS.case.public, ESCROW.public, KEYS.log.verifier).as_json())
    disk.sync_names("")
    return Vault(disk, KEYS)


def keep(vault: Vault, promised: Promises, content: bytes) -> None:
    """Add a file, and remember the promise once it is given."""
    item = vault.add([content[:70_000], content[70_000:]], by="gulnar", at=AT, detail={"name": "clip"})
    promised.files[item.number] = content
    promised.events = vault.journal.size


def note(vault: Vault, promised: Promises, count: int) -> None:
    """Record some acts at once."""
    item = next(iter(promised.files))
    vault.record_many([(Act.VIEWED, "asel", AT, {"number": one}, item) for one in range(count)])
    promised.events = vault.journal.size


def moments(wrap: Callable[[CrashDisk], Files] = lambda disk: disk, *, rounds: int = 2) -> Iterator[Moment]:
    """Give the disk after every step of a story: files kept, one of them twice, acts recorded."""
    disk = CrashDisk()
    vault = prepared(wrap(disk))
    promised = Promises()
    found: list[Moment] = []

    def look() -> None:
        found.append(Moment(disk.copy(), Promises(dict(promised.files), promised.events)))

    disk.after_each = look
    big = os.urandom(90_000)
    for one in range(rounds):
        keep(vault, promised, os.urandom(100 + one))
        keep(vault, promised, big)
        note(vault, promised, 3)
        note(vault, promised, 260)
        look()
    yield from found


class Held(Protocol):
    """A moment of any story."""

    @property
    def disk(self) -> CrashDisk:
        """The disk then."""


def cuts(moment: Held, drawn: int, seed: int) -> Iterator[CrashDisk]:
    """Give the disks that may be found when the power fails at this moment."""
    kinds = [Choice(kind) for kind in ("nothing", "all", "names", "bytes")]
    kinds += [Choice("drawn", seed * 1_000 + number) for number in range(drawn)]
    seen = set()
    for choice in kinds:
        disk = moment.disk.after_power_cut(choice)
        if (found := hash(disk.print_of())) not in seen:
            seen.add(found)
            yield disk


def violation(disk: CrashDisk, promised: Promises) -> str | None:
    """Return what is wrong with the vault found on the disk; None when every promise is kept."""
    try:
        vault = Vault(disk, KEYS)
        if vault.journal.size < promised.events:
            return f"{promised.events - vault.journal.size} promised events are lost"
        for number, content in promised.files.items():
            if b"".join(vault.read(vault.item(number))) != content:
                return f"item {number} is another file"
        vault.recover()
        again = vault.add([b"after the cut"], by="gulnar", at=AT, detail={})
        if b"".join(Vault(disk, KEYS).read(again)) != b"after the cut":
            return "work does not go on"
        vault.journal.verify()
    except (KuagerError, OSError, LookupError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None
