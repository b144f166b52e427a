"""Looking at every kept byte again, in steps: interrupted at any moment, it goes on where it stopped."""

from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError, IntegrityError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.evidence.models import DigitalItem, FixityFault, FixityRun
from kuager.domain.evidence.queries.fixity import unfinished_run
from kuager.domain.evidence.terms import FixityState
from kuager.engines.vault.vault import Vault


@transaction.atomic
def begin_fixity(*, by: User, at: datetime) -> FixityRun:
    """Begin to look at everything again; returns the run under way where there is one."""
    check_may(by, Capability.VIEW_EVIDENCE)
    running = unfinished_run()
    if running is not None:
        return running
    run = FixityRun.objects.create(started_at=at, stepped_at=at, by=by)
    _record("begin_fixity", run, at=at)
    return run


def step_fixity(*, vault: Vault, run: FixityRun, at: datetime, budget_bytes: int) -> FixityRun:
    """Look at the next items, at least one, until ``budget_bytes`` are read; return the run as it is then.

    Each item is written down when it is done, so a crash costs one item. A run that is done stays as it is.
    """
    if budget_bytes < 1:
        raise BadInputError("a step reads at least one byte")
    vault.refresh()
    run = FixityRun.objects.select_related("by").get(pk=run.pk)
    left = budget_bytes
    while left > 0 and run.state == FixityState.RUNNING:
        item = DigitalItem.objects.filter(number__gt=run.cursor).order_by("number").first()
        words = None if item is None else _fault(vault, item)
        run = _stepped(run, item, words, at=at)
        left -= 0 if item is None else max(1, item.size)
    return run


def _fault(vault: Vault, item: DigitalItem) -> str:
    """Return what is wrong with an item, in words; nothing when every byte is as it was kept."""
    try:
        vault.check(vault.item(item.read_from))
    except IntegrityError as error:
        return str(error)
    return ""


@transaction.atomic
def _stepped(run: FixityRun, item: DigitalItem | None, words: str | None, *, at: datetime) -> FixityRun:
    locked = (
        FixityRun.objects.select_for_update(of=("self",), no_key=True).select_related("by").get(pk=run.pk)
    )
    if locked.state != FixityState.RUNNING or locked.cursor != run.cursor:
        return locked  # another process went on with this run meanwhile
    locked.stepped_at = at
    if item is None:
        locked.state, locked.finished_at = FixityState.DONE, at
        _record("end_fixity", locked, at=at)
    else:
        locked.cursor = item.number
        locked.checked_items += 1
        locked.checked_bytes += item.size
        if words:
            FixityFault.objects.get_or_create(
                run=locked, item=item, defaults={"words": words, "found_at": at}
            )
    locked.save()
    return locked


def _record(action: str, run: FixityRun, *, at: datetime) -> None:
    record_event(
        action=f"evidence.{action}",
        actor=run.by,
        target=f"evidence.FixityRun:{run.pk}",
        at=at,
        items=run.checked_items,
        faults=run.faults.count(),
    )
