"""Transcripts: taken in as WebVTT, SRT or plain text with their faults told by line, and given out again."""

from typing import TYPE_CHECKING

from django.contrib import messages
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_safe

from kuager.core.errors import BadInputError, NotFoundError
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.engines.media.subtitle_files import write
from kuager.engines.media.subtitles import Form, Problem, decoded, read_bytes
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.desk.evidence_viewer.asked import AskedItem, asked_item
from kuager.interfaces.desk.evidence_viewer.forms import TranscriptForm
from kuager.interfaces.desk.evidence_viewer.speech import read_again
from kuager.interfaces.desk.evidence_viewer.words import problem_words

if TYPE_CHECKING:
    from kuager.domain.evidence.queries import OpenedTranscript

_TYPES = {Form.VTT: "text/vtt", Form.SRT: "application/x-subrip", Form.PLAIN: "text/plain"}
_ENDINGS = {Form.VTT: "vtt", Form.SRT: "srt", Form.PLAIN: "txt"}


@csrf_exempt
@needs(Capability.VIEW_EVIDENCE)
@require_http_methods(["GET", "POST"])
def list_transcripts(request: HttpRequest, number: int) -> HttpResponse:
    """Show the transcripts of an item and take a new one.

    A file stays in memory: what is said in evidence must not lie on a disk in plain. The handler that does
    so is set before anything reads the form, so the check against forged requests follows inside.
    """
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _list_transcripts(request, number)


@csrf_protect
def _list_transcripts(request: HttpRequest, number: int) -> HttpResponse:
    if request.method == "POST":
        check_may(acting_user(request), Capability.VERIFY_EVIDENCE)
    asked = asked_item(request, number)
    if request.method != "POST":
        return _page(request, asked, TranscriptForm())
    form = TranscriptForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, asked, form)
    try:
        problems = _take(request, asked, form)
    except BadInputError as error:
        form.add_error(None, str(error))
        return _page(request, asked, form)
    if not problems:
        messages.success(request, gettext("The transcript is kept, sealed with the evidence."))
        return redirect("evidence-transcripts", number)
    messages.warning(
        request, gettext("The transcript is kept as it is. Some lines are not as they should be.")
    )
    return _page(request, asked, TranscriptForm(), problems=problems)


def _take(request: HttpRequest, asked: AskedItem, form: TranscriptForm) -> tuple[Problem, ...]:
    given = form.cleaned_data
    found = read_bytes(given["data"])
    text, _ = decoded(given["data"])
    operations.add_transcript(
        vault=asked.vault,
        item=asked.item,
        language=given["language"] or given["other"],
        text=text,
        is_translation=given["is_translation"],
        by=acting_user(request),
        at=now(),
    )
    return found.problems


def _page(
    request: HttpRequest, asked: AskedItem, form: TranscriptForm, *, problems: tuple[Problem, ...] = ()
) -> HttpResponse:
    opened = queries.transcripts(asked.vault, asked.item)
    context = {
        "asked": asked,
        "item": asked.item,
        "form": form,
        "transcripts": [(one.row, read_again(one.text)) for one in opened],
        "problems": [problem_words(one) for one in problems],
        "forms_out": [(form.value, form.value.upper() if form is not Form.PLAIN else "TXT") for form in Form],
    }
    return render(
        request, "desk/evidence_viewer/transcripts.html", context, status=422 if form.errors else 200
    )


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def give_transcript(request: HttpRequest, number: int, transcript_id: int, form: str) -> HttpResponse:
    """Give a transcript out as a file, or to the player as captions."""
    asked = asked_item(request, number)
    opened = _opened(asked, transcript_id)
    try:
        wanted = Form(form)
    except ValueError:
        raise NotFoundError(gettext("There are WebVTT, SRT and plain text.")) from None
    text = write(read_again(opened.text).cues, wanted)
    response = HttpResponse(text.encode(), content_type=f"{_TYPES[wanted]}; charset=utf-8")
    name = f"item-{number}-{opened.row.language}.{_ENDINGS[wanted]}"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Security-Policy"] = "default-src 'none'; frame-ancestors 'none'; sandbox"
    return response


def _opened(asked: AskedItem, transcript_id: int) -> "OpenedTranscript":
    found = queries.transcripts(asked.vault, asked.item)
    wanted = next((one for one in found if one.row.pk == transcript_id), None)
    if wanted is None:
        raise NotFoundError(f"item {asked.number} has no transcript {transcript_id} in force")
    return wanted
