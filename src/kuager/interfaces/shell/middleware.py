"""Headers that isolate our pages, and the pages that explain an error."""

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _

from kuager.core.errors import (
    BadInputError,
    InvalidTransitionError,
    KuagerError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
)
from kuager.interfaces.shell.vault_keys import TryLaterError
from kuager.interfaces.shell.vaults import VaultLockedError, way_to_unlock

GetResponse = Callable[[HttpRequest], HttpResponse]
ISOLATION = {
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), browsing-topics=(), payment=(), usb=()",
}

# From the particular to the general: the first that fits is said in the reader's language. The error's own
# sentence, in English, follows it.
MEANINGS = (
    (PermissionDeniedError, _("Your role does not allow this.")),
    (NotFoundError, _("There is nothing of that name here.")),
    (InvalidTransitionError, _("It is no longer, or not yet, in a state in which this can be done.")),
    (TryLaterError, _("Too much is asked at once. Wait a little.")),
    (RefusedError, _("A rule of the register forbids this.")),
    (BadInputError, _("What was sent cannot be used as it is.")),
    (KuagerError, _("This could not be done.")),
)


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
        if isinstance(exception, VaultLockedError):
            return way_to_unlock(request)
        logging.getLogger("kuager.web").info("%s on %s", type(exception).__name__, request.resolver_match)
        meaning = next(words for kind, words in MEANINGS if isinstance(exception, kind))
        context = {"meaning": meaning, "message": str(exception)}
        return render(request, "shell/refused.html", context, status=exception.http_status)
