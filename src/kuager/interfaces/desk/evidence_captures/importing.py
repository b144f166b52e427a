"""Bundles at the desk: looked into without unpacking, and files in them kept as items of their own."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, BinaryIO, cast

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext, ngettext
from django.views.decorators.http import require_http_methods, require_safe

from kuager.domain.accounts import rules
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.engines.captures import Capture, CapturedFile
from kuager.interfaces.desk.access import acting_user, needs, new_form_token, now, remember_result, result_of
from kuager.interfaces.desk.evidence.showing import item_lines
from kuager.interfaces.desk.evidence_captures.reading import capture_of, may_be_bundle
from kuager.interfaces.shell.capture_importing import chosen_by_default, keep_files, numbered
from kuager.interfaces.shell.capture_words import Said, kind_name, limits_of, said, tool_name
from kuager.interfaces.shell.captures import give_files
from kuager.interfaces.shell.vaults import open_vault, vault_if_open

if TYPE_CHECKING:
    from kuager.domain.evidence.models import DigitalItem
    from kuager.engines.vault.vault import Vault

_ON_A_PAGE = 100
_BUNDLES_SHOWN = 50
_LOOKED_AT = 1_000
_MOST_AT_ONCE = 500
_DIGITS = 6


@dataclass(frozen=True, slots=True)
class FileLine:
    """A file of a bundle for readers."""

    number: int
    file: CapturedFile
    kind: str
    findings: list[Said]
    limits: list[str]
    is_chosen: bool


@require_safe
@needs(Capability.VIEW_EVIDENCE)
def list_bundles(request: HttpRequest) -> HttpResponse:
    """Say how bundles are kept, and show those that are."""
    newest = queries.list_items(user=acting_user(request))[:_LOOKED_AT]
    bundles = [item for item in newest if may_be_bundle(item)][:_BUNDLES_SHOWN]
    return render(
        request,
        "desk/evidence_captures/bundles.html",
        {"lines": item_lines(bundles, vault_if_open(request))},
    )


@require_http_methods(["GET", "POST"])
@needs(Capability.VIEW_EVIDENCE)
def look_into(request: HttpRequest, number: int) -> HttpResponse:
    """Show what a bundle holds and what was checked; keep the chosen files."""
    item = queries.get_item(number, user=acting_user(request))
    vault = open_vault(request)
    if request.method == "POST":
        return _keep(request, vault, item)
    operations.note_view(vault=vault, item=item, what="contents", by=acting_user(request), at=now())
    capture = capture_of(vault, item)
    return render(request, "desk/evidence_captures/contents.html", _context(request, item, capture))


def _context(request: HttpRequest, item: "DigitalItem", capture: Capture) -> dict[str, object]:
    page = Paginator(range(len(capture.files)), _ON_A_PAGE).get_page(request.GET.get("page"))
    default = set(chosen_by_default(capture))
    findings = [said(one) for one in capture.about(None)]
    return {
        "item": item,
        "tool": tool_name(capture.tool),
        "made_at": capture.made_at,
        "claims": list(capture.claims.items()),
        "findings": findings,
        "limits": limits_of(findings),
        "lines": [_line(capture, number, default) for number in page],
        "page": page,
        "has_faults": capture.has_faults,
        "token": new_form_token(),
    }


def _line(capture: Capture, number: int, default: set[int]) -> FileLine:
    file = capture.files[number]
    findings = [said(one) for one in capture.about(number)]
    return FileLine(number, file, kind_name(file.kind), findings, limits_of(findings), number in default)


def _keep(request: HttpRequest, vault: "Vault", item: "DigitalItem") -> HttpResponse:
    """Keep the chosen files of a bundle, each as an item of its own."""
    user, token = acting_user(request), request.POST.get("token", "")
    rules.check_may(user, Capability.KEEP_EVIDENCE)
    if (before := result_of(request, token)) is not None:
        return redirect(before)
    capture = capture_of(vault, item)
    numbers = _chosen(request, capture)
    back = reverse("evidence-import-item", args=[item.number])
    if not numbers:
        messages.error(request, gettext("Choose at least one file."))
        return redirect(back)
    with queries.open_item(vault, item) as plain:
        given = numbered(numbers, give_files(cast("BinaryIO", plain), capture, numbers))
        kept = list(keep_files(vault=vault, capture=capture, given=given, container=item, by=user, at=now()))
    words = ngettext("%(count)d file is kept.", "%(count)d files are kept.", len(kept))
    messages.success(request, words % {"count": len(kept)})
    url = reverse("evidence-item", args=[kept[0].number]) if len(kept) == 1 else back
    remember_result(request, token, url)
    return redirect(url)


def _chosen(request: HttpRequest, capture: Capture) -> list[int]:
    said_numbers = [one for one in request.POST.getlist("file") if one.isascii() and one.isdigit()]
    numbers = sorted({int(one) for one in said_numbers if len(one) <= _DIGITS})
    return [number for number in numbers if number < len(capture.files)][:_MOST_AT_ONCE]
