"""Doing long work in the background: claimed, told how far it is, stopped, finished; for estimates and links.

A run is claimed with a random word; whoever lost the claim (it was taken over after an interruption) stores
nothing more. Several transactions, so that others see how far a run is while it goes on.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Generic, TypeVar

from django.db import transaction

from kuager.domain.lists.models import EstimateRun, LinkRun

Clock = Callable[[], datetime]
RunT = TypeVar("RunT", EstimateRun, LinkRun)
# Often enough for a reader who waits, seldom enough to cost nothing.
TOLD_EVERY = timedelta(seconds=1)


class StopAskedError(Exception):
    """Leads out of an engine, which lets every error that is not Kuager's own pass."""


class LostClaimError(Exception):
    """Somebody else computes this run now."""


class Watch(Generic[RunT]):
    """Holds the claim on a run, tells how far it is, and hears whether it shall stop."""

    def __init__(self, model: type[RunT], run_id: int, clock: Clock) -> None:
        self._model: type[RunT] = model
        self._run_id, self._clock = run_id, clock
        self._claim = secrets.token_hex(8)
        self._told_at = clock()
        self._done = 0.0

    def claim(self, *, is_taken_over: bool) -> bool:
        """Take the run; False when it does not wait (any more)."""
        free = ["waiting", *(["running"] if is_taken_over else [])]
        waiting = self._model.objects.filter(pk=self._run_id, state__in=free)
        values: dict[str, object] = {"state": "running", "claim": self._claim}
        return bool(waiting.update(**values, progress_at=self._told_at, progress=0.0, progress_of=""))

    def tell(self, what: str, done: float) -> None:
        """Store how far it is, once a second at most; raises when it shall stop."""
        now = self._clock()
        # Chains side by side tell of themselves in turn; a reader is shown the one that is furthest.
        self._done = max(self._done, min(done, 1.0))
        if now - self._told_at < TOLD_EVERY and self._told_at != now:
            return
        self._told_at = now
        held = self._model.objects.filter(pk=self._run_id, claim=self._claim)
        if not held.update(progress=self._done, progress_of=what[:200], progress_at=now):
            raise LostClaimError
        if held.filter(is_stop_asked=True).exists():
            raise StopAskedError

    @transaction.atomic
    def end(self, values: Mapping[str, object], store: Callable[[RunT], None]) -> RunT:
        """Store how the run ended, if it is still ours, and let ``store`` write what belongs to it."""
        at = self._clock()
        run = (
            self._model.objects.select_for_update(of=("self",), no_key=True)
            .select_related("run_by")
            .get(pk=self._run_id)
        )
        if run.claim != self._claim:
            return run
        for name, value in {**values, "ended_at": at, "claim": "", "is_stop_asked": False}.items():
            setattr(run, name, value)
        run.save()
        store(run)
        return run
