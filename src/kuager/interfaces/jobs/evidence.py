"""Evidence in the background: reading what waits, looking at every kept byte at night, having it vouched for.

Where the server does not hold the passphrase of the vault nothing is done here, and the pages say so;
``kuager evidence work`` does the same by hand. A task may run twice or be killed at any moment: every step
goes on where the one before stopped.
"""

import logging
from datetime import datetime, timedelta

from django.utils import timezone
from django_tasks import task

from kuager.core.errors import KuagerError
from kuager.domain.evidence import queries
from kuager.domain.evidence.terms import FixityState
from kuager.interfaces.jobs.consents import caretaker
from kuager.interfaces.shell import evidence_work
from kuager.interfaces.shell.vaults import vault_of_server

CHECK_HOUR = 2
LOOK_AGAIN = timedelta(minutes=5)
ANCHOR_AGAIN = timedelta(minutes=10)
log = logging.getLogger(__name__)


@task()
def read_waiting() -> int:
    """Read items that wait, some at a time so that other work is not kept waiting; return how many."""
    vault = vault_of_server()
    if vault is None:
        return 0
    done = evidence_work.read_some(vault, by=caretaker(), clock=timezone.now)
    if done and queries.items_waiting(1):
        read_waiting.enqueue()
    return done


@task()
def watch_evidence() -> int:
    """Enter what the tables lack and read what waits, every five minutes: nobody has to ask for it."""
    try:
        vault = vault_of_server()
        if vault is None:
            return 0
        evidence_work.adopt(vault, by=caretaker(), clock=timezone.now)
        return read_waiting.call()
    finally:
        watch_evidence.using(run_after=timezone.now() + LOOK_AGAIN).enqueue()


@task()
def check_fixity() -> str:
    """Take one step of the look at every kept byte; come again at once until it is done, then next night."""
    state = ""
    try:
        vault = vault_of_server()
        if vault is not None:
            state = evidence_work.check_some(vault, by=caretaker(), clock=timezone.now).state
        return state
    finally:
        again = timezone.now() if state == FixityState.RUNNING else next_check(timezone.localtime())
        check_fixity.using(run_after=again).enqueue()


@task()
def bring_to_authorities() -> bool:
    """Have the log vouched for by those whom the settings name; come again."""
    try:
        vault = vault_of_server()
        return vault is not None and evidence_work.bring_to_authorities(
            vault, by=caretaker(), clock=timezone.now
        )
    except (KuagerError, OSError) as error:
        log.warning("evidence: nobody could be asked to vouch for the log (%s)", type(error).__name__)
        return False
    finally:
        bring_to_authorities.using(run_after=timezone.now() + ANCHOR_AGAIN).enqueue()


def next_check(now: datetime) -> datetime:
    """Return when the next look at everything begins: at two in the morning, where the vault stands."""
    return (now + timedelta(days=now.hour >= CHECK_HOUR)).replace(
        hour=CHECK_HOUR, minute=0, second=0, microsecond=0
    )


def first_check(now: datetime) -> datetime:
    """Return when a worker that begins looks: at once when an earlier one was interrupted, else at night."""
    return now if queries.unfinished_run() is not None else next_check(now)
