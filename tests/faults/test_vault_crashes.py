"""Power cuts, full disks and flipped bits: what was promised is kept, and nothing bad passes for good."""

import os
from collections.abc import Iterator
from contextlib import suppress

import pytest

from kuager.core.errors import IntegrityError, KuagerError
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault
from tests.faults.careless import Careless
from tests.faults.crash_disk import Choice, CrashDisk, DiskError
from tests.faults.vault_crashes import AT, KEYS, Promises, cuts, keep, moments, note, prepared, violation


def test_every_power_cut_leaves_what_was_promised() -> None:
    states = 0
    for number, moment in enumerate(moments(rounds=1)):
        for disk in cuts(moment, drawn=6, seed=number):
            states += 1
            assert violation(disk, moment.promised) is None, f"after step {number}"
    assert states > 150


@pytest.mark.parametrize(
    "wrong",
    [
        {"files": ("incoming/*",)},
        {"folders": ("objects/*",)},
        {"folders": ("objects",)},
        {"files": ("log/entries/*",)},
        {"folders": ("log/entries",)},
        {"files": ("incoming/*", "log/entries/*")},
    ],
    ids=str,
)
def test_a_careless_protocol_is_caught(wrong: dict[str, tuple[str, ...]]) -> None:
    assert any(
        violation(disk, moment.promised)
        for number, moment in enumerate(moments(lambda disk: Careless(disk, **wrong), rounds=1))  # type: ignore[arg-type,return-value]
        for disk in cuts(moment, drawn=6, seed=number)
    )


@pytest.mark.parametrize("short", [False, True])
def test_a_full_disk_refuses_and_loses_nothing(short: bool) -> None:
    step = 0
    while True:
        step += 1
        disk = CrashDisk()
        vault, promised = prepared(disk), Promises()
        keep(vault, promised, b"before")
        disk.short, disk.refuse_at = short, disk.operations + step
        try:
            keep(vault, promised, os.urandom(300))
            note(vault, promised, 2)
        except DiskError:
            disk.refuse_at = None
            assert violation(disk.copy(), promised) is None, f"step {step}"
            keep(vault, promised, b"there is room again")
            assert violation(disk, promised) is None, f"step {step}"
            continue
        break
    assert step > 15


def test_bytes_that_a_failed_sync_forgot_are_not_built_upon() -> None:
    """Linux shows what it failed to write, and the next sync succeeds without it."""
    step = 0
    while True:
        step += 1
        disk = CrashDisk()
        vault, promised = prepared(disk), Promises()
        keep(vault, promised, b"before")
        disk.refuse_once = disk.forgetful = True
        disk.refuse_at = disk.operations + step
        try:
            keep(vault, promised, os.urandom(300))
            note(vault, promised, 2)
        except DiskError:
            disk.refuse_at = None
            keep(vault, promised, b"after the fault")
            keep(Vault(disk, KEYS), promised, b"after a restart")
            found = disk.after_power_cut(Choice("nothing"))
            assert violation(found, promised) is None, f"step {step}"
            continue
        break
    assert step > 15


def test_what_readers_saw_of_a_killed_writer_stays() -> None:
    """A writer is killed before its promise, readers take what it wrote, the next writer is killed too."""
    disk = CrashDisk()
    vault, promised = prepared(disk), Promises()
    keep(vault, promised, b"before")
    begun = disk.operations
    keep(vault, promised, b"after")
    for step in range(1, disk.operations - begun + 1):
        for further in range(1, 12):
            disk = CrashDisk()
            vault = prepared(disk)
            keep(vault, Promises(), b"before")
            disk.refuse_at = disk.operations + step
            with suppress(DiskError):
                keep(vault, Promises(), b"after")
            disk.refuse_at = None
            reader = Vault(disk, KEYS)
            seen = reader.journal.size
            disk.refuse_at = disk.operations + further
            with suppress(DiskError):
                Vault(disk, KEYS).record(Act.NOTED, by="gulnar", at=AT, detail={})
            disk.refuse_at = None
            reader.refresh()
            assert reader.journal.size >= seen


def _flips(content: bytes, every: int) -> Iterator[bytes]:
    for place in range(0, len(content) * 8, every):
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        yield bytes(flipped)


def test_a_flipped_bit_in_a_kept_file_is_never_returned_as_good() -> None:
    disk = CrashDisk()
    vault, promised = prepared(disk), Promises()
    keep(vault, promised, os.urandom(500))
    item = vault.item(0)
    path = f"objects/{item.address[:2]}/{item.address}.age"
    for flipped in _flips(disk.read(path), every=13):
        damaged = disk.copy()
        damaged._file(path).now = flipped
        with pytest.raises(IntegrityError, match=r"item 0|chunk"):
            b"".join(Vault(damaged, KEYS).read(item))


def test_a_flipped_bit_in_the_log_is_noticed() -> None:
    disk = CrashDisk()
    vault, promised = prepared(disk), Promises()
    keep(vault, promised, b"one")
    note(vault, promised, 2)
    path = "log/entries/000000000000"
    for flipped in _flips(disk.read(path), every=17):
        damaged = disk.copy()
        damaged._file(path).now = flipped
        with pytest.raises(KuagerError):
            Vault(damaged, KEYS).journal.verify()


def test_a_damaged_copy_is_not_taken_for_the_file_that_comes_again() -> None:
    disk = CrashDisk()
    vault, promised = prepared(disk), Promises()
    keep(vault, promised, b"the only copy")
    first = vault.item(0)
    file = disk._file(f"objects/{first.address[:2]}/{first.address}.age")
    file.now = file.now[:-1] + bytes([file.now[-1] ^ 1])
    keep(vault, promised, b"the only copy")
    second = vault.item(1)
    assert b"".join(vault.read(second)) == b"the only copy"
    assert second.address != first.address
    with pytest.raises(IntegrityError):
        vault.check(first)
