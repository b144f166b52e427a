"""Opening the organisation's vault for one request: by the member's own unlocking, or by the server itself.

Promises: without a passphrase given in this session (or to the whole server by its settings) no page gets a
vault; unlocking, locking and every wrong passphrase are events of the audit record. One passphrase opens the
vault for whoever may see evidence, until members have keys of their own.
"""

import logging
import math
import threading
from typing import TYPE_CHECKING, NamedTuple, cast
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone

from kuager.core.errors import PermissionDeniedError, RefusedError
from kuager.domain.audit import operations as audit
from kuager.engines.vault.keys import SecretKeys
from kuager.engines.vault.vault import Vault
from kuager.interfaces.shell.vault_keys import Attempts, KeyRing, OpenVault
from kuager.interfaces.shell.vault_places import has_vault, vault_files, vault_objects, vault_public

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuager.domain.accounts.models import User

__all__ = [
    "VaultLockedError",
    "VaultState",
    "has_vault",
    "lock_vault",
    "open_vault",
    "unlock_vault",
    "vault_if_open",
    "vault_of_server",
    "vault_public",
    "vault_state",
    "way_to_unlock",
]
_WORD = "vault"
_PLAIN = "text/plain; charset=utf-8"


class VaultLockedError(RefusedError):
    """The vault must be unlocked first; a page leads to where that is done, and back."""

    http_status = 423


class VaultState(NamedTuple):
    """What a page says of the vault.

    Attributes
    ----------
    exists
        A vault has been made.
    is_open
        This request can read what is kept.
    is_of_server
        The server opened it by its settings: nobody need unlock it, nobody can lock it.
    minutes_left
        After how many minutes without use it locks; None when it is locked or the server's.
    """

    exists: bool
    is_open: bool
    is_of_server: bool
    minutes_left: int | None


class _Member(NamedTuple):
    number: int
    user: "User"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Member) and other.number == self.number

    def __hash__(self) -> int:
        return hash(self.number)


def _locked_for_idleness(member: _Member) -> None:
    """Record that nobody used the vault; in the watch's own thread too, whose connection is given back."""
    try:
        _note("evidence.vault_locked", member.user, how="idle")
    except Exception:
        logging.getLogger("kuager.web").exception("that a vault was locked could not be recorded")
    finally:
        if threading.current_thread().name.startswith("Thread-") and not connection.in_atomic_block:
            connection.close()


_RING: KeyRing[_Member] = KeyRing(_locked_for_idleness)
_ATTEMPTS = Attempts()
_SERVER_LOCK = threading.Lock()
_OF_SERVER: dict[tuple[str, str], OpenVault] = {}


def open_vault(request: "HttpRequest") -> Vault:
    """Return the vault for this request; using it keeps it open for thirty minutes more.

    Raises
    ------
    VaultLockedError
        When it is locked. The middleware leads to the page that unlocks it, and back.
    NotFoundError
        When no vault has been made.
    """
    found = vault_of_server() or _vault_of_session(request)
    if found is None:
        vault_files()
        raise VaultLockedError("the vault is locked; unlock it with its passphrase first")
    return found


def vault_if_open(request: "HttpRequest") -> Vault | None:
    """Return the vault when it is open for this request; None when it is locked or not made."""
    if not has_vault():
        return None
    return vault_of_server() or _vault_of_session(request)


def _vault_of_session(request: "HttpRequest") -> Vault | None:
    opened = _RING.find(request.session.get(_WORD, ""), _member(request))
    return None if opened is None else opened.vault()


def vault_of_server() -> Vault | None:
    """Return the vault that server and worker open by themselves; None without a passphrase in the settings.

    It is for work without a person at it. ``KUAGER_VAULT_PASSPHRASE_FILE`` says which passphrase.
    """
    if not settings.VAULT_PASSPHRASE or not has_vault():
        return None
    files = vault_files()
    key = str(files.root), str(vault_public().log)
    with _SERVER_LOCK:
        if key not in _OF_SERVER:
            keys = SecretKeys.unlock(files, settings.VAULT_PASSPHRASE)
            _OF_SERVER[key] = OpenVault(files, keys, vault_objects(files))
    return _OF_SERVER[key].vault()


def unlock_vault(request: "HttpRequest", passphrase: str) -> None:
    """Open the vault for this session.

    Raises
    ------
    PermissionDeniedError
        When the passphrase is wrong; that is recorded.
    TryLaterError
        When it was wrong a moment ago, or others are unlocking.
    """
    member, files = _member(request), vault_files()
    _ATTEMPTS.begin(member.number)
    keys = None
    try:
        keys = SecretKeys.unlock(files, passphrase)
    except PermissionDeniedError:
        _note("evidence.vault_refused", member.user)
        raise
    finally:
        _ATTEMPTS.end(member.number, is_right=keys is not None)
    lock_vault(request, how="unlocked again")
    _note("evidence.vault_unlocked", member.user)
    request.session[_WORD] = _RING.hold(member, OpenVault(files, keys, vault_objects(files)))


def lock_vault(request: "HttpRequest", *, how: str = "asked") -> bool:
    """Let the keys of this session go; return whether there were any.

    Parameters
    ----------
    how
        Recorded: ``asked``, ``signed out``.
    """
    member = _RING.drop(request.session.pop(_WORD, ""))
    if member is None:
        return False
    _note("evidence.vault_locked", member.user, how=how)
    return True


def vault_state(request: "HttpRequest") -> VaultState:
    """Say how the vault stands for this request; looking is no use of it."""
    if not has_vault():
        return VaultState(exists=False, is_open=False, is_of_server=False, minutes_left=None)
    if settings.VAULT_PASSPHRASE:
        return VaultState(exists=True, is_open=True, is_of_server=True, minutes_left=None)
    left = _RING.seconds_left(request.session.get(_WORD, ""))
    minutes = None if left is None else math.ceil(left / 60)
    return VaultState(exists=True, is_open=left is not None, is_of_server=False, minutes_left=minutes)


def way_to_unlock(request: "HttpRequest") -> "HttpResponse":
    """Lead to the page that unlocks the vault, and back; a part of a page or a script is told so instead."""
    is_page = request.headers.get("Sec-Fetch-Dest", "document") in ("document", "iframe")
    wants_words = "application/json" not in request.headers.get("Accept", "")
    if not (is_page and wants_words) and not request.headers.get("HX-Request"):
        return HttpResponse("the vault is locked", status=VaultLockedError.http_status, content_type=_PLAIN)
    back = request.get_full_path() if request.method == "GET" else _page_before(request)
    url = f"{reverse('evidence-unlock')}?{urlencode({'next': back})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(status=204, headers={"HX-Redirect": url})
    return redirect(url)


def _page_before(request: "HttpRequest") -> str:
    """Return the page a form was sent from; what it said is lost, and is asked for again there."""
    parts = urlsplit(request.headers.get("Referer", ""))
    is_ours = parts.netloc == request.get_host()
    return f"{parts.path}?{parts.query}".rstrip("?") if is_ours else reverse("evidence")


def _member(request: "HttpRequest") -> _Member:
    user = cast("User", request.user)
    return _Member(user.pk, user)


def _note(action: str, user: "User", **detail: str) -> None:
    audit.record_event(action=action, actor=user, target="evidence.Vault:1", at=timezone.now(), **detail)
