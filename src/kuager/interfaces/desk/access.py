"""Who may open a page of the desk, who is acting, and how a form is sent only once."""

import secrets
from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from typing import TYPE_CHECKING, Concatenate, ParamSpec, cast

from django.shortcuts import redirect
from django.utils import timezone

from kuager.domain.accounts import rules

if TYPE_CHECKING:
    from django.http import HttpRequest, HttpResponse

    from kuager.domain.accounts.models import User
    from kuager.domain.accounts.terms import Capability

P = ParamSpec("P")
REMEMBERED_FORMS = 40


def needs(
    capability: "Capability",
) -> Callable[
    [Callable[Concatenate["HttpRequest", P], "HttpResponse"]],
    Callable[Concatenate["HttpRequest", P], "HttpResponse"],
]:
    """Refuse the page to everybody whose role does not carry the capability."""

    def decorate(
        view: Callable[Concatenate["HttpRequest", P], "HttpResponse"],
    ) -> Callable[Concatenate["HttpRequest", P], "HttpResponse"]:
        @wraps(view)
        def guarded(request: "HttpRequest", /, *args: P.args, **kwargs: P.kwargs) -> "HttpResponse":
            rules.check_may(acting_user(request), capability)
            return view(request, *args, **kwargs)

        return guarded

    return decorate


def posted_or(
    url_name: str,
) -> Callable[[Callable[["HttpRequest"], "HttpResponse"]], Callable[["HttpRequest"], "HttpResponse"]]:
    """Lead back to where a form began when its address is only opened: a phone restores its tabs so."""

    def decorate(
        view: Callable[["HttpRequest"], "HttpResponse"],
    ) -> Callable[["HttpRequest"], "HttpResponse"]:
        @wraps(view)
        def guarded(request: "HttpRequest", /) -> "HttpResponse":
            return view(request) if request.method == "POST" else redirect(url_name)

        return guarded

    return decorate


def acting_user(request: "HttpRequest") -> "User":
    """Return who is signed in; the login middleware has seen to it that somebody is."""
    return cast("User", request.user)


def now() -> datetime:
    """Return this moment. The desk asks the clock once and hands it down."""
    return timezone.now()


def today() -> date:
    """Return today's date where the desk stands."""
    return timezone.localdate()


def new_form_token() -> str:
    """Return a token for a form that must not be carried out twice."""
    return secrets.token_urlsafe(9)


def result_of(request: "HttpRequest", token: str) -> str | None:
    """Return where the form with this token led when it was sent before: a second tap changes nothing."""
    done: dict[str, str] = request.session.get("sent_forms", {})
    return done.get(token)


def remember_result(request: "HttpRequest", token: str, url: str) -> None:
    """Keep where a form led, for the case that it arrives again."""
    done: dict[str, str] = request.session.get("sent_forms", {})
    done[token] = url
    request.session["sent_forms"] = dict(list(done.items())[-REMEMBERED_FORMS:])
