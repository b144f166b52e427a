"""What the commands of ``kuager vault`` have in common."""

import getpass
from datetime import UTC, datetime
from pathlib import Path

import click

from kuager.core.errors import BadInputError
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.vault import Vault
from kuager.interfaces.cli.passphrases import ask_passphrase

folder_type = click.Path(file_okay=False, path_type=Path)
in_vault = click.option("--vault", "folder", required=True, type=folder_type, help="Folder of the vault.")
acting = click.option(
    "--by", default=getpass.getuser, help="Who acts; sealed in the log. By default the user."
)
as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def unlocked(folder: Path) -> Vault:
    """Open the vault in a folder with the passphrase that is asked for."""
    if not folder.is_dir():
        raise BadInputError(f"{folder} is no folder; make a vault with: kuager vault init {folder}")
    return Vault.unlock(OsFiles(folder), ask_passphrase())
