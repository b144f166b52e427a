"""Deriving spells and entries of persons from what is in force about them.

Known time is append-only: a row that was ever open at a past moment is closed once and never touched again.
Rows opened at this very moment were never part of an answer about the past, and are replaced.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime

from django.db import transaction

from kuager.core.errors import RefusedError
from kuager.domain.people.operations.bulk import Row, insert_rows, refresh_statistics
from kuager.domain.people.queries.identifiers import among
from kuager.domain.places.queries import PlaceIndex, place_index
from kuager.domain.register import rules
from kuager.domain.register.models import Entry, StatusSpell
from kuager.domain.register.queries.facts import Known, load_known
from kuager.domain.register.rules.facts import Fact, Spell, Told
from kuager.domain.register.rules.portrait import Portrait
from kuager.domain.register.terms import FOREVER, ConflictKind

CHUNK = 5_000
SPELL_KEY = (
    "person",
    "since",
    "until",
    "status",
    "fate",
    "custody",
    "health",
    "legal",
    "place",
    "region",
    "sex",
    "age_group",
    "category",
    "publishers",
)
ENTRY_FIELDS = tuple(field.name for field in Entry._meta.concrete_fields)
Key = tuple[int | str | date | None, ...]


@transaction.atomic
def derive(person_ids: Iterable[int], *, at: datetime, cause: str) -> None:
    """Bring everything derived of these persons up to date with what is in force now.

    Parameters
    ----------
    at
        When it became known; not before anything already known of these persons.
    cause
        The act behind it, such as ``approval:12``: kept on every row it opens or closes.
    """
    ordered = sorted(set(person_ids))
    places = place_index()
    for start in range(0, len(ordered), CHUNK):
        _derive_chunk(ordered[start : start + CHUNK], places, at=at, cause=cause)
    refresh_statistics(len(ordered), StatusSpell, Entry)


@transaction.atomic
def rebuild_entries(*, at: datetime) -> int:
    """Write all entries anew from records and assertions; the result equals what stood there."""
    persons = set(Entry.objects.values_list("person_id", flat=True))
    persons |= set(StatusSpell.objects.filter(known_until=FOREVER).values_list("person_id", flat=True))
    ordered = sorted(persons)
    places = place_index()
    for start in range(0, len(ordered), CHUNK):
        chunk = ordered[start : start + CHUNK]
        derived = _Derived(load_known(chunk, on=at.date()), places)
        _write_entries(chunk, derived)
    return Entry.objects.count()


class _Derived:
    """Rows of one chunk of persons, computed from what is known of them."""

    def __init__(self, known: Known, places: PlaceIndex) -> None:
        self.known = known
        self.spells: dict[Key, str] = {}
        self.entries: list[Row] = []
        self._places = places
        self._cuts = region_cuts(places)
        for person, told in known.told.items():
            self._add(person, told, known.facts.get(person, []))

    def _add(self, person: int, told: Sequence[Told], facts: Sequence[Fact]) -> None:
        portrait = rules.paint(told)
        spells = rules.resolve_timeline(facts, first_told=min(record.told_on for record in told))
        publishers = ",".join(map(str, sorted(portrait.publisher_ids)))
        tail = (portrait.sex, portrait.age_group, portrait.category, publishers)
        for spell in spells:
            for since, until, region in self._in_regions(spell):
                key = (person, since, until, *spell[2:7], spell.place_id, region, *tail)
                self.spells[key] = spell.cause
        self.entries.append(self._entry(person, told, facts, portrait, spells))

    def _in_regions(self, spell: Spell) -> Iterator[tuple[date, date, int | None]]:
        """Cut a spell where its place came to lie in another region."""
        if spell.place_id is None:
            yield spell.since, spell.until, None
            return
        since, region = spell.since, self._places.region_of(spell.place_id, spell.since)
        for day in self._cuts:
            if since < day < spell.until:
                after = self._places.region_of(spell.place_id, day)
                if after != region:
                    yield since, day, region
                    since, region = day, after
        yield since, spell.until, region

    def _entry(
        self,
        person: int,
        told: Sequence[Told],
        facts: Sequence[Fact],
        portrait: Portrait,
        spells: Sequence[Spell],
    ) -> Row:
        last_told = max([record.told_on for record in told] + [fact.told_on for fact in facts])
        now, since = _standing(spells, last_told)
        region = self._places.region_of(now.place_id, last_told) if now.place_id else None
        contradicted = person in self.known.contradicted
        kinds = _conflict_kinds(facts, told, contradicted=contradicted)
        return (
            person,
            portrait.name,
            portrait.other_names,
            portrait.sex,
            portrait.age_min,
            portrait.age_max,
            portrait.age_group,
            portrait.category,
            now.status,
            now.fate,
            now.custody,
            now.health,
            now.legal,
            since,
            now.place_id,
            region,
            portrait.record_count,
            len(portrait.publisher_ids),
            portrait.independent_count,
            self.known.pending[person],
            last_told,
            bool(kinds),
            contradicted,
            ",".join(kinds),
            portrait.may_publish and not contradicted,
        )


def region_cuts(places: PlaceIndex) -> list[date]:
    """Return the days on which any region was redrawn."""
    days = {day for spans in places.parents.values() for _, since, until in spans for day in (since, until)}
    days |= {day for place in places.places.values() for day in (place.valid_since, place.valid_until)}
    return sorted(day for day in days if day is not None)


def _standing(spells: Sequence[Spell], day: date) -> tuple[Spell, date]:
    """Return the spell of a day, and since when the summary has been what it is then."""
    place = next(place for place, spell in enumerate(spells) if spell.until > day)
    first = place
    while first and spells[first - 1].status == spells[place].status:
        first -= 1
    return spells[place], spells[first].since


def _conflict_kinds(facts: Sequence[Fact], told: Sequence[Told], *, contradicted: bool) -> list[str]:
    kinds = {str(conflict.kind) for conflict in rules.find_conflicts(facts, told)}
    if contradicted:
        kinds.add(str(ConflictKind.JUDGEMENTS_CONTRADICT))
    return sorted(kinds)


def _derive_chunk(person_ids: Sequence[int], places: PlaceIndex, *, at: datetime, cause: str) -> None:
    derived = _Derived(load_known(person_ids, on=at.date()), places)
    _write_spells(person_ids, derived, at=at, cause=cause)
    _write_entries(person_ids, derived)


def _write_spells(person_ids: Sequence[int], derived: _Derived, *, at: datetime, cause: str) -> None:
    columns = [f"{name}_id" if name in ("person", "place", "region") else name for name in SPELL_KEY]
    rows = StatusSpell.objects.filter(person__in=among(person_ids), known_until__gt=at).values_list(
        "id", "known_from", "known_until", *columns
    )
    closing: list[int] = []
    replacing: list[int] = []
    standing: set[Key] = set()
    for number, known_from, known_until, *key in rows:
        _check_order(known_from, known_until, at)
        if tuple(key) in derived.spells:
            standing.add(tuple(key))
        else:
            (replacing if known_from == at else closing).append(number)
    for chunk in _pieces(replacing):
        StatusSpell.objects.filter(pk__in=among(chunk)).delete()
    for chunk in _pieces(closing):
        StatusSpell.objects.filter(pk__in=among(chunk)).update(known_until=at, end_cause=cause)
    insert_rows(
        StatusSpell,
        (*SPELL_KEY, "known_from", "known_until", "cause", "end_cause"),
        (
            (*key, at, FOREVER, spell_cause or cause, "")
            for key, spell_cause in derived.spells.items()
            if key not in standing
        ),
    )


def _write_entries(person_ids: Sequence[int], derived: _Derived) -> None:
    """Entries hold no history: they are written anew."""
    Entry.objects.filter(person__in=among(person_ids)).delete()
    insert_rows(Entry, ENTRY_FIELDS, derived.entries)


def _pieces(numbers: Collection[int]) -> Iterator[Sequence[int]]:
    ordered = sorted(numbers)
    for start in range(0, len(ordered), CHUNK):
        yield ordered[start : start + CHUNK]


def _check_order(known_from: datetime, known_until: datetime, at: datetime) -> None:
    if known_from > at or known_until != FOREVER:
        raise RefusedError(
            "something later is already known of one of these persons; what is known is only ever added to, "
            "so give a moment that is not before the last act"
        )
