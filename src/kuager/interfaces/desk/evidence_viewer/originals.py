"""The original bytes: played from any place, or handed over as a file; never opened as a page.

Whatever plays them reads bytes of strangers: only kinds that browsers play in a process of their own are
named; everything else is "some bytes", to be saved. What is sent was verified; memory is one chunk.
"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, cast

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.views.decorators.http import require_safe

from kuager.core.errors import RefusedError
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_viewer.asked import asked_item
from kuager.interfaces.desk.evidence_viewer.shown import Way, check_shown
from kuager.interfaces.shell.byte_ranges import (
    ByteRange,
    UnsatisfiableRangeError,
    asked_range,
)

if TYPE_CHECKING:
    from django.http.response import HttpResponseBase

    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.sealing import Decrypted

PLAYED = {
    "video/mp4": "mp4",
    "video/webm": "webm",
    "video/ogg": "ogv",
    "video/quicktime": "mov",
    "audio/mpeg": "mp3",
    "audio/mp4": "m4a",
    "audio/aac": "aac",
    "audio/ogg": "ogg",
    "audio/webm": "weba",
    "audio/flac": "flac",
    "audio/wav": "wav",
    "audio/x-wav": "wav",
}
"""Kinds that are served under their name, and how a saved file ends."""

SANDBOX = "default-src 'none'; frame-ancestors 'none'; sandbox"
_PIECE = 1 << 16
_AS_A_PAGE = frozenset({"document", "iframe", "frame", "embed", "object"})


def is_played(item: "DigitalItem") -> bool:
    """Tell whether a browser may play the original of this item."""
    return played_type(item) is not None


def played_type(item: "DigitalItem") -> str | None:
    """Return the kind under which the original is served; None where it is only handed over."""
    kind = item.media_type.split(";")[0].strip().lower()
    return kind if kind in PLAYED else None


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def stream_original(request: HttpRequest, number: int) -> HttpResponse:
    """Serve the original, or the part of it that is asked for, to whoever asked for it on its page."""
    asked = asked_item(request, number)
    kind = played_type(asked.item)
    if kind is None:
        # It leaves the vault as a file.
        check_may(acting_user(request), Capability.EXPORT_EVIDENCE)
    check_shown(request, number, Way.ORIGINAL, now())
    if kind is not None and request.headers.get("Sec-Fetch-Dest", "") in _AS_A_PAGE:
        raise RefusedError("the original is played on the page of its item, never as a page of its own")
    plain = asked.open()
    try:
        wanted = _wanted(request, number, plain.size)
    except UnsatisfiableRangeError:
        response: HttpResponseBase = HttpResponse(status=416, content_type="text/plain")
        response["Content-Range"] = f"bytes */{plain.size}"
        plain.close()
    else:
        response = _answer(request, plain, wanted)
        _name(response, number, kind)
    response["Accept-Ranges"] = "bytes"
    response["Content-Security-Policy"] = SANDBOX
    return cast("HttpResponse", response)


def _wanted(request: HttpRequest, number: int, size: int) -> ByteRange | None:
    if request.method != "GET":
        return None  # ranges are defined for GET alone (section 14.2)
    condition = request.headers.get("If-Range")
    if condition is not None and condition.strip() != _tag(number):
        return None
    return asked_range(request.headers.get("Range"), size)


def _tag(number: int) -> str:
    """Return the mark of a version: what is kept under a number never changes."""
    return f'"item-{number}"'


def _answer(request: HttpRequest, plain: "Decrypted", wanted: ByteRange | None) -> "HttpResponseBase":
    part = wanted or ByteRange(0, plain.size - 1)
    if request.method == "HEAD":
        plain.close()
        response: HttpResponseBase = HttpResponse()
    else:
        response = StreamingHttpResponse(_Part(plain, part))
    response["Content-Length"] = str(part.size)
    if wanted is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {part.first}-{part.last}/{plain.size}"
    return response


def _name(response: "HttpResponseBase", number: int, kind: str | None) -> None:
    """Say what the bytes are; the name tells nothing but the number."""
    place, ending = ("attachment", "bin") if kind is None else ("inline", PLAYED[kind])
    response["Content-Type"] = kind or "application/octet-stream"
    response["Content-Disposition"] = f'{place}; filename="item-{number}.{ending}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    response["ETag"] = _tag(number)


class _Part:
    """The bytes of a part, each verified; Django closes it, also when the browser goes away early."""

    def __init__(self, plain: "Decrypted", part: ByteRange) -> None:
        self._plain, self._left = plain, part.size
        plain.seek(part.first)

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        piece = self._plain.read(min(_PIECE, self._left)) if self._left else b""
        if not piece:
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        """Let go of the file."""
        self._plain.close()
