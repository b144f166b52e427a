"""Power cuts, full disks and flipped bits under uploads in parts and sidecars."""

import os
from collections.abc import Callable

import pytest

from kuager.core.errors import IntegrityError, KuagerError
from kuager.engines.vault.vault import Vault
from tests.faults.careless import Careless
from tests.faults.crash_disk import CrashDisk, DiskError
from tests.faults.upload_crashes import (
    Told,
    assemble_without_a_mark,
    drop_before_it_is_kept,
    send,
    story,
    upload_moments,
    upload_violation,
)
from tests.faults.vault_crashes import AT, KEYS, cuts, prepared


def test_every_power_cut_leaves_uploads_and_sidecars_as_promised() -> None:
    states = 0
    for number, moment in enumerate(upload_moments()):
        for disk in cuts(moment, drawn=3, seed=number):
            states += 1
            assert upload_violation(disk, moment.promised) is None, f"after step {number}"
    assert states > 150


WRONG: list[dict[str, tuple[str, ...]]] = [
    {"files": ("uploads/*/parts/*",)},
    {"files": ("uploads/*/.state.part",)},
    {"files": ("uploads/*/.told.age.part",)},
    {"folders": ("uploads/*/parts",)},
    {"folders": ("uploads/????????????????????????????????",)},
    {"folders": ("uploads",)},
    {"folders": ("",)},
    {"files": ("sidecars/*",)},
    {"folders": ("sidecars/*",)},
    {"folders": ("sidecars",)},
]


@pytest.mark.parametrize("wrong", WRONG, ids=str)
def test_a_careless_upload_is_caught(wrong: dict[str, tuple[str, ...]]) -> None:
    assert any(
        upload_violation(disk, moment.promised)
        for number, moment in enumerate(upload_moments(lambda disk: Careless(disk, **wrong)))  # type: ignore[arg-type,return-value]
        for disk in cuts(moment, drawn=3, seed=number)
    )


@pytest.mark.parametrize("wrong", [assemble_without_a_mark, drop_before_it_is_kept])
def test_a_wrong_order_of_steps_is_caught(wrong: Callable[[Vault, Told], None]) -> None:
    assert any(
        upload_violation(disk, moment.promised)
        for number, moment in enumerate(upload_moments(tell=wrong))
        for disk in cuts(moment, drawn=3, seed=number)
    )


@pytest.mark.parametrize("short", [False, True])
def test_a_full_disk_refuses_uploads_and_loses_nothing(short: bool) -> None:
    step = 0
    while True:
        step += 1
        disk = CrashDisk()
        vault, told = prepared(disk), Told()
        disk.short, disk.refuse_at = short, disk.operations + step
        try:
            story(vault, told)
        except DiskError:
            disk.refuse_at = None
            assert upload_violation(disk, told) is None, f"step {step}"
            continue
        break
    assert step > 60


def test_a_flipped_bit_in_an_upload_is_never_kept() -> None:
    disk = CrashDisk()
    vault = prepared(disk)
    upload = send(vault.incoming, Told(), os.urandom(300), whole=True)
    place = f"uploads/{upload}"
    for path in (f"{place}/state", f"{place}/told.age", f"{place}/parts/{0:015d}-{300:010d}.age"):
        for bit in range(0, len(disk.read(path)) * 8, 29):
            damaged = disk.copy()
            content = bytearray(damaged.read(path))
            content[bit // 8] ^= 1 << bit % 8
            damaged._file(path).now = bytes(content)
            with pytest.raises(KuagerError, match=upload):
                Vault(damaged, KEYS).assemble(upload, by="gulnar", at=AT, detail={})


def test_a_flipped_bit_in_a_sidecar_is_never_returned() -> None:
    disk = CrashDisk()
    vault = prepared(disk)
    vault.sidecars.put("finding", "1", b"what was computed")
    path = "sidecars/finding/1.age"
    for bit in range(0, len(disk.read(path)) * 8, 29):
        damaged = disk.copy()
        content = bytearray(damaged.read(path))
        content[bit // 8] ^= 1 << bit % 8
        damaged._file(path).now = bytes(content)
        with pytest.raises(IntegrityError, match=path):
            Vault(damaged, KEYS).sidecars.get("finding", "1")
