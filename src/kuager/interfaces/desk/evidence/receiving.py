"""Uploads in parts, for browsers with scripts: over bad lines, through restarts, with the vault locked.

``POST uploads/`` begins one and answers with its address; ``PATCH`` adds a part at ``Upload-Offset``;
``HEAD`` tells how far it has come; ``DELETE`` drops it. A part is sealed and durable before it is answered.
"""

import json
from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit import operations as audit
from kuager.engines.vault.ends import is_mark
from kuager.engines.vault.parts import LARGEST_PART, Incoming, WrongOffsetError
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence.uploads import said_name, said_type
from kuager.interfaces.shell.vault_places import vault_files, vault_public

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue

BEGUN = "uploads_begun"
UNFINISHED_FOR = timedelta(days=14)
_OFFSET, _LENGTH = "Upload-Offset", "Upload-Length"
_LONGEST_WORDS = 8_192


def incoming_uploads() -> Incoming:
    """Return the uploads that come into the organisation's vault; needs no passphrase."""
    return Incoming(vault_files(), vault_public())


@require_POST
@needs(Capability.KEEP_EVIDENCE)
def begin(request: HttpRequest) -> HttpResponse:
    """Begin an upload: the name, type and size of the file, and the digests of its ends."""
    said = _said(request)
    told: dict[str, JsonValue] = {
        "name": said_name(str(said.get("name", ""))),
        "media_type": said_type(str(said.get("type", ""))),
        "sent_by": acting_user(request).username,
    }
    told |= {end: str(said[end]) for end in ("first", "last") if is_mark(said.get(end))}
    size = said.get("size")
    if not isinstance(size, int) or isinstance(size, bool) or size < 0:
        raise BadInputError("the size of the file is missing")
    incoming = incoming_uploads()
    incoming.sweep(begun_before=now() - UNFINISHED_FOR)
    upload_id = incoming.begin(told, size=size, at=now())
    if size == 0:
        incoming.finish(upload_id, 0)
    _remember(request, upload_id, "evidence.upload_begun")
    url = reverse("evidence-upload", args=[upload_id])
    return JsonResponse({"url": url, "id": upload_id, "offset": 0}, status=201)


def _said(request: HttpRequest) -> dict[str, object]:
    text = request.read(_LONGEST_WORDS + 1)
    try:
        found = json.loads(text) if len(text) <= _LONGEST_WORDS else None
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise BadInputError("expected what is told of a file, as JSON")
    return found


def _remember(request: HttpRequest, upload_id: str, action: str) -> None:
    """Record, once in a session, who sends parts of an upload."""
    begun: list[str] = request.session.get(BEGUN, [])
    if upload_id not in begun:
        request.session[BEGUN] = [*begun, upload_id][-100:]
        target = f"evidence.Upload:{upload_id}"
        audit.record_event(action=action, actor=acting_user(request), target=target, at=now())


@require_http_methods(["HEAD", "PATCH", "DELETE"])
@needs(Capability.KEEP_EVIDENCE)
def part(request: HttpRequest, key: str) -> HttpResponse:
    """Tell how far an upload has come, add a part, or drop it."""
    incoming = incoming_uploads()
    if request.method == "DELETE":
        incoming.get(key)
        drop_upload(request, incoming, key)
        return HttpResponse(status=204)
    if request.method == "PATCH":
        incoming.get(key)
        _remember(request, key, "evidence.upload_taken_up")
        return _added(request, incoming, key)
    found = incoming.get(key)
    return _answer(200, found.offset, found.size)


def _added(request: HttpRequest, incoming: Incoming, key: str) -> HttpResponse:
    size, offset = _number(request, "Content-Length"), _number(request, _OFFSET)
    if size > LARGEST_PART:
        raise BadInputError(f"a part may have up to {LARGEST_PART} bytes")
    data = request.read(size)
    if len(data) != size:
        raise BadInputError("the part broke off on its way; send it again")
    try:
        offset = incoming.append(key, offset, data)
    except WrongOffsetError as error:
        return _answer(error.http_status, error.expected, incoming.get(key).size)
    found = incoming.get(key)
    if found.offset == found.size and not found.is_finished:
        incoming.finish(key, found.size)
    return _answer(200, found.offset, found.size)


def _number(request: HttpRequest, header: str) -> int:
    text = request.headers.get(header, "")
    if not (text.isascii() and text.isdigit() and len(text) < 16):
        raise BadInputError(f"the header {header} must say a number of bytes")
    return int(text)


def _answer(status: int, offset: int, size: int) -> HttpResponse:
    return HttpResponse(status=status, headers={_OFFSET: str(offset), _LENGTH: str(size)})


def drop_upload(request: HttpRequest, incoming: Incoming, key: str) -> None:
    """Take away an upload that has become no item, and record who did."""
    incoming.drop(key)
    target = f"evidence.Upload:{key}"
    audit.record_event(action="evidence.upload_dropped", actor=acting_user(request), target=target, at=now())
