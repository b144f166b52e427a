"""The page the demonstration begins with: the story, and where to click."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from kuager.interfaces.shell.example_accounts import PASSWORD


@require_safe
@login_not_required
def tour(request: HttpRequest) -> HttpResponse:
    """Tell a newcomer the story; there is no such page outside the demonstration."""
    if not settings.IS_DEMO:
        raise Http404
    return render(request, "public/tour.html", {"password": PASSWORD})
