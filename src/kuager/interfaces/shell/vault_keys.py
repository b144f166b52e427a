"""The keys of an unlocked vault, in this process's memory and nowhere else.

Promises: keys are found only by a random word that stands in one session, and only for who unlocked; they
are let go thirty minutes after their last use even when nobody asks for them again, and at once when told.
At most two passphrases are tried at the same time (each takes 128 MiB); after a wrong one the same member
must wait, each time longer. Failure model: who reads this process's memory while a vault is open has its
keys; Python cannot overwrite them, only let them go.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from kuager.core.errors import RefusedError
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.keys import SecretKeys
from kuager.engines.vault.objects import Objects
from kuager.engines.vault.vault import Vault

IDLE_SECONDS = 30 * 60
AT_ONCE = 2
_PATIENCE_SECONDS = 5.0
_FIRST_WAIT_SECONDS, _LONGEST_WAIT_SECONDS = 2.0, 300.0
_THREADS = 32

Owner = TypeVar("Owner")


class TryLaterError(RefusedError):
    """Too many passphrases are being tried; the message says when to come again."""

    http_status = 429


def seconds_awake_or_not() -> float:
    """Return a clock that goes on while the machine sleeps: a laptop's lid must not keep a vault open."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


class OpenVault:
    """Keys and, for each thread, a vault of its own: a ``Vault`` is not made for two threads at once."""

    def __init__(self, files: OsFiles, keys: SecretKeys, objects: Objects) -> None:
        self._parts = files, keys, objects
        self._lock = threading.Lock()
        self._vaults: OrderedDict[int, Vault] = OrderedDict()

    def vault(self) -> Vault:
        """Return this thread's vault, with all that others wrote meanwhile."""
        thread = threading.get_ident()
        with self._lock:
            found = self._vaults.get(thread)
        if found is None:
            files, keys, objects = self._parts
            found = Vault(files, keys, objects=objects)
            with self._lock:
                self._vaults[thread] = found
                while len(self._vaults) > _THREADS:
                    self._vaults.popitem(last=False)
        else:
            found.refresh()
        return found


@dataclass(slots=True)
class _Held(Generic[Owner]):
    owner: Owner
    opened: OpenVault
    used: float


class KeyRing(Generic[Owner]):
    """Open vaults of all sessions of this process.

    Parameters
    ----------
    when_idle
        Called with the owner of every vault that was let go because nobody used it.
    clock
        Seconds that only grow.
    """

    def __init__(
        self, when_idle: Callable[[Owner], None], *, clock: Callable[[], float] = seconds_awake_or_not
    ) -> None:
        self._when_idle = when_idle
        self._clock = clock
        self._lock = threading.Lock()
        self._held: dict[str, _Held[Owner]] = {}
        self._timer: threading.Timer | None = None

    def hold(self, owner: Owner, opened: OpenVault) -> str:
        """Keep an open vault; return the word it is found by."""
        word = secrets.token_urlsafe(24)
        with self._lock:
            self._held[word] = _Held(owner, opened, self._clock())
            self._watch()
        return word

    def find(self, word: str, owner: Owner) -> OpenVault | None:
        """Return the open vault of a word, which counts as a use; None when it is locked or another's."""
        self.sweep()
        with self._lock:
            held = self._held.get(word)
            if held is None or held.owner != owner:
                return None
            held.used = self._clock()
            return held.opened

    def seconds_left(self, word: str) -> float | None:
        """Return after how long the keys are let go unless they are used; None when they are gone."""
        with self._lock:
            held = self._held.get(word)
            return None if held is None else max(0.0, held.used + IDLE_SECONDS - self._clock())

    def drop(self, word: str) -> Owner | None:
        """Let the keys of a word go; return whose they were."""
        with self._lock:
            held = self._held.pop(word, None)
        return None if held is None else held.owner

    def sweep(self) -> None:
        """Let go of everything that was not used for thirty minutes."""
        with self._lock:
            late = self._clock() - IDLE_SECONDS
            idle = [word for word, held in self._held.items() if held.used <= late]
            owners = [self._held.pop(word).owner for word in idle]
        for owner in owners:
            self._when_idle(owner)

    def _watch(self) -> None:
        """Look again in a minute, as long as anything is open."""
        if self._timer is None and self._held:
            self._timer = threading.Timer(60.0, self._looked)
            self._timer.daemon = True
            self._timer.start()

    def _looked(self) -> None:
        try:
            self.sweep()
        finally:
            with self._lock:
                self._timer = None
                self._watch()


@dataclass(slots=True)
class _Tries:
    wrong: int = 0
    not_before: float = 0.0


@dataclass(slots=True)
class Attempts:
    """How often passphrases may be tried."""

    clock: Callable[[], float] = seconds_awake_or_not
    _queue: threading.BoundedSemaphore = field(default_factory=lambda: threading.BoundedSemaphore(AT_ONCE))
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _tries: dict[object, _Tries] = field(default_factory=dict)

    def begin(self, member: object) -> None:
        """Take a place in the queue; every ``begin`` that returns is followed by ``end``.

        Raises
        ------
        TryLaterError
            When this member's last passphrase was wrong a moment ago, or two others are being tried.
        """
        with self._lock:
            tries = self._tries.setdefault(member, _Tries())
            left = tries.not_before - self.clock()
            if left > 0:
                raise TryLaterError(f"the last passphrase was wrong; try again in {int(left) + 1} seconds")
            # Whoever sends many at once would otherwise get round the wait.
            tries.not_before = self.clock() + self._wait(tries.wrong + 1)
        if not self._queue.acquire(timeout=_PATIENCE_SECONDS):
            with self._lock:
                tries.not_before = 0.0
            raise TryLaterError("others are unlocking the vault; try again in some seconds")

    def end(self, member: object, *, is_right: bool) -> None:
        """Give the place back, and remember how it went."""
        self._queue.release()
        with self._lock:
            if is_right:
                self._tries.pop(member, None)
                return
            tries = self._tries.setdefault(member, _Tries())
            tries.wrong += 1
            tries.not_before = self.clock() + self._wait(tries.wrong)

    @staticmethod
    def _wait(wrong: int) -> float:
        return min(_FIRST_WAIT_SECONDS * 2.0 ** (min(wrong, 20) - 1), _LONGEST_WAIT_SECONDS)
