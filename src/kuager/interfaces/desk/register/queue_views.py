"""Work queues of the register: what waits for a second person, what contradicts, what grew stale."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.register import queries
from kuager.interfaces.desk.access import acting_user, needs, today
from kuager.interfaces.desk.person_lines import line_of, lines_of, names_of_places
from kuager.interfaces.desk.register.person_view import assertion_view

PAGE_SIZE = 50
STALE_AFTER_DAYS = 90


@require_safe
@needs(Capability.APPROVE)
def approvals(request: HttpRequest) -> HttpResponse:
    """List the assertions that wait for this user as the second person."""
    user = acting_user(request)
    page = Paginator(queries.list_pending(for_user=user), PAGE_SIZE).get_page(request.GET.get("page"))
    places = names_of_places()
    pending = [(one.record.name, assertion_view(one, user, places)) for one in page.object_list]
    return render(request, "desk/register/approvals.html", {"page": page, "pending": pending})


@require_safe
@needs(Capability.READ_REGISTER)
def conflicts(request: HttpRequest) -> HttpResponse:
    """List the people of whom sources or judgements say what cannot all be true."""
    page = Paginator(queries.list_conflicts(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {"page": page, "people": lines_of(page.object_list)}
    return render(request, "desk/register/conflicts.html", context)


@require_safe
@needs(Capability.READ_REGISTER)
def stale(request: HttpRequest) -> HttpResponse:
    """List those in custody whom no source has confirmed there for a long time."""
    day = today()
    total = queries.count_stale(as_of=day, days=STALE_AFTER_DAYS)
    page = Paginator(range(total), PAGE_SIZE).get_page(request.GET.get("page"))
    offset = (page.number - 1) * PAGE_SIZE
    people = queries.list_stale(as_of=day, days=STALE_AFTER_DAYS, offset=offset, limit=PAGE_SIZE)
    places = names_of_places()
    lines = [(line_of(one.entry, one.code, places), one.last_told_on, one.days) for one in people]
    context = {"page": page, "people": lines, "days": STALE_AFTER_DAYS}
    return render(request, "desk/register/stale.html", context)
