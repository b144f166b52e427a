"""Where copies of an item were published: a table in the order in which they were seen, and a form."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from kuager.core.errors import BadInputError
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.rules.completeness import earliest_claimed, most_complete
from kuager.interfaces.desk.access import acting_user, needs, new_form_token, now, remember_result, result_of
from kuager.interfaces.desk.evidence_appearances.forms import AppearanceForm
from kuager.interfaces.desk.evidence_appearances.words import measure_words
from kuager.interfaces.desk.form_fields import chosen_moment
from kuager.interfaces.shell.vaults import vault_if_open

if TYPE_CHECKING:
    from kuager.domain.evidence.models import DigitalItem
    from kuager.domain.evidence.queries import CopyGroup


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.VIEW_EVIDENCE)
def show(request: HttpRequest, number: int) -> HttpResponse:
    """Show where copies were published, the earliest first, and write down one more."""
    user = acting_user(request)
    item = queries.get_item(number, user=user)
    found = queries.group_of(item, user=user)
    form = AppearanceForm(found.appearances, request.POST or None, initial={"once": new_form_token()})
    if before := result_of(request, request.POST.get("once", "")):
        return redirect(before)
    if request.method == "POST" and form.is_valid():
        try:
            _add(request, item, found, form)
        except BadInputError as error:
            form.add_error(None, str(error))
        else:
            url = reverse("evidence-appearances", args=[number])
            remember_result(request, form.cleaned_data["once"], url)
            messages.success(request, gettext("The appearance is written down."))
            return redirect(url)
    context = _table(request, item, found) | {"form": form}
    status = 422 if form.errors else 200
    return render(request, "desk/evidence_appearances/appearances.html", context, status=status)


def _add(request: HttpRequest, item: "DigitalItem", found: "CopyGroup", form: AppearanceForm) -> None:
    given = form.cleaned_data
    seen_at = chosen_moment(form, "seen_at")
    if seen_at is None:
        raise BadInputError("say when it was seen there")
    chosen = {str(one.pk): one for one in found.appearances}
    operations.add_appearance(
        item=item,
        url=given["url"],
        platform=given["platform"],
        account=given["account"],
        seen_at=seen_at,
        claimed_on=str(given["claimed_on"]),
        taken_from=chosen.get(given["taken_from"]),
        by=acting_user(request),
        at=now(),
    )


def _table(request: HttpRequest, item: "DigitalItem", found: "CopyGroup") -> dict[str, object]:
    vault = vault_if_open(request)
    measures = {} if vault is None else queries.measures(vault, found.items.values())
    best = most_complete(measures)
    lines = {one.pk: place for place, one in enumerate(found.appearances, start=1)}
    claimed = earliest_claimed(found.appearances)
    first = found.appearances[0] if found.appearances else None
    return {
        "item": item,
        "group": found,
        "rows": [
            {
                "place": lines[one.pk],
                "appearance": one,
                "measure": measure_words(measures.get(one.item.number)),
                "is_best": one.item.number == best,
                "taken_from": lines.get(one.taken_from_id) if one.taken_from_id else None,
            }
            for one in found.appearances
        ],
        "first": first,
        "claimed": claimed[0] if claimed and first and claimed[1] < first.seen_at.date() else None,
        "best": best,
        "best_measure": measure_words(measures.get(best)) if best is not None else "",
        "is_open": vault is not None,
        "may_add": may(acting_user(request), Capability.VERIFY_EVIDENCE),
    }


@require_POST
@needs(Capability.VERIFY_EVIDENCE)
def withdraw(request: HttpRequest, number: int, appearance_id: int) -> HttpResponse:
    """Withdraw an appearance that was written down wrongly."""
    user = acting_user(request)
    appearance = queries.get_appearance(appearance_id, user=user)
    try:
        operations.withdraw_appearance(
            appearance=appearance, reason=request.POST.get("reason", ""), by=user, at=now()
        )
    except BadInputError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, gettext("Withdrawn. It stays on record."))
    return redirect("evidence-appearances", number)
