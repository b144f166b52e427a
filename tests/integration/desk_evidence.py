"""A vault with a passphrase for tests of pages, made once and with little work: scrypt is slow on purpose."""

import io
import shutil
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

import pytest
from django.test import Client
from django.urls import reverse

from kuager.domain.accounts.models import User
from kuager.engines.sealing import Passphrase, decrypt, encrypt
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.vault import Vault, create
from kuager.interfaces.shell import vaults
from kuager.interfaces.shell.vault_keys import Attempts, KeyRing

PASSPHRASE = "алтын дән жаңбыр терезе"  # invented
KEYS = "keys/vault.age"


@lru_cache(maxsize=1)
def _made() -> Path:
    folder = Path(mkdtemp(prefix="vault-of-tests-")) / "vault"
    create(OsFiles(folder), name="log.example/desk", passphrase=PASSPHRASE)
    sealed = folder / KEYS
    opened = decrypt(io.BytesIO(sealed.read_bytes()), [Passphrase(PASSPHRASE)])
    sealed.write_bytes(encrypt(opened, [Passphrase(PASSPHRASE, work_factor=8)]))
    return folder


def empty_vault(data: Path) -> Path:
    """Put an empty vault into a data folder; its passphrase is ``PASSPHRASE``."""
    folder = data / "vault"
    shutil.copytree(_made(), folder)
    return folder


def forget_sessions(monkeypatch: pytest.MonkeyPatch) -> None:
    """Begin as the server does when it starts: nobody has unlocked, nobody has tried."""
    monkeypatch.setattr(vaults, "_ATTEMPTS", Attempts())
    monkeypatch.setattr(vaults, "_RING", KeyRing(vaults._locked_for_idleness))


@lru_cache(maxsize=1)
def _opened() -> Vault:
    return Vault.unlock(OsFiles(_made()), PASSPHRASE)


def opened_vault(data: Path) -> Vault:
    """Open the vault of a data folder without the slow passphrase."""
    return Vault(OsFiles(data / "vault"), _opened()._keys)


def signed_in(user: User) -> Client:
    """A browser of somebody who has signed in."""
    client = Client()
    client.force_login(user)
    return client


def unlocked(user: User) -> Client:
    """A browser of somebody who has signed in and unlocked the vault, as people do it."""
    client = signed_in(user)
    assert client.post(reverse("evidence-unlock"), {"passphrase": PASSPHRASE}).status_code == 302
    return client
