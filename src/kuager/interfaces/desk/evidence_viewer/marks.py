"""Marks: written down beside the picture, cited as a place in a source, dropped with a reason."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kuager.core.errors import BadInputError, NotFoundError
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.terms import MediaKind
from kuager.domain.sources import operations as sources
from kuager.domain.sources.queries import get_source, list_sources
from kuager.domain.sources.terms import PublisherKind, SourceKind
from kuager.interfaces.desk.access import acting_user, needs, now, today
from kuager.interfaces.desk.evidence_viewer.asked import AskedItem, asked_item
from kuager.interfaces.desk.evidence_viewer.forms import CiteForm, MarkForm, ReasonForm
from kuager.interfaces.desk.evidence_viewer.lines import citation_line, mark_address
from kuager.interfaces.desk.evidence_viewer.looking import looking_page

if TYPE_CHECKING:
    from kuager.domain.evidence.models import Mark
    from kuager.domain.sources.models import Source

SOURCES_OFFERED = 200
_KINDS = {MediaKind.VIDEO: SourceKind.VIDEO, MediaKind.PICTURE: SourceKind.PHOTO}


@require_http_methods(["GET", "POST"])
@needs(Capability.VIEW_EVIDENCE)
def add_mark(request: HttpRequest, number: int) -> HttpResponse:
    """Mark a place; where the form cannot be read, the page says why and keeps what was written."""
    if request.method != "POST":
        return redirect("evidence-look", number)
    check_may(acting_user(request), Capability.VERIFY_EVIDENCE)
    asked = asked_item(request, number)
    form = MarkForm(request.POST)
    if not form.is_valid():
        return looking_page(request, asked, mark_form=form, status=422)
    given = form.cleaned_data
    try:
        mark = operations.add_mark(
            vault=asked.vault,
            item=asked.item,
            note=given["note"],
            time_ms=given["at"] if asked.is_timed else None,
            page=given["page"] if asked.is_pdf else None,
            box=given["box"],
            by=acting_user(request),
            at=now(),
        )
    except BadInputError as error:
        form.add_error(None, str(error))
        return looking_page(request, asked, mark_form=form, status=422)
    messages.success(request, gettext("Marked. The note is sealed with the evidence."))
    return redirect(mark_address(mark, number))


@require_http_methods(["GET", "POST"])
@needs(Capability.VERIFY_EVIDENCE)
def drop_mark(request: HttpRequest, number: int, mark_id: int) -> HttpResponse:
    """Take a mark out of use, with a reason; it stays on record."""
    asked, mark = _asked_mark(request, number, mark_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        operations.drop_mark(mark=mark, reason=form.cleaned_data["reason"], by=acting_user(request), at=now())
        messages.success(request, gettext("The mark is dropped; it stays on record."))
        return redirect("evidence-look", number)
    context = {"asked": asked, "item": asked.item, "mark": mark, "form": form, "note": _note(asked, mark)}
    return render(request, "desk/evidence_viewer/drop_mark.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(Capability.RECORD)
def cite_mark(request: HttpRequest, number: int, mark_id: int) -> HttpResponse:
    """Make a mark a place in a source, so that a statement of the register can stand on it."""
    asked, mark = _asked_mark(request, number, mark_id)
    form = CiteForm(request.POST or None, sources=_offered(asked), today=today())
    if request.method == "POST" and form.is_valid():
        source = _source(request, asked, form)
        operations.cite_mark(vault=asked.vault, mark=mark, source=source, by=acting_user(request), at=now())
        messages.success(request, gettext("Cited. The citation can be chosen in the register."))
        return redirect(mark_address(mark, number))
    context = {
        "asked": asked,
        "item": asked.item,
        "mark": mark,
        "form": form,
        "note": _note(asked, mark),
        "citation": citation_line(mark, asked),
    }
    return render(request, "desk/evidence_viewer/cite_mark.html", context, status=422 if form.errors else 200)


def _asked_mark(request: HttpRequest, number: int, mark_id: int) -> "tuple[AskedItem, Mark]":
    asked = asked_item(request, number)
    mark = queries.get_mark(mark_id, user=acting_user(request))
    if mark.item_id != asked.item.pk:
        raise NotFoundError(f"item {number} has no mark {mark_id}")
    return asked, mark


def _note(asked: AskedItem, mark: "Mark") -> str:
    return next((one.note for one in queries.marks(asked.vault, asked.item) if one.row.pk == mark.pk), "")


def _offered(asked: AskedItem) -> list[tuple[int, str]]:
    """Return the sources by which the item came, then the newest others."""
    its_own = [one.source for one in queries.acquisitions(asked.item) if one.source is not None]
    found = {source.pk: source for source in [*its_own, *list_sources()[:SOURCES_OFFERED]]}
    return [
        (pk, f"{source.publisher.name}: {source.title}, {source.told_on}") for pk, source in found.items()
    ]


def _source(request: HttpRequest, asked: AskedItem, form: CiteForm) -> "Source":
    given, by, at = form.cleaned_data, acting_user(request), now()
    if given["source"]:
        return get_source(given["source"])
    publisher = sources.get_or_create_publisher(
        name=given["publisher"], kind=PublisherKind.OTHER, by=by, at=at
    )
    return sources.add_source(
        publisher=publisher,
        kind=_KINDS.get(asked.kind, SourceKind.STATEMENT),
        title=f"item {asked.number}",
        told_on=given["told_on"],
        by=by,
        at=at,
    )
