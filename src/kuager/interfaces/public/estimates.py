"""The page of an estimate: a sentence that can be quoted, the picture, the assumptions, how we know it."""

from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    JsonResponse,
    StreamingHttpResponse,
)
from django.views.decorators.http import require_safe

from kuager.domain.publication import queries
from kuager.interfaces.public.answering import page, snapshot_page


@require_safe
@snapshot_page
def show(request: HttpRequest, shown: queries.ShownSnapshot, key: str) -> HttpResponse:
    """Answer what is estimated, and how we know it."""
    return page(request, "public/estimate.html", shown, {"page": queries.estimate_page(shown.present, key)})


@require_safe
@snapshot_page
def file(request: HttpRequest, shown: queries.ShownSnapshot, key: str, kind: str) -> HttpResponseBase:
    """Give everything public of an estimate as JSON, its numbers as CSV."""
    snapshot = shown.present
    response: HttpResponseBase
    if kind == "json":
        document = queries.estimate_document(snapshot, key)
        response = JsonResponse(document, json_dumps_params={"ensure_ascii": False, "indent": 1})
    elif kind == "csv":
        lines = queries.write_csv(queries.ANSWER_COLUMNS, list(queries.estimate_rows(snapshot, key)))
        response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    else:
        raise Http404
    name = f"kuager-{snapshot.number}-estimate-{key}.{kind}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
