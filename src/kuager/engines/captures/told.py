"""What bundles say, made harmless and short: flat claims and moments."""

from collections.abc import Mapping
from datetime import UTC, datetime

from kuager.core.digest import JsonValue
from kuager.engines.captures.file_names import shown
from kuager.engines.captures.limits import MAX_CLAIM, MAX_CLAIMS


def flat(said: Mapping[str, object]) -> dict[str, JsonValue]:
    """Return nested claims as one list of names and texts, bounded in number and length.

    Examples
    --------
    >>> flat({"a": {"b": 1, "c": [2, 3]}, "d": None, "e": ""})
    {'a.b': '1', 'a.c.1': '2', 'a.c.2': '3'}
    """
    found: dict[str, JsonValue] = {}
    left: list[tuple[str, object]] = list(reversed(list(said.items())))
    while left and len(found) < MAX_CLAIMS:
        name, value = left.pop()
        if isinstance(value, Mapping):
            left += [(f"{name}.{inner}", value[inner]) for inner in reversed(list(value))]
        elif isinstance(value, list | tuple):
            left += [(f"{name}.{number}", one) for number, one in reversed(list(enumerate(value, 1)))]
        elif value is not None and value != "":
            found[shown(str(name), 120)] = shown(str(value), MAX_CLAIM)
    return found


def moment(text: object) -> datetime | None:
    """Return a moment that is told with its time zone, in UTC; None for anything else: nothing is guessed.

    Examples
    --------
    >>> moment("2022-01-05T18:20:00+06:00").isoformat()
    '2022-01-05T12:20:00+00:00'
    >>> moment("2022-01-05T18:20:00") is None
    True
    """
    try:
        found = datetime.fromisoformat(str(text).strip())
        return found.astimezone(UTC) if found.tzinfo is not None else None
    except (ValueError, OverflowError):
        return None


def web_address(text: object) -> str:
    """Return an address of the web that can be kept; empty for anything else.

    Examples
    --------
    >>> web_address("https://example.org/a"), web_address("javascript:alert(1)")
    ('https://example.org/a', '')
    """
    said = shown(str(text or "").strip(), 2_000)
    return said if said.lower().startswith(("http://", "https://")) and " " not in said else ""
