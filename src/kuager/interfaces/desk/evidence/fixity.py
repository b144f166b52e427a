"""Is all as it was? Every kept byte read again, how long ago, what was found, and who vouches for the log."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.engines.vault.heads import Head
from kuager.engines.vault.stamps import stamps
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.shell.vaults import open_vault, vault_if_open

if TYPE_CHECKING:
    from kuager.engines.vault.vault import Vault

STEP_BYTES = 256 << 20


@dataclass(frozen=True, slots=True)
class AnchorLine:
    """Who vouches for the log: up to which event, and since when at the latest."""

    authority: str
    at: datetime
    events: int


@require_http_methods(["GET", "POST"])
@needs(Capability.VIEW_EVIDENCE)
def fixity(request: HttpRequest) -> HttpResponse:
    """Show how the kept bytes are doing; read some more of them when asked to."""
    if request.method == "POST":
        return _step(request)
    vault = vault_if_open(request)
    summary = queries.fixity_summary(user=acting_user(request))
    context: dict[str, object] = {
        "summary": summary,
        "run": summary.running,
        "coverage": queries.fixity_coverage(as_of=now()),
        "is_open": vault is not None,
    }
    if vault is not None:
        context |= {
            "anchors": _anchors(vault),
            "events": vault.journal.size,
            "log_key": str(vault.public.log),
        }
    return render(request, "desk/evidence/fixity.html", context)


def _step(request: HttpRequest) -> HttpResponse:
    """Read the next part, and show how far it has come: by itself where the browser can."""
    vault, at = open_vault(request), now()
    run = operations.begin_fixity(by=acting_user(request), at=at)
    run = operations.step_fixity(vault=vault, run=run, at=at, budget_bytes=STEP_BYTES)
    if not request.htmx:  # type: ignore[attr-defined]  # set by django-htmx
        return redirect("evidence-fixity")
    if run.state != "running":
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = redirect("evidence-fixity")["Location"]
        return answer
    context = {"run": run, "summary": queries.fixity_summary(user=acting_user(request)), "is_running": True}
    return render(request, "desk/evidence/fixity_progress.html", context)


def _anchors(vault: "Vault") -> list[AnchorLine]:
    """Return the newest time stamp of each authority."""
    newest: dict[str, AnchorLine] = {}
    for stamp in stamps(vault):
        events = Head.read(stamp.head, vault.public.log).size
        newest[stamp.authority] = AnchorLine(stamp.authority, stamp.at, events)
    return sorted(newest.values(), key=lambda line: line.at, reverse=True)
