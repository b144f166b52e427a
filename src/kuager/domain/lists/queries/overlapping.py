"""Who stands on which lists."""

from collections.abc import Sequence
from datetime import date, datetime

from kuager.domain.lists.models import CasualtyList
from kuager.domain.lists.queries.answers import OnlyOnPage, OverlapTable
from kuager.engines.estimation import CaptureHistories


def overlap(
    lists: Sequence[CasualtyList], *, as_of: date | None = None, known_at: datetime | None = None
) -> OverlapTable:
    """Count persons by the exact set of lists they stand on, as it was known at a time (None: now)."""
    raise NotImplementedError


def capture_histories(
    lists: Sequence[CasualtyList], *, as_of: date, known_at: datetime | None = None, status: str = ""
) -> CaptureHistories:
    """Return persons by the lists they stand on, for the estimation engine; with ``status`` only those."""
    raise NotImplementedError


def only_on(list_a: CasualtyList, *, not_on: CasualtyList, offset: int = 0, limit: int = 50) -> OnlyOnPage:
    """Return everybody on one list whom nobody has found on the other, with the best candidates there."""
    raise NotImplementedError
