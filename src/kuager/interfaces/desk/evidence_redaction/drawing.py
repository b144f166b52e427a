"""The page on which people draw what is covered, muted or removed. Nothing is made yet."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, BinaryIO, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kuager.core.errors import BadInputError
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.engines.media.redacting import Kind, Recipe
from kuager.engines.media.redacting.showing import Drawn, draw
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_redaction.forms import (
    AreaForm,
    CopyForm,
    SilenceForm,
    WholeForm,
    initial_of,
    recipe_from,
)
from kuager.interfaces.desk.evidence_redaction.kinds import redactable_kind
from kuager.interfaces.desk.evidence_viewer.shown import Way, is_shown, show
from kuager.interfaces.shell.vaults import open_vault

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.vault.vault import Vault

MOST_AREAS = 200
_SPARE = 2


@dataclass(slots=True)
class _Forms:
    """The forms of the page, filled or empty."""

    areas: Any
    silences: Any
    whole: WholeForm
    copy: CopyForm

    def are_valid(self) -> bool:
        """Check each, so that all faults are shown at once."""
        checked = [one.is_valid() for one in (self.areas, self.silences, self.whole)]
        return all(checked)


@require_http_methods(["GET", "POST"])
@needs(Capability.KEEP_EVIDENCE)
def redact(request: HttpRequest, number: int) -> HttpResponse:
    """Show the picture with the boxes drawn on it; put a drawing down to be looked at."""
    user, at = acting_user(request), now()
    item = queries.get_item(number, user=user)
    vault = open_vault(request)
    kind = redactable_kind(item.media_type)
    act = request.POST.get("act", "")
    if kind is None:
        return render(request, "desk/evidence_redaction/cannot.html", {"item": item}, status=422)
    if act == "show":
        operations.note_view(vault=vault, item=item, what="frames", by=user, at=at)
        show(request, number, Way.PICTURES, at)
        return redirect("evidence-redact", number)
    if not is_shown(request, number, Way.PICTURES, at):
        return render(request, "desk/evidence_redaction/covered.html", {"item": item})
    filled = _filled(request, kind, _before(request, vault, item))
    recipe = _recipe(filled, kind, act) if act in ("preview", "copy") else None
    if recipe is not None:
        order = operations.draw_copy(vault=vault, item=item, recipe=recipe, by=user, at=at)
        return redirect("evidence-redact-order", number, order.pk)
    return _page(request, vault, item, kind, filled)


def _recipe(filled: _Forms, kind: Kind, act: str) -> Recipe | None:
    """Return the recipe of what was filled in; None when something is wrong, which the forms then say."""
    if act == "copy":
        return filled.copy.recipe(kind) if filled.copy.is_valid() else None
    if not filled.are_valid():
        return None
    try:
        return recipe_from(kind, list(filled.areas), list(filled.silences), filled.whole)
    except BadInputError as error:
        words = gettext("Mark at least one area, one span of sound or one text to remove.")
        is_empty = "removes nothing" in str(error)
        filled.whole.add_error(None, words if is_empty else str(error))
        return None


def _before(request: HttpRequest, vault: "Vault", item: "DigitalItem") -> Recipe | None:
    """Return the recipe of the order that is changed, where the address names one."""
    number = request.GET.get("from", "")
    if not (number.isascii() and number.isdigit() and len(number) < 12):
        return None
    order = queries.get_order(int(number), item=item, user=acting_user(request))
    return queries.recipe_of(vault, order).recipe


def _filled(request: HttpRequest, kind: Kind, before: Recipe | None) -> _Forms:
    initial = {} if before is None else initial_of(before)
    data: Mapping[str, object] | None = request.POST if request.method == "POST" else None
    more = _SPARE if request.POST.get("act") == "more" else 0
    if data is not None and more:
        longer = request.POST.copy()
        longer["area-TOTAL_FORMS"] = str(min(MOST_AREAS, _count(longer.get("area-TOTAL_FORMS")) + more))
        data = longer
    area_set = forms.formset_factory(AreaForm, extra=_SPARE, max_num=MOST_AREAS, absolute_max=MOST_AREAS)
    silence_set = forms.formset_factory(SilenceForm, extra=_SPARE, max_num=50, absolute_max=50)
    is_copy = request.POST.get("act") == "copy"
    return _Forms(
        areas=area_set(
            None if is_copy else data,
            initial=initial.get("areas"),
            prefix="area",
            form_kwargs={"kind": kind},
        ),
        silences=silence_set(None if is_copy else data, initial=initial.get("silences"), prefix="silence"),
        whole=WholeForm(None if is_copy else data, kind=kind, initial=initial.get("whole")),
        copy=CopyForm(data if is_copy else None, kind=kind),
    )


def _count(text: object) -> int:
    digits = str(text or "0")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 5 else 0


def _page(
    request: HttpRequest, vault: "Vault", item: "DigitalItem", kind: Kind, filled: _Forms
) -> HttpResponse:
    asked = request.POST if request.method == "POST" else request.GET
    at_ms, page = moment_of(asked.get("ms", "")), max(1, moment_of(asked.get("page", "1")))
    with queries.open_item(vault, item) as source:
        drawn: Drawn = draw(cast(BinaryIO, source), kind, at_ms=at_ms, page=page)
    context = {
        "item": item,
        "kind": kind.value,
        "forms": filled,
        "at_ms": min(at_ms, drawn.duration_ms or 0),
        "page_number": page,
        "duration_ms": drawn.duration_ms,
        "pages": drawn.pages,
        "orders": queries.list_orders(item, user=acting_user(request))[:20],
        "is_wrong": request.POST.get("act") in ("preview", "copy")
        and any(form.errors for form in (*filled.areas, *filled.silences, filled.whole) if form.is_bound),
    }
    status = 422 if request.POST.get("act") in ("preview", "copy") else 200
    return render(request, "desk/evidence_redaction/redact.html", context, status=status)


def moment_of(text: str) -> int:
    """Read a whole number that an address names; what is none is the beginning."""
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else 0
