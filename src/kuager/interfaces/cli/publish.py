"""``kuager publish``: build snapshots, publish them, take them back, and prove them."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kuager.core.errors import BadInputError, IntegrityError, PermissionDeniedError
from kuager.interfaces.cli.moments import read_day, read_moment
from kuager.interfaces.cli.setup import acting_user, now, start_django

if TYPE_CHECKING:
    from kuager.domain.publication.models import Snapshot
    from kuager.domain.publication.queries import Check


@click.group("publish")
def group() -> None:
    """Build and publish snapshots. Publishing needs an editor, named with --by."""
    start_django()


@group.command("build")
@click.option("--as-of", required=True, metavar="DATE", help="The day the figures are about.")
@click.option("--known-at", metavar="TIME", help="Count with what was known then; the default is now.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the files.")
@click.option("--publish", "is_published", is_flag=True, help="Publish at once; needs --by.")
@click.option("--by", default="", metavar="USER", help="Who acts; the default may build but not publish.")
@click.option("--example", "is_example", is_flag=True, help="The people are invented; every page says so.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def build(  # noqa: PLR0913  # one parameter for each option of the contract
    *,
    as_of: str,
    known_at: str | None,
    output: Path,
    is_published: bool,
    by: str,
    is_example: bool,
    as_json: bool,
) -> None:
    """Build a snapshot and write figures, people, pictures and a manifest with digests into a folder."""
    from django.db import transaction

    from kuager.domain.publication import operations

    if is_published and not by:
        raise PermissionDeniedError("publishing needs an editor: name one with --by")
    day = read_day(as_of, "--as-of")
    moment = read_moment(known_at, "--known-at") if known_at else None
    user = acting_user(by)
    with transaction.atomic():  # a folder that cannot be written leaves no half-made snapshot behind
        snapshot = operations.build_snapshot(
            as_of=day, known_at=moment, by=user, at=now(), is_example=is_example
        )
        if is_published:
            snapshot = operations.publish_snapshot(snapshot=snapshot, by=user, at=now())
        files = operations.export_snapshot(snapshot, output)
    answer = {**_described(snapshot), "folder": str(output), "files": files}
    _print(answer, as_json=as_json)
    if not is_published:
        click.echo(
            "Built, not published. An editor publishes it at the desk or with 'publish release'.", err=True
        )


@group.command("release")
@click.argument("number", type=int)
@click.option("--by", required=True, metavar="USER", help="The editor who publishes.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def release(*, number: int, by: str, as_json: bool) -> None:
    """Publish the snapshot NUMBER that was built before."""
    from kuager.domain.publication import operations, queries

    snapshot = queries.get_snapshot(number)
    published = operations.publish_snapshot(snapshot=snapshot, by=acting_user(by), at=now())
    _print(_described(published), as_json=as_json)


@group.command("withdraw")
@click.argument("number", type=int)
@click.option("--reason", required=True, help="Readers of the public page are told it; name nobody.")
@click.option("--by", required=True, metavar="USER", help="The editor who withdraws.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def withdraw(*, number: int, reason: str, by: str, as_json: bool) -> None:
    """Take the published snapshot NUMBER back; the pages show the one before."""
    from kuager.domain.publication import operations, queries

    snapshot = queries.get_snapshot(number)
    withdrawn = operations.withdraw_snapshot(snapshot=snapshot, reason=reason, by=acting_user(by), at=now())
    _print(_described(withdrawn), as_json=as_json)


@group.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def list_all(*, as_json: bool) -> None:
    """List all snapshots, newest first."""
    from kuager.domain.publication import queries

    snapshots = [_described(snapshot) for snapshot in queries.list_snapshots()]
    if as_json:
        click.echo(json.dumps({"snapshots": snapshots}, ensure_ascii=False))
        return
    for snapshot in snapshots:
        click.echo(_line(snapshot))


@group.command("verify")
@click.argument("number", type=int)
@click.option("--recompute", is_flag=True, help="Also ask the register the same question again.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(*, number: int, recompute: bool, as_json: bool) -> None:
    """Compute the digest of snapshot NUMBER again and compare; exit code 5 when it differs."""
    from kuager.domain.publication import queries

    check = queries.verify_snapshot(queries.get_snapshot(number), recompute=recompute)
    if as_json:
        click.echo(json.dumps(_checked(check)))
    elif check.is_intact:
        click.echo(f"snapshot {number} is intact: {check.recorded}")
    if not check.is_intact:
        raise IntegrityError(_what_differs(check))


@group.command("redact")
@click.argument("code", required=False)
@click.option("--reason", help="Why: consent, contradiction, safety, takedown or mistake.")
@click.option("--by", required=True, metavar="USER", help="The editor who takes the person off.")
def redact(*, code: str | None, reason: str | None, by: str) -> None:
    """Take the person with CODE off every snapshot; without CODE everybody who may no longer be shown."""
    from kuager.domain.publication import operations

    user = acting_user(by)
    if code is None:
        click.echo(f"{operations.redact_unpublishable(by=user, at=now())} people taken off")
        return
    if reason is None:
        raise BadInputError("expected --reason: consent, contradiction, safety, takedown or mistake")
    operations.redact_person(code=code, reason=reason, by=user, at=now())
    click.echo(f"{code} taken off")


@group.command("lift")
@click.argument("code")
@click.option("--by", required=True, metavar="USER", help="The editor who lifts the redaction.")
def lift(*, code: str, by: str) -> None:
    """Let later snapshots show the person with CODE again, if consent allows; older ones stay as they are."""
    from kuager.domain.publication import operations, queries

    operations.lift_redaction(redaction=queries.get_redaction(code), by=acting_user(by), at=now())
    click.echo(f"the redaction of {code} is lifted")


def _described(snapshot: "Snapshot") -> dict[str, object]:
    return {
        "number": snapshot.number,
        "as_of": snapshot.as_of.isoformat(),
        "known_at": snapshot.known_at.isoformat(),
        "state": snapshot.state,
        "content_digest": snapshot.content_digest,
        "people": snapshot.summary.get("people", 0),
        "public_people": snapshot.summary.get("public_people", 0),
    }


def _print(answer: dict[str, object], *, as_json: bool) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else _line(answer))


def _line(snapshot: dict[str, object]) -> str:
    parts = (
        f"{snapshot['number']}: {snapshot['state']}",
        f"as of {snapshot['as_of']}",
        f"known at {snapshot['known_at']}",
        f"{snapshot['people']} people",
        f"{snapshot['public_people']} on the public list",
        str(snapshot["content_digest"]),
    )
    return ", ".join(parts)


def _checked(check: "Check") -> dict[str, object]:
    return {
        "number": check.number,
        "intact": check.is_intact,
        "recorded": check.recorded,
        "stored": check.stored,
        "recomputed": check.recomputed,
        "changed_people": list(check.changed_people),
    }


def _what_differs(check: "Check") -> str:
    name, recorded = f"snapshot {check.number}", check.recorded
    if check.stored != recorded:
        return f"{name}: the stored figures or people have digest {check.stored}, not {recorded}"
    if check.changed_people:
        return f"{name}: the rows of {', '.join(check.changed_people[:20])} were changed"
    return f"{name}: the register now answers with digest {check.recomputed}, not {recorded}"
