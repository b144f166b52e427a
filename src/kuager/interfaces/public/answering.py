"""How a public page is answered: for strangers, from a snapshot, and kept by caches for five minutes."""

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.views.decorators.http import conditional_page

from kuager.core.errors import NotFoundError
from kuager.domain.publication import queries

Parameters = ParamSpec("Parameters")
View = Callable[..., HttpResponseBase]
# Short, so that whoever is taken off is gone from caches within minutes.
CACHE = "public, max-age=300"


def snapshot_page(
    view: Callable[Concatenate[HttpRequest, queries.ShownSnapshot, Parameters], HttpResponseBase],
) -> View:
    """Give a view the snapshot it shows; answer alone where there is none or it was withdrawn."""

    @login_not_required
    @conditional_page
    @wraps(view)
    def answer(request: HttpRequest, *args: Parameters.args, **values: Parameters.kwargs) -> HttpResponseBase:
        number = values.pop("number", None)
        try:
            shown = queries.shown_snapshot(number if isinstance(number, int) else None)
            response = _without_content(request, shown) or view(request, shown, *args, **values)
        except NotFoundError:
            # The page that explains refused acts would read like an accusation to whoever has a broken link.
            raise Http404 from None
        response.headers.setdefault("Cache-Control", CACHE)
        return response

    return answer


def page(
    request: HttpRequest,
    template: str,
    shown: queries.ShownSnapshot,
    context: dict[str, object] | None = None,
) -> HttpResponse:
    """Render a page that belongs to a snapshot. Links stay at its number if the address has one."""
    match = request.resolver_match
    number = match.kwargs.get("number") if match is not None else None
    common = {"shown": shown, "snapshot": shown.snapshot, "number": number}
    return render(request, template, {**common, **(context or {})})


def _without_content(request: HttpRequest, shown: queries.ShownSnapshot) -> HttpResponse | None:
    if shown.snapshot is None:
        return render(request, "public/empty.html", {"shown": shown})
    if shown.is_withdrawn:
        return render(
            request, "public/withdrawn.html", {"shown": shown, "snapshot": shown.snapshot}, status=410
        )
    return None
