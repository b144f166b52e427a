"""Counts day by day, as known at one moment: two groupings of the spells and a running sum."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count

from kuager.domain.register.models import StatusSpell

# A picture covers at most so many days before its last one; a date wrong by a century does not stretch it.
MAX_DAYS = 400


def counts_over_time(
    *, as_of: date, known_at: datetime, statuses: Sequence[str]
) -> dict[str, list[tuple[date, int]]]:
    """Return, per status, the days on which its count changed, from the first person to ``as_of``."""
    spells = StatusSpell.objects.filter(
        known_from__lte=known_at, known_until__gt=known_at, since__lte=as_of, status__in=statuses
    )
    begun = spells.values_list("status", "since").annotate(people=Count("id"))
    ended = spells.filter(until__lte=as_of).values_list("status", "until").annotate(people=Count("id"))
    steps: dict[str, dict[date, int]] = {status: defaultdict(int) for status in statuses}
    _add(steps, begun, 1)
    _add(steps, ended, -1)
    start = max(
        min((day for days in steps.values() for day in days), default=as_of), as_of - timedelta(days=MAX_DAYS)
    )
    return {status: _running(steps[status], start, as_of) for status in statuses}


def _add(steps: dict[str, dict[date, int]], rows: Iterable[tuple[str, date, int]], sign: int) -> None:
    for status, day, people in rows:
        steps[status][day] += sign * people


def _running(steps: dict[date, int], start: date, end: date) -> list[tuple[date, int]]:
    count, points = 0, {start: 0}
    for day in sorted(steps):
        count += steps[day]
        points[max(day, start)] = count
    points[end] = count
    return sorted(points.items())
