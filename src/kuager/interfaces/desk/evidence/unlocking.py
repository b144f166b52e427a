"""Unlocking the vault for a session, and locking it again."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext, ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from kuager.core.errors import PermissionDeniedError
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence import operations
from kuager.interfaces.desk.access import acting_user, needs, now
from kuager.interfaces.shell.vault_keys import TryLaterError
from kuager.interfaces.shell.vaults import lock_vault, open_vault, unlock_vault, vault_state


@sensitive_post_parameters("passphrase")
@needs(Capability.VIEW_EVIDENCE)
@require_http_methods(["GET", "POST"])
def unlock(request: HttpRequest) -> HttpResponse:
    """Ask for the passphrase, and go back to where it was needed."""
    back = request.POST.get("next", request.GET.get("next", ""))
    problem, status = "", 200
    if request.method == "POST":
        try:
            unlock_vault(request, request.POST.get("passphrase", ""))
        except TryLaterError as error:
            problem, status = str(error), error.http_status
        except PermissionDeniedError:
            problem, status = gettext("The passphrase is wrong."), 422
        else:
            _take_in_what_a_crash_left(request)
            return redirect(_safe(request, back))
    context = {"next": back, "problem": problem, "vault": vault_state(request)}
    return render(request, "desk/evidence/unlock.html", context, status=status)


def _take_in_what_a_crash_left(request: HttpRequest) -> None:
    """List what the vault has kept and the register of items does not know yet."""
    count = operations.adopt_items(vault=open_vault(request), by=acting_user(request), at=now())
    if count:
        words = ngettext(
            "%(count)d item that an interruption had left out of the list is in it again.",
            "%(count)d items that an interruption had left out of the list are in it again.",
            count,
        )
        messages.info(request, words % {"count": count})


def _safe(request: HttpRequest, back: str) -> str:
    """Return a page of this site to go back to; the list of evidence where none was named."""
    is_ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return back if is_ours else "evidence"


@require_POST
@needs(Capability.VIEW_EVIDENCE)
def lock(request: HttpRequest) -> HttpResponse:
    """Let the keys go at once."""
    if lock_vault(request):
        messages.success(request, gettext("The vault is locked."))
    return redirect("evidence")
