"""What a file is and what it says of itself, read by the limited process.

Promise: every value is given as the file states it; what is parsed from it stands beside it, and only where
the format leaves no doubt. A statement of a file is a claim, not a fact: clocks of cameras go wrong, and
anybody can write metadata. Failure model: see `limited`; the child's answer is checked for form and bounds.
"""

import io
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, BinaryIO

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.limited import DEFAULT, MIB, Limits, run_limited
from kuager.engines.media.types import Family, family_of, media_types

MAX_FOUND, MAX_VALUE, MAX_STREAMS = 500, 2000, 32
_WORKS = {
    Family.PICTURE: "probe_picture",
    Family.VIDEO: "probe_container",
    Family.SOUND: "probe_container",
    Family.DOCUMENT: "probe_document",
}
# Described by another reader than the rest of their family.
_OWN_WORKS = {"image/heic": "probe_heif"}


@dataclass(frozen=True, kw_only=True)
class Found:
    """One value as it stands in the file.

    Attributes
    ----------
    group
        Where: ``exif gps``, ``container``, ``stream 0``, ``pdf``, ``xmp`` …
    name, value
        As found; values are cut at 2,000 characters.
    parsed
        A time as ISO 8601 (without offset: local time of an unknown zone), else empty.
    """

    group: str
    name: str
    value: str
    parsed: str


@dataclass(frozen=True, kw_only=True)
class Stream:
    """One stream of a container: pictures, sound, subtitles or data. None: not stated."""

    kind: str
    codec: str
    width: int | None
    height: int | None
    frame_rate: float | None
    frames: int | None
    duration_ms: int | None
    facts: Mapping[str, str | int | float]


@dataclass(frozen=True, kw_only=True)
class Position:
    """A place that the file states: degrees (WGS 84 is assumed by its format), metres above the sea."""

    latitude: float
    longitude: float
    altitude_m: float | None


@dataclass(frozen=True, kw_only=True)
class Probe:
    """What a file is and says.

    Attributes
    ----------
    media_type
        By its bytes, the most probable; ``also`` holds what else it matches (a polyglot).
    size
        Bytes.
    width, height
        Pixels as stored, before any turning; points (1/72 inch) of the first page for a PDF.
    frame_rate
        Frames a second on average.
    pages, attachments, scripts
        Of a PDF (pages also of a TIFF).
    is_cut
        There was more metadata than is kept here (500 values of 2,000 characters, 32 streams).
    was_read
        False where the kind is known only by its first bytes and nothing inside was read.
    """

    media_type: str
    also: tuple[str, ...]
    family: Family
    size: int
    was_read: bool = False
    format: str = ""
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None
    frame_rate: float | None = None
    pages: int | None = None
    attachments: int | None = None
    scripts: int | None = None
    position: Position | None = None
    streams: tuple[Stream, ...] = ()
    found: tuple[Found, ...] = ()
    is_cut: bool = False


def probe(source: BinaryIO, *, limits: Limits = DEFAULT) -> Probe:
    """Say what a file is and what it states.

    Parameters
    ----------
    source : BinaryIO
        The plain file, seekable.

    Raises
    ------
    UnreadableMediaError
        When it is empty, or of a kind that is read here but damaged, too large, locked or an attack. The
        reason says which; `media_types` still tells the kind.
    """
    kinds = media_types(source)
    known = Probe(
        media_type=kinds[0], also=kinds[1:], family=family_of(kinds[0]), size=source.seek(0, io.SEEK_END)
    )
    work = _OWN_WORKS.get(known.media_type, _WORKS.get(known.family))
    if work is None:
        return known
    answer = run_limited(work, {"media_type": known.media_type}, source, limits=limits)
    return _checked(known, answer)


def _checked(known: Probe, answer: bytes) -> Probe:
    """Take the child's answer into our own types; whatever does not fit means that it was taken over."""
    if len(answer) > 8 * MIB:
        raise UnreadableMediaError(Reason.BROKEN_RULES)
    try:
        told = json.loads(answer)
        return Probe(
            media_type=known.media_type,
            also=known.also,
            family=known.family,
            size=known.size,
            was_read=True,
            format=_text(told, "format"),
            width=_whole(told, "width"),
            height=_whole(told, "height"),
            duration_ms=_whole(told, "duration_ms"),
            frame_rate=_number(told, "frame_rate"),
            pages=_whole(told, "pages"),
            attachments=_whole(told, "attachments"),
            scripts=_whole(told, "scripts"),
            position=_position(told),
            streams=tuple(_stream(one) for one in told["streams"][:MAX_STREAMS]),
            found=tuple(_found(one) for one in told["found"][:MAX_FOUND]),
            is_cut=told["is_cut"] is True,
        )
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UnreadableMediaError(Reason.BROKEN_RULES) from None


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name, "")
    if not isinstance(value, str):
        raise TypeError(name)
    # Half letters (lone surrogates) cannot be written as UTF-8; JSON can carry them.
    return value[:MAX_VALUE].encode("utf-8", "replace").decode("utf-8")


def _number(told: Mapping[str, Any], name: str) -> float | None:
    value = told.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 2**53:
        raise ValueError(name)
    return value


def _whole(told: Mapping[str, Any], name: str) -> int | None:
    value = _number(told, name)
    return None if value is None else int(value)


def _position(told: Mapping[str, Any]) -> Position | None:
    if "latitude" not in told:
        return None
    latitude, longitude = float(told["latitude"]), float(told["longitude"])
    altitude = told.get("altitude_m")
    if not (-90 <= latitude <= 90 and -180 <= longitude <= 180):
        raise ValueError("no place on the Earth")
    return Position(
        latitude=latitude, longitude=longitude, altitude_m=None if altitude is None else float(altitude)
    )


_FURTHER = ("profile", "pixels", "bit_rate", "language", "rate", "channels")


def _stream(told: Mapping[str, Any]) -> Stream:
    further = {name: told[name] for name in _FURTHER if name in told}
    return Stream(
        kind=_text(told, "kind"),
        codec=_text(told, "codec"),
        width=_whole(told, "width"),
        height=_whole(told, "height"),
        frame_rate=_number(told, "frame_rate"),
        frames=_whole(told, "frames"),
        duration_ms=_whole(told, "duration_ms"),
        facts={
            name: _text(further, name) if isinstance(value, str) else _number(further, name) or 0
            for name, value in further.items()
        },
    )


def _found(told: Mapping[str, Any]) -> Found:
    return Found(
        group=_text(told, "group"),
        name=_text(told, "name"),
        value=_text(told, "value"),
        parsed=_text(told, "parsed"),
    )
