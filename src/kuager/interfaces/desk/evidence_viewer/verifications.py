"""The verification record of an item: what one person found, and a second person who looks again."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_safe

from kuager.core.errors import BadInputError, NotFoundError
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.rules.two_people import check_may_second
from kuager.domain.evidence.terms import Aspect
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_viewer.asked import AskedItem, asked_item
from kuager.interfaces.desk.evidence_viewer.forms import FindingForm, ReasonForm, SecondForm
from kuager.interfaces.desk.evidence_viewer.lines import mark_lines

if TYPE_CHECKING:
    from kuager.domain.evidence.queries import OpenedVerification

_VIEWED = "viewed"


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def list_findings(request: HttpRequest, number: int) -> HttpResponse:
    """Show everything that was found out about an item, by what was asked; withdrawn findings too."""
    asked = asked_item(request, number)
    found = queries.verifications(asked.vault, asked.item)
    aspects = [(aspect, [one for one in found if one.row.aspect == aspect]) for aspect in Aspect]
    context = {"asked": asked, "item": asked.item, "aspects": aspects}
    return render(request, "desk/evidence_viewer/findings.html", context)


@require_http_methods(["GET", "POST"])
@needs(Capability.VERIFY_EVIDENCE)
def propose_finding(request: HttpRequest, number: int) -> HttpResponse:
    """Write down what one person found."""
    asked = asked_item(request, number)
    first = {"aspect": request.GET.get("aspect", Aspect.PLACE)}
    form = FindingForm(request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            operations.propose_verification(
                vault=asked.vault,
                item=asked.item,
                aspect=form.cleaned_data["aspect"],
                certainty=form.cleaned_data["certainty"],
                by=acting_user(request),
                at=now(),
                **form.texts(),
            )
        except BadInputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Kept as your finding. It waits for a second person."))
            return redirect("evidence-verifications", number)
    context = {"asked": asked, "item": asked.item, "form": form, "marks": _marks(request, asked)}
    return render(request, "desk/evidence_viewer/propose.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(Capability.VERIFY_EVIDENCE)
def second_finding(request: HttpRequest, number: int, verification_id: int) -> HttpResponse:
    """Show everything there is to a finding, and take the word of a second person."""
    asked, found = _asked_finding(request, number, verification_id)
    check_may_second(acting_user(request), found.row)
    form = SecondForm(request.POST or None)
    has_looked = _has_looked(request, asked)
    if request.method == "POST" and form.is_valid():
        if has_looked:
            operations.second_verification(
                vault=asked.vault, verification=found.row, by=acting_user(request), at=now()
            )
            messages.success(request, gettext("Verified by two people."))
            return redirect("evidence-verifications", number)
        form.add_error(None, gettext("You have not looked at this item yet: no view of yours is on record."))
    others = [
        one
        for one in queries.verifications(asked.vault, asked.item)
        if one.row.aspect == found.row.aspect and one.row.pk != found.row.pk
    ]
    context = {
        "asked": asked,
        "item": asked.item,
        "found": found,
        "others": others,
        "marks": _marks(request, asked),
        "has_looked": has_looked,
        "form": form,
    }
    return render(request, "desk/evidence_viewer/second.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@needs(Capability.VERIFY_EVIDENCE)
def withdraw_finding(request: HttpRequest, number: int, verification_id: int) -> HttpResponse:
    """Withdraw a finding with a reason; it stays on record."""
    asked, found = _asked_finding(request, number, verification_id)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        reason = form.cleaned_data["reason"]
        operations.withdraw_verification(
            vault=asked.vault, verification=found.row, reason=reason, by=acting_user(request), at=now()
        )
        messages.success(request, gettext("The finding is withdrawn; it stays on record."))
        return redirect("evidence-verifications", number)
    context = {"asked": asked, "item": asked.item, "found": found, "form": form}
    return render(request, "desk/evidence_viewer/withdraw.html", context, status=422 if form.errors else 200)


def _asked_finding(
    request: HttpRequest, number: int, verification_id: int
) -> "tuple[AskedItem, OpenedVerification]":
    asked = asked_item(request, number)
    for one in queries.verifications(asked.vault, asked.item):
        if one.row.pk == verification_id:
            return asked, one
    raise NotFoundError(f"item {number} has no finding {verification_id}")


def _marks(request: HttpRequest, asked: AskedItem) -> object:
    return mark_lines(queries.marks(asked.vault, asked.item), request, asked)


def _has_looked(request: HttpRequest, asked: AskedItem) -> bool:
    """Whether the custody history tells that this reader looked at the item."""
    user = acting_user(request)
    return any(event.act == _VIEWED and event.by_id == user.pk for event in queries.history(asked.item))
