"""Several processes keep the same files at once: each file becomes one item, and nothing is lost.

``python -m tests.faults.evidence_race --folder …`` makes its tables as ``evidence_kills`` does, and prints
one JSON object.
"""

import argparse
import hashlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import django

from tests.faults.evidence_kills import AT, compare

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.engines.vault.vault import Vault


def contents(files: int) -> list[bytes]:
    """The same files for everybody."""
    return [hashlib.sha256(str(number).encode()).digest() * 2_000 for number in range(files)]


def keep_all(vault: "Vault", by: "User", files: int) -> None:
    """Keep every file, look at it and mark it."""
    from kuager.domain.evidence import operations

    for content in contents(files):
        item = operations.keep_item(
            vault=vault,
            pieces=[content],
            name="clip",
            media_type="video/mp4",
            method="command",
            told={},
            by=by,
            at=AT,
        )
        operations.note_view(vault=vault, item=item, what="frames", by=by, at=AT)
        operations.add_transcript(vault=vault, item=item, language="kk", text=by.username, by=by, at=AT)


def race(folder: Path, writers: int, files: int) -> dict[str, int]:
    """Let so many processes keep the same files at once; return what the tables hold then."""
    from django.db import connections

    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.terms import Role
    from kuager.domain.evidence.models import Acquisition, DigitalItem, Transcript
    from tests.integration.evidence_story import new_vault

    vault = new_vault(folder)
    people = [create_user(username=f"writer-{one}", role=Role.DOCUMENTER) for one in range(writers)]
    connections.close_all()
    children = [_child(vault, by, files) for by in people]
    ended = [os.waitpid(child, 0)[1] for child in children]
    assert not any(ended), f"a writer failed: {ended}"
    vault.refresh()
    compare(vault)
    return {
        "items": DigitalItem.objects.count(),
        "acquisitions": Acquisition.objects.count(),
        "transcripts_in_force": Transcript.objects.filter(superseded_at__isnull=True).count(),
    }


def _child(vault: "Vault", by: "User", files: int) -> int:
    child = os.fork()
    if child == 0:
        code = 1
        try:
            keep_all(vault, by, files)
            code = 0
        except Exception as error:  # noqa: BLE001  # told to the parent by the exit code
            traceback.print_exception(error)
        finally:
            os._exit(code)
    return child


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--writers", type=int, default=3)
    parser.add_argument("--files", type=int, default=5)
    parser.add_argument("--folder", type=Path, required=True, help="An empty folder for the vault.")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuager.project.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.stdout.write(json.dumps(race(options.folder, options.writers, options.files)) + "\n")


if __name__ == "__main__":
    main()
