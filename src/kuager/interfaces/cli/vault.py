"""``kuager vault``: evidence on a disk. Needs no database; a later issue encrypts and deepens it."""

from pathlib import Path

import click

from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.store import ObjectStore


@click.group()
def group() -> None:
    """Keep and check evidence. Needs no database."""


@group.command()
@click.argument("directory", type=click.Path(exists=True, file_okay=False, path_type=Path))
def verify(directory: Path) -> None:
    """Re-hash every object in DIRECTORY."""
    click.echo(f"{len(ObjectStore(OsFiles(directory)).verify())} objects, all intact")
