"""Loading the map of Kazakhstan, and adding a place that is missing."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from importlib.resources import files

from django.db import transaction

from kuager.core.errors import BadInputError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.places import queries
from kuager.domain.places.models import Place, PlaceName, PlaceParent
from kuager.domain.places.rules import split_kind
from kuager.domain.places.terms import PlaceKind

REDRAWN_2018 = date(2018, 6, 19)
REDRAWN_2022 = date(2022, 6, 8)
RENAMED_2019 = date(2019, 3, 23)
RENAMED_2022 = date(2022, 9, 17)
# The capital bore the name of its first president for three and a half years.
_CAPITAL = {"kk": ("Астана", "Нұр-Сұлтан"), "ru": ("Астана", "Нур-Султан"), "en": ("Astana", "Nur-Sultan")}


@transaction.atomic
def load_places(*, by: User, at: datetime) -> int:
    """Write down the country, its regions of every time and its cities; what is known already is left alone.

    Returns
    -------
    int
        Places that were new.
    """
    _check_may_write(by)
    known = set(Place.objects.values_list("code", flat=True))
    regions = [row for row in _read("regions.csv") if row["code"] not in known]
    settlements = [row for row in _read("settlements.csv") if row["code"] not in known]
    if not regions and not settlements:
        return 0
    Place.objects.bulk_create([_region(row) for row in regions] + [_settlement(row) for row in settlements])
    ids = dict(Place.objects.values_list("code", "id"))
    PlaceName.objects.bulk_create(_names([*regions, *settlements], ids))
    PlaceParent.objects.bulk_create([*_region_parents(regions, ids), *_settlement_parents(settlements, ids)])
    queries.forget_places()
    added = len(regions) + len(settlements)
    record_event(action="places.load", actor=by, target="places.Place:*", at=at, count=added)
    return added


@transaction.atomic
def add_settlement(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    code: str,
    names: dict[str, str],
    parent: Place,
    latitude: float | None = None,
    longitude: float | None = None,
    by: User,
    at: datetime,
) -> Place:
    """Write down a settlement that is missing; ``names`` holds ``kk``, ``ru`` and ``en``."""
    _check_may_write(by)
    if set(names) != {"kk", "ru", "en"} or not all(name.strip() for name in names.values()):
        raise BadInputError("a place needs its name in Kazakh, Russian and English (kk, ru, en)")
    if Place.objects.filter(code=code).exists():
        raise BadInputError(f"there is a place {code!r} already; choose another code")
    place = Place.objects.create(
        code=code,
        kind=PlaceKind.SETTLEMENT,
        name_kk=names["kk"],
        name_ru=names["ru"],
        name_en=names["en"],
        latitude=latitude,
        longitude=longitude,
    )
    PlaceName.objects.bulk_create([_name(place.pk, name, language) for language, name in names.items()])
    PlaceParent.objects.create(place=place, parent=parent)
    queries.forget_places()
    record_event(action="places.add", actor=by, target=f"places.Place:{place.pk}", at=at)
    return place


def _check_may_write(by: User) -> None:
    if not may(by, Capability.RECORD) and not may(by, Capability.ADMINISTER):
        raise PermissionDeniedError(f"{by.username} may not add places")


def _read(name: str) -> list[dict[str, str]]:
    with (files("kuager.domain.places") / "data" / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


def _region(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"],
        kind=row["kind"],
        iso=row["iso"],
        iso_old=row["iso_old"],
        name_kk=row["name_kk"],
        name_ru=row["name_ru"],
        name_en=row["name_en"],
        valid_since=_day(row["valid_since"]),
        valid_until=_day(row["valid_until"]),
        latitude=_number(row["latitude"]),
        longitude=_number(row["longitude"]),
        polygon=row["polygon"],
    )


def _settlement(row: dict[str, str]) -> Place:
    return Place(
        code=row["code"],
        kind=PlaceKind.SETTLEMENT,
        name_kk=row["name_kk"],
        name_ru=row["name_ru"],
        name_en=row["name_en"],
        latitude=_number(row["latitude"]),
        longitude=_number(row["longitude"]),
    )


def _names(rows: Iterable[dict[str, str]], ids: dict[str, int]) -> Iterator[PlaceName]:
    for row in rows:
        place_id = ids[row["code"]]
        if row["code"] == "astana":
            yield from _names_of_the_capital(place_id)
        else:
            for language in ("kk", "ru", "en"):
                yield _name(place_id, row[f"name_{language}"], language)
        for alias in filter(None, row["aliases"].split("|")):
            yield _name(place_id, alias)


def _names_of_the_capital(place_id: int) -> Iterator[PlaceName]:
    for language, (name, other) in _CAPITAL.items():
        yield _name(place_id, name, language, until=RENAMED_2019)
        yield _name(place_id, other, language, since=RENAMED_2019, until=RENAMED_2022)
        yield _name(place_id, name, language, since=RENAMED_2022)


def _name(
    place_id: int, name: str, language: str = "", *, since: date | None = None, until: date | None = None
) -> PlaceName:
    folded, _ = split_kind(name)
    return PlaceName(place_id=place_id, name=name, language=language, folded=folded, since=since, until=until)


def _region_parents(rows: Iterable[dict[str, str]], ids: dict[str, int]) -> Iterator[PlaceParent]:
    """Before it existed a region's land belonged to another one, and after it ended to its successor."""
    for row in rows:
        place_id = ids[row["code"]]
        since, until = _day(row["valid_since"]), _day(row["valid_until"])
        if row["before"]:
            yield PlaceParent(place_id=place_id, parent_id=ids[row["before"]], until=since)
        if row["after"]:
            yield PlaceParent(place_id=place_id, parent_id=ids[row["after"]], since=until)
        if row["kind"] != PlaceKind.COUNTRY:
            yield PlaceParent(place_id=place_id, parent_id=ids["kazakhstan"], since=since, until=until)


def _settlement_parents(rows: Iterable[dict[str, str]], ids: dict[str, int]) -> Iterator[PlaceParent]:
    for row in rows:
        place_id, parent_id = ids[row["code"]], ids[row["parent"]]
        if not row["parent_before"]:
            yield PlaceParent(place_id=place_id, parent_id=parent_id)
            continue
        redrawn = REDRAWN_2018 if row["parent_before"] == "south_kazakhstan" else REDRAWN_2022
        yield PlaceParent(place_id=place_id, parent_id=ids[row["parent_before"]], until=redrawn)
        yield PlaceParent(place_id=place_id, parent_id=parent_id, since=redrawn)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


def _number(text: str) -> float | None:
    return float(text) if text else None
