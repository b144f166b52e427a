"""Files for those who check: figures and people as CSV and JSON, and the program that proves them."""

import json
from typing import TYPE_CHECKING

from django.contrib.auth.decorators import login_not_required
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.template.loader import render_to_string
from django.views.decorators.http import require_safe

from kuager.domain.publication import queries
from kuager.interfaces.public.answering import CACHE, page, snapshot_page

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CSV, JSON = "text/csv; charset=utf-8", "application/json; charset=utf-8"
PROGRAM = "public/check_snapshot.txt"


@require_safe
@snapshot_page
def index(request: HttpRequest, shown: queries.ShownSnapshot) -> HttpResponse:
    """Say what can be downloaded, under which terms, and how to check it."""
    return page(request, "public/downloads.html", shown, {"program": PROGRAM})


@require_safe
@snapshot_page
def figure(request: HttpRequest, shown: queries.ShownSnapshot, key: str) -> HttpResponse:
    """One figure with its basis as JSON."""
    snapshot = shown.present
    return JsonResponse(queries.figure_document(snapshot, key), json_dumps_params={"ensure_ascii": False})


@require_safe
@snapshot_page
def file(request: HttpRequest, shown: queries.ShownSnapshot, table: str, kind: str) -> HttpResponseBase:
    """One of the four files of a snapshot; long lists are sent piece by piece."""
    snapshot = shown.present
    files: dict[str, tuple[str, Callable[[], Iterator[str]]]] = {
        "figures.json": (
            JSON,
            lambda: iter([json.dumps(queries.figures_document(snapshot), ensure_ascii=False)]),
        ),
        "figures.csv": (
            CSV,
            lambda: queries.write_csv(queries.FIGURE_COLUMNS, queries.figure_rows(snapshot)),
        ),
        "people.json": (JSON, lambda: queries.people_lines(snapshot)),
        "people.csv": (CSV, lambda: queries.write_csv(queries.PEOPLE_COLUMNS, queries.people_rows(snapshot))),
    }
    name = f"{table}.{kind}"
    if name not in files:
        raise Http404
    content_type, write = files[name]
    response = StreamingHttpResponse(write(), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="kuager-{snapshot.number}-{name}"'
    return response


@require_safe
@login_not_required
def check_program(request: HttpRequest) -> HttpResponse:
    """Give the program that checks the two JSON files; it needs nothing but Python."""
    response = HttpResponse(render_to_string(PROGRAM), content_type="text/plain; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="check_snapshot.py"'
    response["Cache-Control"] = CACHE
    return response
