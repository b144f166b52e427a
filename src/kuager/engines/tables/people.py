"""One person as one row tells it: values read, nothing merged, ready to be stored as plain JSON."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import TypeAlias

from kuager.core.dates import UNKNOWN, UncertainDate, parse_edtf
from kuager.core.errors import BadInputError
from kuager.engines.tables.words import StatusWord

PersonJson: TypeAlias = dict[str, str | int | list[str] | list[list[str]] | None]
_DATES = frozenset({"birth", "event", "status_date"})
_NUMBERS = frozenset({"age_min", "age_max"})
_LISTS = frozenset({"aliases", "other_names"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsedPerson:
    """What one source says about one person. Empty text, None and the unknown date all mean "not told".

    Parameters
    ----------
    list_id
        The publisher's own number or code.
    name, family, given, patronymic
        As written; ``name`` is never empty.
    aliases, other_names
        Other names in the same script; the name in other scripts.
    sex
        "female", "male" or empty.
    age_min, age_max
        Whole years, both ends included; None where open.
    """

    name: str
    list_id: str = ""
    family: str = ""
    given: str = ""
    patronymic: str = ""
    aliases: tuple[str, ...] = ()
    other_names: tuple[str, ...] = ()
    sex: str = ""
    age_min: int | None = None
    age_max: int | None = None
    birth: UncertainDate = UNKNOWN
    event: UncertainDate = UNKNOWN
    event_place: str = ""
    region: str = ""
    home: str = ""
    occupation: str = ""
    category: str = ""
    statuses: tuple[StatusWord, ...] = ()
    status_date: UncertainDate = UNKNOWN
    facility: str = ""
    authority: str = ""
    note: str = ""
    source_url: str = ""

    def to_json(self) -> PersonJson:
        """Return the person as plain values for JSON; what is not told is left out."""
        plain: PersonJson = {}
        for name in _NAMES:
            value = getattr(self, name)
            if name in _DATES:
                value = value.edtf
            elif name in _LISTS:
                value = list(value)
            elif name == "statuses":
                value = [[word.axis, word.status] for word in value]
            if value or value == 0:
                plain[name] = value
        return plain

    @classmethod
    def from_json(cls, plain: Mapping[str, object]) -> "ParsedPerson":
        """Make the person again from what ``to_json`` returned.

        Raises
        ------
        BadInputError
            When a key is unknown or a value is not of its kind.
        """
        unknown = plain.keys() - set(_NAMES)
        if unknown or "name" not in plain:
            msg = (
                f"expected a stored person with a name; unknown keys: {', '.join(sorted(unknown)) or 'none'}"
            )
            raise BadInputError(msg)
        return cls(**{name: _restore(name, value) for name, value in plain.items()})  # type: ignore[arg-type]  # each kind is checked in _restore


_NAMES = tuple(item.name for item in fields(ParsedPerson))


def _restore(name: str, value: object) -> object:
    if name in _DATES and isinstance(value, str):
        return parse_edtf(value)
    if name in _LISTS and isinstance(value, list):
        return tuple(str(item) for item in value)
    if name == "statuses" and isinstance(value, list):
        return tuple(StatusWord(str(axis), str(status)) for axis, status in value)
    if name in _NUMBERS and (value is None or (isinstance(value, int) and not isinstance(value, bool))):
        return value
    if isinstance(value, str) and name not in _NUMBERS | _LISTS | _DATES | {"statuses"}:
        return value
    msg = f"stored person: {name} is not of its kind; the stored row was changed by hand"
    raise BadInputError(msg)
