"""``kuager lists``: reconcile the lists of the register."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click
from django.utils import timezone

from kuager.core.errors import BadInputError
from kuager.interfaces.cli.moments import read_day, read_moment
from kuager.interfaces.cli.reconciliation_files import LANGUAGES, check_ending, write_report
from kuager.interfaces.cli.setup import acting_user, now, start_django

if TYPE_CHECKING:
    from kuager.domain.lists.models import CasualtyList


@click.group("lists")
def group() -> None:
    """Reconcile lists of the register."""
    start_django()


@group.command("reconcile")
@click.argument("lists", nargs=-1, required=True, metavar="LIST LIST…")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="REPORT.pdf|.json",
    help="Write the report here; without it only the numbers are shown.",
)
@click.option("--as-of", metavar="DATE", help="Editions of this day at the latest; the default is today.")
@click.option("--known-at", metavar="TIME", help="As it was known then; the default is now.")
@click.option("--language", type=click.Choice(LANGUAGES), default="en", show_default=True)
@click.option("--without-names", is_flag=True, help="Tell rows by number and persons by code alone.")
@click.option("--by", metavar="USER", default="", help="Who takes the report; kept in the audit record.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def reconcile(  # noqa: PLR0913  # one parameter for each option of the contract
    *,
    lists: Sequence[str],
    output: Path | None,
    as_of: str | None,
    known_at: str | None,
    language: str,
    without_names: bool,
    by: str,
    as_json: bool,
) -> None:
    """Say why 2 to 6 lists give different numbers.

    LIST is the number of a list or its title. Counted are the rows of each list's newest edition of the day,
    and persons as people have judged who is who.
    """
    from kuager.domain.lists import operations, queries
    from kuager.interfaces.shell.reconciliation import words
    from kuager.interfaces.shell.reconciliation.register import facts_of

    if output is not None:
        check_ending(output)
    at = now()
    found = queries.reconciliation(
        [_list(text) for text in lists],
        as_of=read_day(as_of, "--as-of") if as_of else timezone.localdate(at),
        known_at=read_moment(known_at, "--known-at") if known_at else at,
    )
    facts = facts_of(found, with_names=not without_names)
    answer = facts.document()
    if output is not None or as_json:
        operations.export_reconciliation(
            lists=found.lists,
            as_of=found.as_of,
            known_at=found.known_at,
            form=output.suffix.casefold().removeprefix(".") if output else "json",
            with_names=facts.with_names,
            digest=facts.digest,
            by=acting_user(by),
            at=at,
        )
    if output is not None:
        answer |= write_report(output, facts, language)
    if as_json:
        click.echo(json.dumps(answer, ensure_ascii=False))
        return
    for way in found.account.bridges:
        click.echo(words.bridge_words(way, facts))


def _list(text: str) -> "CasualtyList":
    """Find a list by its number or title."""
    from kuager.domain.lists import queries

    if text.isascii() and text.isdigit():
        return queries.get_list(int(text))
    named = [
        one.casualty_list for one in queries.list_lists() if one.casualty_list.title == " ".join(text.split())
    ]
    if len(named) != 1:
        titles = "; ".join(
            f"{one.casualty_list.pk}: {one.casualty_list.title}" for one in queries.list_lists()
        )
        raise BadInputError(
            f"{text!r} is not the title of exactly one list; the lists are {titles or 'none'}"
        )
    return named[0]
