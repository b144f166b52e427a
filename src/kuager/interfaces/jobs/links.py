"""Link runs take from seconds to many minutes: computed here, one after the other, interrupted at any moment.

A task gets an identifier only. A run that is done already is left as it is; one that is interrupted has
stored nothing and begins again.
"""

import logging
import sqlite3
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone
from django_tasks import task

from kuager.core.errors import KuagerError
from kuager.domain.lists import operations, queries
from kuager.domain.lists.terms import LinkState
from kuager.interfaces.jobs.consents import caretaker

AUDIT_HOUR = 3
log = logging.getLogger(__name__)


@task()
def compute_linkage(run_id: int, is_taken_over: bool = False) -> str:
    """Compute a waiting link run and return its state; ``is_taken_over`` also an interrupted one."""
    try:
        run = operations.compute_linkage(
            run=queries.get_run(run_id),
            clock=timezone.now,
            index_folder=Path(settings.DATA) / operations.INDEX_FOLDER,
            is_taken_over=is_taken_over,
        )
    except Exception as error:
        words = f"a fault of the program ({type(error).__name__}); its worker's log says more"
        operations.fail_linkage(run_id=run_id, words=words, at=timezone.now())
        raise
    log.info("link run %s: %s", run_id, run.state)
    if run.state == LinkState.DONE:
        refresh_index.enqueue()
    return run.state


@task()
def refresh_index() -> str:
    """Bring the match index up to date with the register; a fault of it fails nothing else."""
    try:
        done = operations.refresh_index(Path(settings.DATA) / operations.INDEX_FOLDER)
    except (KuagerError, OSError, sqlite3.Error) as error:
        log.warning("the match index was not brought up to date (%s)", type(error).__name__)
        return "failed"
    log.info("match index: %s", done)
    return done


@task()
def audit_links() -> int:
    """Compare what was linked bit by bit with linking everything anew; return how many runs; come again."""
    try:
        runs = operations.unaudited_runs()
        for run in runs:
            operations.audit_linkage(run=run, by=caretaker(), at=timezone.now(), clock=timezone.now)
        return len(runs)
    finally:
        audit_links.using(run_after=next_night(timezone.localtime())).enqueue()


def next_night(now: datetime) -> datetime:
    """Return when the next audit begins: at three in the morning, where the register stands."""
    return (now + timedelta(days=now.hour >= AUDIT_HOUR)).replace(
        hour=AUDIT_HOUR, minute=0, second=0, microsecond=0
    )


def take_up_unfinished() -> int:
    """Let everything go on that an earlier worker left; call it when a worker begins, and no other works."""
    unfinished = queries.list_unfinished_runs()
    for run_id in unfinished:
        compute_linkage.enqueue(run_id, is_taken_over=True)
    return len(unfinished)
