"""Giving items out as a bundle: recorded before the first byte leaves, then streamed."""

from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_http_methods

from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.engines.sealing import PublicKey, encrypted
from kuager.engines.vault.bundle import Bundle, zipped
from kuager.interfaces.desk.access import acting_user, now
from kuager.interfaces.desk.evidence.forms import ExportForm
from kuager.interfaces.desk.evidence.showing import item_lines
from kuager.interfaces.shell.vaults import open_vault, vault_if_open

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.vault.vault import Vault

MOST_ITEMS = 500
_NUMBER = 18


@require_http_methods(["GET", "POST"])
def export(request: HttpRequest) -> HttpResponseBase:
    """Ask what for and for whom, and send the bundle. A readable one is asked about twice."""
    check_may(acting_user(request), Capability.EXPORT_EVIDENCE)
    items = _chosen(request)
    form = ExportForm(request.POST if request.method == "POST" else None)
    if not (items and form.is_bound and form.is_valid()):
        return _page(request, items, form, status=422 if form.is_bound else 200)
    said = form.cleaned_data
    if said["form"] == "plain" and request.POST.get("understood") != "yes":
        return _page(request, items, form, is_asked_again=True)
    vault = open_vault(request)
    bundle = operations.begin_export(
        vault=vault, items=items, reason=said["reason"], by=acting_user(request), at=now()
    )
    return _streamed(vault, bundle, said.get("key"))


def _chosen(request: HttpRequest) -> "list[DigitalItem]":
    """Return the items that were ticked; raises NotFoundError for one that is not there for this reader."""
    said = request.POST if request.method == "POST" else request.GET
    numbers = {one for one in said.getlist("item") if one.isascii() and one.isdigit() and len(one) <= _NUMBER}
    user = acting_user(request)
    return [queries.get_item(number, user=user) for number in sorted(map(int, numbers))[:MOST_ITEMS]]


def _page(
    request: HttpRequest,
    items: "list[DigitalItem]",
    form: ExportForm,
    *,
    status: int = 200,
    is_asked_again: bool = False,
) -> HttpResponse:
    vault = vault_if_open(request)
    context = {
        "lines": item_lines(items, vault),
        "is_open": vault is not None,
        "size": sum(item.size for item in items),
        "form": form,
        "is_asked_again": is_asked_again,
    }
    return render(request, "desk/evidence/export.html", context, status=status)


def _streamed(vault: "Vault", bundle: Bundle, key: PublicKey | None) -> StreamingHttpResponse:
    """Send the bundle piece by piece; should an item turn out changed, it breaks off without its end."""
    pieces: Iterator[bytes] = zipped(vault, bundle)
    name, media_type = f"kuager-{bundle.number}.zip", "application/zip"
    if key is not None:
        pieces, name, media_type = encrypted(pieces, [key]), f"{name}.age", "application/octet-stream"
    answer = StreamingHttpResponse(pieces, content_type=media_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return answer
