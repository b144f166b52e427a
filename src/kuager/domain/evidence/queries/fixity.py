"""Whether every kept byte was looked at lately, and what was found."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Sum

from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import DigitalItem, FixityFault, FixityRun
from kuager.domain.evidence.queries.visibility import visible_items
from kuager.domain.evidence.terms import FixityState


@dataclass(frozen=True, slots=True, kw_only=True)
class FixitySummary:
    """How the bytes that are kept are doing.

    Attributes
    ----------
    item_count, byte_count
        Everything that is kept, also what the reader may not open.
    running, newest_done
        The run under way and the newest one that looked at everything; None without.
    checked_at
        When the newest whole look ended; None before the first.
    faults
        What the newest runs found, of items the reader may see, newest first.
    hidden_fault_count
        How many faults concern items that are not for this reader.
    runs
        The last runs, newest first.
    """

    item_count: int
    byte_count: int
    running: FixityRun | None
    newest_done: FixityRun | None
    faults: Sequence[FixityFault]
    hidden_fault_count: int
    runs: Sequence[FixityRun]

    @property
    def checked_at(self) -> datetime | None:
        """When the newest whole look ended."""
        return None if self.newest_done is None else self.newest_done.finished_at


def unfinished_run() -> FixityRun | None:
    """Return the run that is under way; None when there is none."""
    return FixityRun.objects.filter(state=FixityState.RUNNING).select_related("by").first()


def faults_of(run: FixityRun) -> dict[int, str]:
    """Return what a run has found, in words, by item. For the program itself: tells of every item."""
    found = run.faults.select_related("item").order_by("item__number")
    return {fault.item.number: fault.words for fault in found}


def fixity_summary(*, user: User) -> FixitySummary:
    """Return how the bytes are doing, for somebody who may look at evidence."""
    seen = visible_items(user)
    runs = list(FixityRun.objects.select_related("by").order_by("-id")[:20])
    done = next((run for run in runs if run.state == FixityState.DONE), None)
    running = next((run for run in runs if run.state == FixityState.RUNNING), None)
    now = [run for run in (running, done) if run is not None]
    found = FixityFault.objects.filter(run__in=now)
    faults = list(found.filter(item__in=seen).select_related("item", "run").order_by("-found_at", "-id"))
    kept = DigitalItem.objects.aggregate(size=Sum("size", default=0))
    return FixitySummary(
        item_count=DigitalItem.objects.count(),
        byte_count=kept["size"],
        running=running,
        newest_done=done,
        faults=faults,
        hidden_fault_count=found.count() - len(faults),
        runs=runs,
    )


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many plain bytes were last read again within some days.

    Attributes
    ----------
    after_days, within_days
        Longer ago than the first and not longer than the second; without the second: any time before.
        Both None: never.
    byte_count
        Of items that are kept.
    """

    after_days: int | None
    within_days: int | None
    byte_count: int


def fixity_coverage(*, as_of: datetime, days: Sequence[int] = (1, 7, 30, 90)) -> list[Coverage]:
    """Return the kept bytes by the age of their last check, the newest first; never checked comes last.

    A run goes through the items in the order of their numbers, so what it has read are the items up to its
    cursor. Its age is that of its beginning: the age shown is never too young.
    """
    kept, found, before = DigitalItem.objects.all(), list[Coverage](), 0
    last: int | None = 0
    for within in (*days, None):
        runs = FixityRun.objects.all()
        if within is not None:
            runs = runs.filter(started_at__gte=as_of - timedelta(days=within))
        cursor = runs.aggregate(top=Max("cursor"))["top"]
        covered = kept.filter(number__lte=-1 if cursor is None else cursor).aggregate(
            size=Sum("size", default=0)
        )["size"]
        found.append(Coverage(last, within, covered - before))
        last, before = within, covered
    everything = kept.aggregate(size=Sum("size", default=0))["size"]
    return [*found, Coverage(None, None, everything - before)]
