"""``kuager vault anchor``: have others vouch for when the log existed."""

import json
from pathlib import Path

import click

from kuager.core.errors import BadInputError
from kuager.engines.vault import anchoring, stamps
from kuager.engines.vault.anchoring import AnchorState
from kuager.interfaces.cli.vault_options import acting, as_json, in_vault, now, unlocked
from kuager.interfaces.shell.authorities import fetch, read_authorities

_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@in_vault
@acting
@click.option("--all", "everybody", is_flag=True, help="Ask everybody in the file of authorities.")
@click.option("--status", "is_status", is_flag=True, help="Ask nobody; say how far each has vouched.")
@click.option(
    "--authorities",
    "chosen",
    type=_file,
    envvar="KUAGER_AUTHORITIES",
    help="File of authorities and calendars; by default the one that KUAGER_AUTHORITIES names.",
)
@click.option("--authority", help="Address of one time-stamping authority (RFC 3161).")
@click.option("--certificates", type=_file, help="Its certificates (PEM).")
@as_json
def anchor(  # noqa: PLR0913  # options of a command
    folder: Path,
    by: str,
    *,
    everybody: bool,
    is_status: bool,
    chosen: Path | None,
    authority: str | None,
    certificates: Path | None,
    as_json: bool,
) -> None:
    """Have the newest head of the log stamped by others, whose certificates you got elsewhere.

    Only a digest leaves this machine. Off-line, nothing is lost: the next stamp covers all events before it,
    and with --all who could not be asked stays on the list.
    """
    if everybody or is_status:
        _ask_all(folder, by, chosen, ask=everybody, as_json=as_json)
    elif authority is None or certificates is None:
        raise BadInputError("say --all, or --authority and --certificates of the one to be asked")
    else:
        _ask_one(folder, by, authority, certificates)


def _ask_one(folder: Path, by: str, authority: str, certificates: Path) -> None:
    vault = unlocked(folder)
    question = stamps.ask(vault)
    kind = "application/timestamp-query"
    answer = fetch(authority, body=question.content, kind=kind, largest=stamps.LARGEST_ANSWER)
    found = stamps.read_answer(question, answer, authority=authority, certificates=certificates.read_bytes())
    stamps.keep(vault, found, by=by, at=now())
    click.echo(f"{authority} vouches for {vault.journal.size - 1} events at {found.at.isoformat()}")


def _ask_all(folder: Path, by: str, chosen: Path | None, *, ask: bool, as_json: bool) -> None:
    if chosen is None:
        raise BadInputError("say with --authorities (or KUAGER_AUTHORITIES) which file names the authorities")
    authorities = read_authorities(chosen)
    vault = unlocked(folder)
    if ask:
        states = anchoring.anchor_due(vault, authorities, fetch, now(), by=by, is_forced=True)
    else:
        states = anchoring.status(vault, authorities)
    if as_json:
        found = {"enough": anchoring.is_enough(states), "authorities": [_row(one) for one in states]}
        click.echo(json.dumps(found, ensure_ascii=False))
        return
    for one in states:
        click.echo(_line(one))
    if not anchoring.is_enough(states):
        click.echo("not yet vouched for by two authorities and the block chain", err=True)


def _row(one: AnchorState) -> dict[str, str | int | bool | None]:
    return {
        "name": one.name,
        "confirmed": one.confirmed,
        "at": None if one.at is None else one.at.isoformat(),
        "pending": one.pending,
        "waiting": one.waiting,
        "tries": one.tries,
        "next_try": None if one.next_try is None else one.next_try.isoformat(),
        "fault": one.fault,
    }


def _line(one: AnchorState) -> str:
    since = f" since {one.at.isoformat()}" if one.at else ""
    words = [f"{one.name}: {one.confirmed} events{since}"]
    if one.pending > one.confirmed:
        words.append(f"{one.pending} promised, not complete")
    if one.waiting:
        words.append(f"{one.waiting} wait")
    if one.fault:
        words.append(f"asked {one.tries} times in vain ({one.fault})")
    return "; ".join(words)
