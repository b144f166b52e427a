"""``kuager evidence work, check, grant``: with the vault of the register, where the server cannot open it."""

import json
import time

import click

from kuager.interfaces.cli.evidence_vault import unlocked_vault
from kuager.interfaces.cli.setup import acting_user, now

_by = click.option("--by", default="", help="Account that acts; by default 'operator'.")
_as_json = click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")


@click.command()
@_by
@_as_json
@click.option("--every", type=click.IntRange(1), help="Look again after so many seconds, until Ctrl-C.")
def work(*, by: str, as_json: bool, every: int | None) -> None:
    """Enter what a crash left out of the tables, read what waits, and have the log vouched for."""
    from kuager.interfaces.shell import evidence_work

    vault, user = unlocked_vault(), acting_user(by)
    while True:
        entered = evidence_work.adopt(vault, by=user, clock=now)
        read = 0
        while done := evidence_work.read_some(vault, by=user, clock=now):
            read += done
        copies = evidence_work.make_copies(vault, clock=now)
        evidence_work.bring_to_authorities(vault, by=user, clock=now)
        said = {"entered": entered, "read": read, "copies": copies}
        if as_json:
            click.echo(json.dumps(said))
        else:
            click.echo(f"{entered} events entered, {read} items read, {copies} ordered copies made")
        if every is None:
            return
        time.sleep(every)


@click.command()
@_by
@_as_json
@click.option("--seconds", type=click.IntRange(1), help="Stop after about so long; call it again to go on.")
def check(*, by: str, as_json: bool, seconds: int | None) -> None:
    """Read every kept byte again; goes on where an earlier look stopped. Exit code 5 when one has changed."""
    from kuager.core.errors import IntegrityError
    from kuager.domain.evidence import queries
    from kuager.interfaces.shell import evidence_work

    vault, user = unlocked_vault(), acting_user(by)
    end = None if seconds is None else time.monotonic() + seconds
    run = evidence_work.check_some(vault, by=user, clock=now)
    while run.state == "running" and (end is None or time.monotonic() < end):
        run = evidence_work.check_some(vault, by=user, clock=now)
    faults = queries.faults_of(run)
    if as_json:
        said = {"state": run.state, "items": run.checked_items, "bytes": run.checked_bytes, "faults": faults}
        click.echo(json.dumps(said))
    else:
        click.echo(f"{run.checked_items} items, {run.checked_bytes} bytes: {run.state}")
        for number, words in faults.items():
            click.echo(f"{number}\t{words}", err=True)
    if faults:
        raise IntegrityError(f"{len(faults)} items have changed")


@click.command()
@click.argument("number", type=int, metavar="ID")
@click.argument("username")
@click.option("--reason", required=True, help="Why this member needs to know.")
@_as_json
def grant(number: int, username: str, *, reason: str, as_json: bool) -> None:
    """Let USERNAME see the restricted item ID when nobody is left who may grant it.

    Needs the passphrase of the vault. It is recorded as an act of 'operator'.
    """
    from kuager.domain.accounts.queries import get_user
    from kuager.domain.evidence import operations

    unlocked_vault()
    user = get_user(username)
    operations.grant_by_keyholder(number=number, user=user, reason=reason, by=acting_user(), at=now())
    if as_json:
        click.echo(json.dumps({"item": number, "reader": username}))
    else:
        click.echo(f"{username} may see item {number}")
