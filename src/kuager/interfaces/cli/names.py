"""``kuager names``: do two written names belong together? Needs no database."""

import json
from dataclasses import asdict
from pathlib import Path

import click

from kuager.core.errors import BadInputError


@click.group("names")
def group() -> None:
    """Compare names across scripts. Needs no database."""


@group.command("compare")
@click.argument("name1", metavar="NAME")
@click.argument("name2", metavar="NAME")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def compare(*, name1: str, name2: str, as_json: bool) -> None:
    """Say how alike two NAMEs are, and why. A score of 0.5 or more means "same"."""
    from kuager.engines.names import compare_names

    found = compare_names(name1, name2)
    if as_json:
        click.echo(json.dumps(asdict(found), ensure_ascii=False))
        return
    click.echo(f"{found.verdict} ({found.score:.2f})")
    for reason in found.reasons:
        click.echo(f"  {reason}")


@group.command("compare-file")
@click.argument("pairs", type=click.Path(path_type=Path))
@click.option("--output", required=True, type=click.Path(path_type=Path), help="Where to write the CSV.")
def compare_file(*, pairs: Path, output: Path) -> None:
    """Compare the columns name1 and name2 of PAIRS; write the table with score, verdict and weight added."""
    from kuager.engines.names import judge_names
    from kuager.interfaces.cli.table_files import read_table_file, write_csv

    table = read_table_file(pairs)
    for column in ("name1", "name2"):
        if column not in table.header:
            raise BadInputError(f"{pairs}: column {column} is missing; expected the columns name1 and name2")
    first, second = table.header.index("name1"), table.header.index("name2")
    judged = judge_names((row[first], row[second]) for row in table.rows)
    rows = (
        (*row, f"{found.score:.4f}", found.verdict, f"{found.weight_bits:.1f}")
        for row, found in zip(table.rows, judged, strict=True)
    )
    write_csv(output, (*table.header, "score", "verdict", "weight_bits"), rows)
    click.echo(f"{len(table.rows)} pairs compared, written to {output}", err=True)
