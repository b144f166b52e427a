"""Lists, their editions, the rows as they came, and who stands on one list and not on another."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import queries
from kuager.domain.lists.queries.waiting import waiting_by_list, waiting_in_edition
from kuager.interfaces.desk.access import needs
from kuager.interfaces.desk.lists.figures import edition_figures, edition_warnings
from kuager.interfaces.desk.lists.forms import OnlyOnForm, RowFilterForm
from kuager.interfaces.desk.lists.paging import asked_window
from kuager.interfaces.desk.lists.rows_shown import shown_differences, shown_row
from kuager.interfaces.desk.review.quality_words import shown_list_quality

ROWS_A_PAGE = 50
PERSONS_A_PAGE = 25
DIFFERENCES_A_PAGE = 25


@require_safe
@needs(Capability.READ_REGISTER)
def list_lists(request: HttpRequest) -> HttpResponse:
    """Show all lists with what waits on them."""
    waits = waiting_by_list()
    lists = [
        {"summary": summary, "waiting": waits.get(summary.casualty_list.pk, 0)}
        for summary in queries.list_lists()
    ]
    return render(request, "desk/lists/index.html", {"lists": lists})


@require_safe
@needs(Capability.READ_REGISTER)
def show_list(request: HttpRequest, list_id: int) -> HttpResponse:
    """Show one list and its editions."""
    casualty_list = queries.get_list(list_id)
    rows = [
        {"edition": edition, "counts": edition.counts} for edition in queries.list_editions(casualty_list)
    ]
    context = {"list": casualty_list, "editions": rows, "quality": shown_list_quality(casualty_list)}
    return render(request, "desk/lists/list.html", context)


@require_safe
@needs(Capability.READ_REGISTER)
def show_edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Show how far an edition has come, what it changes, and what may be done with it."""
    edition = queries.get_edition(edition_id)
    window = asked_window(request, DIFFERENCES_A_PAGE)
    context: dict[str, object] = {
        "edition": edition,
        "figures": edition_figures(edition),
        "warnings": edition_warnings(edition),
        "waiting": waiting_in_edition(edition),
    }
    if edition.previous_id is not None and edition.counts:
        found = queries.edition_difference(edition, offset=window.offset, limit=window.size)
        context |= {"differences": shown_differences(found), "page": window.page(found.total)}
    return render(request, "desk/lists/edition.html", context)


@require_safe
@needs(Capability.READ_REGISTER)
def show_rows(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Show rows as they came beside what was read in them."""
    edition = queries.get_edition(edition_id)
    form = RowFilterForm(request.GET or None)
    wanted = form.cleaned_data if form.is_valid() else {}
    window = asked_window(request, ROWS_A_PAGE)
    found = queries.list_rows(
        edition,
        change=wanted.get("change", ""),
        only_problems=wanted.get("problems", False),
        offset=window.offset,
        limit=window.size,
    )
    context = {
        "edition": edition,
        "form": form,
        "page": window.page(found.total),
        "rows": [shown_row(row, edition) for row in found.rows],
    }
    return render(request, "desk/lists/rows.html", context)


@require_safe
@needs(Capability.READ_REGISTER)
def only_on(request: HttpRequest) -> HttpResponse:
    """Show who stands on one list and not on another, with the likeliest candidates there."""
    choices = [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists()]
    form = OnlyOnForm(request.GET or None, lists=choices)
    context: dict[str, object] = {"form": form}
    if form.is_valid():
        window = asked_window(request, PERSONS_A_PAGE)
        found = queries.only_on(
            queries.get_list(form.cleaned_data["on"]),
            not_on=queries.get_list(form.cleaned_data["missing_from"]),
            offset=window.offset,
            limit=window.size,
        )
        context |= {"page": window.page(found.total), "items": found.items}
    return render(request, "desk/lists/only_on.html", context)
