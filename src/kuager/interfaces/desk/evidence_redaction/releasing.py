"""Releasing a redacted copy: one member proposes, another one looks and releases, anybody recalls."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.domain.publication import operations as publication
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_redaction.forms import ReasonForm
from kuager.interfaces.desk.publications.media import published_folder
from kuager.interfaces.shell.vaults import open_vault, vault_if_open


@require_http_methods(["GET", "POST"])
@needs(Capability.VIEW_EVIDENCE)
def release(request: HttpRequest, number: int) -> HttpResponse:
    """Show how far the release of a redacted copy is; propose it, release it, take it back."""
    user, at = acting_user(request), now()
    item = queries.get_item(number, user=user)
    act = request.POST.get("act", "")
    form = ReasonForm(request.POST if act in ("propose", "recall") else None)
    if act == "propose" and form.is_valid():
        operations.propose_release(item=item, reason=form.cleaned_data["reason"], by=user, at=at)
        messages.success(request, gettext("Proposed. Somebody else has to look at it and release it."))
        return redirect("evidence-release", number)
    if act == "release":
        operations.release_item(vault=open_vault(request), item=item, by=user, at=at)
        messages.success(request, gettext("Released: an editor may publish it now."))
        return redirect("evidence-release", number)
    if act == "recall" and form.is_valid():
        reason = form.cleaned_data["reason"]
        operations.recall_release(item=item, reason=reason, by=user, at=at, vault=vault_if_open(request))
        publication.take_down_recalled(folder=published_folder(), by=user, at=at)
        messages.success(request, gettext("Taken back: it can no longer be published."))
        return redirect("evidence-release", number)
    context = {"item": item, "form": form, "is_mine": item.release_proposed_by_id == user.pk}
    return render(
        request, "desk/evidence_redaction/release.html", context, status=422 if form.errors else 200
    )
