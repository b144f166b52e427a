"""Estimates take from a second to an hour: computed here, one after the other, interrupted at any moment.

A task gets an identifier only. A run that is done already is left as it is. What a run has done so far lies
in a file of the data folder, so that a power cut costs seconds; it is gone when the run is done.
"""

import logging
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from kuager.domain.lists import operations, queries
from kuager.domain.lists.terms import EstimateState
from kuager.engines.estimation.running import FileCheckpoint

log = logging.getLogger(__name__)


@task()
def compute_estimate(estimate_id: int, is_taken_over: bool = False) -> str:
    """Compute a waiting estimate and return its state; ``is_taken_over`` also an interrupted one."""
    kept = _checkpoint_path(estimate_id)
    try:
        run = operations.compute_estimate(
            run=queries.get_estimate(estimate_id),
            clock=timezone.now,
            checkpoint=FileCheckpoint(kept),
            is_taken_over=is_taken_over,
        )
    except Exception as error:
        words = f"a fault of the program ({type(error).__name__}); its worker's log says more"
        operations.fail_estimate(run_id=estimate_id, words=words, at=timezone.now())
        raise
    if run.state == EstimateState.DONE:
        kept.unlink(missing_ok=True)
    log.info("estimate %s: %s", estimate_id, run.state)
    return run.state


def take_up_unfinished() -> int:
    """Let everything go on that an earlier worker left; call it when a worker begins, and no other works."""
    unfinished = queries.list_unfinished_estimates()
    for estimate_id in unfinished:
        compute_estimate.enqueue(estimate_id, is_taken_over=True)
    return len(unfinished)


def _checkpoint_path(estimate_id: int) -> Path:
    folder = Path(settings.DATA) / "estimates"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder / f"{estimate_id}.checkpoint"
