"""Computing an estimate that was asked for: claimed, told how far it is, stopped, finished.

The one operation of several transactions here: others see how far a run is while it goes on. A run is claimed
with a random word; whoever lost the claim (it was taken over after an interruption) stores nothing more.
"""

import secrets
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from django.db import transaction

from kuager.core.errors import KuagerError
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import EstimateDraws, EstimateRun
from kuager.domain.lists.operations.answering import Answer, answer_question, versions
from kuager.domain.lists.terms import EstimateState
from kuager.engines.estimation import Request
from kuager.engines.estimation.running import Checkpoint

Clock = Callable[[], datetime]
# Often enough for a reader who waits, seldom enough to cost nothing.
TOLD_EVERY = timedelta(seconds=1)


class _StopAskedError(Exception):
    """Leads out of the engine, which lets every error that is not Kuager's own pass."""


class _LostClaimError(Exception):
    """Somebody else computes this run now."""


def compute_estimate(
    *, run: EstimateRun, clock: Clock, checkpoint: Checkpoint | None = None, is_taken_over: bool = False
) -> EstimateRun:
    """Answer a waiting question and return the run as it stands then; leave a run in any other state alone.

    Parameters
    ----------
    clock
        Tells the time: how long it took, and when it was last heard of.
    checkpoint
        Where long work keeps what it has done; with the same one it goes on after an interruption.
    is_taken_over
        Also take a run that says it is being computed: its worker is known to have died.
    """
    started = clock()
    watch = _Watch(run.pk, clock)
    if not watch.claim(is_taken_over=is_taken_over):
        return EstimateRun.objects.get(pk=run.pk)
    run.refresh_from_db()
    try:
        answer = answer_question(
            run,
            Request(level=run.level, seed=run.seed, progress=watch.tell, checkpoint=checkpoint),
        )
    except _StopAskedError:
        return watch.end({"state": EstimateState.STOPPED}, action="lists.estimate_stopped")
    except _LostClaimError:
        return EstimateRun.objects.get(pk=run.pk)
    except KuagerError as error:
        failed = {"state": EstimateState.FAILED, "failure": str(error)}
        return watch.end(failed, action="lists.estimate_failed")
    values = _finished(answer) | {"seconds": (clock() - started).total_seconds() or None}
    return watch.end(values, action="lists.finish_estimate", draws=answer)


@transaction.atomic
def fail_estimate(*, run_id: int, words: str, at: datetime) -> None:
    """Say of a run that a fault of ours ended it; the words name no person."""
    run = EstimateRun.objects.select_for_update(of=("self",)).select_related("run_by").get(pk=run_id)
    if run.state != EstimateState.RUNNING:
        return
    run.state, run.failure, run.ended_at, run.claim = EstimateState.FAILED, words, at, ""
    run.save(update_fields=["state", "failure", "ended_at", "claim"])
    target = f"lists.EstimateRun:{run.pk}"
    record_event(action="lists.estimate_failed", actor=run.run_by, target=target, at=at)


class _Watch:
    """Holds the claim on a run, tells how far it is, and hears whether it shall stop."""

    def __init__(self, run_id: int, clock: Clock) -> None:
        self._run_id, self._clock = run_id, clock
        self._claim = secrets.token_hex(8)
        self._told_at = clock()
        self._done = 0.0

    def claim(self, *, is_taken_over: bool) -> bool:
        """Take the run; False when it does not wait (any more)."""
        free = [EstimateState.WAITING, *([EstimateState.RUNNING] if is_taken_over else [])]
        waiting = EstimateRun.objects.filter(pk=self._run_id, state__in=free)
        values: dict[str, object] = {"state": EstimateState.RUNNING, "claim": self._claim}
        return bool(waiting.update(**values, progress_at=self._told_at, progress=0.0, progress_of=""))

    def tell(self, what: str, done: float) -> None:
        """Store how far it is, once a second at most; raises when it shall stop."""
        now = self._clock()
        # Chains side by side tell of themselves in turn; a reader is shown the one that is furthest.
        self._done = max(self._done, min(done, 1.0))
        if now - self._told_at < TOLD_EVERY and self._told_at != now:
            return
        self._told_at = now
        held = EstimateRun.objects.filter(pk=self._run_id, claim=self._claim)
        if not held.update(progress=self._done, progress_of=what[:200], progress_at=now):
            raise _LostClaimError
        if held.filter(is_stop_asked=True).exists():
            raise _StopAskedError

    @transaction.atomic
    def end(self, values: Mapping[str, object], *, action: str, draws: Answer | None = None) -> EstimateRun:
        """Store how the run ended, if it is still ours."""
        at = self._clock()
        run = (
            EstimateRun.objects.select_for_update(of=("self",)).select_related("run_by").get(pk=self._run_id)
        )
        if run.claim != self._claim:
            return run
        for name, value in {**values, "ended_at": at, "claim": "", "is_stop_asked": False}.items():
            setattr(run, name, value)
        run.save()
        for one in draws.draws if draws else ():
            EstimateDraws.objects.create(
                run=run, method=one.method, chains=one.chains, total=one.total, digest=one.digest
            )
        target = f"lists.EstimateRun:{run.pk}"
        record_event(action=action, actor=run.run_by, target=target, at=at, result_digest=run.result_digest)
        return run


def _finished(answer: Answer) -> dict[str, object]:
    return {
        "state": EstimateState.DONE,
        "results": answer.results,
        "result_digest": answer.digest,
        "is_publishable": answer.is_publishable,
        "versions": versions(),
        "progress": 1.0,
    }
