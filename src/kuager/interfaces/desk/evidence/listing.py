"""What is kept, newest first."""

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import queries
from kuager.interfaces.desk.access import acting_user, needs
from kuager.interfaces.desk.evidence.forms import ItemFilterForm
from kuager.interfaces.desk.evidence.showing import item_lines
from kuager.interfaces.shell.vaults import vault_if_open

ITEMS_A_PAGE = 30


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def list_items(request: HttpRequest) -> HttpResponse:
    """Show the items that the reader may know of; names only while the vault is open."""
    form = ItemFilterForm(request.GET or None)
    items = queries.list_items(user=acting_user(request), **form.wanted())
    page = Paginator(items, ITEMS_A_PAGE).get_page(request.GET.get("page"))
    lines = item_lines(page, vault_if_open(request))
    return render(request, "desk/evidence/list.html", {"form": form, "page": page, "lines": lines})
