"""Headers that isolate our pages, and the pages that explain an error."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from kuager.core.errors import KuagerError

GetResponse = Callable[[HttpRequest], HttpResponse]
ISOLATION = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=(), payment=(), usb=()",
}


class IsolationHeadersMiddleware:
    """Add the isolation headers Django has no setting for; a browser never stores a signed-in page."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request with the headers added."""
        response = self.get_response(request)
        for name, value in ISOLATION.items():
            response.setdefault(name, value)
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response["Cache-Control"] = "no-store"
        return response


class ErrorPagesMiddleware:
    """Turn a deliberate error into a page with status and reason; log its class, never its text."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Explain a deliberate error; leave all others to Django."""
        if not isinstance(exception, KuagerError):
            return None
        logging.getLogger("kuager.web").info("%s on %s", type(exception).__name__, request.resolver_match)
        return render(
            request, "shell/refused.html", {"message": str(exception)}, status=exception.http_status
        )
