"""Who did what, and the proof that nobody changed the record of it."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_POST, require_safe

from kuager.domain.accounts.terms import Capability
from kuager.domain.audit import queries
from kuager.interfaces.desk.access import needs
from kuager.interfaces.desk.audits.forms import EventFilterForm

PAGE_SIZE = 50


@require_safe
@needs(Capability.READ_AUDIT)
def event_list(request: HttpRequest) -> HttpResponse:
    """Show the events of the audit record, newest first."""
    form = EventFilterForm(request.GET or None)
    events = queries.list_events(**form.wanted())
    page = Paginator(events, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "desk/audits/events.html", {"form": form, "page": page})


@require_POST
@needs(Capability.READ_AUDIT)
def verify(request: HttpRequest) -> HttpResponse:
    """Walk the whole chain and say how many events stand unbroken."""
    count = queries.verify_chain()
    messages.success(request, gettext("Chain verified: %(count)d events, none changed.") % {"count": count})
    return redirect("desk-audit")
