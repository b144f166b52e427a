"""The last pictures that were drawn, for the next step of whoever looks; sealed, in memory only.

Promises: without the open vault nothing here can be read, so locking it locks these too; never more than a
bounded number of bytes.
"""

import threading
from collections import OrderedDict
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from kuager.engines.media.viewing import Drawn
    from kuager.engines.vault.vault import Vault

MOST_BYTES = 24 << 20


class Wanted(NamedTuple):
    """Which picture: of which bytes (by their keyed digest), how large, in grey or not, of which page."""

    address: str
    side: int
    is_grey: bool
    page: int | None


class _Held(NamedTuple):
    told: "Drawn"
    sealed: bytes


class SealedPictures:
    """Pictures by what was wanted and the moment at which each begins."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._held: OrderedDict[tuple[Wanted, int], _Held] = OrderedDict()
        self._size = 0

    def put(self, vault: "Vault", wanted: Wanted, drawn: "Drawn") -> None:
        """Keep a picture; the oldest make room for it."""
        held = _Held(replace(drawn, data=b""), vault.seal(drawn.data))
        with self._lock:
            before = self._held.pop((wanted, drawn.ms), None)
            self._size += len(held.sealed) - (len(before.sealed) if before else 0)
            self._held[wanted, drawn.ms] = held
            while self._size > self._most and self._held:
                _, oldest = self._held.popitem(last=False)
                self._size -= len(oldest.sealed)

    def get(self, vault: "Vault", wanted: Wanted, ms: int) -> "Drawn | None":
        """Return the picture that is shown at a moment; None when it has to be drawn."""
        with self._lock:
            place = next((key for key, held in self._held.items() if _is_it(key, held, wanted, ms)), None)
            if place is None:
                return None
            self._held.move_to_end(place)
            held = self._held[place]
        return replace(held.told, data=vault.unseal(held.sealed))


def _is_it(key: tuple[Wanted, int], held: _Held, wanted: Wanted, ms: int) -> bool:
    begins, ends = held.told.ms, held.told.next_ms
    return key[0] == wanted and begins <= ms and (ends is None or ms < ends)
