"""Gather what a file says of itself: values as found, bounded in number and length, parsed where certain."""

import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeGuard

MAX_FOUND = 500
MAX_VALUE = 2000
MAX_STREAMS = 32

_EXIF_TIME = re.compile(r"(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)\Z")
_PDF_TIME = re.compile(r"(?:D:)?(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:([+\-Z])(?:(\d\d)'?(\d\d)?'?)?)?.*\Z")
_ISO_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+\-]\d\d:?\d\d)?\Z")
_ISO_6709 = re.compile(r"([+\-]\d{2}(?:\.\d+)?)([+\-]\d{3}(?:\.\d+)?)([+\-]\d+(?:\.\d+)?)?(?:CRS[^/]*)?/?\Z")


class Description:
    """The answer of a probe while it is being gathered."""

    def __init__(self) -> None:
        self._facts: dict[str, Any] = {}
        self._streams: list[dict[str, Any]] = []
        self._found: list[dict[str, str]] = []
        self._is_cut = False

    def fact(self, name: str, value: float | str | None) -> None:
        """Keep one plain fact (width, height, pages …) unless it is unknown or absurd."""
        if _is_sane(value):
            self._facts[name] = value[:MAX_VALUE] if isinstance(value, str) else value

    def stream(self, **facts: float | str | None) -> None:
        """Keep one stream of a container, without facts that are unknown or absurd."""
        if len(self._streams) >= MAX_STREAMS:
            self._is_cut = True
            return
        self._streams.append({name: value for name, value in facts.items() if _is_sane(value)})

    def found(self, group: str, name: str, value: object, parsed: str = "") -> None:
        """Keep one value that stands in the file, as a string, cut at 2,000 characters."""
        text = text_of(value)
        if len(self._found) >= MAX_FOUND or len(text) > MAX_VALUE:
            self._is_cut = True
        if len(self._found) < MAX_FOUND:
            self._found.append({
                "group": group, "name": name[:200], "value": text[:MAX_VALUE], "parsed": parsed[:100]
            })  # fmt: skip

    def position(self, latitude: float, longitude: float, altitude_m: float | None = None) -> None:
        """Keep the first place that the file states, if it lies on the Earth."""
        if -90 <= latitude <= 90 and -180 <= longitude <= 180 and "latitude" not in self._facts:
            self._facts |= {"latitude": round(latitude, 7), "longitude": round(longitude, 7)}
            if altitude_m is not None and -20_000 < altitude_m < 100_000:
                self._facts["altitude_m"] = round(altitude_m, 2)

    def to_json(self) -> bytes:
        """Return everything as JSON, of at most some 1.3 MB."""
        whole = {**self._facts, "streams": self._streams, "found": self._found, "is_cut": self._is_cut}
        return json.dumps(whole, ensure_ascii=True, allow_nan=False).encode("ascii")


def _is_sane(value: float | str | None) -> TypeGuard[float | str]:
    return value is not None and (isinstance(value, str) or 0 <= value < 2**53)


def text_of(value: object) -> str:
    """Return any value of a parser as text; bytes that are no text as their number and their beginning."""
    if isinstance(value, bytes):
        value = value.rstrip(b"\0")
        try:
            text = value.decode("utf-8")
        except UnicodeDecodeError:
            return f"{len(value)} bytes: {value[:32].hex()}"
        return text if text.isprintable() or len(text) > 64 else f"{len(value)} bytes: {value[:32].hex()}"
    if isinstance(value, tuple | list):
        return " ".join(text_of(part) for part in value[:64])
    if hasattr(value, "numerator") and hasattr(value, "denominator") and not isinstance(value, int):
        return f"{value.numerator}/{value.denominator}"
    # Half letters (lone surrogates) cannot be stored; they become a question mark.
    return str(value).encode("utf-8", "replace").decode("utf-8").rstrip("\0")


def exif_time(text: str, offset: str = "") -> str:
    """Return an EXIF time as ISO 8601; without an offset it is the local time of an unknown place."""
    match = _EXIF_TIME.match(text.strip())
    if match is None:
        return ""
    year, month, day, hour, minute, second = map(int, match.groups())
    try:
        found = datetime(year, month, day, hour, minute, second)  # noqa: DTZ001  # the file gives no zone
    except ValueError:
        return ""
    return found.isoformat() + (offset.strip() if re.fullmatch(r"[+\-]\d\d:\d\d", offset.strip()) else "")


def pdf_time(text: str) -> str:
    """Return a date of a PDF (ISO 32000-1, 7.9.4) as ISO 8601."""
    match = _PDF_TIME.match(text.strip())
    if match is None:
        return ""
    *numbers, sign, hours, minutes = match.groups()
    try:
        found = datetime(*map(int, numbers))  # type: ignore[arg-type]  # noqa: DTZ001  # zone below
        if sign is None:
            return found.isoformat()
        shift = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = UTC if sign == "Z" else timezone(-shift if sign == "-" else shift)
    except ValueError:
        return ""
    return found.replace(tzinfo=zone).isoformat()


def iso_time(text: str) -> str:
    """Return a time that already is ISO 8601, else nothing."""
    return text.strip().replace(" ", "T") if _ISO_TIME.match(text.strip()) else ""


def iso_position(text: str) -> tuple[float, float, float | None] | None:
    """Return latitude, longitude (degrees) and altitude (metres) of a string after ISO 6709, annex H."""
    match = _ISO_6709.match(text.strip())
    if match is None:
        return None
    latitude, longitude, altitude = match.groups()
    return float(latitude), float(longitude), float(altitude) if altitude else None


def add_tags(description: Description, group: str, tags: Mapping[str, str]) -> None:
    """Keep the tags of a container; times and places among them are parsed."""
    for name, value in tags.items():
        text = text_of(value)
        description.found(group, name, text, iso_time(text))
        place = iso_position(text) if "location" in name.lower() or name == "©xyz" else None
        if place is not None:
            description.position(*place)
