"""The organisation's vault for commands: opened with its passphrase; files are taken in without links."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from kuager.core.errors import BadInputError
from kuager.interfaces.cli.passphrases import ask_passphrase

if TYPE_CHECKING:
    from kuager.engines.vault.vault import Vault


def unlocked_vault() -> "Vault":
    """Open the organisation's vault with the passphrase that is asked for."""
    from kuager.engines.vault.vault import Vault
    from kuager.interfaces.shell.vault_places import vault_files, vault_objects

    files = vault_files()
    return Vault.unlock(files, ask_passphrase(), objects=vault_objects(files))


@contextmanager
def plain_file(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file; links, devices and pipes are refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadInputError(
            f"{path.name} cannot be opened ({error.strerror}); links are not followed"
        ) from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadInputError(f"{path.name}: expected a plain file or folder, not a device or pipe")
        yield file
