"""Relations that the machine suggests: looked at by a person, with both pictures and the reasons."""

from datetime import timedelta
from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kuager.core.errors import BadInputError, InvalidTransitionError, NotFoundError
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_appearances.forms import DecideForm
from kuager.interfaces.desk.evidence_appearances.words import measure_words, why_lines
from kuager.interfaces.shell.vaults import open_vault, vault_if_open

if TYPE_CHECKING:
    from kuager.domain.evidence.models import ItemRelation

ROWS = 30
SHOWN_FOR = timedelta(minutes=30)
_SHOWN = "copies_shown"
_SIDES = ("first", "second")
_SAFE = "default-src 'none'; frame-ancestors 'none'; sandbox"


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def list_suggestions(request: HttpRequest) -> HttpResponse:
    """List what the machine suggests and nobody has looked at, the surest first."""
    found = queries.list_suggestions(user=acting_user(request))
    page = Paginator(found, ROWS).get_page(request.GET.get("page"))
    vault = vault_if_open(request)
    items = {item.number: item for relation in page for item in (relation.first, relation.second)}
    names = {} if vault is None else queries.names(vault, items.values())
    lines = [(one, names.get(one.first.number, ""), names.get(one.second.number, "")) for one in page]
    context = {"page": page, "lines": lines}
    return render(request, "desk/evidence_appearances/suggestions.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.VIEW_EVIDENCE)
def decide(request: HttpRequest, relation_id: int) -> HttpResponse:
    """Show two items side by side with the reasons, and take the decision."""
    user = acting_user(request)
    relation = queries.get_relation(relation_id, user=user)
    form = DecideForm(request.POST or None, initial={"kind": relation.kind})
    if request.method == "POST" and form.is_valid():
        is_confirmed = request.POST.get("verdict") == "confirm"
        try:
            operations.decide_relation(
                relation=relation,
                is_confirmed=is_confirmed,
                kind=form.cleaned_data["kind"],
                reason=form.cleaned_data["reason"],
                by=user,
                at=now(),
            )
        except (BadInputError, InvalidTransitionError) as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Confirmed.") if is_confirmed else gettext("Rejected."))
            return redirect("evidence-suggestions")
    context = _side_by_side(request, relation) | {"form": form}
    status = 422 if form.errors else 200
    return render(request, "desk/evidence_appearances/relation.html", context, status=status)


def _side_by_side(request: HttpRequest, relation: "ItemRelation") -> dict[str, object]:
    vault = vault_if_open(request)
    items = (relation.first, relation.second)
    names = {} if vault is None else queries.names(vault, items)
    measures = {} if vault is None else queries.measures(vault, items)
    has_picture = {
        item.number: vault is not None and queries.preview_of(vault, item) is not None for item in items
    }
    sides = [
        {
            "side": side,
            "item": item,
            "name": names.get(item.number, ""),
            "measure": measure_words(measures.get(item.number)),
            "has_picture": has_picture[item.number],
        }
        for side, item in zip(_SIDES, items, strict=True)
    ]
    return {
        "relation": relation,
        "sides": sides,
        "why": why_lines(relation),
        "is_open": vault is not None,
        "is_shown": _is_shown(request, relation.pk),
        "any_picture": any(has_picture.values()),
        "may_decide": may(acting_user(request), Capability.VERIFY_EVIDENCE),
    }


@require_POST
@needs(Capability.VIEW_EVIDENCE)
def show_pictures(request: HttpRequest, relation_id: int) -> HttpResponse:
    """Record that both items are looked at, and then show their small pictures for half an hour."""
    user, vault = acting_user(request), open_vault(request)
    relation = queries.get_relation(relation_id, user=user)
    at = now()
    for item in (relation.first, relation.second):
        operations.note_view(vault=vault, item=item, what="preview", by=user, at=at)
    shown: dict[str, float] = request.session.get(_SHOWN, {})
    shown[str(relation.pk)] = at.timestamp()
    request.session[_SHOWN] = dict(list(shown.items())[-50:])
    return redirect("evidence-relation", relation.pk)


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def picture(request: HttpRequest, relation_id: int, side: str) -> HttpResponse:
    """Serve the small picture of one side, to whoever asked for it on the page."""
    relation = queries.get_relation(relation_id, user=acting_user(request))
    if side not in _SIDES or not _is_shown(request, relation.pk):
        raise NotFoundError("there is no such picture, or it has not been asked for")
    item = relation.first if side == "first" else relation.second
    found = queries.preview_of(open_vault(request), item)
    if found is None:
        raise NotFoundError("this item has no picture yet")
    headers = {
        "Cache-Control": "no-store",
        "Content-Security-Policy": _SAFE,
        "X-Content-Type-Options": "nosniff",
    }
    return HttpResponse(found, content_type="image/jpeg", headers=headers)


def _is_shown(request: HttpRequest, relation_id: int) -> bool:
    asked = request.session.get(_SHOWN, {}).get(str(relation_id))
    return asked is not None and now().timestamp() - asked < SHOWN_FOR.total_seconds()
