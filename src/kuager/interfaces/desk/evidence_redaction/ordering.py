"""One ordered copy: looked at before it is made, on its way, kept or not made."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.terms import OrderState
from kuager.engines.media.redacting import Kind, Making, Recipe
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_redaction import working
from kuager.interfaces.desk.evidence_redaction.forms import ReasonForm
from kuager.interfaces.desk.evidence_viewer.shown import Way, is_shown
from kuager.interfaces.shell.vaults import open_vault

if TYPE_CHECKING:
    from kuager.domain.evidence.models import CopyOrder

MOST_PREVIEWS = 12
SILENT_AFTER = timedelta(minutes=5)


@require_http_methods(["GET", "POST"])
@needs(Capability.KEEP_EVIDENCE)
def show_order(request: HttpRequest, number: int, order_id: int) -> HttpResponse:
    """Show what is covered before anything is made; ask why; then make it."""
    user = acting_user(request)
    item = queries.get_item(number, user=user)
    order = queries.get_order(order_id, item=item, user=user)
    vault = open_vault(request)
    form = ReasonForm(request.POST or None)
    if form.is_valid():
        order = operations.order_copy(
            vault=vault, order=order, reason=form.cleaned_data["reason"], by=user, at=now()
        )
        working.make(request, order)
        return redirect("evidence-redact-order", number, order_id)
    ordered = queries.recipe_of(vault, order)
    context = {
        **_state(order),
        "recipe": ordered.recipe,
        "reason": ordered.reason,
        "removed": removed_words(ordered.recipe),
        "form": form,
        "previews": _previews(ordered.recipe) if is_shown(request, number, Way.PICTURES, now()) else [],
    }
    status = 422 if form.errors else 200
    return render(request, "desk/evidence_redaction/order.html", context, status=status)


@require_safe
@needs(Capability.KEEP_EVIDENCE)
def state(request: HttpRequest, number: int, order_id: int) -> HttpResponse:
    """Show how far it is; the page asks again every two seconds."""
    user = acting_user(request)
    item = queries.get_item(number, user=user)
    order = queries.get_order(order_id, item=item, user=user)
    response = render(request, "desk/evidence_redaction/state.html", _state(order))
    if order.state not in (OrderState.WAITING, OrderState.RUNNING):
        response["HX-Refresh"] = "true"
    return response


def _state(order: "CopyOrder") -> dict[str, object]:
    is_unfinished = order.state in (OrderState.WAITING, OrderState.RUNNING)
    told = order.progress_at or order.ordered_at
    return {
        "item": order.item,
        "order": order,
        "percent": round(order.progress * 100),
        "is_unfinished": is_unfinished,
        "is_silent": is_unfinished and told is not None and now() - told > SILENT_AFTER,
    }


def _previews(recipe: Recipe) -> list[dict[str, object]]:
    """Return which frames or pages are shown with their covers: beginning, middle and end of each area."""
    if recipe.make is not Making.REDACTED or recipe.of is Kind.SOUND:
        return []
    if recipe.of is Kind.IMAGE:
        return [{"query": "ms=0", "word": ""}]
    if recipe.of is Kind.DOCUMENT:
        pages = sorted({area.page for area in recipe.areas if area.page} or {1})[:MOST_PREVIEWS]
        return [
            {"query": f"page={page}", "word": gettext("page %(page)s") % {"page": page}} for page in pages
        ]
    moments: set[int] = set()
    for area in recipe.areas:
        begin, last = area.path[0].at_ms, area.path[-1].at_ms
        end = last if area.until_ms is None else area.until_ms - 1
        moments |= {begin, (begin + end) // 2, end}
    chosen = sorted(moments or {0})[:MOST_PREVIEWS]
    return [
        {"query": f"ms={ms}", "word": gettext("second %(second)s") % {"second": f"{ms / 1000:.3f}"}}
        for ms in chosen
    ]


def removed_words(recipe: Recipe) -> list[str]:
    """Say in numbers what is removed."""
    counts = recipe.summary()
    said = []
    if counts["areas"]:
        said.append(
            ngettext("%(n)s area covered", "%(n)s areas covered", counts["areas"]) % {"n": counts["areas"]}
        )
    if counts["silences"]:
        n = counts["silences"]
        said.append(ngettext("%(n)s span of sound silenced", "%(n)s spans of sound silenced", n) % {"n": n})
    if counts["without_sound"]:
        said.append(gettext("the whole sound removed"))
    if counts["texts"]:
        n = counts["texts"]
        said.append(
            ngettext("%(n)s text removed wherever it stands", "%(n)s texts removed wherever they stand", n)
            % {"n": n}
        )
    return said
