"""``kuager vault``: evidence sealed in a folder, with a log that only grows. Needs no database."""

import json
import os
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

import click

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError, IntegrityError
from kuager.engines.sealing import PublicKey
from kuager.engines.vault.bundle import FolderSink, SealedSink, Sink, export
from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import OsFiles, write_whole
from kuager.engines.vault.fixity import Finding, check_items, check_log, strays
from kuager.engines.vault.merkle import inclusion_proof
from kuager.engines.vault.vault import PIECE, Vault, create
from kuager.interfaces.cli.passphrases import ask_new_passphrase
from kuager.interfaces.cli.vault_anchor import anchor
from kuager.interfaces.cli.vault_options import acting, as_json, folder_type, in_vault, now, unlocked
from kuager.interfaces.cli.vault_watch import watch

_STATE = "fixity.json"
_ITEMS_BETWEEN_NOTES = 16


@click.group()
def group() -> None:
    """Keep evidence sealed, prove that it is unchanged, and give it out. Needs no database.

    The passphrase is asked for, or taken from KUAGER_VAULT_PASSPHRASE or from the file that
    KUAGER_VAULT_PASSPHRASE_FILE names.
    """


@group.command()
@click.argument("folder", type=folder_type)
@click.option("--name", help="Name of the log, without blanks; by default the folder's name.")
@click.option(
    "--escrow-file", type=click.Path(dir_okay=False, path_type=Path), help="Where to write the escrow key."
)
def init(folder: Path, name: str | None, escrow_file: Path | None) -> None:
    """Make a vault in FOLDER.

    The escrow key opens everything even when the passphrase is lost. It is shown once, or written to a file:
    keep it off this machine.
    """
    files = OsFiles(folder)
    if escrow_file is not None and escrow_file.exists():
        raise BadInputError(f"{escrow_file} exists already; choose another name for the escrow key")
    vault, escrow = create(files, name=name or _plain(folder.resolve().name), passphrase=ask_new_passphrase())
    click.echo(f"key of the log (publish it): {vault.public.log}")
    if escrow_file is None:
        click.echo(f"escrow key (keep it off-line; it is shown only now): {escrow.text()}")
        return
    descriptor = os.open(escrow_file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="ascii") as file:
        file.write(escrow.text() + "\n")
    click.echo(f"escrow key written to {escrow_file}: move it off this machine")


def _plain(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter in "._-/" else "-" for letter in name) or "vault"


@group.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@in_vault
@acting
@click.option("--source", default="", help="Where the files come from; sealed.")
@as_json
def add(paths: tuple[Path, ...], folder: Path, by: str, source: str, as_json: bool) -> None:
    """Keep files. Each is durable, with its name in the log, when its line is printed."""
    vault = unlocked(folder)
    kept, refused = [], []
    for path in paths:
        try:
            with _plain_file(path) as file:
                detail = {"name": path.name, "source": source}
                item = vault.add(_shown(file, path.name), by=by, at=now(), detail=detail)
        except (BadInputError, OSError) as error:
            refused.append(f"{path}: {error}")
            click.echo(f"not kept: {refused[-1]}", err=True)
            continue
        kept.append({"item": item.number, "name": path.name, "sha256": item.sha256, "size": item.size})
        if not as_json:
            click.echo(f"{item.number}\t{item.sha256}\t{path.name}")
    if as_json:
        click.echo(json.dumps({"kept": kept, "refused": refused}, ensure_ascii=False))
    if refused:
        raise BadInputError(f"{len(refused)} of {len(paths)} files were not kept")


@contextmanager
def _plain_file(path: Path) -> Iterator[BinaryIO]:
    """Open a plain file; links, devices and pipes are refused."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError as error:
        raise BadInputError(f"cannot be opened ({error.strerror}); links are not followed") from error
    with os.fdopen(descriptor, "rb") as file:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise BadInputError("expected a plain file, not a folder, device or pipe")
        yield file


def _shown(file: BinaryIO, name: str) -> Iterator[bytes]:
    """Give the pieces of a file, with a bar on a terminal."""
    size = os.fstat(file.fileno()).st_size
    hidden = not sys.stderr.isatty()
    with click.progressbar(length=size, label=name, file=sys.stderr, hidden=hidden) as bar:
        while piece := file.read(PIECE):
            yield piece
            bar.update(len(piece))


@group.command()
@click.argument("number", type=int, metavar="ID")
@in_vault
@acting
@click.option("-o", "--output", required=True, type=click.Path(dir_okay=False, path_type=Path))
def get(number: int, folder: Path, by: str, output: Path) -> None:
    """Write the file of item ID to OUTPUT. This is recorded before the first byte is written."""
    vault = unlocked(folder)
    item = vault.item(number)
    part = output.with_name(f".{output.name}.part")
    if output.exists():
        raise BadInputError(f"{output} exists already; choose another name")
    vault.record(Act.COPIED, by=by, at=now(), detail={"to": "a file outside the vault"}, item=number)
    try:
        with part.open("wb") as file:
            for piece in vault.read(item):
                file.write(piece)
        part.rename(output)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    click.echo(f"{item.sha256}  {output}")


@group.command("log")
@in_vault
@click.option("--item", type=int, help="Only the events of this item.")
@as_json
def show_log(folder: Path, item: int | None, as_json: bool) -> None:
    """Print who did what and when."""
    vault = unlocked(folder)
    for one in vault.events() if item is None else vault.history(item):
        about = one.number if one.event.item is None and one.event.act is Act.ACQUIRED else one.event.item
        row = {
            "event": one.number,
            "item": about,
            "at": one.event.at.isoformat(),
            "act": one.event.act.value,
            **one.opening.detail,
        }
        shown = f"{one.number}\t{row['at']}\t{row['act']}\titem {about}\t{row['by']}"
        click.echo(json.dumps(row, ensure_ascii=False) if as_json else shown)


@group.command()
@click.argument("number", type=int, metavar="ID")
@in_vault
def prove(number: int, folder: Path) -> None:
    """Print, as JSON, the events of item ID with proofs that they stand in the signed log."""
    vault = unlocked(folder)
    size, node = vault.journal.size, vault.journal.tiles.node
    events = [
        {
            "number": one.number,
            "public": one.event.as_json().decode(),
            "opening": {"detail": dict(one.opening.detail), "salt": one.opening.salt.hex()},
            "proof": [step.hex() for step in inclusion_proof(node, one.number, size)],
        }
        for one in vault.history(number)
    ]
    said = {"key": str(vault.public.log), "head": vault.signed_head(), "events": events}
    click.echo(json.dumps(said, ensure_ascii=False, indent=1))


@group.command("export")
@click.argument("numbers", nargs=-1, required=True, type=int, metavar="ID…")
@in_vault
@acting
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path))
@click.option("--reason", required=True, help="What the items are given out for; recorded.")
@click.option("--to", "recipients", multiple=True, help="Public key (age1…) that alone can open the bundle.")
def export_items(
    numbers: tuple[int, ...], folder: Path, by: str, output: Path, reason: str, recipients: tuple[str, ...]
) -> None:
    """Write a bundle of items with their history and proofs, for a court or a newsroom.

    Without --to a folder, with --to one file that only the recipient can open.
    """
    keys = [PublicKey.from_text(text) for text in recipients]
    vault = unlocked(folder)
    sink: Sink = SealedSink(output, keys) if keys else FolderSink(output)
    number = export(vault, numbers, sink, by=by, at=now(), reason=reason)
    click.echo(f"bundle {number}: {output}")


@group.command()
@in_vault
@acting
@as_json
def verify(folder: Path, by: str, as_json: bool) -> None:
    """Read every byte that is kept again. After Ctrl-C the same command goes on where it was."""
    vault = unlocked(folder)
    for doubt in check_log(vault):
        click.echo(doubt, err=True)
    state = folder / _STATE
    found = _resumed(state)
    for finding in _read_again(vault, int(str(found["after"]))):
        found = _counted(found, finding)
        if finding.fault is not None:
            click.echo(f"item {finding.item}: {finding.fault}", err=True)
        if finding.fault is not None or int(str(found["items"])) % _ITEMS_BETWEEN_NOTES == 0:
            write_whole(vault.files, _STATE, json.dumps(found).encode())
    state.unlink(missing_ok=True)
    said: dict[str, JsonValue] = {name: found[name] for name in ("items", "bytes", "faults")}
    said |= {"events": vault.journal.size, "strays": len(strays(vault))}
    vault.record(Act.VERIFIED, by=by, at=now(), detail=said)
    if as_json:
        click.echo(json.dumps(said, ensure_ascii=False))
    else:
        click.echo(f"{said['items']} items, {said['bytes']} bytes and {said['events']} events read again")
    if found["faults"]:
        raise IntegrityError("some items have changed or are missing: see above")


def _read_again(vault: Vault, after: int) -> Iterator[Finding]:
    """Read items again, with a bar on a terminal."""
    hidden = not sys.stderr.isatty()
    total = 0 if hidden else sum(item.size for item in vault.items() if item.number > after)
    with click.progressbar(length=total, label="reading", file=sys.stderr, hidden=hidden) as bar:
        for finding in check_items(vault, after=after):
            bar.update(finding.size)
            yield finding


def _resumed(state: Path) -> dict[str, JsonValue]:
    if state.exists():
        try:
            found: dict[str, JsonValue] = json.loads(state.read_text(encoding="utf-8"))
        except ValueError:
            click.echo(f"{_STATE} was damaged: beginning anew", err=True)
        else:
            click.echo(f"going on after item {found['after']}", err=True)
            return found
    return {"after": -1, "items": 0, "bytes": 0, "faults": []}


def _counted(found: dict[str, JsonValue], finding: Finding) -> dict[str, JsonValue]:
    before = found["faults"] if isinstance(found["faults"], list) else []
    faults: list[JsonValue] = []
    if finding.fault is not None:
        faults.append({"item": finding.item, "fault": finding.fault})
    return {
        "after": finding.item,
        "items": int(str(found["items"])) + 1,
        "bytes": int(str(found["bytes"])) + finding.size,
        "faults": [*before, *faults],
    }


group.add_command(anchor)
group.add_command(watch)
