"""The page of looking: covered first; then one picture, its steps, its marks, and what is said beside it."""

from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from kuager.core.errors import BadInputError, RefusedError
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.engines.media.errors import UnreadableMediaError
from kuager.engines.media.time_codes import write_time
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_viewer import shown
from kuager.interfaces.desk.evidence_viewer.asked import AskedItem, asked_item
from kuager.interfaces.desk.evidence_viewer.forms import MarkForm
from kuager.interfaces.desk.evidence_viewer.lines import mark_lines
from kuager.interfaces.desk.evidence_viewer.originals import is_played
from kuager.interfaces.desk.evidence_viewer.pictures import AHEAD, draw
from kuager.interfaces.desk.evidence_viewer.places import Place, asked_place, steps_from
from kuager.interfaces.desk.evidence_viewer.shown import Looks, Size, Tone, Way
from kuager.interfaces.desk.evidence_viewer.speech import speech_beside

if TYPE_CHECKING:
    from kuager.engines.media.viewing import Drawn


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def look(request: HttpRequest, number: int) -> HttpResponse:
    """Show an item: covered until it was asked for, and then at the place the address names."""
    asked = asked_item(request, number)
    return looking_page(request, asked)


def looking_page(
    request: HttpRequest, asked: AskedItem, *, mark_form: MarkForm | None = None, status: int = 200
) -> HttpResponse:
    """Return the page; with a form that could not be read, it says what is missing."""
    place, place_form = asked_place(request, asked)
    is_uncovered = shown.is_shown(request, asked.number, Way.PICTURES, now())
    looks = shown.looks_of(request, asked.number)
    drawn, problem = None, ""
    if is_uncovered and asked.has_picture:
        drawn, problem = _drawn(request, asked, looks, place)
    at_ms = drawn.ms if drawn is not None and asked.is_timed else place.ms
    marks = queries.marks(asked.vault, asked.item)
    context: dict[str, Any] = {
        "asked": asked,
        "item": asked.item,
        "is_uncovered": is_uncovered,
        "is_played": is_played(asked.item),
        "may_take": may(acting_user(request), Capability.EXPORT_EVIDENCE),
        "plays": shown.is_shown(request, asked.number, Way.ORIGINAL, now()),
        "looks": looks,
        "place": place,
        "place_form": place_form,
        "at_ms": at_ms,
        "at_code": write_time(at_ms),
        "drawn": drawn,
        "problem": problem,
        "steps": steps_from(asked, place, drawn),
        "marks": mark_lines(marks, request, asked),
        "mark_form": mark_form or MarkForm(initial=_first(asked, at_ms, place)),
        "speech": speech_beside(request, asked, at_ms),
    }
    return render(request, "desk/evidence_viewer/look.html", context, status=status)


def _drawn(request: HttpRequest, asked: AskedItem, looks: Looks, place: Place) -> "tuple[Drawn | None, str]":
    try:
        ahead = AHEAD if "on" in request.GET else 0
        return draw(asked, looks, ms=place.ms, page=place.page, ahead=ahead), ""
    except UnreadableMediaError as error:
        return None, str(error)


def _first(asked: AskedItem, at_ms: int, place: Place) -> dict[str, object]:
    """Fill in where the reader is."""
    if asked.is_timed:
        return {"at": Place(ms=at_ms).code}
    return {"page": place.page} if asked.is_pdf else {}


@require_POST
@needs(Capability.VIEW_EVIDENCE)
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Uncover an item: recorded first, shown after."""
    asked = asked_item(request, number)
    way = _way(request)
    if way is Way.ORIGINAL and not is_played(asked.item):
        check_may(acting_user(request), Capability.EXPORT_EVIDENCE)
    if way is Way.PICTURES and not asked.has_picture:
        raise RefusedError("this item has no picture that can be drawn")
    operations.note_view(
        vault=asked.vault, item=asked.item, what=_WORDS[way], by=acting_user(request), at=now()
    )
    shown.show(request, number, way, now())
    if way is Way.ORIGINAL and not is_played(asked.item):
        return redirect("evidence-original", number)
    if "tone" in request.POST:
        _take_looks(request, number)
    return redirect(_back(request, number, "#film" if way is Way.ORIGINAL else "#picture"))


_WORDS = {Way.PICTURES: "frames", Way.ORIGINAL: "original"}


def _way(request: HttpRequest) -> Way:
    try:
        return Way(request.POST.get("way", Way.PICTURES))
    except ValueError:
        raise BadInputError(gettext("Choose what to show: pictures, or the original.")) from None


@require_POST
@needs(Capability.VIEW_EVIDENCE)
def change_looks(request: HttpRequest, number: int) -> HttpResponse:
    """Show the same pictures in grey or in colour, small or large."""
    asked_item(request, number)
    _take_looks(request, number)
    return redirect(_back(request, number, "#picture"))


def _take_looks(request: HttpRequest, number: int) -> None:
    before = shown.looks_of(request, number)
    try:
        tone = Tone(request.POST.get("tone", before.tone))
        size = Size(request.POST.get("size", before.size))
    except ValueError:
        raise BadInputError(gettext("Choose grey or colour, small or large.")) from None
    shown.change_looks(request, number, Looks(tone=tone, size=size))


@require_POST
@needs(Capability.VIEW_EVIDENCE)
def cover(request: HttpRequest, number: int) -> HttpResponse:
    """Cover an item again."""
    asked_item(request, number)
    shown.cover(request, number)
    return redirect("evidence-look", number)


def _back(request: HttpRequest, number: int, anchor: str) -> str:
    """Return the same place of the page."""
    place = Place.from_texts(request.POST.get("t", ""), request.POST.get("page", ""))
    return reverse("evidence-look", args=[number]) + place.query + anchor
