"""Keeping files: sent by a plain form or in parts, told of, and made items once the vault is open.

A file that has come is sealed at once and waits under ``uploads/`` of the vault's folder; what is said of it
is sealed beside it. With the vault open it becomes an item in the same request.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext, ngettext
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods, require_POST

from kuager.domain.accounts.terms import Capability
from kuager.domain.sources import queries as sources
from kuager.interfaces.desk.access import acting_user, needs, new_form_token, remember_result, result_of
from kuager.interfaces.desk.evidence.arrived import keep_uploads, sealing_sidecars, waiting_lines
from kuager.interfaces.desk.evidence.details import lay_beside
from kuager.interfaces.desk.evidence.forms import KeepForm
from kuager.interfaces.desk.evidence.receiving import drop_upload, incoming_uploads
from kuager.interfaces.desk.evidence.uploads import SealingUploadHandler
from kuager.interfaces.shell.vault_places import has_vault
from kuager.interfaces.shell.vaults import open_vault, vault_if_open

if TYPE_CHECKING:
    from kuager.domain.evidence.models import DigitalItem

SOURCES_OFFERED = 200


@csrf_exempt
@needs(Capability.KEEP_EVIDENCE)
@require_http_methods(["GET", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Take files and what is said of them.

    The bytes are sealed as they arrive, so the handler is set before anything reads the form, and the check
    against forged requests follows inside.
    """
    if request.method != "POST":
        return _page(request, _form(), _whole(request.GET.getlist("upload")))
    handler = SealingUploadHandler(incoming_uploads(), acting_user(request).username)
    request.upload_handlers = [handler]
    try:
        return _keep(request, handler)
    finally:
        handler.drop_unless_accepted()


@csrf_protect
def _keep(request: HttpRequest, handler: SealingUploadHandler) -> HttpResponse:
    handler.is_accepted = True
    form, token = _form(request), request.POST.get("token", "")
    if (before := result_of(request, token)) is not None:
        return redirect(before)
    upload_ids = _whole([*handler.arrived, *request.POST.getlist("upload")])
    if not form.is_valid() or not upload_ids:
        if not upload_ids:
            form.add_error(None, gettext("Choose at least one file."))
        return _page(request, form, upload_ids, status=422)
    sidecars = sealing_sidecars()
    for upload_id in upload_ids:
        lay_beside(sidecars, upload_id, form.details())
    url = _kept_or_waiting(request, upload_ids)
    remember_result(request, token, url)
    return redirect(url)


def _form(request: HttpRequest | None = None) -> KeepForm:
    offered = [(one.pk, f"{one.publisher.name}, {one}") for one in sources.list_sources()[:SOURCES_OFFERED]]
    return KeepForm(None if request is None else request.POST, sources=offered)


def _whole(upload_ids: Sequence[str]) -> list[str]:
    """Return those uploads that have come whole, each once; what is gone meanwhile is left out."""
    whole = {one.upload_id for one in incoming_uploads().list() if one.is_finished} if has_vault() else set()
    return [one for one in dict.fromkeys(upload_ids) if one in whole]


def _page(request: HttpRequest, form: KeepForm, arrived: Sequence[str], *, status: int = 200) -> HttpResponse:
    vault = vault_if_open(request)
    lines = waiting_lines(request, vault) if has_vault() else []
    context = {
        "form": form,
        "token": request.POST.get("token") or new_form_token(),
        "arrived": [line for line in lines if line.upload.upload_id in arrived],
        "waiting": [line for line in lines if line.upload.upload_id not in arrived],
        "can_keep": has_vault(),
        "is_open": vault is not None,
    }
    return render(request, "desk/evidence/keep.html", context, status=status)


def _kept_or_waiting(request: HttpRequest, upload_ids: Sequence[str]) -> str:
    """Make items of uploads when the vault is open; otherwise lead to where it is unlocked."""
    vault = vault_if_open(request)
    if vault is None:
        words = ngettext(
            "%(count)d file has arrived and lies sealed. It is kept as soon as the vault is unlocked.",
            "%(count)d files have arrived and lie sealed. They are kept as soon as the vault is unlocked.",
            len(upload_ids),
        )
        messages.info(request, words % {"count": len(upload_ids)})
        return f"{reverse('evidence-unlock')}?{urlencode({'next': reverse('evidence-keep')})}"
    return _shown(request, keep_uploads(request, vault, upload_ids))


def _shown(request: HttpRequest, items: Sequence["DigitalItem"]) -> str:
    """Say what was kept; return where it is seen."""
    words = ngettext("%(count)d file is kept.", "%(count)d files are kept.", len(items))
    messages.success(request, words % {"count": len(items)})
    return reverse("evidence-item", args=[items[0].number]) if len(items) == 1 else reverse("evidence")


@require_POST
@needs(Capability.KEEP_EVIDENCE)
def keep_arrived(request: HttpRequest) -> HttpResponse:
    """Make items of uploads that have come whole and were told of while the vault was locked."""
    vault = open_vault(request)
    lines = waiting_lines(request, vault)
    ready = {line.upload.upload_id for line in lines if line.upload.is_finished and line.has_details}
    wanted = [one for one in request.POST.getlist("upload") if one in ready]
    if not wanted:
        messages.info(request, gettext("Nothing waits to be kept."))
        return redirect("evidence-keep")
    return redirect(_shown(request, keep_uploads(request, vault, wanted)))


@require_POST
@needs(Capability.KEEP_EVIDENCE)
def drop(request: HttpRequest, key: str) -> HttpResponse:
    """Take away an upload that has become no item."""
    incoming = incoming_uploads()
    incoming.get(key)
    drop_upload(request, incoming, key)
    messages.success(request, gettext("The upload was dropped; nothing of it is left."))
    return redirect("evidence-keep")
