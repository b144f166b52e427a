"""Numbers of persons, for a day (as of) and a moment of knowing (known at).

Promise: a question about a past moment of knowing has the same answer for ever, because spells are only ever
added and closed. Convention: a status counts from the latest day on which it can have begun, never later than
the day its source told it; the region is the one the place lay in on the day asked about.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

from django.db.models import Count, Q, QuerySet

from kuager.core.errors import BadInputError
from kuager.domain.places.queries import get_place, place_index
from kuager.domain.register.models import StatusAssertion, StatusSpell
from kuager.domain.register.queries.answers import CountRow, CountTable, Question
from kuager.domain.register.terms import FOREVER, Dimension
from kuager.domain.sources.models import Publisher

D = Dimension
_PLACES = (D.REGION, D.PLACE)
Value = str | int | None
Values = tuple[Value, ...]


def count(
    *,
    as_of: date,
    known_at: datetime | None = None,
    by: Sequence[Dimension] = (D.STATUS,),
    where: Mapping[Dimension, str] | None = None,
) -> CountTable:
    """Count persons by any combination of dimensions.

    Parameters
    ----------
    as_of
        The day the answer is about.
    known_at
        As it was known at this moment; None is all that is known so far.
    by
        What to break the number down by; empty gives the total only.
    where
        Keep only persons with these values: places by code, publishers by name, "" for not known.
    """
    question = Question(as_of=as_of, known_at=known_at)
    spells = spells_at(question)
    chosen = {D(dimension): value for dimension, value in (where or {}).items()}
    spells = _chosen(spells, {key: value for key, value in chosen.items() if key != D.SOURCE})
    dimensions = tuple(D(dimension) for dimension in by)
    if D.SOURCE in dimensions or D.SOURCE in chosen:
        rows, total = _count_sources(spells, dimensions, chosen.get(D.SOURCE))
    else:
        rows = _count_plain(spells, dimensions)
        total = sum(rows.values())
    return CountTable(
        as_of=as_of,
        known_at=known_at,
        dimensions=dimensions,
        rows=_named(rows, dimensions),
        total=total,
        pending=count_pending_at(question),
    )


def spells_at(question: Question) -> QuerySet[StatusSpell]:
    """Return the spells that answer a question: one for each person in the register on that day."""
    known = known_at_filter(question.known_at)
    return StatusSpell.objects.filter(known, since__lte=question.as_of, until__gt=question.as_of)


def known_at_filter(known_at: datetime | None) -> Q:
    """Return the condition that a derived row was known at a moment, or is now."""
    if known_at is None:
        return Q(known_until=FOREVER)
    return Q(known_until__gt=known_at, known_from__lte=known_at)


def daily_counts(
    *,
    first: date,
    last: date,
    known_at: datetime | None = None,
    dimension: Dimension = D.STATUS,
    where: Mapping[Dimension, str] | None = None,
) -> dict[str, list[tuple[date, int]]]:
    """Return, for every value of a dimension, the number of persons on each day: for charts over time."""
    if last < first:
        raise BadInputError(f"expected the last day ({last}) not before the first ({first})")
    column = _column(D(dimension))
    spells = _chosen(StatusSpell.objects.filter(known_at_filter(known_at)), dict(where or {}))
    steps: dict[Value, Counter[date]] = defaultdict(Counter)
    for edge, sign in (("since", 1), ("until", -1)):
        rows = spells.filter(**{f"{edge}__lte": last}).values_list(column, edge).annotate(number=Count("*"))
        for value, day, number in rows:
            steps[value][max(day, first)] += sign * number
    series = {value: _accumulated(changes, first, last) for value, changes in steps.items()}
    names = _names_of(D(dimension), list(series))
    return {names[value]: days for value, days in series.items() if any(number for _, number in days)}


def count_pending_at(question: Question) -> dict[str, int]:
    """Return how many persons waited, per status, for a second person's approval."""
    moment = question.known_at
    waiting = StatusAssertion.objects.filter(needs_approval=True, since_latest__lte=question.as_of)
    if moment is None:
        waiting = waiting.filter(approved_at__isnull=True, superseded_at__isnull=True)
        waiting = waiting.filter(record__assignments__known_until__isnull=True)
    else:
        waiting = waiting.filter(known_at__lte=moment).filter(
            Q(approved_at__isnull=True) | Q(approved_at__gt=moment),
            Q(superseded_at__isnull=True) | Q(superseded_at__gt=moment),
        )
        waiting = waiting.filter(
            Q(record__assignments__known_until__isnull=True) | Q(record__assignments__known_until__gt=moment),
            record__assignments__known_from__lte=moment,
        )
    rows = waiting.values_list("status").annotate(
        number=Count("record__assignments__person_id", distinct=True)
    )
    return {str(status): number for status, number in rows.order_by("status")}


def _column(dimension: Dimension) -> str:
    if dimension == D.SOURCE:
        raise BadInputError("a person can stand under several sources; count by source for one day at a time")
    return f"{dimension.value}_id" if dimension in _PLACES else dimension.value


def _chosen(spells: QuerySet[StatusSpell], where: Mapping[Dimension, str]) -> QuerySet[StatusSpell]:
    for dimension, value in where.items():
        column = _column(D(dimension))
        if dimension in _PLACES:
            spells = spells.filter(**{column: get_place(value).pk} if value else {f"{column}__isnull": True})
        else:
            spells = spells.filter(**{column: value})
    return spells


def _count_plain(spells: QuerySet[StatusSpell], dimensions: Sequence[Dimension]) -> Counter[Values]:
    if not dimensions:
        return Counter({(): spells.count()})
    columns = [_column(dimension) for dimension in dimensions]
    rows = spells.values_list(*columns).annotate(number=Count("*")).order_by()
    return Counter({tuple(row[:-1]): row[-1] for row in rows})


def _count_sources(
    spells: QuerySet[StatusSpell], dimensions: Sequence[Dimension], publisher: str | None
) -> tuple[Counter[Values], int]:
    """Count persons under each publisher they stand on; who stands on two is counted under both, once in all.

    There are few combinations of publishers: they are counted as they are, and taken apart here.
    """
    names = {str(number): name for number, name in Publisher.objects.values_list("pk", "name")}
    others = [dimension for dimension in dimensions if dimension != D.SOURCE]
    place = dimensions.index(D.SOURCE) if D.SOURCE in dimensions else None
    columns = ["publishers", *(_column(dimension) for dimension in others)]
    grouped = spells.values_list(*columns).annotate(number=Count("*")).order_by()
    rows: Counter[Values] = Counter()
    total = 0
    for publishers, *values, number in grouped:
        standing = [names[publisher_id] for publisher_id in publishers.split(",") if publisher_id]
        shown = standing if publisher is None else [name for name in standing if name == publisher]
        total += number if shown else 0
        if place is None:
            rows[tuple(values)] += number if shown else 0
        else:
            for name in shown:
                rows[(*values[:place], name, *values[place:])] += number
    return +rows, total


def _named(rows: Mapping[Values, int], dimensions: Sequence[Dimension]) -> tuple[CountRow, ...]:
    names = [
        _names_of(dimension, {values[place] for values in rows}) for place, dimension in enumerate(dimensions)
    ]
    named = (
        CountRow(values=tuple(names[place][value] for place, value in enumerate(values)), count=number)
        for values, number in rows.items()
    )
    return tuple(sorted(named, key=lambda row: (-row.count, row.values)))


def _names_of(dimension: Dimension, values: Iterable[Value]) -> dict[Value, str]:
    """Return how each stored value is written in an answer."""
    if dimension in _PLACES:
        places = place_index().places
        return {value: places[value].code if isinstance(value, int) else "" for value in values}
    return {value: str(value) for value in values}


def _accumulated(changes: Counter[date], first: date, last: date) -> list[tuple[date, int]]:
    days = []
    number = 0
    for offset in range((last - first).days + 1):
        day = first + timedelta(days=offset)
        number += changes[day]
        days.append((day, number))
    return days
