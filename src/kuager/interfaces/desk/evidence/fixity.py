"""Is all as it was? Every kept byte read again, how long ago, what was found, and who vouches for the log."""

from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods

from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations, queries
from kuager.engines.vault.anchoring import Authorities, Authority, is_enough, status
from kuager.engines.vault.stamps import stamps
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.shell.authorities import read_authorities
from kuager.interfaces.shell.vaults import open_vault, vault_if_open

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kuager.engines.vault.anchoring import AnchorState
    from kuager.engines.vault.vault import Vault

STEP_BYTES = 256 << 20


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
        anchors, key = _anchors(vault), str(vault.public.log)
        context |= {"anchors": anchors, "events": vault.journal.size, "log_key": key}
        context["is_enough"] = is_enough(anchors)
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


def _anchors(vault: "Vault") -> "Sequence[AnchorState]":
    """Return how far each authority vouches for the log: those of the settings, else those in the log."""
    if settings.AUTHORITIES:
        return status(vault, read_authorities(Path(settings.AUTHORITIES)))
    named = {stamp.authority: Authority(stamp.authority, "", stamp.certificates) for stamp in stamps(vault)}
    return status(vault, Authorities(tuple(named.values())))
