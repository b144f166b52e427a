"""Saying something of a person, agreeing as the second person, correcting, and taking judgements back."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods, require_POST

from kuager.core.errors import BadInputError, NotFoundError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations as lists
from kuager.domain.register import operations, queries
from kuager.interfaces.desk.access import (
    acting_user,
    needs,
    new_form_token,
    now,
    remember_result,
    result_of,
)
from kuager.interfaces.desk.person_lines import line_of, names_of_places
from kuager.interfaces.desk.register.citing import assert_with_citation, correct_with_citation
from kuager.interfaces.desk.register.drafts import (
    as_filled,
    assertion_draft,
    citation_draft,
    record_and_day,
)
from kuager.interfaces.desk.register.forms import AssertionForm, CorrectionForm
from kuager.interfaces.desk.register.person_view import assertion_view

if TYPE_CHECKING:
    from kuager.domain.register.models import StatusAssertion


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.RECORD)
def add(request: HttpRequest, code: str) -> HttpResponse:
    """Add what a source says of a person, with its citation."""
    page = queries.get_person_page(code)
    if page.entry is None:
        raise BadInputError(gettext("This person has no record in the register any more."))
    form = AssertionForm(request.POST or None, sources=_sources(page), initial={"once": new_form_token()})
    if before := result_of(request, request.POST.get("once", "")):
        return redirect(before)
    if form.is_valid():
        record, told_on = record_and_day(page, form)
        try:
            draft = assertion_draft(form, told_on)
            assert_with_citation(record, draft, citation_draft(form), by=acting_user(request), at=now())
        except BadInputError as error:
            form.add_error(None, str(error))
        else:
            remember_result(request, form.cleaned_data["once"], reverse("desk-person", args=[code]))
            _say_saved(request, form.cleaned_data["status"])
            return redirect("desk-person", code)
    context = {"form": form, "person": line_of(page.entry, code, names_of_places())}
    return render(request, "desk/register/assert.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.RECORD)
def correct(request: HttpRequest, code: str, assertion_id: int) -> HttpResponse:
    """Correct an assertion with a reason. The old one is kept and no longer counts."""
    page = queries.get_person_page(code)
    assertion = _assertion_of(page, assertion_id)
    places = names_of_places()
    first = as_filled(assertion, places.get(assertion.place_id or 0, ""))
    form = CorrectionForm(request.POST or None, initial=first)
    if form.is_valid():
        keeps = form.cleaned_data["instead"] == "other"
        try:
            correct_with_citation(
                assertion,
                reason=form.cleaned_data["reason"],
                replacement=assertion_draft(form, assertion.told_on) if keeps else None,
                cited=None,
                by=acting_user(request),
                at=now(),
            )
        except BadInputError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, gettext("Corrected. The old statement is kept, and no longer counts."))
            return redirect("desk-person", code)
    context = {
        "form": form,
        "code": code,
        "assertion": assertion_view(assertion, acting_user(request), places),
        "is_death": assertion.status == "dead",
    }
    return render(request, "desk/register/correct.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Capability.APPROVE)
def decide(request: HttpRequest, assertion_id: int) -> HttpResponse:
    """Approve or refuse, as the second person, what one person alone may not say."""
    assertion = queries.get_assertion(assertion_id)
    if request.POST.get("decision") == "approve":
        operations.approve_assertion(assertion=assertion, by=acting_user(request), at=now())
        messages.success(request, gettext("Approved: it counts from now on."))
    else:
        operations.refuse_assertion(
            assertion=assertion, reason=request.POST.get("reason", ""), by=acting_user(request), at=now()
        )
        messages.success(request, gettext("Refused: it is kept with your reason, and never counts."))
    return redirect(_back(request, reverse("desk-record", args=[assertion.record_id])))


@require_POST
@needs(Capability.JUDGE)
def undo_judgement(request: HttpRequest, code: str, judgement_id: int) -> HttpResponse:
    """Take a judgement back; the records part again where nothing else links them."""
    page = queries.get_person_page(code)
    if judgement_id not in {judgement.pk for judgement in page.judgements}:
        raise NotFoundError(gettext("There is no such judgement of this person."))
    reason = request.POST.get("reason", "")
    lists.take_back_judgement(judgement=judgement_id, reason=reason, by=acting_user(request), at=now())
    messages.success(request, gettext("The judgement is undone."))
    return redirect(_back(request, reverse("desk-person", args=[code])))


def _assertion_of(page: "queries.PersonPage", assertion_id: int) -> "StatusAssertion":
    for assertion in page.assertions:
        if assertion.pk == assertion_id:
            return assertion
    raise NotFoundError(gettext("There is no such statement about this person."))


def _sources(page: "queries.PersonPage") -> list[tuple[str, str]]:
    sources = {sourced.record.citation.source_id: sourced for sourced in page.records if sourced.is_active}
    return [
        (
            str(number),
            f"{one.publisher}: {one.record.citation.source.title} ({one.record.citation.source.told_on})",
        )
        for number, one in sources.items()
    ]


def _say_saved(request: HttpRequest, status: str) -> None:
    messages.success(request, gettext("Saved with its citation."))
    if status in ("dead", "released"):
        messages.warning(
            request, gettext("Dead and released count only once a second person has approved them.")
        )


def _back(request: HttpRequest, otherwise: str) -> str:
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts=None):
        return wanted
    return otherwise
