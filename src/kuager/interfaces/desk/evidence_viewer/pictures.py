"""Pictures of an item: drawn by the reading process, served as JPEG of our own making, only after asking."""

from dataclasses import replace
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from kuager.core.errors import IntegrityError, NotFoundError
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.terms import MediaKind
from kuager.engines.media import previews, viewing
from kuager.interfaces.desk.access import needs, now
from kuager.interfaces.desk.evidence_viewer.asked import AskedItem, asked_item
from kuager.interfaces.desk.evidence_viewer.sealed_pictures import SealedPictures, Wanted
from kuager.interfaces.desk.evidence_viewer.shown import Size, Tone, Way, check_shown, looks_of

if TYPE_CHECKING:
    from kuager.engines.media.viewing import Drawn
    from kuager.interfaces.desk.evidence_viewer.shown import Looks

SIDES = {Size.SMALL: 480, Size.LARGE: 1280}
AHEAD = 4
COVER_AT_MS = 1_000
_COVER = "cover"
_RECENT = SealedPictures()
_SAFE = "default-src 'none'; frame-ancestors 'none'; sandbox"


def draw(asked: AskedItem, looks: "Looks", *, ms: int = 0, page: int = 1, ahead: int = 0) -> "Drawn":
    """Return the picture of a moment or a page, drawn now or a moment ago.

    Raises
    ------
    UnreadableMediaError
        When the file cannot be read, with the reason.
    """
    is_grey, side = looks.tone is Tone.GREY, looks.side or SIDES[looks.size]
    wanted = Wanted(asked.item.address, side, is_grey, page if asked.is_pdf else None)
    found = _RECENT.get(asked.vault, wanted, 0 if asked.is_pdf else ms)
    if found is not None:
        return found
    with asked.source() as plain:
        if asked.is_pdf:
            drawn = [viewing.page(plain, number=page, side=side, is_grey=is_grey)]
        elif asked.kind is MediaKind.VIDEO:
            drawn = viewing.moments(plain, ms=ms, side=side, ahead=ahead, is_grey=is_grey)
        elif asked.kind is MediaKind.PICTURE:
            drawn = [viewing.still(previews.preview(plain, side=side), is_grey=is_grey)]
        else:
            raise NotFoundError("this item has no picture that can be drawn")
    for one in drawn:
        _RECENT.put(asked.vault, wanted, one)
    return drawn[0]


def cover_of(asked: AskedItem) -> bytes:
    """Return the blurred picture of an item, kept sealed beside it from the first time on."""
    sidecars, key = asked.vault.sidecars, str(asked.number)
    try:
        return sidecars.get(_COVER, key)
    except (NotFoundError, IntegrityError):
        with asked.source() as plain:
            if asked.is_pdf:
                drawn = viewing.page(plain, number=1, side=64, is_grey=True)
            elif asked.kind is MediaKind.VIDEO:
                drawn = viewing.moments(plain, ms=COVER_AT_MS, side=64, is_grey=True)[0]
            else:
                drawn = viewing.still(previews.preview(plain, side=64), is_grey=True)
        covered = viewing.covered(drawn)
        sidecars.put(_COVER, key, covered)
        return covered


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def show_cover(request: HttpRequest, number: int) -> HttpResponse:
    """Serve the blurred picture; nothing can be made out in it, so nobody has to ask for it."""
    asked = asked_item(request, number)
    if not asked.has_picture:
        raise NotFoundError("this item has no picture that can be drawn")
    return _served(cover_of(asked))


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def show_frame(request: HttpRequest, number: int, ms: int) -> HttpResponse:
    """Serve what is shown at a moment, to whoever asked for this item on its page."""
    asked = asked_item(request, number)
    check_shown(request, number, Way.PICTURES, now())
    looks = _looks(request, number)
    drawn = draw(asked, looks, ms=ms, ahead=AHEAD if "on" in request.GET else 0)
    response = _served(drawn.data)
    response["Kuager-Ms"] = str(drawn.ms)
    response["Kuager-Next-Ms"] = "" if drawn.next_ms is None else str(drawn.next_ms)
    return response


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def show_page(request: HttpRequest, number: int, page: int) -> HttpResponse:
    """Serve a page of a document, to whoever asked for this item on its page."""
    asked = asked_item(request, number)
    check_shown(request, number, Way.PICTURES, now())
    return _served(draw(asked, _looks(request, number), page=page).data)


def _looks(request: HttpRequest, number: int) -> "Looks":
    """Return how the picture is wanted; ``full`` asks for as many points as there are, this once."""
    looks = looks_of(request, number)
    return replace(looks, side=viewing.LARGEST_SIDE) if "full" in request.GET else looks


def _served(data: bytes) -> HttpResponse:
    response = HttpResponse(data, content_type="image/jpeg")
    response["Content-Security-Policy"] = _SAFE
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "no-store"
    return response
