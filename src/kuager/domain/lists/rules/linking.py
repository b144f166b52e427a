"""What the linkage engine is told of a record: what its row says, with places under one name."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

import polars as pl

from kuager.core.digest import JsonValue
from kuager.domain.people.models import Record
from kuager.domain.places.queries import PlaceIndex
from kuager.domain.register.models import StatusAssertion
from kuager.engines.names import Script, detect_script

FRAME = {
    name: pl.String
    for name in (
        "id",
        "name",
        "name_ar",
        "name_en",
        "given",
        "family",
        "patronymic",
        "sex",
        "age",
        "birth_date",
        "event_date",
        "place",
        "region",
        "residence",
        "occupation",
        "status",
    )
}
LinkRecord = tuple[str, ...]


def frame_row(record_id: int, said: Mapping[str, JsonValue], index: PlaceIndex) -> LinkRecord:
    """Return one row of the table that goes into the engine; the order is that of ``FRAME``."""
    name, names = _text(said, "name"), _names(said)
    given = _text(said, "given")
    age_min, age_max = said.get("age_min"), said.get("age_max")
    return (
        str(record_id),
        # Where one list has a script that another lacks, the engine compares like with like.
        "" if names else name,
        names.get(Script.ARABIC, ""),
        names.get(Script.LATIN, ""),
        given,
        # A family name alone is a guess of the reader; the engine reads the whole name better.
        _text(said, "family") if given else "",
        _text(said, "patronymic") if given else "",
        _text(said, "sex"),
        str(age_min) if age_min is not None and age_min == age_max else "",
        _text(said, "birth"),
        _text(said, "event"),
        _place(_text(said, "event_place"), index),
        _place(_text(said, "region"), index),
        _place(_text(said, "home"), index),
        _text(said, "occupation"),
        _status(said),
    )


def _names(said: Mapping[str, JsonValue]) -> dict[Script, str]:
    """Return the name by script, where the row gives it in several."""
    others = said.get("other_names")
    if not isinstance(others, list) or not others:
        return {}
    names: dict[Script, str] = {}
    for name in (_text(said, "name"), *(str(other) for other in others)):
        names.setdefault(detect_script(name), name)
    return names if {Script.ARABIC, Script.LATIN} <= set(names) else {}


def _status(said: Mapping[str, JsonValue]) -> str:
    """Return what the row says became of the person; nothing where it says several things."""
    found = said.get("statuses")
    words = [one for one in found if isinstance(one, dict)] if isinstance(found, list) else []
    return _text(words[0], "status") if len(words) == 1 else ""


def _place(text: str, index: PlaceIndex) -> str:
    return _place_name(text, index) if text else ""


@lru_cache(maxsize=65_536)
def _place_name(text: str, index: PlaceIndex) -> str:
    """Return one name for every spelling of a known place; an unknown place keeps its own."""
    place = index.find(text)
    return place.name_en if place else text


def _text(said: Mapping[str, JsonValue], name: str) -> str:
    value = said.get(name)
    return value if isinstance(value, str) else ""


def told_row(record: Record, said: StatusAssertion | None, index: PlaceIndex) -> LinkRecord:
    """Return the row of a record that stands on no list, with the first thing that is said of it."""
    where = (said.place.name_en if said.place else said.place_text) if said else ""
    home = record.home_place.name_en if record.home_place else record.home_text
    return report_row(
        Report(
            name=record.name,
            sex=record.sex,
            age=record.age_min if record.age_min == record.age_max else None,
            birth=record.birth_edtf,
            event=said.since_edtf if said else "",
            place=where or home,
            residence=home,
            occupation=record.occupation,
            status=said.status if said else "",
        ),
        index,
        key=str(record.pk),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What somebody says of a person: everything but the name may be empty. Days are in EDTF."""

    name: str
    sex: str = ""
    age: int | None = None
    birth: str = ""
    event: str = ""
    place: str = ""
    residence: str = ""
    occupation: str = ""
    status: str = ""


def report_row(report: Report, index: PlaceIndex, *, key: str = "") -> LinkRecord:
    """Return the row of a report; the order is that of ``FRAME``."""
    age = "" if report.age is None else str(report.age)
    said = {
        "id": key,
        "name": report.name,
        "sex": report.sex,
        "age": age,
        "birth_date": report.birth,
        "event_date": report.event,
        "place": _place(report.place, index),
        "residence": _place(report.residence, index),
        "occupation": report.occupation,
        "status": report.status,
    }
    return tuple(said.get(column, "") for column in FRAME)
