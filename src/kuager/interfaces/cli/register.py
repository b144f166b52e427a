"""``kuager register``: import lists, count, search, index, see what changed, approve as a second person."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kuager.core.errors import BadInputError
from kuager.interfaces.cli.moments import read_day, read_moment
from kuager.interfaces.cli.register_import import add_import
from kuager.interfaces.cli.setup import acting_user, now, start_django

if TYPE_CHECKING:
    from kuager.domain.register.queries import Change, Move


@click.group("register")
def group() -> None:
    """Import lists, count, search, see changes."""
    start_django()


@group.command("count")
@click.option("--as-of", required=True, metavar="DATE", help="The day the figures are about.")
@click.option("--known-at", metavar="TIME", help="Count with what was known then; the default is now.")
@click.option(
    "--by", default="status", metavar="WORDS", help="status,fate,custody,health,legal,region,place,…"
)
@click.option("--where", "chosen", multiple=True, metavar="WORD=VALUE", help="Keep only these; repeatable.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def count(*, as_of: str, known_at: str | None, by: str, chosen: Sequence[str], as_json: bool) -> None:
    """Count persons by any combination of status, region, place, sex, age_group, category and source."""
    from kuager.domain.register import queries
    from kuager.domain.register.terms import Dimension

    def dimension(word: str) -> Dimension:
        if word not in Dimension.values:
            raise BadInputError(f"cannot count by {word!r}; expected some of {', '.join(Dimension.values)}")
        return Dimension(word)

    dimensions = [dimension(word.strip()) for word in by.split(",") if word.strip()]
    pairs = [text.partition("=") for text in chosen]
    moment = read_moment(known_at, "--known-at") if known_at else now()
    table = queries.count(
        as_of=read_day(as_of, "--as-of"),
        known_at=moment,
        by=dimensions,
        where={dimension(word.strip()): value.strip() for word, _, value in pairs},
    )
    if as_json:
        rows = [
            dict(zip(table.dimensions, row.values, strict=True)) | {"count": row.count} for row in table.rows
        ]
        _print_json(
            as_of=table.as_of.isoformat(),
            known_at=moment.isoformat(),
            by=[word.value for word in dimensions],
            rows=rows,
            total=table.total,
            pending=dict(table.pending),
        )
        return
    _print_table([word.value for word in dimensions], ((*row.values, str(row.count)) for row in table.rows))
    click.echo(f"total\t{table.total}")
    for status, number in table.pending.items():
        click.echo(f"{number} more wait for a second person to approve: {status}", err=True)


@group.command("search")
@click.argument("text")
@click.option("--limit", default=20, show_default=True, type=click.IntRange(1, 200))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def search(*, text: str, limit: int, as_json: bool) -> None:
    """Find persons by a name in any script and spelling, or by code."""
    from kuager.domain.register import queries

    found = queries.find_people(text, limit=limit)
    if as_json:
        _print_json(
            query=text,
            results=[
                {
                    "code": person.code,
                    "name": person.entry.name,
                    "matched_name": person.matched_name,
                    "status": person.entry.status,
                    "age_min": person.entry.age_min,
                    "age_max": person.entry.age_max,
                    "score": person.score,
                    "reasons": list(person.reasons),
                }
                for person in found
            ],
        )
        return
    rows = ((person.code, person.entry.name, person.entry.status, f"{person.score:.2f}") for person in found)
    _print_table(["code", "name", "status"], rows, last="score")
    if not found:
        click.echo("Nobody of that name is in the register.", err=True)


@group.command("changes")
@click.option(
    "--from", "first", required=True, metavar="DATE", help="From the beginning of this day (or moment)."
)
@click.option("--to", "last", required=True, metavar="DATE", help="To the end of this day (or moment).")
@click.option("--limit", default=500, show_default=True, type=click.IntRange(1, 100_000))
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def changes(*, first: str, last: str, limit: int, as_json: bool) -> None:
    """List what changed between two days, and why.

    First what became known between them, who recorded it and why. Then, as known now, who counts differently
    as of the second day than as of the first.
    """
    from kuager.domain.register import queries

    known_from, known_to = _beginning(first), read_moment(last, "--to")
    found = queries.changes(known_from=known_from, known_to=known_to, limit=limit)
    moved = queries.moves(
        before=queries.Question(as_of=read_day(first[:10], "--from")),
        after=queries.Question(as_of=read_day(last[:10], "--to")),
        limit=limit,
    )
    if as_json:
        _print_json(
            known_from=known_from.isoformat(),
            known_to=known_to.isoformat(),
            changes=[_change_fields(change) for change in found],
            moves=[_move_fields(move) for move in moved],
        )
        return
    names = ["at", "kind", "person", "before", "after", "what", "by", "why"]
    rows = (_change_fields(change) for change in found)
    _print_table(names[:-1], ([row[name] for name in names] for row in rows), last="why")
    click.echo(f"\nCounted differently as of {last[:10]} than as of {first[:10]}, as known now:")
    names = ["person", "before", "after", "cause", "why"]
    rows = (_move_fields(move) for move in moved)
    _print_table(names[:-1], ([row[name] for name in names] for row in rows), last="why")
    if limit in (len(found), len(moved)):
        click.echo(f"Only {limit} of a kind are shown; --limit shows more.", err=True)


def _change_fields(change: "Change") -> dict[str, str]:
    return {
        "at": change.at.isoformat(timespec="seconds"),
        "kind": change.kind,
        "person": change.person_code,
        "before": change.before,
        "after": change.after,
        "what": change.what,
        "why": change.why,
        "by": change.by,
        "source": change.source,
    }


def _move_fields(move: "Move") -> dict[str, str]:
    return {
        "person": move.person_code,
        "before": move.before,
        "after": move.after,
        "cause": move.cause,
        "why": move.why,
    }


@group.command("approve")
@click.option("--edition", "number", required=True, type=int, help="The edition whose rows wait.")
@click.option("--by", required=True, metavar="USER", help="The second person: not the one who imported it.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def approve(*, number: int, by: str, as_json: bool) -> None:
    """Approve, as the second person, every dead and released that an edition says."""
    from kuager.domain.lists import operations, queries

    edition = queries.get_edition(number)
    approved = operations.approve_edition(edition=edition, by=acting_user(by), at=now())
    if as_json:
        _print_json(edition=number, approved=approved)
    else:
        click.echo(f"{approved} approved")


@group.command("index")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def index(*, as_json: bool) -> None:
    """Build the match index anew: it finds, for a report, whom it may be about.

    It lies beside the database, holds names in clear, and needs the weights of a finished link run.
    """
    from django.conf import settings

    from kuager.domain.lists import operations

    folder = Path(settings.DATA) / operations.INDEX_FOLDER
    count = operations.build_index(folder, progress=_show_progress)
    if count is None:
        raise BadInputError("there is nothing to index yet: link the lists first")
    if as_json:
        _print_json(records=count)
    else:
        click.echo(f"{count} records in the index")


def _show_progress(done: int, total: int) -> None:
    if sys.stderr.isatty():
        click.echo(f"{done} of {total} records", err=True)


@group.command("reindex")
@click.option("--by", default="", metavar="USER", help="Who does it; the default is operator.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def reindex(*, by: str, as_json: bool) -> None:
    """Write the search keys of all names anew, as this release folds them.

    Needed when kuager doctor says that the search keys are of an older release. Stopped half-way, it goes on
    where it was; the register can be used meanwhile.
    """
    from kuager.domain.people import operations, queries

    state = queries.keys_state()
    if state.is_current:
        click.echo("The search keys are those of this release; nothing to do.", err=True)
    actor, written = acting_user(by), 0
    while not state.is_current:
        written += operations.rewrite_keys(by=actor, at=now())
        state = queries.keys_state()
        click.echo(f"{written} names written anew, {state.records_left} to go", err=True)
    if as_json:
        _print_json(version=state.version, records=written)


def _beginning(text: str) -> datetime:
    """Read a moment; a day alone means its first one, so that what happened on it is listed."""
    if len(text.strip()) == 10:
        return read_moment(f"{text.strip()}T00:00", "--from") - timedelta(microseconds=1)
    return read_moment(text, "--from")


def _print_json(**answer: object) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False, indent=2))


def _print_table(header: Sequence[str], rows: Iterable[Sequence[str]], *, last: str = "count") -> None:
    """Print columns with tabs between them, so that other programs can cut them."""
    click.echo("\t".join([*header, last]))
    for row in rows:
        click.echo("\t".join(value or "-" for value in row))


add_import(group)
