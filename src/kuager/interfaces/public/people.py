"""The list of people whose publication is consented, and the page of one of them."""

from django import forms
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from kuager.domain.publication import queries
from kuager.interfaces.public.answering import page, snapshot_page

PAGE_SIZE = 50
# Whoever was taken off must not live on in a search engine's copy.
NO_COPIES = "noarchive, nosnippet"


class PeopleForm(forms.Form):
    """What a reader looks for. Values that no snapshot has simply find nobody."""

    text = forms.CharField(required=False, max_length=queries.SEARCH_LIMIT)
    status = forms.CharField(required=False, max_length=12)
    region = forms.CharField(required=False, max_length=60)
    sex = forms.CharField(required=False, max_length=7)
    age_group = forms.CharField(required=False, max_length=7)
    page = forms.CharField(required=False, max_length=6)


# A typed name must never stand in an address: addresses are logged, stay in the browser's history and are
# passed on by proxies. So text is posted. It changes nothing, so it needs no token, and without a token (and
# its cookie) caches can keep the page. Filters name nobody and stay in the address, where they can be shared.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
@snapshot_page
def index(request: HttpRequest, shown: queries.ShownSnapshot) -> HttpResponse:
    """List, filter and search people."""
    snapshot = shown.present
    wanted, number = _wanted(request.POST if request.method == "POST" else request.GET)
    if bool(wanted.text) != (request.method == "POST"):
        return HttpResponseRedirect(f"{request.path}?{_address(wanted)}")
    people = Paginator(
        queries.filter_people(snapshot, wanted).values_list("pk", flat=True), PAGE_SIZE
    ).get_page(number)
    context = {
        "page": people,
        "wanted": wanted,
        "choices": queries.filter_choices(snapshot),
        "lines": queries.person_lines(snapshot, people),
    }
    response = page(request, "public/people.html", shown, context)
    response["X-Robots-Tag"] = NO_COPIES
    if wanted.text:
        response["Cache-Control"] = "no-store"
    return response


@require_safe
@snapshot_page
def person(request: HttpRequest, shown: queries.ShownSnapshot, code: str) -> HttpResponse:
    """Everything public about one person."""
    snapshot = shown.present
    found = queries.get_person(snapshot, code)
    response = page(request, "public/person.html", shown, {"page": found, "person": found.person})
    response["X-Robots-Tag"] = NO_COPIES
    return response


def _wanted(data: QueryDict) -> tuple[queries.PeopleFilter, str]:
    form = PeopleForm(data)
    form.is_valid()
    values: dict[str, str] = form.cleaned_data
    number = values.pop("page", "") or "1"
    return queries.PeopleFilter(**values), number


def _address(wanted: queries.PeopleFilter) -> str:
    """Write the filters as a query string, without the text."""
    query = QueryDict(mutable=True)
    for name in ("status", "region", "sex", "age_group"):
        if value := getattr(wanted, name):
            query[name] = value
    return query.urlencode()
