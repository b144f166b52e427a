"""Where a passphrase comes from: an environment variable, a file, or a person at the terminal."""

import os
import sys
from pathlib import Path

import click

from kuager.core.errors import BadInputError

_WORDS, _FILE = "KUAGER_VAULT_PASSPHRASE", "KUAGER_VAULT_PASSPHRASE_FILE"


def _unattended() -> str | None:
    if words := os.environ.get(_WORDS):
        return words
    if path := os.environ.get(_FILE):
        try:
            return Path(path).read_text(encoding="utf-8").rstrip("\r\n")
        except OSError as error:
            raise BadInputError(f"the file that {_FILE} names cannot be read ({error.strerror})") from error
    return None


def ask_passphrase() -> str:
    """Return the passphrase of a vault; it is never shown and never logged."""
    found = _unattended()
    if found is None and not sys.stdin.isatty():
        raise BadInputError(f"no passphrase: set {_FILE} (better) or {_WORDS}, or use a terminal")
    return click.prompt("Passphrase", hide_input=True, err=True) if found is None else found


def ask_new_passphrase() -> str:
    """Return a new passphrase, asked for twice."""
    found = _unattended()
    if found is None and not sys.stdin.isatty():
        raise BadInputError(f"no passphrase: set {_FILE} (better) or {_WORDS}, or use a terminal")
    if found is not None:
        return found
    words: str = click.prompt("New passphrase", hide_input=True, confirmation_prompt=True, err=True)
    return words
