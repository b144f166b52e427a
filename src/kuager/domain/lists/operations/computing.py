"""Computing an estimate that was asked for: claimed, told how far it is, stopped, finished.

The one operation of several transactions here: others see how far a run is while it goes on. A run is claimed
with a random word; whoever lost the claim (it was taken over after an interruption) stores nothing more.
"""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kuager.core.errors import KuagerError
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import EstimateDraws, EstimateRun
from kuager.domain.lists.operations.answering import Answer, answer_question, versions
from kuager.domain.lists.operations.working import Clock, LostClaimError, StopAskedError, Watch
from kuager.domain.lists.terms import EstimateState
from kuager.engines.estimation import Request
from kuager.engines.estimation.running import Checkpoint


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
    watch = Watch(EstimateRun, run.pk, clock)
    if not watch.claim(is_taken_over=is_taken_over):
        return EstimateRun.objects.get(pk=run.pk)
    run.refresh_from_db()
    try:
        answer = answer_question(
            run,
            Request(level=run.level, seed=run.seed, progress=watch.tell, checkpoint=checkpoint),
        )
    except StopAskedError:
        return _end(watch, {"state": EstimateState.STOPPED}, action="lists.estimate_stopped")
    except LostClaimError:
        return EstimateRun.objects.get(pk=run.pk)
    except KuagerError as error:
        failed = {"state": EstimateState.FAILED, "failure": str(error)}
        return _end(watch, failed, action="lists.estimate_failed")
    values = _finished(answer) | {"seconds": (clock() - started).total_seconds() or None}
    return _end(watch, values, action="lists.finish_estimate", answer=answer)


@transaction.atomic
def fail_estimate(*, run_id: int, words: str, at: datetime) -> None:
    """Say of a run that a fault of ours ended it; the words name no person."""
    run = (
        EstimateRun.objects.select_for_update(of=("self",), no_key=True)
        .select_related("run_by")
        .get(pk=run_id)
    )
    if run.state != EstimateState.RUNNING:
        return
    run.state, run.failure, run.ended_at, run.claim = EstimateState.FAILED, words, at, ""
    run.save(update_fields=["state", "failure", "ended_at", "claim"])
    target = f"lists.EstimateRun:{run.pk}"
    record_event(action="lists.estimate_failed", actor=run.run_by, target=target, at=at)


def _end(
    watch: Watch[EstimateRun], values: Mapping[str, object], *, action: str, answer: Answer | None = None
) -> EstimateRun:
    """Store how the run ended, and what was drawn."""

    def store(run: EstimateRun) -> None:
        for one in answer.draws if answer else ():
            EstimateDraws.objects.create(
                run=run, method=one.method, chains=one.chains, total=one.total, digest=one.digest
            )
        target = f"lists.EstimateRun:{run.pk}"
        at = run.ended_at or run.run_at
        record_event(action=action, actor=run.run_by, target=target, at=at, result_digest=run.result_digest)

    return watch.end(values, store)


def _finished(answer: Answer) -> dict[str, object]:
    return {
        "state": EstimateState.DONE,
        "results": answer.results,
        "result_digest": answer.digest,
        "is_publishable": answer.is_publishable,
        "versions": versions(),
        "progress": 1.0,
    }
