"""The import of a list, step by step: file, columns, check, stage. None of them touches the register."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from kuager.core.errors import BadInputError, RefusedError
from kuager.domain.accounts.terms import Capability
from kuager.domain.lists import operations, queries
from kuager.domain.sources import operations as source_operations
from kuager.domain.sources import queries as source_queries
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.lists.drafts import ImportDraft, forget_draft, recall_draft, remember_draft
from kuager.interfaces.desk.lists.dry_runs import dry_run_of_draft
from kuager.interfaces.desk.lists.figures import dry_run_figures, dry_run_warnings
from kuager.interfaces.desk.lists.forms import DAY_FIRST_CHOICES, SheetForm, UploadForm
from kuager.interfaces.desk.lists.uploads import (
    MIB,
    OriginalUploadHandler,
    StoredUpload,
    largest_upload_bytes,
    original_path,
)
from kuager.interfaces.desk.lists.words import UNREAD, field_choices

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.lists.models import CasualtyList, ListEdition
    from kuager.domain.lists.queries import Preview
    from kuager.domain.sources.models import Publisher

SAMPLE_ROWS = 15
SAMPLES = 3
PROBLEMS_A_PAGE = 50
STAGE_AT_ONCE = 5_000
UPLOADS = "uploads"
_DAY_FIRST = {True: "day", False: "month", None: ""}


@csrf_exempt
@needs(Capability.IMPORT_LISTS)
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Take the file and what is said about it.

    The upload is streamed to its place before anything else reads the form, so the handler is set here and
    the check against forged requests follows inside.
    """
    handler = OriginalUploadHandler()
    request.upload_handlers = [handler]
    return _begin(request, handler)


@csrf_protect
def _begin(request: HttpRequest, handler: OriginalUploadHandler) -> HttpResponse:
    if request.method != "POST":
        first = {"casualty_list": request.GET.get("list", "")}
        return render(request, "desk/lists/import.html", {"form": _upload_form(initial=first)})
    _remember_upload(request)
    stored = request.POST.get("stored", "")
    kept = request.session.get(UPLOADS, {}).get(_arrived(request) or stored, "")
    too_large = _too_large() if handler.is_too_large else ""
    form = _upload_form(request.POST, request.FILES, kept=kept, too_large=too_large)
    if form.is_valid():
        draft = _draft(form.cleaned_data, _arrived(request) or stored, kept)
        remember_draft(request, draft)
        return redirect("desk-import-columns", draft.digest)
    if kept:
        form.data = {**request.POST.dict(), "stored": _arrived(request) or stored}
    return render(request, "desk/lists/import.html", {"form": form}, status=422)


def _upload_form(*args: Any, **more: Any) -> UploadForm:
    lists = [(item.casualty_list.pk, item.casualty_list.title) for item in queries.list_lists()]
    publishers = [(publisher.pk, publisher.name) for publisher in source_queries.list_publishers()]
    return UploadForm(*args, lists=lists, publishers=publishers, **more)


def _arrived(request: HttpRequest) -> str:
    """Return the digest of the file that came with this request; nothing when none did."""
    upload = request.FILES.get("file")
    return upload.digest if isinstance(upload, StoredUpload) else ""


def _remember_upload(request: HttpRequest) -> None:
    """Note who brought the file, so that it need not be sent again when a field was wrong."""
    upload = request.FILES.get("file")
    if isinstance(upload, StoredUpload):
        kept = {**request.session.get(UPLOADS, {}), upload.digest: upload.name or ""}
        request.session[UPLOADS] = dict(list(kept.items())[-10:])


def _too_large() -> str:
    size = largest_upload_bytes() // MIB
    return gettext("The file is larger than %(size)d MiB. Split the list into smaller files.") % {
        "size": size
    }


def _draft(answers: dict[str, Any], digest: str, file_name: str) -> ImportDraft:
    """Put the answers of the form into what the session can keep."""
    return ImportDraft(
        digest=digest,
        file_name=file_name,
        as_of=str(answers["as_of"]),
        list_id=answers["casualty_list"],
        title=answers["title"],
        publisher_id=answers["publisher"],
        publisher_name=answers["publisher_name"],
        publisher_kind=answers["publisher_kind"],
        stated_total=answers["stated_total"],
        default_status=answers["default_status"],
        is_clean=answers["is_clean"],
        is_public=answers["is_public"],
        built_from=answers["built_from"],
        keep_removed=answers["keep_removed"],
    )


@needs(Capability.IMPORT_LISTS)
@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, digest: str) -> HttpResponse:
    """Show the first rows with a proposal for every column; keep what the reader corrected."""
    draft = recall_draft(request, digest)
    asked = SheetForm(request.POST if request.method == "POST" else request.GET)
    asked.is_valid()
    sheet, header_row = asked.cleaned_data.get("sheet") or "", asked.cleaned_data.get("header_row")
    try:
        preview = queries.preview(
            original_path(digest),
            file_name=draft.file_name,
            sheet=sheet or draft.sheet or "",
            header_row=header_row if header_row is not None else draft.header_row,
            sample_rows=SAMPLE_ROWS,
        )
    except BadInputError as error:
        return _back_to_the_file(request, str(error))
    problem = ""
    if request.method == "POST":
        chosen = _chosen_columns(request, preview)
        draft = draft.changed(
            sheet=preview.sheet,
            header_row=preview.header_row,
            columns=chosen,
            day_first=asked.cleaned_data.get("day_first"),
        )
        remember_draft(request, draft)
        problem = _problem_with(chosen)
        if not problem:
            return redirect("desk-import-check", digest)
    context = {"draft": draft, "preview": preview, "columns": _column_choices(preview, draft)}
    more = {
        "fields": field_choices(),
        "problem": problem,
        "day_first_choices": DAY_FIRST_CHOICES,
        "day_first": _DAY_FIRST[draft.day_first],
    }
    return render(request, "desk/lists/columns.html", context | more, status=422 if problem else 200)


def _back_to_the_file(request: HttpRequest, problem: str) -> HttpResponse:
    """Ask for the file again when it cannot be read."""
    form = _upload_form()
    context = {"form": form, "problem": problem}
    return render(request, "desk/lists/import.html", context, status=422)


def _chosen_columns(request: HttpRequest, preview: "Preview") -> dict[str, str]:
    known = dict(field_choices())
    chosen = {}
    for proposal in preview.proposals:
        value = request.POST.get(f"column-{proposal.letter}", UNREAD)
        if value in known and value != UNREAD:
            chosen[proposal.letter] = value
    return chosen


def _problem_with(chosen: dict[str, str]) -> str:
    """Say why a choice of columns cannot work; nothing when it can."""
    if not {"name", "family", "given"} & set(chosen.values()):
        return gettext("No column holds the name. Choose one: without a name a row says nothing of anybody.")
    return ""


def _column_choices(preview: "Preview", draft: ImportDraft) -> list[dict[str, object]]:
    """Bring together, for each column, its title, the proposal and what the reader chose before."""
    is_same = draft.columns is not None and (draft.sheet, draft.header_row) in (
        (preview.sheet, preview.header_row),
        (None, None),
    )
    return [
        {
            "letters": proposal.letter,
            "samples": proposal.samples[:SAMPLES],
            "title": proposal.header,
            "reason": proposal.reason,
            "confidence": proposal.score if proposal.field else None,
            "field": (draft.columns or {}).get(proposal.letter, UNREAD) if is_same else proposal.field,
        }
        for proposal in preview.proposals
    ]


@needs(Capability.IMPORT_LISTS)
@require_http_methods(["GET"])
def check(request: HttpRequest, digest: str) -> HttpResponse:
    """Say what the import would do, row by row, and store nothing."""
    draft = recall_draft(request, digest)
    if draft.columns is None:
        return redirect("desk-import-columns", digest)
    result = dry_run_of_draft(draft)
    severity, column = request.GET.get("severity", ""), request.GET.get("column", "")
    shown = [
        problem
        for problem in result.problems
        if severity in ("", problem.severity) and column in ("", problem.column)
    ]
    context = {
        "draft": draft,
        "result": result,
        "figures": dry_run_figures(result),
        "warnings": dry_run_warnings(result),
        "page": Paginator(shown, PROBLEMS_A_PAGE).get_page(request.GET.get("page")),
        "problem_columns": sorted({problem.column for problem in result.problems if problem.column}),
        "severity": severity,
        "column": column,
    }
    return render(request, "desk/lists/check.html", context)


@require_POST
@needs(Capability.IMPORT_LISTS)
def stage(request: HttpRequest, digest: str) -> HttpResponse:
    """Begin the edition; its rows follow on the next page, or at once when they are few."""
    draft = recall_draft(request, digest)
    if draft.columns is None:
        return redirect("desk-import-columns", digest)
    edition = _begin_edition(draft, by=acting_user(request), at=now())
    forget_draft(request, digest)
    return stage_more(request, edition)


@transaction.atomic
def _begin_edition(draft: ImportDraft, *, by: "User", at: datetime) -> "ListEdition":
    """Write down publisher and list where they are new, and begin the edition: all or nothing."""
    return operations.begin_edition(
        casualty_list=_list_of(draft, by=by, at=at),
        as_of=draft.day,
        path=original_path(draft.digest),
        file_name=draft.file_name,
        mapping=draft.mapping,
        stated_total=draft.stated_total,
        keep_removed=draft.keep_removed,
        by=by,
        at=at,
    )


def _list_of(draft: ImportDraft, *, by: "User", at: datetime) -> "CasualtyList":
    if draft.list_id is not None:
        return queries.get_list(draft.list_id)
    publisher = _publisher_of(draft, by=by, at=at)
    found = queries.find_list(publisher, draft.title)
    return found or operations.create_list(
        publisher=publisher,
        title=draft.title,
        default_status=draft.default_status,
        is_clean=draft.is_clean,
        is_public=draft.is_public,
        built_from=queries.get_list(draft.built_from) if draft.built_from else None,
        by=by,
        at=at,
    )


def _publisher_of(draft: ImportDraft, *, by: "User", at: datetime) -> "Publisher":
    if draft.publisher_id is not None:
        return source_queries.get_publisher(draft.publisher_id)
    return source_operations.get_or_create_publisher(
        name=draft.publisher_name, kind=draft.publisher_kind, by=by, at=at
    )


def stage_more(request: HttpRequest, edition: "ListEdition") -> HttpResponse:
    """Store the next slice of rows; go on to the edition's page once the file is at its end."""
    try:
        edition = operations.stage_edition(
            edition=edition,
            path=original_path(edition.file_digest),
            by=acting_user(request),
            at=now(),
            max_rows=STAGE_AT_ONCE,
        )
    except RefusedError:
        # Another window was faster: its state is what counts.
        edition = queries.get_edition(edition.pk)
        if edition.state == "staging":
            raise
    is_done = edition.state != "staging"
    if request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return _htmx_answer(request, edition, is_done=is_done)
    return redirect("desk-edition" if is_done else "desk-edition-stage", edition.pk)


def _htmx_answer(request: HttpRequest, edition: "ListEdition", *, is_done: bool) -> HttpResponse:
    """Move the bar on, or send the browser to the edition."""
    if is_done:
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = redirect("desk-edition", edition.pk)["Location"]
        return answer
    return render(request, "desk/lists/stage_progress.html", {"edition": edition, "is_running": True})


@needs(Capability.IMPORT_LISTS)
@require_http_methods(["GET", "POST"])
def stage_edition(request: HttpRequest, edition_id: int) -> HttpResponse:
    """Go on staging where it stopped: by a button, or by itself where the browser can."""
    edition = queries.get_edition(edition_id)
    if edition.state != "staging":
        return redirect("desk-edition", edition.pk)
    if request.method == "POST":
        return stage_more(request, edition)
    context = {"edition": edition, "is_running": True, "expected": edition.stated_total}
    return render(request, "desk/lists/stage.html", context)
