"""One item: what it is, how it came, what was done with it, and who may know of it."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kuager.core.errors import NotFoundError
from kuager.domain.accounts import queries as accounts
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.rules.kinds import kind_of
from kuager.domain.evidence.terms import ReadingState
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence.custody_words import history_lines, told_lines
from kuager.interfaces.desk.evidence.forms import GrantForm, ReasonForm
from kuager.interfaces.desk.evidence.showing import item_lines
from kuager.interfaces.desk.evidence_captures.claims import claims_panel
from kuager.interfaces.shell.vaults import open_vault, vault_if_open

if TYPE_CHECKING:
    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.vault.vault import Vault


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def show_item(request: HttpRequest, number: int) -> HttpResponse:
    """Show an item; its name, digest and everything told of it only while the vault is open."""
    item = queries.get_item(number, user=acting_user(request))
    vault = vault_if_open(request)
    derived = item_lines(queries.derivatives(item, user=acting_user(request)), vault)
    context: dict[str, object] = {
        "item": item,
        "kind": kind_of(item.media_type),
        "history": history_lines(item, vault),
        "acquisitions": queries.acquisitions(item),
        "derived": derived,
        "origin": _origin(request, item),
        "readers": queries.list_readers(item) if item.is_restricted else (),
        "is_open": vault is not None,
    }
    if vault is not None:
        context |= _opened(vault, item)
    return render(request, "desk/evidence/item.html", context)


@require_POST
@needs(Capability.VIEW_EVIDENCE)
def read_now(request: HttpRequest, number: int) -> HttpResponse:
    """Let the limited process look into a waiting item now, with the vault that this member has unlocked."""
    user = acting_user(request)
    item = queries.get_item(number, user=user)
    read = operations.read_item(vault=open_vault(request), item=item, by=user, clock=now)
    if read.reading_state == ReadingState.WAITING:
        messages.info(request, gettext("The machine reads something else at the moment; try again shortly."))
    return redirect("evidence-item", number)


def _origin(request: HttpRequest, item: "DigitalItem") -> "DigitalItem | None":
    """Return what a copy was made of, where the reader may know of it."""
    origin = item.derived_from
    return origin if origin is not None and queries.may_see(acting_user(request), origin) else None


def _opened(vault: "Vault", item: "DigitalItem") -> dict[str, object]:
    """Return what only the open vault tells."""
    acquired = queries.told(vault, item)
    told = acquired.get("told")
    return {
        "name": str(acquired.get("name", "")),
        "sha256": queries.kept(vault, item).sha256,
        "told": told_lines({**acquired, **(told if isinstance(told, dict) else {}), "method": ""}),
        "panel": claims_panel(vault, item),
    }


@require_http_methods(["GET", "POST"])
@needs(Capability.KEEP_EVIDENCE)
def readers(request: HttpRequest, number: int) -> HttpResponse:
    """Show who may know of an item; restrict it, open it again, name a reader."""
    user = acting_user(request)
    item = queries.get_item(number, user=user)
    act = request.POST.get("act", "")
    members = accounts.list_users_who_may(Capability.VIEW_EVIDENCE)
    reason = ReasonForm(request.POST if act == "change" else None)
    grant = GrantForm(request.POST if act == "grant" else None, members=members)
    if act == "change" and reason.is_valid():
        change = operations.open_item if item.is_restricted else operations.restrict_item
        change(item=item, reason=reason.cleaned_data["reason"], by=user, at=now())
        messages.success(request, gettext("Who may know of this item has changed."))
        return redirect("evidence-readers", number)
    if act == "grant" and grant.is_valid():
        reader = accounts.get_user(grant.cleaned_data["user"])
        operations.grant_reading(
            item=item, user=reader, reason=grant.cleaned_data["reason"], by=user, at=now()
        )
        messages.success(request, gettext("%(name)s may see this item now.") % {"name": reader.username})
        return redirect("evidence-readers", number)
    context = {"item": item, "readers": queries.list_readers(item), "reason": reason, "grant": grant}
    return render(request, "desk/evidence/readers.html", context, status=422 if act else 200)


@require_POST
@needs(Capability.KEEP_EVIDENCE)
def end_reading(request: HttpRequest, number: int, reader_id: int) -> HttpResponse:
    """End somebody's sight of a restricted item."""
    user = acting_user(request)
    reader = queries.get_reader(reader_id, user=user)
    if reader.item.number != number:
        raise NotFoundError(f"there is no reader {reader_id}")
    form = ReasonForm(request.POST)
    if not form.is_valid():
        messages.error(request, gettext("Say why: at least five letters."))
        return redirect("evidence-readers", number)
    operations.end_reading(reader=reader, reason=form.cleaned_data["reason"], by=user, at=now())
    messages.success(request, gettext("%(name)s may no longer see it.") % {"name": reader.user.username})
    # Whoever ended their own reading may know of the item no longer.
    return (
        redirect("evidence-readers", number) if queries.may_see(user, reader.item) else redirect("evidence")
    )
