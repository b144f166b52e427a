"""Taking a consent back: a family's wish must not wait for an editor."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.terms import Capability
from kuager.domain.publication import operations
from kuager.domain.register import queries
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.register.consent_view import consent_view, is_personal
from kuager.interfaces.desk.register.forms import WithdrawConsentForm

if TYPE_CHECKING:
    from kuager.domain.sources.models import Consent


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.RECORD)
def withdraw(request: HttpRequest, code: str, consent_id: int) -> HttpResponse:
    """Ask for the reason, then withdraw; the person leaves the public pages in the same moment."""
    consent = _consent_of(queries.get_person_page(code), consent_id)
    form = WithdrawConsentForm(request.POST or None)
    if form.is_valid():
        reason = form.cleaned_data["reason"]
        operations.withdraw_consent(consent=consent, reason=reason, by=acting_user(request), at=now())
        messages.success(request, gettext("The consent is withdrawn; the public pages no longer rest on it."))
        return redirect("desk-person", code)
    context = {"form": form, "code": code, "consent": consent_view(consent)}
    return render(request, "desk/register/withdraw_consent.html", context, status=422 if form.errors else 200)


def _consent_of(page: "queries.PersonPage", consent_id: int) -> "Consent":
    for sourced in page.records:
        consent = sourced.record.consent
        if consent is not None and consent.pk == consent_id and is_personal(consent):
            return consent
    raise NotFoundError(gettext("There is no such consent of this person."))
