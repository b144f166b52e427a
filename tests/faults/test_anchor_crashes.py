"""Power cuts and full disks under the queue of anchors: no proof is lost, and asking goes on."""

import pytest

from kuager.engines.vault.anchoring import anchor_due
from tests.faults.anchor_crashes import (
    CHOSEN,
    URL,
    AnchorMoment,
    Reported,
    anchor_moments,
    anchor_violation,
    wrong_order_is_caught,
)
from tests.faults.calendars import Calendar
from tests.faults.careless import Careless
from tests.faults.crash_disk import CrashDisk, DiskError
from tests.faults.vault_crashes import AT, cuts, prepared


def test_every_power_cut_leaves_the_anchors_as_reported() -> None:
    states = 0
    for number, moment in enumerate(anchor_moments()):
        for disk in cuts(moment, drawn=1, seed=number):
            states += 1
            assert anchor_violation(disk, moment) is None, f"after step {number}"
    assert states > 100


@pytest.mark.parametrize("wrong", [{"files": ("log/entries/*",)}, {"folders": ("log/entries",)}], ids=str)
def test_a_careless_log_under_anchors_is_caught(wrong: dict[str, tuple[str, ...]]) -> None:
    assert any(
        anchor_violation(disk, moment)
        for number, moment in enumerate(anchor_moments(lambda disk: Careless(disk, **wrong)))  # type: ignore[arg-type,return-value]
        for disk in cuts(moment, drawn=1, seed=number)
    )


def test_a_queue_written_before_the_log_is_caught() -> None:
    assert wrong_order_is_caught()


@pytest.mark.parametrize("short", [False, True])
def test_a_full_disk_under_anchors_loses_nothing(short: bool) -> None:
    step = 0
    while True:
        step += 1
        disk, calendar = CrashDisk(), Calendar(URL)
        vault = prepared(disk)
        vault.add([b"evidence"], by="gulnar", at=AT, detail={})
        disk.short, disk.refuse_at = short, disk.operations + step
        try:
            anchor_due(vault, CHOSEN, calendar.fetch, AT)
        except DiskError:
            disk.refuse_at = None
            moment = AnchorMoment(disk, Reported(0, 0, 1), calendar)
            assert anchor_violation(disk.copy(), moment) is None, f"step {step}"
            continue
        break
    assert step > 15
