"""The keys of an unlocked vault: one session's, thirty minutes, in memory only, and not for guessing."""

import os
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.objects import FolderObjects
from kuager.interfaces.shell.vault_keys import (
    AT_ONCE,
    IDLE_SECONDS,
    Attempts,
    KeyRing,
    OpenVault,
    TryLaterError,
)
from tests.faults.vault_crashes import KEYS, prepared

AT = datetime(2022, 1, 6, tzinfo=UTC)


class Clock:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.seconds = 1_000.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def opened(tmp_path: Path) -> OpenVault:
    files = OsFiles(tmp_path / "vault")
    prepared(files)
    return OpenVault(files, KEYS, FolderObjects(files))


def test_keys_go_thirty_minutes_after_their_last_use(clock: Clock, opened: OpenVault) -> None:
    idle: list[str] = []
    ring = KeyRing(idle.append, clock=clock)
    word = ring.hold("gulnar", opened)
    clock.seconds += IDLE_SECONDS - 1
    assert ring.find(word, "gulnar") is opened
    clock.seconds += IDLE_SECONDS - 1
    assert ring.find(word, "gulnar") is opened
    clock.seconds += IDLE_SECONDS
    assert ring.find(word, "gulnar") is None
    assert idle == ["gulnar"]


def test_keys_go_even_when_nobody_asks_again(clock: Clock, opened: OpenVault) -> None:
    idle: list[str] = []
    ring = KeyRing(idle.append, clock=clock)
    word = ring.hold("gulnar", opened)
    clock.seconds += IDLE_SECONDS
    ring.sweep()  # what the watch does every minute
    assert idle == ["gulnar"]
    assert ring.seconds_left(word) is None


def test_another_member_cannot_use_the_word_of_a_session(clock: Clock, opened: OpenVault) -> None:
    ring: KeyRing[str] = KeyRing(lambda _: None, clock=clock)
    word = ring.hold("gulnar", opened)
    assert ring.find(word, "erlan") is None
    assert ring.find("guessed", "gulnar") is None
    assert ring.drop(word) == "gulnar"
    assert ring.find(word, "gulnar") is None


def test_each_wrong_passphrase_makes_the_next_wait_longer(clock: Clock) -> None:
    attempts = Attempts(clock=clock)
    for wait in (2, 4, 8, 16, 32, 64, 128, 256, 300, 300):
        attempts.begin("gulnar")
        attempts.end("gulnar", is_right=False)
        clock.seconds += wait - 1
        with pytest.raises(TryLaterError, match="try again in"):
            attempts.begin("gulnar")
        clock.seconds += 1
    attempts.begin("erlan")
    attempts.end("erlan", is_right=True)
    attempts.begin("gulnar")
    attempts.end("gulnar", is_right=True)
    attempts.begin("gulnar")


def test_many_tries_at_once_do_not_get_round_the_wait(clock: Clock) -> None:
    attempts = Attempts(clock=clock)
    attempts.begin("gulnar")
    with pytest.raises(TryLaterError):
        attempts.begin("gulnar")


def test_no_more_than_two_passphrases_are_tried_at_once(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuager.interfaces.shell.vault_keys._PATIENCE_SECONDS", 0.05)
    attempts = Attempts(clock=clock)
    for member in range(AT_ONCE):
        attempts.begin(member)
    with pytest.raises(TryLaterError, match="others"):
        attempts.begin("gulnar")
    attempts.end(0, is_right=False)
    attempts.begin("gulnar")


def test_threads_keep_and_read_at_the_same_time(opened: OpenVault) -> None:
    """Six threads as in the server: each act is there once, and every thread sees what the others kept."""
    contents = {number: os.urandom(70_000) for number in range(12)}
    kept: dict[int, int] = {}
    failures: list[BaseException] = []

    def work(first: int) -> None:
        try:
            for number in range(first, 12, 6):
                kept[number] = opened.vault().add([contents[number]], by="gulnar", at=AT, detail={}).number
                vault = opened.vault()
                for other, item in list(kept.items()):
                    assert b"".join(vault.read(vault.item(item))) == contents[other]
        except Exception as error:  # noqa: BLE001  # to be seen outside the thread
            failures.append(error)

    threads = [threading.Thread(target=work, args=(first,)) for first in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    assert sorted(kept.values()) == list(range(12))
    opened.vault().journal.verify()
