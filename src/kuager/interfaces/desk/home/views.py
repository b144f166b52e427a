"""The desk's first page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """Show where the register stands and what waits for the signed-in user."""
    return render(request, "desk/home/home.html")
