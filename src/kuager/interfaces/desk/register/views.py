"""The register: finding people, and everything known about one of them."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.places.queries import list_regions
from kuager.domain.register import queries
from kuager.domain.sources.queries import list_publishers
from kuager.interfaces.desk.access import acting_user, needs, today
from kuager.interfaces.desk.person_lines import lines_of, lines_of_found, names_of_places
from kuager.interfaces.desk.register.forms import EntryFilterForm, RegisterSearchForm
from kuager.interfaces.desk.register.person_context import person_context

PAGE_SIZE = 50
SHORTEST_SEARCH = 2


@require_safe
@needs(Capability.READ_REGISTER)
def entry_list(request: HttpRequest) -> HttpResponse:
    """List the people of the register, filtered, fifty a page."""
    names = names_of_places()
    form = EntryFilterForm(
        request.GET or None,
        regions=[(str(place.pk), names[place.pk]) for place in list_regions(on=today())],
        publishers=[(str(publisher.pk), publisher.name) for publisher in list_publishers()],
    )
    entries = queries.list_entries(form.wanted())
    page = Paginator(entries, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "search_form": RegisterSearchForm(),
        "page": page,
        "people": lines_of(page.object_list),
    }
    return render(request, "desk/register/list.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Capability.READ_REGISTER)
def search(request: HttpRequest) -> HttpResponse:
    """Look for a name or code; it is posted, so that no name ever stands in an address or a log."""
    form = RegisterSearchForm(request.POST or None)
    text = form.cleaned_data["text"].strip() if form.is_valid() else ""
    context: dict[str, object] = {"search_form": form, "searched": form.is_bound}
    if len(text) < SHORTEST_SEARCH:
        context["too_short"] = True
    else:
        context["people"] = lines_of_found(queries.find_people(text), text)
    is_part = request.headers.get("HX-Request") == "true"
    return render(request, "desk/register/found.html" if is_part else "desk/register/list.html", context)


@require_safe
@needs(Capability.READ_REGISTER)
def person(request: HttpRequest, code: str) -> HttpResponse:
    """Show everything known about one person, by source."""
    page = queries.get_person_page(code)
    return render(request, "desk/register/person.html", person_context(page, acting_user(request)))


@require_safe
@needs(Capability.READ_REGISTER)
def person_of_record(request: HttpRequest, record_id: int) -> HttpResponse:
    """Go to the person a record counts as now."""
    return redirect("desk-person", queries.person_code_of(record_id))
