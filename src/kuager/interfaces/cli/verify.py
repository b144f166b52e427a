"""``kuager verify``: check a bundle of evidence as a stranger would, with the program inside every bundle."""

from pathlib import Path

import click

from kuager.core.errors import BadInputError, IntegrityError
from kuager.engines.vault.bundle.verify import Fault, check_bundle


@click.command()
@click.argument("bundle", type=click.Path(path_type=Path))
@click.option("--key", help="The log's public key as its keeper published it.")
@click.option(
    "--remember", type=click.Path(dir_okay=False, path_type=Path), help="File that keeps the newest head."
)
def command(bundle: Path, key: str | None, remember: Path | None) -> None:
    """Check that nothing in BUNDLE was changed, removed or added since it was recorded."""
    if not bundle.is_dir():
        raise BadInputError(f"{bundle} is no folder; open a sealed bundle with age and unpack it first")
    try:
        said = check_bundle(str(bundle), key, None if remember is None else str(remember))
    except Fault as fault:
        raise IntegrityError(f"{fault.name}: {fault}") from fault
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IntegrityError("CHANGED-FILE: the bundle's proofs have the wrong shape") from error
    for sentence in said:
        click.echo(sentence)
    click.echo("SOUND")
