"""``kuager audit``: prove that the record of who did what is whole."""

import json

import click

from kuager.interfaces.cli.setup import start_django


@click.group("audit")
def group() -> None:
    """Check the audit record."""
    start_django()


@group.command("verify")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def verify(*, as_json: bool) -> None:
    """Walk the chain of all events; exit code 5 at the first that was changed, removed or moved."""
    from kuager.domain.audit import queries

    count = queries.verify_chain()
    click.echo(json.dumps({"events": count, "intact": True}) if as_json else f"{count} events, all intact")
