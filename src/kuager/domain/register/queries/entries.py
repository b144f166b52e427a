"""Lists of persons: filtered, found by name, in conflict, out of date, waiting for a second person."""

from datetime import date, timedelta

from django.db.models import Max, QuerySet

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.people.models import Assignment
from kuager.domain.people.queries import search
from kuager.domain.register import rules
from kuager.domain.register.models import Entry, StatusAssertion
from kuager.domain.register.queries.answers import EntryFilter, FoundPerson, Question, StalePerson
from kuager.domain.register.queries.counts import spells_at
from kuager.domain.register.terms import Axis

ORDERS = {
    "name": ("name", "person_id"),
    "-last_told_on": ("-last_told_on", "person_id"),
    "-since": ("-since", "person_id"),
    "status": ("status", "name", "person_id"),
    "code": ("person__code",),
}
_COLUMNS = ("status", "fate", "custody", "health", "legal", "sex", "age_group", "category")
_SEARCHED = 200


def list_entries(entry_filter: EntryFilter | None = None, *, order: str = "name") -> QuerySet[Entry]:
    """Return entries (lazy queryset; person, place and region joined). Slice it: there may be 100,000."""
    if order not in ORDERS:
        raise BadInputError(f"cannot sort by {order!r}; expected one of {', '.join(ORDERS)}")
    chosen = entry_filter or EntryFilter()
    entries = Entry.objects.select_related("person", "place", "region")
    wanted = {name: value for name in _COLUMNS if (value := getattr(chosen, name))}
    wanted |= {
        name: value for name in ("region_id", "place_id") if (value := getattr(chosen, name)) is not None
    }
    entries = entries.filter(**wanted)
    if chosen.only_conflicts:
        entries = entries.filter(is_conflicted=True)
    if chosen.only_pending:
        entries = entries.filter(pending_count__gt=0)
    if chosen.only_publishable:
        entries = entries.filter(may_publish=True)
    if chosen.publisher_id is not None:
        standing = Assignment.objects.filter(
            record__citation__source__publisher=chosen.publisher_id, known_until__isnull=True
        )
        entries = entries.filter(person__in=standing.values("person"))
    if chosen.text.strip():
        entries = entries.filter(person__in=[hit.person_id for hit in search(chosen.text, limit=_SEARCHED)])
    return entries.order_by(*ORDERS[order])


def find_people(text: str, *, limit: int = 20) -> list[FoundPerson]:
    """Return the persons a typed name or code can mean, the best first: for search as you type."""
    hits = search(text, limit=limit)
    entries = Entry.objects.select_related("person", "place", "region").in_bulk(
        [hit.person_id for hit in hits]
    )
    return [
        FoundPerson(
            entry=entries[hit.person_id],
            code=hit.code,
            matched_name=hit.name,
            score=hit.score,
            reasons=hit.reasons,
        )
        for hit in hits
        if hit.person_id in entries
    ]


def list_conflicts(*, kind: str = "") -> QuerySet[Entry]:
    """Return the entries something contradicts, or only those with one kind of conflict (lazy queryset)."""
    entries = list_entries(EntryFilter(only_conflicts=True))
    return entries.filter(conflict__contains=kind) if kind else entries


def list_stale(
    *, as_of: date, days: int = 90, offset: int = 0, limit: int | None = None
) -> list[StalePerson]:
    """Return persons in custody on a day, unconfirmed there for ``days`` days; the longest first.

    ``offset`` and ``limit`` choose one page of them.
    """
    end = None if limit is None else offset + limit
    stale = _stale(as_of, days)[offset:end]
    entries: dict[int, Entry] = {}
    for start in range(0, len(stale), 2_000):
        chunk = [person for _, person in stale[start : start + 2_000]]
        entries |= Entry.objects.select_related("person", "place", "region").in_bulk(chunk)
    return [
        StalePerson(
            entry=entries[person],
            code=entries[person].person.code,
            last_told_on=last,
            days=(as_of - last).days,
        )
        for last, person in stale
        if person in entries
    ]


def count_stale(*, as_of: date, days: int = 90) -> int:
    """Return how many persons are in custody on a day, unconfirmed there for ``days`` days."""
    return len(_stale(as_of, days))


def _stale(as_of: date, days: int) -> list[tuple[date, int]]:
    """Return, for each of them, the day of the last confirmation and the person; the longest first."""
    cutoff = as_of - timedelta(days=days)
    confirmed = (
        StatusAssertion.objects.filter(
            axis=Axis.CUSTODY,
            status__in=rules.IN_CUSTODY,
            told_on__lte=as_of,
            superseded_at__isnull=True,
            record__assignments__known_until__isnull=True,
        )
        .values_list("record__assignments__person_id")
        .annotate(last=Max("told_on"))
        .filter(last__lte=cutoff)
    )
    told = dict(confirmed)
    held = spells_at(Question(as_of=as_of)).filter(custody__in=rules.IN_CUSTODY)
    return sorted(
        (told[person], person) for person in held.values_list("person_id", flat=True) if person in told
    )


def _pending(user: User) -> QuerySet[StatusAssertion]:
    if not may(user, Capability.APPROVE):
        return StatusAssertion.objects.none()
    return StatusAssertion.objects.filter(
        needs_approval=True,
        approved_at__isnull=True,
        superseded_at__isnull=True,
        record__assignments__known_until__isnull=True,
    ).exclude(recorded_by=user)


def list_pending(*, for_user: User, limit: int = 200) -> list[StatusAssertion]:
    """Return assertions for which this user can be the second person, the oldest first."""
    waiting = _pending(for_user).select_related(
        "record__home_person", "citation__source__publisher", "recorded_by", "place"
    )
    return list(waiting.order_by("known_at", "pk")[:limit])


def count_pending(*, for_user: User) -> int:
    """Return for how many assertions this user can be the second person."""
    return _pending(for_user).count()


def totals() -> dict[str, int]:
    """Return how many entries there are, how many in conflict or contradicted, and how many wait."""
    entries = Entry.objects.all()
    return {
        "entries": entries.count(),
        "conflicts": entries.filter(is_conflicted=True).count(),
        "contradicted": entries.filter(is_conflicted=True, is_contradicted=True).count(),
        "pending": StatusAssertion.objects.filter(
            needs_approval=True,
            approved_at__isnull=True,
            superseded_at__isnull=True,
            record__assignments__known_until__isnull=True,
        ).count(),
    }
