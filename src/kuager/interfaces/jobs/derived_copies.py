"""Ordered copies of evidence, from a second to hours: made here when the server itself opens the vault.

A task gets an identifier only. An order that is done is left as it is; one that was interrupted begins again.
"""

import logging

from django.utils import timezone
from django_tasks import task

from kuager.domain.evidence import operations, queries
from kuager.interfaces.shell.vaults import vault_of_server

log = logging.getLogger(__name__)


@task()
def make_copy(order_id: int, is_taken_over: bool = False) -> str:
    """Make an ordered copy and return its state; ``locked`` where the vault is not open to the worker."""
    vault = vault_of_server()
    if vault is None:
        return "locked"
    order = queries.order_by_number(order_id)
    done = operations.make_ordered(vault=vault, order=order, clock=timezone.now, is_taken_over=is_taken_over)
    log.info("copy %s: %s", order_id, done.state)
    return done.state


def take_up_unfinished() -> int:
    """Let everything go on that an earlier worker left; call it when a worker begins, and no other works."""
    if vault_of_server() is None:
        return 0
    unfinished = queries.list_unfinished_orders()
    for order_id in unfinished:
        make_copy.enqueue(order_id, is_taken_over=True)
    return len(unfinished)
