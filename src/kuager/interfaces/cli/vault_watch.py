"""``kuager vault watch``: keep every file that comes to rest in a folder."""

import time
from pathlib import Path

import click

from kuager.core.errors import BadInputError
from kuager.engines.vault.watching import Found, Watch
from kuager.interfaces.cli.vault_options import acting, folder_type, in_vault, now, unlocked


@click.command()
@click.argument("watched", type=folder_type)
@in_vault
@acting
@click.option("--source", default="", help="Where the files come from; sealed.")
@click.option("--done", type=folder_type, help="Move originals here once they are kept; else they stay.")
@click.option(
    "--every", type=click.FloatRange(0.05), default=5.0, show_default=True, help="Seconds between two looks."
)
@click.option("--once", is_flag=True, help="Look twice, keep what did not change between, and end.")
def watch(  # noqa: PLR0913  # options of a command
    watched: Path, folder: Path, by: str, source: str, *, done: Path | None, every: float, once: bool
) -> None:
    """Keep the files that come into the folder WATCHED, each once it has stopped growing.

    End it with Ctrl-C; it goes on where it was when it is called again. Links, devices and pipes are refused,
    hidden files left alone.
    """
    vault = unlocked(folder)
    if done is not None:
        done.mkdir(parents=True, exist_ok=True, mode=0o700)
    looking = Watch(vault, watched, by=by, source=source, done=done)
    told: set[tuple[str, str]] = set()
    looking.look(now())
    while True:
        time.sleep(every)
        found = looking.look(now())
        _tell(found, told)
        if once:
            break
    if once and found.waiting:
        raise BadInputError(f"{len(found.waiting)} files were still changing; call it again")


def _tell(found: Found, told: set[tuple[str, str]]) -> None:
    """Print what was kept, and each refusal once."""
    for name, number in found.kept:
        click.echo(f"{number}\t{name}")
    for name, why in found.refused:
        if (name, why) not in told:
            told.add((name, why))
            click.echo(f"not kept: {name}: {why}", err=True)
