"""The pages about figures: home, how we know a figure, history, method."""

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import conditional_page, require_safe

from kuager.domain.publication import definitions, queries
from kuager.interfaces.public.answering import CACHE, page, snapshot_page


@require_safe
@snapshot_page
def home(request: HttpRequest, shown: queries.ShownSnapshot) -> HttpResponse:
    """Show what is counted, how it moved, where, and what changed since the last time."""
    snapshot = shown.present
    context = {
        "figures": queries.headline(snapshot),
        "pictures": queries.pictures_of(snapshot),
        "changes": queries.changes_in_words(snapshot),
        "estimates": queries.estimate_lines(snapshot),
    }
    return page(request, "public/home.html", shown, context)


@require_safe
@snapshot_page
def figure(request: HttpRequest, shown: queries.ShownSnapshot, key: str) -> HttpResponse:
    """Answer how we know this figure."""
    snapshot = shown.present
    return page(request, "public/figure.html", shown, queries.figure_page(snapshot, key))


@require_safe
@snapshot_page
def linkage(request: HttpRequest, shown: queries.ShownSnapshot) -> HttpResponse:
    """Say how the records behind the figures were linked, and how good the links are."""
    return page(request, "public/linkage.html", shown, {"notes": queries.linkage_page(shown.present)})


@require_safe
@snapshot_page
def linkage_json(request: HttpRequest, shown: queries.ShownSnapshot) -> HttpResponse:
    """Give the same as JSON."""
    document = queries.linkage_document(shown.present)
    return JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})


@require_safe
@login_not_required
@conditional_page
def snapshots(request: HttpRequest) -> HttpResponse:
    """Every publication there ever was, with what changed, the withdrawn ones too."""
    history = [(snapshot, queries.changes_in_words(snapshot)) for snapshot in queries.list_public_snapshots()]
    response = render(request, "public/snapshots.html", {"history": history})
    response["Cache-Control"] = CACHE
    return response


@require_safe
@login_not_required
@conditional_page
def method(request: HttpRequest) -> HttpResponse:
    """How counting works, what it cannot say, and how to have something corrected."""
    statuses = [
        (definitions.status_label(code), definitions.status_definition(code)) for code in queries.STATUS_ORDER
    ]
    snapshot = queries.shown_snapshot(None).snapshot
    context = {
        "statuses": statuses,
        "rule": definitions.rule_words("latest-day"),
        "snapshot": snapshot,
        "notes": queries.linkage_page(snapshot) if snapshot else [],
    }
    response = render(request, "public/method.html", context)
    response["Cache-Control"] = CACHE
    return response
