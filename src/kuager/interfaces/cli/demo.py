"""``kuager demo``: load the example data once, then serve it."""

import os
from pathlib import Path

import click

from kuager.core.errors import RefusedError
from kuager.interfaces.cli.setup import start_django


@click.command()
@click.option("--port", default=8000, show_default=True, help="Port to listen on.")
@click.option("--load-only", is_flag=True, help="Load the example data and stop.")
def command(port: int, load_only: bool) -> None:
    """Load the example data (invented people, about a minute) and serve it on this machine only."""
    os.environ["KUAGER_DEMO"] = "yes"
    start_django()
    _load()
    if not load_only:
        _say_where_to_look(port)
        from kuager.interfaces.cli.serve import run

        run(host="127.0.0.1", port=port)


def _load() -> None:
    from django.conf import settings
    from django.db import connection, transaction

    from kuager.domain.accounts import queries as accounts
    from kuager.interfaces.cli.example.evidence import make_vault
    from kuager.interfaces.cli.example.story import Story
    from kuager.interfaces.shell.vault_places import vault_folder

    if connection.vendor != "sqlite":
        raise RefusedError("the example data go into a database of their own: unset KUAGER_DATABASE_URL")
    folder = Path(settings.DATA) / "example"
    if (folder / "loaded").exists():
        click.echo("The example data are loaded already.", err=True)
        return
    if accounts.count_users():
        raise RefusedError(f"{settings.DATA} holds other data already; name an empty folder in KUAGER_DATA")
    folder.mkdir(parents=True, exist_ok=True)
    vault = make_vault(vault_folder(), settings.VAULT_PASSPHRASE)
    with transaction.atomic():
        Story(folder=folder, say=lambda text: click.echo(f"  {text}", err=True), vault=vault).tell()
    (folder / "loaded").touch()


def _say_where_to_look(port: int) -> None:
    from django.conf import settings

    from kuager.interfaces.shell.example_accounts import ACCOUNTS, PASSWORD

    base = f"http://127.0.0.1:{port}"
    click.echo("\nKuager's example data: everybody is invented.\n")
    click.echo(f"  {base}/en/tour/    begin here: the story in nine clicks (also /kk/tour/ and /ru/tour/)")
    click.echo(f"  {base}/en/         the public site")
    click.echo(f"  {base}/en/desk/    the desk")
    click.echo(f"\nSign in as (password for all: {PASSWORD})")
    for name, role in ACCOUNTS:
        click.echo(f"  {name:8} {role}")
    yours = Path(settings.DATA) / "example" / "volunteers-21.csv"
    click.echo(f"\nA list to import yourself: {yours}\nCtrl-C stops.\n")
