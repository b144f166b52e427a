"""A phone call in two minutes: search first, then the person who is known, or a new one."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_http_methods

from kuager.core.errors import BadInputError
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.register import operations, queries
from kuager.interfaces.desk.access import (
    acting_user,
    needs,
    new_form_token,
    now,
    posted_or,
    remember_result,
    result_of,
    today,
)
from kuager.interfaces.desk.calls import drafts
from kuager.interfaces.desk.calls.forms import SAID_BESIDE, CalledForm, CallSearchForm, NewPersonForm
from kuager.interfaces.desk.calls.likely import ask_index, lines_of_likely
from kuager.interfaces.desk.calls.search_proof import covers, searched_text, sign_search
from kuager.interfaces.desk.person_lines import line_of, lines_of_found, names_of_places
from kuager.interfaces.desk.register.citing import assert_from_call

SHORTEST_SEARCH = 2


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.RECORD)
def search(request: HttpRequest) -> HttpResponse:
    """Look for the person the call is about; while typing, only the list of those found is sent."""
    form = CallSearchForm(request.POST or None)
    # A day half typed is said in the form; the rest is searched for all the same.
    text = _searched_for(form)
    context: dict[str, object] = {"form": form, "searched": form.is_bound}
    if len(text) < SHORTEST_SEARCH:
        context["too_short"] = True
    else:
        context |= _found(form, text)
        context["token"] = sign_search(acting_user(request), text)
        context["beside"] = {name: request.POST.get(name, "") for name in SAID_BESIDE}
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "desk/calls/found.html" if is_part else "desk/calls/search.html", context)


def _searched_for(form: CallSearchForm) -> str:
    """Return the name to look for; nothing before anything was typed."""
    if not form.is_bound:
        return ""
    form.full_clean()
    return str(form.cleaned_data.get("text", "")).strip()


def _found(form: CallSearchForm, text: str) -> dict[str, object]:
    """Find people by everything said, where there is an index; and by the name alone."""
    likely = ask_index(form)
    by_all = lines_of_likely(likely.people) if likely else []
    shown = {line.person.code for line in by_all}
    by_name = [line for line in lines_of_found(queries.find_people(text), text) if line.code not in shown]
    return {
        "likely": by_all,
        "people": by_name,
        "count": len(by_all) + len(by_name),
        "is_by_name_alone": likely is None,
        "is_current": likely is None or likely.is_current,
    }


@posted_or("desk-call")
@needs(Capability.RECORD)
def new_person(request: HttpRequest) -> HttpResponse:
    """Show the short form for somebody whom the search did not find."""
    proof = request.POST.get("search", "")
    name = searched_text(acting_user(request), proof)
    said = {field: request.POST.get(field, "") for field in SAID_BESIDE}
    first = {**said, "search": proof, "name": name, "told_on": today(), "once": new_form_token()}
    return render(request, "desk/calls/new.html", {"form": NewPersonForm(initial=first)})


@posted_or("desk-call")
@needs(Capability.RECORD)
def save_new_person(request: HttpRequest) -> HttpResponse:
    """Write down a call about somebody nobody knew. Without a search before it, the server refuses."""
    form = NewPersonForm(request.POST)
    searched = searched_text(acting_user(request), request.POST.get("search", ""))
    if before := result_of(request, request.POST.get("once", "")):
        return redirect(before)
    if form.is_valid() and not covers(searched, form.cleaned_data["name"]):
        form.add_error("name", gettext("You searched for another name. Search for this one first."))
    if form.is_valid():
        try:
            record = operations.record_call(
                call=drafts.new_person_draft(form), by=acting_user(request), at=now()
            )
        except BadInputError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, form, record.home_person.code)
    return render(request, "desk/calls/new.html", {"form": form}, status=422)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.RECORD)
def known_person(request: HttpRequest, code: str) -> HttpResponse:
    """Write down what a caller says of somebody the register knows."""
    page = queries.get_person_page(code)
    entry = page.entry
    if entry is None:
        raise BadInputError(gettext("This person has no record in the register any more. Search again."))
    first = {"name": entry.name, "told_on": today(), "once": new_form_token()}
    form = CalledForm(request.POST or None, initial=first)
    if before := result_of(request, request.POST.get("once", "")):
        return redirect(before)
    if form.is_valid():
        try:
            _record_known(request, form, page)
        except BadInputError as error:
            form.add_error(None, str(error))
        else:
            return _saved(request, form, page.person.code)
    person = line_of(entry, page.person.code, names_of_places())
    status = 422 if form.errors else 200
    return render(request, "desk/calls/known.html", {"form": form, "person": person}, status=status)


def _record_known(request: HttpRequest, form: CalledForm, page: "queries.PersonPage") -> None:
    """Link the call to the person where the role may judge; else let it speak of the record that stands."""
    user = acting_user(request)
    draft = drafts.known_person_draft(form, page.person.pk)
    if may(user, Capability.JUDGE):
        operations.record_call(call=draft, by=user, at=now())
    else:
        assert_from_call(page.records[0].record, draft, by=user, at=now())


def _saved(request: HttpRequest, form: CalledForm, code: str) -> HttpResponse:
    url = reverse("desk-person", args=[code])
    remember_result(request, form.cleaned_data["once"], url)
    messages.success(request, gettext("The call is saved."))
    if form.cleaned_data["happened"] in ("dead", "released"):
        messages.warning(
            request, gettext("Dead and released count only once a second person has approved them.")
        )
    return redirect(url)
