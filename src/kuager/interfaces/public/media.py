"""Published redacted copies of evidence: what was removed, the file, and how anybody can check it."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.core.errors import NotFoundError
from kuager.domain.publication import queries
from kuager.interfaces.public.answering import CACHE
from kuager.interfaces.shell.byte_ranges import ByteRange, UnsatisfiableRangeError, asked_range

POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
NO_COPIES = "noarchive"
_PIECE = 1 << 16
# Kinds that our own programs wrote and a browser shows inside a page; everything else is saved.
_SHOWN = ("image/", "video/", "audio/")


@require_safe
@login_not_required
def index(request: HttpRequest) -> HttpResponse:
    """List everything that is public now."""
    response = render(request, "public/media.html", {"media": queries.public_media()})
    response["Cache-Control"] = CACHE
    return response


@require_safe
@login_not_required
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Show one published copy, or that it was taken down and why."""
    found = _found(number)
    status = 200 if found.is_public else 410
    response = render(request, "public/media_one.html", {"one": found}, status=status)
    response["Cache-Control"] = CACHE
    response["X-Robots-Tag"] = NO_COPIES
    return response


@require_safe
@login_not_required
def file(request: HttpRequest, number: int) -> HttpResponseBase:
    """Give the published bytes, or the part that is asked for."""
    found = _found(number)
    path = queries.media_path(published_folder(), found.row.sha256, found.row.media_type)
    if not found.is_public or not path.is_file():
        return HttpResponse("taken down", status=410, content_type="text/plain")
    try:
        wanted = (
            asked_range(request.headers.get("Range"), found.row.size) if request.method == "GET" else None
        )
    except UnsatisfiableRangeError:
        response: HttpResponseBase = HttpResponse(status=416, content_type="text/plain")
        response["Content-Range"] = f"bytes */{found.row.size}"
        return response
    response = _bytes(path, wanted or ByteRange(0, found.row.size - 1), is_head=request.method == "HEAD")
    if wanted is not None:
        response.status_code = 206
        response["Content-Range"] = f"bytes {wanted.first}-{wanted.last}/{found.row.size}"
    way = "inline" if found.row.media_type.startswith(_SHOWN) else "attachment"
    response["Content-Type"] = found.row.media_type
    response["Content-Disposition"] = f'{way}; filename="{found.file_name}"'
    response["Content-Security-Policy"] = POLICY
    response["X-Content-Type-Options"] = "nosniff"
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = CACHE
    response["X-Robots-Tag"] = NO_COPIES
    return response


def published_folder() -> Path:
    """Return the folder of published files."""
    return Path(settings.DATA) / "published"


def _found(number: int) -> queries.PublicMedia:
    try:
        return queries.get_media(number)
    except NotFoundError:
        raise Http404 from None


def _bytes(path: Path, part: ByteRange, *, is_head: bool) -> HttpResponseBase:
    response = HttpResponse() if is_head else StreamingHttpResponse(_pieces(path.open("rb"), part))
    response["Content-Length"] = str(part.last - part.first + 1)
    return response


def _pieces(stream: BinaryIO, part: ByteRange) -> Iterator[bytes]:
    with stream:
        stream.seek(part.first)
        left = part.last - part.first + 1
        while left and (piece := stream.read(min(_PIECE, left))):
            left -= len(piece)
            yield piece
