"""A vault that the server opens by itself, made once for all tests of pages: a passphrase takes a second."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import DigitalItem
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.vault import Vault, create
from kuager.interfaces.shell.vaults import vault_of_server
from tests.integration.evidence_story import keep

PASSPHRASE = "thirteen invented horses"


@cache
def _folder() -> TemporaryDirectory[str]:
    """Lives as long as the test run; each worker of it has its own."""
    folder = TemporaryDirectory(prefix="kuager-vault-")
    create(OsFiles(Path(folder.name) / "vault"), name="kuager.test/viewer", passphrase=PASSPHRASE)
    return folder


def open_for_server(settings: Any) -> Vault:
    """Let the settings open the vault; return it."""
    settings.VAULT = str(Path(_folder().name) / "vault")
    settings.VAULT_PASSPHRASE = PASSPHRASE
    vault = vault_of_server()
    assert vault is not None
    return vault


def kept(vault: Vault, by: User, content: bytes, media_type: str) -> DigitalItem:
    """Keep a file of this kind."""
    return keep(vault, by, content, name="кадр", media_type=media_type)
