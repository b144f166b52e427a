"""What somebody has asked to see in this session: until then, and after half an hour unused, an item is covered.

Asking is an act of its own (POST), and the custody event that tells of it is durable before any byte is
served. The session remembers it; looking on keeps it uncovered.
"""

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
    """How pictures are shown."""

    GREY = "grey"
    COLOUR = "colour"


class NotShownError(RefusedError):
    """The item is covered: somebody must ask for it first, so that it is known who saw it."""

    http_status = 403


def show(request: "HttpRequest", number: int, way: Way, at: datetime, tone: Tone | None = None) -> None:
    """Remember that this item was asked for; its custody event is written already."""
    held = _held(request)
    entry = held.pop(str(number), {})
    entry[way.value] = at.timestamp()
    if tone is not None:
        entry["tone"] = tone.value
    held[str(number)] = entry
    request.session[_KEY] = dict(list(held.items())[-REMEMBERED_ITEMS:])


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


def tone_of(request: "HttpRequest", number: int) -> Tone:
    """Return how pictures of this item are shown: grey, unless colour was asked for."""
    return Tone(_held(request).get(str(number), {}).get("tone", Tone.GREY))


def _held(request: "HttpRequest") -> dict[str, dict[str, object]]:
    held = request.session.get(_KEY, {})
    return dict(held) if isinstance(held, dict) else {}
