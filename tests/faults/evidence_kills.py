"""Kill a process again and again while it keeps evidence, and look at what is left.

``python -m tests.faults.evidence_kills --kills 1000`` makes its tables in the database of the settings (a
new folder in ``KUAGER_DATA``, or a new ``KUAGER_DATABASE_URL``) and prints one JSON object.

Each round a child process keeps files, copies of them, views and marks, and tells each promise through a pipe
once it has it; at a random moment it is killed with SIGKILL. What was promised must be in the log and in the
tables at once. What only the log holds is adopted, and then both must tell the same.
"""

import argparse
import hashlib
import json
import os
import random
import resource
import select
import signal
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import django

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.engines.vault.vault import Vault

AT = datetime(2022, 1, 8, 9, 30, tzinfo=UTC)
LONGEST_LIFE_S = 0.25
READY = b"ready\n"


@dataclass
class Tally:
    """What was seen."""

    kills: int = 0
    promises: int = 0
    adopted: int = 0
    rounds_with_adoption: int = 0
    unfinished_dropped: int = 0


def work(vault: "Vault", by: "User", seed: int, out: int) -> None:
    """Keep files for ever, telling each promise; some come twice, some are redacted, looked at and marked."""
    from django.db import connection

    from kuager.domain.evidence import operations
    from tests.integration.evidence_story import redact

    connection.ensure_connection()
    os.write(out, READY)
    dice = random.Random(seed)  # noqa: S311
    contents: list[bytes] = []
    while True:
        content = (
            dice.choice(contents)
            if contents and dice.random() < 0.2
            else dice.randbytes(dice.randrange(90_000))
        )
        contents = [*contents[-4:], content]
        item = operations.keep_item(
            vault=vault,
            pieces=[content[:40_000], content[40_000:]],
            name="clip",
            media_type="video/mp4",
            method="command",
            told={},
            is_restricted=dice.random() < 0.2,
            by=by,
            at=AT,
        )
        newest = item.acquisitions.order_by("-number").first()
        promise = {"number": newest.number if newest else -1, "sha256": hashlib.sha256(content).hexdigest()}
        os.write(out, json.dumps(promise).encode() + b"\n")
        if dice.random() < 0.3:
            redact(vault, item, by, dice.randbytes(2_000))
            operations.note_view(vault=vault, item=item, what="frames", by=by, at=AT)
            operations.add_mark(vault=vault, item=item, note="a mark", time_ms=1, by=by, at=AT)


def killed(vault: "Vault", by: "User", seed: int, longest: float) -> list[dict[str, object]]:
    """Let a child work, kill it at a random moment, and return what it was promised."""
    from django.db import connections

    connections.close_all()
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        try:
            work(vault, by, seed, write)
        finally:
            os._exit(1)
    os.close(write)
    said = _until_killed(child, read, random.Random(seed).random() * longest)  # noqa: S311
    return [json.loads(line) for line in said.removeprefix(READY).split(b"\n")[:-1]]


def _until_killed(child: int, read: int, life: float) -> bytes:
    said = os.read(read, len(READY))
    end = time.monotonic() + life
    while (left := end - time.monotonic()) > 0:
        if select.select([read], [], [], left)[0]:
            said += os.read(read, 1 << 16)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status), "the child ended by itself: its work failed"
    while more := os.read(read, 1 << 16):
        said += more
    os.close(read)
    return said


def look(vault: "Vault", by: "User", promised: list[dict[str, object]], tally: Tally) -> None:
    """Assert that nothing promised is lost; adopt what only the log holds."""
    from kuager.domain.evidence import operations
    from kuager.domain.evidence.models import Acquisition, CustodyEvent

    vault.refresh()
    rows = {row.number: row.item for row in Acquisition.objects.select_related("item")}
    for promise in promised:
        number = int(str(promise["number"]))
        assert number in rows, f"promised item {number} has no row"
        kept = vault.item(number)
        assert kept.sha256 == promise["sha256"]
        vault.check(kept)
    tally.unfinished_dropped += vault.recover()
    adopted = operations.adopt_items(vault=vault, by=by, at=AT)
    assert CustodyEvent.objects.count() == vault.journal.size
    tally.adopted += adopted
    tally.rounds_with_adoption += adopted > 0
    tally.kills += 1
    tally.promises += len(promised)


def compare(vault: "Vault") -> None:
    """Assert that the index tells what the log tells, of every item and every act."""
    from kuager.domain.audit.queries import verify_chain
    from kuager.domain.evidence.models import Acquisition, CustodyEvent
    from kuager.engines.vault.custody import Act

    items = dict(Acquisition.objects.values_list("number", "item_id"))
    rows = {row.number: (row.act, row.at, row.item_id) for row in CustodyEvent.objects.all()}
    for one in vault.events():
        number = one.number if one.event.act is Act.ACQUIRED else one.event.item
        of = None if number is None else items[number]
        assert rows.pop(one.number) == (one.event.act.value, one.event.at, of)
    assert not rows
    for kept in vault.items():
        vault.check(kept)
    verify_chain()


def run(folder: Path, kills: int, seed: int) -> Tally:
    """Kill so many times; raises AssertionError at the first loss."""
    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.terms import Role
    from tests.integration.evidence_story import keep, new_vault

    vault, tally = new_vault(folder), Tally()
    by = create_user(username="asel", role=Role.DOCUMENTER)
    begun = time.monotonic()
    keep(vault, by)
    longest = max(LONGEST_LIFE_S, 4 * (time.monotonic() - begun))  # a busy machine keeps slowly
    for one in range(kills):
        look(vault, by, killed(vault, by, seed + one, longest), tally)
    compare(vault)
    return tally


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, required=True, help="An empty folder for the vault.")
    options = parser.parse_args()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "kuager.project.settings")
    django.setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    tally = run(options.folder, options.kills, options.seed)
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    cpu = round(sum(one.ru_utime + one.ru_stime for one in used), 1)
    sys.stdout.write(json.dumps({**tally.__dict__, "lost": 0, "cpu_s": cpu}) + "\n")


if __name__ == "__main__":
    main()
