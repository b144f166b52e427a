"""Where a name points, what lay in which region on a day, and how a place is called."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

from django.db.models import Max, Q

from kuager.core.errors import NotFoundError
from kuager.domain.places.models import Place, PlaceName, PlaceParent
from kuager.domain.places.rules import PREFERENCE, REGIONS, split_kind
from kuager.domain.places.terms import PlaceKind

_PIECES = re.compile(r"[,;/()\n]+")


@dataclass(frozen=True, kw_only=True, eq=False)
class PlaceIndex:
    """All places, in memory: a few hundred of them answer many thousand look-ups without the database."""

    places: dict[int, Place]
    by_name: dict[str, list[int]]
    parents: dict[int, list[tuple[int, date | None, date | None]]]
    _regions: dict[tuple[int, date], int | None] = field(default_factory=dict, repr=False)

    def find(self, text: str, *, on: date | None = None, within: Place | None = None) -> Place | None:
        """Return the place a text names; the most exact one when it names several; None when unknown."""
        found = [place for piece in _pieces(text) if (place := self._find_piece(piece, on=on, within=within))]
        return min(found, key=_preference, default=None)

    def region_of(self, place_id: int, on: date) -> int | None:
        """Return the region a place lay in on a day; a region that did not exist yet lay in another one."""
        key = (place_id, on)
        if key not in self._regions:
            self._regions[key] = self._climb(place_id, on)
        return self._regions[key]

    def _find_piece(self, piece: str, *, on: date | None, within: Place | None) -> Place | None:
        name, kinds = split_kind(piece)
        candidates = [self.places[place_id] for place_id in self.by_name.get(name, ())]
        if kinds is not None:
            candidates = [place for place in candidates if place.kind in kinds]
        if within is not None:
            candidates = [place for place in candidates if self._lies_within(place.pk, within.pk)]
        # A later list may use today's names for an event of the past: validity is preferred, not demanded.
        valid = [
            place for place in candidates if on is None or _is_valid(place.valid_since, place.valid_until, on)
        ]
        return min(valid or candidates, key=_preference, default=None)

    def _climb(self, place_id: int, on: date) -> int | None:
        seen: set[int] = set()
        while place_id in self.places and place_id not in seen:
            seen.add(place_id)
            place = self.places[place_id]
            if place.kind in REGIONS and _is_valid(place.valid_since, place.valid_until, on):
                return place_id
            parents = self.parents.get(place_id, ())
            place_id = next((parent for parent, since, until in parents if _is_valid(since, until, on)), 0)
        return None

    def _lies_within(self, place_id: int, outer_id: int, depth: int = 8) -> bool:
        if place_id == outer_id:
            return True
        parents = self.parents.get(place_id, ()) if depth else ()
        return any(self._lies_within(parent, outer_id, depth - 1) for parent, _, _ in parents)


def place_index() -> PlaceIndex:
    """Return the index of all places; read again when places were added since."""
    return _read_index(_fingerprint())


def forget_places() -> None:
    """Drop what was remembered: called by whoever writes places."""
    _read_index.cache_clear()
    _last_index.clear()


def find_place(text: str, *, on: date | None = None, within: Place | None = None) -> Place | None:
    """Return the place that a text names in Kazakh, Russian or English, under its present or an older name.

    "г. Алматы" and "Алматы қаласы" are the city, "Алматинская область" the region, a bare "Алматы" the city.
    An unknown place is None: it stays text, and no place is made of it silently.

    Parameters
    ----------
    on
        The day of the event: places that existed then are preferred.
    within
        Only places that lie, or once lay, in this one.
    """
    return place_index().find(text, on=on, within=within)


def region_of(place_id: int, *, on: date) -> int | None:
    """Return the id of the region in which a place lay on a day; memoised, may be asked for every row."""
    index = _last_index.get("index")
    if index is None or place_id not in index.places:
        index = _last_index["index"] = place_index()
    return index.region_of(place_id, on)


def list_regions(*, on: date) -> list[Place]:
    """Return the units of the first level that existed on a day: 17 in January 2022, 20 since 8 June 2022."""
    existed = (Q(valid_since__isnull=True) | Q(valid_since__lte=on)) & (
        Q(valid_until__isnull=True) | Q(valid_until__gt=on)
    )
    return list(Place.objects.filter(existed, kind__in=REGIONS).order_by("code"))


def get_place(code: str) -> Place:
    """Return the place with this code; raises NotFoundError."""
    try:
        return Place.objects.get(code=code)
    except Place.DoesNotExist:
        raise NotFoundError(f"there is no place {code!r}") from None


def place_name(place: Place, language: str, *, on: date | None = None) -> str:
    """Return the name of a place in ``kk``, ``ru`` or ``en``; with ``on`` the official name of that day."""
    if on is not None:
        for name in PlaceName.objects.filter(place=place, language=language):
            if _is_valid(name.since, name.until, on):
                return name.name
    return _name_in(place, language)


def place_names(language: str) -> dict[int, str]:
    """Return today's names of all places in one language, by id."""
    return {place.pk: _name_in(place, language) for place in place_index().places.values()}


def _name_in(place: Place, language: str) -> str:
    return {"kk": place.name_kk, "ru": place.name_ru}.get(language, place.name_en)


def _pieces(text: str) -> Iterable[str]:
    """Yield the whole text first, then what commas part: "Алматинская область, г. Талдыкорган"."""
    parts = [part for part in _PIECES.split(text) if part.strip()]
    return [text] if len(parts) < 2 else parts


def _preference(place: Place) -> tuple[int, int]:
    return PREFERENCE.index(PlaceKind(place.kind)), place.pk


def _is_valid(since: date | None, until: date | None, on: date) -> bool:
    return (since is None or since <= on) and (until is None or on < until)


_last_index: dict[str, PlaceIndex] = {}


def _fingerprint() -> tuple[int, int]:
    """Places and names are only ever added, so the highest ids tell whether anything is new."""
    highest = PlaceName.objects.aggregate(name=Max("id"), place=Max("place_id"))
    return highest["place"] or 0, highest["name"] or 0


@lru_cache(maxsize=2)
def _read_index(fingerprint: tuple[int, int]) -> PlaceIndex:
    del fingerprint
    places = {place.pk: place for place in Place.objects.all()}
    by_name: dict[str, list[int]] = defaultdict(list)
    for folded, place_id in PlaceName.objects.order_by("id").values_list("folded", "place_id"):
        if place_id not in by_name[folded]:
            by_name[folded].append(place_id)
    parents: dict[int, list[tuple[int, date | None, date | None]]] = defaultdict(list)
    for place_id, parent_id, since, until in PlaceParent.objects.order_by("id").values_list(
        "place_id", "parent_id", "since", "until"
    ):
        parents[place_id].append((parent_id, since, until))
    return PlaceIndex(places=places, by_name=dict(by_name), parents=dict(parents))
