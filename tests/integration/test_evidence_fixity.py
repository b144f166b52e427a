"""Every kept byte is looked at again: in steps, through restarts, and each fault is told by its item."""

import os
from datetime import timedelta
from pathlib import Path

import pytest

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import DigitalItem, FixityRun
from kuager.engines.vault.vault import Vault
from tests.integration.evidence_story import AT, keep, new_vault


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


def object_path(vault: Vault, folder: Path, item: DigitalItem) -> Path:
    address = vault.item(item.read_from).address
    return folder / "vault" / "objects" / address[:2] / f"{address}.age"


def flip(path: Path, place: int) -> None:
    content = bytearray(path.read_bytes())
    content[place] ^= 1
    path.write_bytes(content)


def step(vault: Vault, run: FixityRun, budget: int = 1) -> FixityRun:
    return operations.step_fixity(vault=vault, run=run, at=AT + timedelta(hours=1), budget_bytes=budget)


def test_a_run_looks_at_everything_in_steps(vault: Vault, asel: User) -> None:
    for _ in range(3):
        keep(vault, asel)
    run = operations.begin_fixity(by=asel, at=AT)
    seen = []
    while run.state == "running":
        run = step(vault, run)
        seen.append(run.checked_items)
    assert seen == [1, 2, 3, 3]
    assert run.checked_bytes == 9_000
    summary = queries.fixity_summary(user=asel)
    assert (summary.item_count, summary.byte_count, summary.checked_at) == (3, 9_000, AT + timedelta(hours=1))
    assert not summary.faults


def test_a_step_reads_as_much_as_it_may(vault: Vault, asel: User) -> None:
    for _ in range(4):
        keep(vault, asel)
    run = operations.begin_fixity(by=asel, at=AT)
    assert step(vault, run, budget=6_000).checked_items == 2
    assert step(vault, run, budget=10**9).state == "done"
    with pytest.raises(BadInputError):
        step(vault, run, budget=0)


def test_another_process_goes_on_where_one_stopped(vault: Vault, asel: User, tmp_path: Path) -> None:
    for _ in range(3):
        keep(vault, asel)
    run = operations.begin_fixity(by=asel, at=AT)
    step(vault, run)
    again = operations.begin_fixity(by=asel, at=AT)
    assert again.pk == run.pk
    after_restart = queries.unfinished_run()
    assert after_restart is not None
    assert after_restart.checked_items == 1
    assert step(vault, after_restart, budget=10**9).checked_items == 3


def test_a_step_that_came_too_late_counts_nothing_twice(vault: Vault, asel: User) -> None:
    keep(vault, asel)
    run = operations.begin_fixity(by=asel, at=AT)
    done = step(vault, run, budget=10**9)
    assert step(vault, run, budget=10**9).checked_items == done.checked_items == 1


def test_each_fault_is_told_by_its_item(vault: Vault, asel: User, tmp_path: Path) -> None:
    sound, changed, cut, missing = (keep(vault, asel, os.urandom(200_000)) for _ in range(4))
    flip(object_path(vault, tmp_path, changed), 100_000)
    path = object_path(vault, tmp_path, cut)
    path.write_bytes(path.read_bytes()[:-10])
    object_path(vault, tmp_path, missing).unlink()
    run = step(vault, operations.begin_fixity(by=asel, at=AT), budget=10**9)
    faults = {fault.item.number: fault.words for fault in queries.fixity_summary(user=asel).faults}
    assert set(faults) == {changed.number, cut.number, missing.number}
    assert "chunk 2 of 4" in faults[changed.number]
    assert "missing" in faults[missing.number]
    assert (run.state, run.checked_items) == ("done", 4)
    assert sound.number not in faults


def test_faults_of_hidden_items_are_only_counted(
    vault: Vault, asel: User, gulnar: User, tmp_path: Path
) -> None:
    item = keep(vault, asel, is_restricted=True)
    flip(object_path(vault, tmp_path, item), -1)
    step(vault, operations.begin_fixity(by=asel, at=AT), budget=10**9)
    summary = queries.fixity_summary(user=gulnar)
    assert (list(summary.faults), summary.hidden_fault_count) == ([], 1)


def test_the_newest_runs_alone_tell_of_faults(vault: Vault, asel: User, tmp_path: Path) -> None:
    item = keep(vault, asel)
    path = object_path(vault, tmp_path, item)
    flip(path, -1)
    step(vault, operations.begin_fixity(by=asel, at=AT), budget=10**9)
    flip(path, -1)
    step(vault, operations.begin_fixity(by=asel, at=AT), budget=10**9)
    assert not queries.fixity_summary(user=asel).faults
    assert len(queries.fixity_summary(user=asel).runs) == 2
