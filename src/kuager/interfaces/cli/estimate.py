"""``kuager estimate``: how many persons are on no list. Needs no database."""

import csv
import json
import time
from pathlib import Path

import click

from kuager.core.errors import BadInputError
from kuager.engines.estimation.methods import METHODS
from kuager.interfaces.cli.estimate_answers import Wanted, answered
from kuager.interfaces.cli.estimate_progress import shown_progress
from kuager.interfaces.cli.estimate_words import in_words, parts_of

SEEDS = click.IntRange(0, 2**32 - 1)


@click.command("estimate")
@click.argument("counts", type=click.Path(path_type=Path), required=False)
@click.option("--method", type=click.Choice((*METHODS, "all")), default="loglinear", show_default=True)
@click.option("--lists", help="Columns to use as lists, separated by commas; the default is all.")
@click.option(
    "--strata", metavar="COLUMN,…", help="Estimate each value (of each pair …) alone, then the total."
)
@click.option("--pool", is_flag=True, help="Put strata too thin to estimate together into one.")
@click.option("--impute", type=click.IntRange(2, 1000), metavar="M", help="Draw unknown strata M times.")
@click.option("--replicates", metavar="COLUMN", help="Column that numbers versions of the table (R1, R2 …).")
@click.option("--derived", multiple=True, metavar="COPY=ORIGIN", help="A list that was built from another.")
@click.option(
    "--cannot-contain",
    multiple=True,
    metavar="LIST=PEOPLE",
    help="A list on which some people can never be, and who they are.",
)
@click.option("--level", type=float, default=0.95, show_default=True, help="Probability of the interval.")
@click.option("--order", type=int, help="Most lists that may interact in one log-linear term.")
@click.option("--criterion", type=click.Choice(("bic", "aic")), default="bic", show_default=True)
@click.option("--seed", type=SEEDS, default=1, show_default=True, help="Start of the random numbers.")
@click.option(
    "--chains", type=int, default=4, show_default=True, help="Independent chains of draws, 4 or more."
)
@click.option("--keep", type=int, metavar="N", help="Draws kept in each chain.")
@click.option("--draws", type=click.Path(path_type=Path), help="Who may be who: draws of kuager link.")
@click.option(
    "--save-draws", type=click.Path(path_type=Path), metavar="FILE.parquet", help="Write draws here."
)
@click.option("--checkpoint", type=click.Path(path_type=Path), help="Keep unfinished work here; go on later.")
@click.option("--sensitivity", is_flag=True, help="Also change lists and assumptions one at a time.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(
    *,
    counts: Path | None,
    lists: str | None,
    strata: str | None,
    derived: tuple[str, ...],
    cannot_contain: tuple[str, ...],
    as_json: bool,
    **options: object,
) -> None:
    """Estimate how many persons there are from the overlap of lists.

    COUNTS is a CSV file: a column of 0/1 for each list and a column "count" (without it each row is a
    person). An empty cell in a list is "the list did not answer". Lines that begin with # are comments.
    """
    started = time.perf_counter()
    wanted = Wanted.of(
        counts=counts,
        lists=None if lists is None else names_in(lists),
        strata=() if strata is None else tuple(names_in(strata)),
        derived=declared_in(derived, "--derived expects COPY=ORIGIN"),
        cannot_contain=declared_in(cannot_contain, "--cannot-contain expects LIST=PEOPLE"),
        options=options,
    )
    with shown_progress(wanted.checkpoint) as progress:
        answer = answered(wanted, progress)
    for part in parts_of(answer):
        part["seed"] = wanted.seed if part.get("seed") is None else part["seed"]
    answer["seed"] = wanted.seed
    answer["seconds"] = round(time.perf_counter() - started, 4)
    click.echo(json.dumps(answer, ensure_ascii=False) if as_json else in_words(answer))


def names_in(text: str) -> list[str]:
    """Split at commas; a name that holds a comma stands in quotation marks."""
    found = [name.strip() for name in next(csv.reader([text], skipinitialspace=True), [])]
    return [name for name in found if name]


def declared_in(pairs: tuple[str, ...], expected: str) -> dict[str, str]:
    """Read what was declared about lists: NAME=WORDS."""
    declared = {}
    for pair in pairs:
        name, sign, words = (part.strip() for part in pair.partition("="))
        if not (name and sign and words):
            raise BadInputError(f"{expected}, got {pair!r}")
        declared[name] = words
    return declared
