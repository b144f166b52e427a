"""Clocks that jump, several processes and threads that write at once: one log, and it tells the truth."""

import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kuager.core.errors import NotFoundError
from kuager.engines.vault.bundle import FolderSink, export
from kuager.engines.vault.bundle.verify import Fault, check_bundle, check_clock
from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.fixity import check_items
from kuager.engines.vault.vault import Vault
from tests.faults.vault_crashes import KEYS, prepared

AT = datetime(2022, 1, 6, 12, tzinfo=UTC)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return prepared(OsFiles(tmp_path / "vault"))


def test_a_clock_that_was_set_back_is_told_in_the_record(vault: Vault, tmp_path: Path) -> None:
    late = vault.add([b"one"], by="gulnar", at=AT + timedelta(days=3_650), detail={})
    early = vault.add([b"two"], by="gulnar", at=AT, detail={})
    again = vault.record(Act.VIEWED, by="asel", at=AT + timedelta(days=1), detail={}, item=early.number)
    assert early.acquired["latest_in_log"] == "2032-01-04T12:00:00+00:00"
    assert vault.event(again).opening.detail["latest_in_log"] == early.acquired["latest_in_log"]
    assert vault.event(early.number).event.at == AT
    export(vault, [late.number, early.number], FolderSink(tmp_path / "bundle"), by="a", at=AT, reason="court")
    said = check_bundle(str(tmp_path / "bundle"))
    assert any("Event 1 is dated before event 0, and was recorded as such" in one for one in said)


def test_a_time_that_goes_back_without_a_word_is_a_fault() -> None:
    events = {number: {"at": (AT - timedelta(hours=number)).isoformat()} for number in range(2)}
    with pytest.raises(Fault, match="event 1 is dated before event 0"):
        check_clock(events, [])
    with pytest.raises(Fault):
        check_clock(events, [], {1: (AT - timedelta(minutes=1)).isoformat()})
    assert check_clock(events, [], {1: AT.isoformat()})


def test_after_a_reopening_the_latest_time_is_still_known(vault: Vault, tmp_path: Path) -> None:
    vault.add([b"one"], by="gulnar", at=AT, detail={})
    other = Vault(OsFiles(tmp_path / "vault"), KEYS)
    number = other.record(Act.NOTED, by="gulnar", at=AT - timedelta(seconds=1), detail={})
    assert "latest_in_log" in other.event(number).opening.detail


def test_events_about_no_item_are_no_items(vault: Vault) -> None:
    item = vault.add([b"one"], by="gulnar", at=AT, detail={})
    noted = vault.record(Act.VERIFIED, by="gulnar", at=AT, detail={})
    assert [one.number for one in vault.items()] == [item.number]
    assert [one.item for one in check_items(vault)] == [item.number]
    with pytest.raises(NotFoundError):
        vault.record(Act.VIEWED, by="gulnar", at=AT, detail={}, item=noted)


WRITER = """
import sys
from datetime import UTC, datetime
from pathlib import Path
from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.keys import SecretKeys
from kuager.engines.vault.vault import Vault
from kuager.engines.sealing import SecretKey
from kuager.engines.vault.heads import SigningKey
case, address, secret = sys.stdin.read().split()
keys = SecretKeys(SecretKey.from_text(case), bytes.fromhex(address), SigningKey("log.example/crash", bytes.fromhex(secret)))
vault = Vault(OsFiles(Path(sys.argv[1])), keys)
for number in range(40):
    item = vault.add([f"{sys.argv[2]} {number}".encode()], by=sys.argv[2], at=datetime.now(UTC), detail={})
    vault.record(Act.VIEWED, by=sys.argv[2], at=datetime.now(UTC), detail={}, item=item.number)
    print(item.number, flush=True)
"""  # noqa: E501  # a program


def test_two_processes_write_one_log(vault: Vault, tmp_path: Path) -> None:
    secrets = f"{KEYS.case.text()} {KEYS.address.hex()} {KEYS.log.secret.hex()}"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    writers = [
        subprocess.Popen(  # noqa: S603  # our own program
            [sys.executable, "-c", WRITER, str(tmp_path / "vault"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for name in ("asel", "gulnar", "marat")
    ]
    told = [writer.communicate(secrets, timeout=120)[0].split() for writer in writers]
    vault.refresh()
    vault.journal.verify()
    numbers = sorted(int(number) for one in told for number in one)
    assert [item.number for item in vault.items()] == numbers
    assert len(numbers) == 120
    assert vault.journal.size == 240
    assert all(finding.fault is None for finding in check_items(vault))
    assert all(len(vault.history(number)) == 2 for number in numbers)


def test_threads_share_an_unlocked_vault(vault: Vault) -> None:
    first = vault.add([b"first"], by="gulnar", at=AT, detail={})

    def work(name: str) -> None:
        for number in range(8):
            item = vault.add([f"{name} {number}".encode()], by=name, at=AT, detail={})
            vault.record_many([(Act.VIEWED, name, AT, {}, first.number)] * 20)
            assert vault.item(item.number).sha256 == item.sha256
            assert vault.history(first.number)[0].number == first.number

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, "abcdef"))
    vault.journal.verify()
    assert len(vault.history(first.number)) == 1 + 6 * 8 * 20
    numbers = [one.number for one in vault.history(first.number)]
    assert numbers == sorted(set(numbers))
