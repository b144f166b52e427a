"""What changed, why, and through whom: between two moments of knowing, or between two answers."""

from datetime import timedelta

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.register import queries
from kuager.interfaces.desk.access import needs, now
from kuager.interfaces.desk.changes.forms import USUAL_DAYS, ActsForm, DaysForm
from kuager.interfaces.desk.changes.lines import ChangeLine, lines_of_acts, lines_of_moves

PAGE_SIZE = 50
# More than anybody reads; narrower moments show the rest.
LIMIT = 5_000


@require_safe
@needs(Capability.READ_REGISTER)
def change_page(request: HttpRequest) -> HttpResponse:
    """Show what the register learnt between two moments, or how two answers differ."""
    compares_days = "day_from" in request.GET
    usual = {"known_from": now() - timedelta(days=USUAL_DAYS)}
    acts_form = ActsForm(None if compares_days else (request.GET or None), initial=usual)
    days_form = DaysForm(request.GET if compares_days else None)
    lines = _differences(days_form) if compares_days else _acts(acts_form)
    page = Paginator(lines, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "acts_form": acts_form,
        "days_form": days_form,
        "compares_days": compares_days,
        "page": page,
        "is_cut": len(lines) >= LIMIT,
    }
    return render(request, "desk/changes/changes.html", context)


def _acts(form: ActsForm) -> list[ChangeLine]:
    known_from, known_to = form.window(now())
    changes = queries.changes(known_from=known_from, known_to=known_to, limit=LIMIT)
    if form.is_bound and form.is_valid():
        kind, by = form.cleaned_data["kind"], form.cleaned_data["by"]
        changes = [one for one in changes if (not kind or one.kind == kind) and (not by or one.by == by)]
    return lines_of_acts(changes)


def _differences(form: DaysForm) -> list[ChangeLine]:
    if not form.is_valid():
        return []
    before, after = form.questions(now())
    return lines_of_moves(queries.moves(before=before, after=after, limit=LIMIT))
