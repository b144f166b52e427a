"""``kuager register import``: a spreadsheet becomes an edition of a list, or is taken back."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError
from kuager.interfaces.cli.moments import read_day
from kuager.interfaces.cli.setup import acting_user, now, start_django

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.lists.models import CasualtyList, ListEdition
    from kuager.engines.tables import MappingFile

OPERATOR = "operator"
SHOWN_PROBLEMS = 200
TICK = 10_000


@dataclass(frozen=True, kw_only=True)
class ImportRequest:
    """What was asked for on the command line."""

    file: Path
    publisher: str
    publisher_kind: str
    as_of: date
    title: str
    mapping_file: Path | None
    status: str
    sheet: str
    keep_removed: bool
    stated_total: int | None
    is_public: bool
    is_clean: bool
    as_json: bool


def add_import(group: click.Group) -> None:
    """Add ``import`` to ``kuager register``."""
    group.add_command(command)


@click.command("import")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option("--publisher", help="Who publishes the list.")
@click.option(
    "--publisher-kind", default="other", show_default=True, help="outlet, agency, ngo, state, lawyers, …"
)
@click.option("--as-of", metavar="DATE", help="The day the list speaks of.")
@click.option("--title", default="", help="Which list of the publisher; by default named like the publisher.")
@click.option("--map", "mapping_file", type=click.Path(path_type=Path), help="TOML: what each column holds.")
@click.option("--status", default="", help="Everybody's status, when no column says it; such as dead.")
@click.option("--sheet", default="", help="Sheet of the workbook; by default the first.")
@click.option("--by", "by_name", metavar="USER", help="Who imports; by default the account operator.")
@click.option(
    "--approved-by", metavar="USER", help="The second person, who has checked the dead and released."
)
@click.option(
    "--keep-removed", is_flag=True, help="Who is gone from the newer edition stays in the register."
)
@click.option("--stated-total", type=int, metavar="N", help="How many people the publisher says it has.")
@click.option(
    "--public", "is_public", is_flag=True, help="The publisher has made these names public already."
)
@click.option(
    "--nobody-twice", "is_clean", is_flag=True, help="The publisher promises that nobody stands on it twice."
)
@click.option("--dry-run", is_flag=True, help="Only say, row by row, what would happen.")
@click.option("--undo", type=int, metavar="EDITION", help="Take an edition back instead.")
@click.option("--reason", default="", help="Why it is taken back.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def command(  # noqa: PLR0913  # one parameter for each option
    *,
    file: Path | None,
    publisher: str | None,
    publisher_kind: str,
    as_of: str | None,
    title: str,
    mapping_file: Path | None,
    status: str,
    sheet: str,
    by_name: str | None,
    approved_by: str | None,
    keep_removed: bool,
    stated_total: int | None,
    is_public: bool,
    is_clean: bool,
    dry_run: bool,
    undo: int | None,
    reason: str,
    as_json: bool,
) -> None:
    """Import a list from FILE (xlsx, xls, ods, csv), or take an edition back with --undo.

    A newer edition of the same list is compared with the one before: added, changed, unchanged, removed.
    """
    start_django()
    if undo is not None:
        _undo(undo, reason, _acting(by_name), as_json)
        return
    if file is None or not publisher or not as_of:
        raise click.UsageError("give FILE, --publisher and --as-of (or --undo EDITION --reason TEXT)")
    request = ImportRequest(
        file=file,
        publisher=publisher,
        publisher_kind=publisher_kind,
        as_of=read_day(as_of, "--as-of"),
        title=title or publisher,
        mapping_file=mapping_file,
        status=status,
        sheet=sheet,
        keep_removed=keep_removed,
        stated_total=stated_total,
        is_public=is_public,
        is_clean=is_clean,
        as_json=as_json,
    )
    if dry_run:
        _dry_run(request)
    else:
        _import(request, _acting(by_name), acting_user(approved_by) if approved_by else None)


def _dry_run(request: ImportRequest) -> None:
    """Print what importing would do; nothing is written, not even an account."""
    from kuager.domain.lists import queries
    from kuager.domain.sources.queries import find_publisher

    _check_file(request.file)
    publisher = find_publisher(request.publisher)
    chosen = queries.find_list(publisher, request.title) if publisher else None
    mapping = _mapping(request)
    result = queries.dry_run(
        request.file,
        mapping=mapping,
        as_of=request.as_of,
        casualty_list=chosen,
        default_status=request.status,
        progress=_progress("rows read"),
    )
    if request.as_json:
        problems = [
            {
                "row": item.row,
                "column": item.column,
                "expected": item.expected,
                "got": item.got,
                "severity": item.severity,
            }
            for item in result.problems
        ]
        _print_json(
            dry_run=True,
            rows=result.rows,
            counts=result.counts.to_json(),
            statuses=dict(result.statuses),
            problem_count=result.problem_count,
            problems=problems,
            mapping=mapping,
            compared_with=result.compared_with.pk if result.compared_with else None,
        )
        return
    for item in result.problems[:SHOWN_PROBLEMS]:
        click.echo(f"{item.severity}\t{item}")
    if result.problem_count > SHOWN_PROBLEMS:
        click.echo(f"… {result.problem_count - SHOWN_PROBLEMS} more; all of them with --json", err=True)
    _print_counts(result.counts.to_json())


def _import(request: ImportRequest, by: "User", second: "User | None") -> None:
    from kuager.domain.lists import operations
    from kuager.domain.lists.queries.waiting import waiting_in_edition
    from kuager.interfaces.cli.originals import keep_original

    started = time.perf_counter()
    _check_file(request.file)
    mapping = _mapping(request)
    _load_places(by)
    path = keep_original(request.file)
    edition = _edition(request, path, mapping, by)
    if edition.state == "staging":
        edition = operations.stage_edition(
            edition=edition, path=path, by=by, at=now(), progress=_progress("rows frozen")
        )
    counts = operations.apply_edition(edition=edition, by=by, at=now(), progress=_progress("rows applied"))
    edition.refresh_from_db()
    approved = operations.approve_edition(edition=edition, by=second, at=now()) if second else 0
    waiting = waiting_in_edition(edition)
    seconds = round(time.perf_counter() - started, 2)
    if request.as_json:
        _print_json(
            edition=edition.pk,
            list=edition.casualty_list_id,
            as_of=request.as_of.isoformat(),
            counts=counts.to_json(),
            approved=approved,
            waiting=waiting,
            seconds=seconds,
        )
    else:
        click.echo(f"edition\t{edition.pk}")
        _print_counts(counts.to_json())
        click.echo(f"approved\t{approved}")
    if waiting:
        click.echo(
            f"{waiting} statements (dead, released) wait for a second person and do not count yet: "
            f"kuager register approve --edition {edition.pk} --by USER",
            err=True,
        )


def _undo(number: int, reason: str, by: "User", as_json: bool) -> None:
    from kuager.domain.lists import operations, queries

    edition = operations.undo_edition(edition=queries.get_edition(number), reason=reason, by=by, at=now())
    if as_json:
        _print_json(edition=edition.pk, state=edition.state)
    else:
        click.echo(f"edition {edition.pk} was taken back; its rows stay on record")


def _edition(
    request: ImportRequest, path: Path, mapping: Mapping[str, JsonValue], by: "User"
) -> "ListEdition":
    """Return the edition to import into: an interrupted one goes on, otherwise a new one begins."""
    from kuager.domain.lists import operations, queries
    from kuager.domain.lists.queries.previewing import find_duplicate

    chosen = _list(request, by)
    begun = find_duplicate(path.name, chosen, str(mapping["sheet"]))
    if begun is not None and begun.state in {"staging", "staged"}:
        click.echo(f"goes on with edition {begun.pk}, which was interrupted", err=True)
        return queries.get_edition(begun.pk)
    return operations.begin_edition(
        casualty_list=chosen,
        as_of=request.as_of,
        path=path,
        file_name=request.file.name,
        mapping=mapping,
        keep_removed=request.keep_removed,
        stated_total=request.stated_total,
        by=by,
        at=now(),
    )


def _list(request: ImportRequest, by: "User") -> "CasualtyList":
    from kuager.domain.lists import operations, queries
    from kuager.domain.sources.operations import get_or_create_publisher

    publisher = get_or_create_publisher(name=request.publisher, kind=request.publisher_kind, by=by, at=now())
    found = queries.find_list(publisher, request.title)
    return found or operations.create_list(
        publisher=publisher,
        title=request.title,
        default_status=request.status,
        is_public=request.is_public,
        is_clean=request.is_clean,
        by=by,
        at=now(),
    )


def _mapping(request: ImportRequest) -> dict[str, JsonValue]:
    """Return how the file is to be read: as proposed, or as the mapping file says."""
    from kuager.domain.lists import queries
    from kuager.engines import tables

    if request.mapping_file is None:
        proposal = queries.preview(request.file, sheet=request.sheet)
        return {**proposal.mapping, "status": request.status}
    told = tables.load_mapping(request.mapping_file)
    sheet = request.sheet or told.sheet
    header_row = _row_of_titles(request.file, sheet, told) if told.header_row is None else told.header_row
    preview = queries.preview(request.file, sheet=sheet, header_row=header_row)
    columns: dict[str, JsonValue] = {
        tables.column_letters(item.column): item.field.value for item in told.apply(preview.header)
    }
    words = tables.parse_status(told.status) if told.status else ()
    mapping: dict[str, JsonValue] = {**preview.mapping, "columns": columns}
    mapping["status"] = request.status or (words[0].status if words else "")
    if told.day_first is not None:
        mapping["day_first"] = told.day_first
    return mapping


def _row_of_titles(path: Path, sheet: str, told: "MappingFile") -> int | None:
    """Return the row that holds all titles the mapping file names; None leaves it to be guessed."""
    from kuager.engines import tables

    for row in islice(tables.iter_rows(tables.read_sheets(path), sheet or None), tables.LOOKED_AT):
        if set(told.columns) <= {" ".join(str(cell).split()) for cell in row.cells if cell is not None}:
            return row.number
    return None


def _acting(name: str | None) -> "User":
    """Return who imports; on the embedded database the account operator is made on first use."""
    from django.db import connection

    from kuager.domain.accounts.operations import create_user
    from kuager.domain.accounts.queries import get_user
    from kuager.domain.accounts.terms import Role

    if name:
        return acting_user(name)
    if connection.vendor != "sqlite":
        raise BadInputError("say who imports with --by USER")
    try:
        return get_user(OPERATOR)
    except BadInputError:
        click.echo(
            f"made the account {OPERATOR} (documenter, no password): it imports unless --by says who",
            err=True,
        )
        return create_user(username=OPERATOR, role=Role.DOCUMENTER)


def _load_places(by: "User") -> None:
    from kuager.domain.places.operations import load_places

    load_places(by=by, at=now())


def _check_file(path: Path) -> None:
    if not path.is_file():
        raise BadInputError(f"there is no file {path}; expected a spreadsheet: xlsx, xls, ods or csv")


def _progress(words: str) -> Callable[[int, int | None], None]:
    def show(done: int, total: int | None) -> None:
        if sys.stderr.isatty() and (done % TICK == 0 or done == total):
            click.echo(f"{done}{f' of {total}' if total else ''} {words}", err=True)

    return show


def _print_counts(counts: dict[str, int]) -> None:
    for name, number in counts.items():
        click.echo(f"{name}\t{number}")


def _print_json(**answer: object) -> None:
    click.echo(json.dumps(answer, ensure_ascii=False))
