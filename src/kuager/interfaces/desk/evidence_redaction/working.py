"""Getting an ordered copy made: at once when it is short, by the worker, or beside this server's pages."""

import logging
import threading
from typing import TYPE_CHECKING

from django.db import connection

from kuager.domain.evidence import operations
from kuager.interfaces.desk.access import now
from kuager.interfaces.shell import background
from kuager.interfaces.shell.vaults import open_vault, vault_of_server

if TYPE_CHECKING:
    from django.http import HttpRequest

    from kuager.domain.evidence.models import CopyOrder
    from kuager.engines.vault.vault import Vault

# A picture or a leaflet is made while the page waits.
AT_ONCE_BYTES = 12 << 20
_AT_ONCE = ("image/", "application/pdf")


def make(request: "HttpRequest", order: "CopyOrder") -> None:
    """Let an order be made. Where the server opens the vault by itself, its worker does it."""
    vault = open_vault(request)
    item = order.item
    if item.media_type.startswith(_AT_ONCE) and item.size <= AT_ONCE_BYTES:
        operations.make_ordered(vault=vault, order=order, clock=now)
    elif vault_of_server() is not None:
        background.start("copy", order.pk)
    else:
        # Nobody but this process has the keys that the member gave it; they stay in its memory.
        threading.Thread(target=_work, args=(vault, order), name=f"copy-{order.pk}", daemon=True).start()


def _work(vault: "Vault", order: "CopyOrder") -> None:
    try:
        operations.make_ordered(vault=vault, order=order, clock=now)
    except Exception as error:  # noqa: BLE001  # the edge of a thread: told in the order, and here by its class
        logging.getLogger("kuager.web").error("copy %s was not made: %s", order.pk, type(error).__name__)
    finally:
        connection.close()
