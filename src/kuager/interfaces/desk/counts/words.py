"""A count in words: what a value of each dimension is called, and the command that gives the same answer."""

import shlex
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.utils import timezone
from django.utils.translation import gettext

from kuager.domain.people.terms import Sex
from kuager.domain.places.queries import place_index
from kuager.domain.register.terms import Dimension
from kuager.interfaces.desk.person_lines import names_of_places
from kuager.interfaces.desk.status_choices import status_word

if TYPE_CHECKING:
    from kuager.domain.register.queries import CountTable

STATUS_DIMENSIONS = (Dimension.STATUS, Dimension.FATE, Dimension.CUSTODY, Dimension.HEALTH, Dimension.LEGAL)


def place_words() -> dict[str, str]:
    """Return the names of all places in the reader's language, by code."""
    names = names_of_places()
    return {place.code: names[place_id] for place_id, place in place_index().places.items()}


def value_words(dimensions: tuple[Dimension, ...]) -> list[Callable[[str], str]]:
    """Return, for each dimension, how its values are put in words."""
    places = place_words() if {Dimension.REGION, Dimension.PLACE} & set(dimensions) else {}
    return [partial(_word, dimension, places) for dimension in dimensions]


def _word(dimension: Dimension, places: Mapping[str, str], value: str) -> str:
    if not value or value == "unknown":
        return gettext("not known")
    if dimension in STATUS_DIMENSIONS:
        return status_word(value)
    if dimension in (Dimension.REGION, Dimension.PLACE):
        return places.get(value, value)
    return str(Sex(value).label) if dimension is Dimension.SEX else value


def command_line(table: "CountTable", where: Mapping[Dimension, str]) -> str:
    """Return the command that answers the same question in a terminal."""
    parts = ["kuager", "register", "count", "--as-of", table.as_of.isoformat()]
    if table.known_at is not None:
        parts += ["--known-at", moment_text(table.known_at)]
    parts += ["--by", ",".join(dimension.value for dimension in table.dimensions)]
    for dimension, value in where.items():
        parts += ["--where", f"{dimension.value}={value}"]
    return shlex.join(parts)


def lasting_query(table: "CountTable", where: Mapping[Dimension, str], moment: datetime) -> str:
    """Return the query of the same question as known at a moment: its answer never changes."""
    asked = {"as_of": table.as_of.isoformat(), "known_at": f"{timezone.localtime(moment):%Y-%m-%dT%H:%M:%S}"}
    asked |= {f"by_{number}": dimension.value for number, dimension in enumerate(table.dimensions, start=1)}
    return urlencode(asked | {dimension.value: value for dimension, value in where.items()})


def moment_text(moment: datetime) -> str:
    """Return a moment in the desk's time zone, to the second, as commands and addresses take it."""
    return timezone.localtime(moment).isoformat(timespec="seconds")
