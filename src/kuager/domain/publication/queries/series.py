"""The days on which a count changed, for the chart over time."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Min

from kuager.domain.register.models import StatusSpell
from kuager.domain.register.queries import daily_counts

# A picture covers at most so many days before its last one; a date wrong by a century does not stretch it.
MAX_DAYS = 400
Points = list[tuple[date, int]]


def counts_over_time(*, as_of: date, known_at: datetime, statuses: Sequence[str]) -> dict[str, Points]:
    """Return, per status, the days on which its count changed, from the first person to ``as_of``."""
    known = StatusSpell.objects.filter(known_from__lte=known_at, known_until__gt=known_at, since__lte=as_of)
    earliest = known.aggregate(day=Min("since"))["day"] or as_of
    first = max(earliest, as_of - timedelta(days=MAX_DAYS))
    daily = daily_counts(first=first, last=as_of, known_at=known_at)
    return {status: _steps(daily[status]) for status in statuses if status in daily}


def _steps(days: Points) -> Points:
    """Keep the first day, the last, and those between that changed something."""
    return [
        point
        for before, point in zip([None, *days], days, strict=False)
        if before is None or point[1] != before[1] or point == days[-1]
    ]
