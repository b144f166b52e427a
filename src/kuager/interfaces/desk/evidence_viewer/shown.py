"""What somebody has asked to see in this session: until then, and after half an hour unused, it is covered.

Asking is an act of its own (POST), and the custody event that tells of it is durable before any byte is
served. The session remembers it; looking on keeps the item uncovered.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from kuager.core.errors import RefusedError

if TYPE_CHECKING:
    from django.http import HttpRequest

UNUSED = timedelta(minutes=30)
REMEMBERED_ITEMS = 50
_REFRESHED_EVERY = timedelta(minutes=3)
_KEY = "evidence_shown"


class Way(StrEnum):
    """What of an item is shown."""

    PICTURES = "pictures"
    ORIGINAL = "original"


class Tone(StrEnum):
    """In which colours."""

    GREY = "grey"
    COLOUR = "colour"


class Size(StrEnum):
    """How large."""

    SMALL = "small"
    LARGE = "large"


@dataclass(frozen=True, kw_only=True)
class Looks:
    """How pictures are shown; small and grey unless more was asked for."""

    tone: Tone = Tone.GREY
    size: Size = Size.SMALL
    side: int | None = None
    """Points of the longer side, where another size is wanted this once."""


class NotShownError(RefusedError):
    """The item is covered: somebody must ask for it first, so that it is known who saw it."""

    http_status = 403


def show(request: "HttpRequest", number: int, way: Way, at: datetime) -> None:
    """Remember that this item was asked for; its custody event is written already."""
    _change(request, number, {way.value: at.timestamp()})


def change_looks(request: "HttpRequest", number: int, looks: Looks) -> None:
    """Remember how pictures of this item are wanted."""
    _change(request, number, {"tone": looks.tone.value, "size": looks.size.value})


def cover(request: "HttpRequest", number: int) -> None:
    """Forget it: from now on the item is covered again."""
    held = _held(request)
    held.pop(str(number), None)
    request.session[_KEY] = held


def is_shown(request: "HttpRequest", number: int, way: Way, at: datetime) -> bool:
    """Tell whether this item may be served in this way; being served keeps it so."""
    since = _held(request).get(str(number), {}).get(way.value)
    if not isinstance(since, float | int):
        return False
    age = at - datetime.fromtimestamp(since, at.tzinfo)
    if not timedelta(0) <= age < UNUSED:
        return False
    if age > _REFRESHED_EVERY:
        show(request, number, way, at)
    return True


def check_shown(request: "HttpRequest", number: int, way: Way, at: datetime) -> None:
    """Raise NotShownError unless this item was asked for."""
    if not is_shown(request, number, way, at):
        raise NotShownError("this item is covered; ask for it on its page first, which is recorded")


def looks_of(request: "HttpRequest", number: int) -> Looks:
    """Return how pictures of this item are wanted."""
    held = _held(request).get(str(number), {})
    return Looks(tone=Tone(str(held.get("tone", "grey"))), size=Size(str(held.get("size", "small"))))


def _change(request: "HttpRequest", number: int, changes: dict[str, object]) -> None:
    held = _held(request)
    entry = {**held.pop(str(number), {}), **changes}
    held[str(number)] = entry
    request.session[_KEY] = dict(list(held.items())[-REMEMBERED_ITEMS:])


def _held(request: "HttpRequest") -> dict[str, dict[str, object]]:
    held = request.session.get(_KEY, {})
    return dict(held) if isinstance(held, dict) else {}
