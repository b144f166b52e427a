"""Links that were taken back: who linked and why, who undid it and why, and what holds now."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.lists.queries.taken_back import list_taken_back as find_taken_back
from kuager.interfaces.desk.access import needs
from kuager.interfaces.desk.lists.paging import asked_window

LINKS_A_PAGE = 25


@require_safe
@needs(Capability.READ_REGISTER)
def list_taken_back(request: HttpRequest) -> HttpResponse:
    """Show wrong merges and how each was undone; nothing of them is lost."""
    window = asked_window(request, LINKS_A_PAGE)
    links, total = find_taken_back(offset=window.offset, limit=window.size)
    return render(request, "desk/review/taken_back.html", {"links": links, "page": window.page(total)})
