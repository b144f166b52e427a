"""What a worker does with an open vault: enter what a crash left out, read what waits, check everything.

Shared by the server's worker, whose vault opens by the settings, and by ``kuager evidence work``, whose vault
somebody opens by hand.
"""

import logging
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.terms import FixityState, ReadingState
from kuager.engines.vault import anchoring
from kuager.interfaces.shell.authorities import fetch, read_authorities
from kuager.interfaces.shell.vault_places import vault_folder

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.evidence.models import FixityRun
    from kuager.engines.vault.vault import Vault

Clock = Callable[[], datetime]
READ_AT_ONCE = 20
STEP_BYTES = 256 << 20
log = logging.getLogger(__name__)
# By the vault's folder; rebuilt from the sealed fingerprints by each process that has opened the vault.
_FINDERS: dict[str, operations.CopyFinder] = {}


def adopt(vault: "Vault", *, by: "User", clock: Clock) -> int:
    """Enter what the log holds and the tables lack; return how many events."""
    entered = operations.adopt_items(vault=vault, by=by, at=clock())
    if entered:
        log.info("evidence: %s events of the log entered", entered)
    return entered


def read_some(vault: "Vault", *, by: "User", clock: Clock) -> int:
    """Read the items that have waited longest; return how many do not wait any more.

    A fault of the program with one item marks that item and stops nothing.
    """
    done = 0
    for item in queries.items_waiting(READ_AT_ONCE):
        try:
            read = operations.read_item(vault=vault, item=item, by=by, clock=clock)
            finder = _FINDERS.setdefault(str(vault_folder()), operations.CopyFinder())
            finder.suggest(vault=vault, item=read, by=by, at=clock())
        except Exception as error:
            log.exception("evidence: item %s could not be read (%s)", item.number, type(error).__name__)
            read = operations.note_reading(item=item, state=ReadingState.UNREADABLE, by=by, at=clock())
        done += read.reading_state != ReadingState.WAITING
    return done


def make_copies(vault: "Vault", *, clock: Clock) -> int:
    """Make the ordered copies (redacted, without metadata) that wait; return how many were tried."""
    waiting = queries.list_unfinished_orders()
    for order_id in waiting:
        order = operations.make_ordered(vault=vault, order=queries.order_by_number(order_id), clock=clock)
        log.info("evidence: copy %s: %s", order_id, order.state)
    return len(waiting)


def check_some(vault: "Vault", *, by: "User", clock: Clock) -> "FixityRun":
    """Go on with the look at every kept byte, or begin one; return the run as it is then."""
    run = operations.begin_fixity(by=by, at=clock())
    run = operations.step_fixity(vault=vault, run=run, at=clock(), budget_bytes=STEP_BYTES)
    if run.state == FixityState.DONE:
        faults = len(queries.faults_of(run))
        log.log(
            logging.ERROR if faults else logging.INFO,
            "evidence: %s items checked, %s changed",
            run.checked_items,
            faults,
        )
    return run


def bring_to_authorities(vault: "Vault", *, by: "User", clock: Clock) -> bool:
    """Have the log vouched for where the settings name authorities; tell whether enough of them do.

    Somebody who cannot be reached is asked again later; nothing waits for them.
    """
    if not settings.AUTHORITIES:
        return False
    authorities = read_authorities(Path(settings.AUTHORITIES))
    states = anchoring.anchor_due(vault, authorities, fetch, clock(), by=by.username)
    adopt(vault, by=by, clock=clock)
    return anchoring.is_enough(states)
