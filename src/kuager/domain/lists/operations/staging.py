"""Taking a list in: a list, an edition of it, its frozen rows.

Staging is the one operation of several transactions: each chunk of rows is committed with the number of the
last row it holds, so that an interrupted staging, even by a power cut, goes on exactly behind it.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import islice
from pathlib import Path

from django.db import transaction

from kuager.core.digest import row_digest
from kuager.core.errors import BadInputError, IntegrityError, InvalidTransitionError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CasualtyList, ListEdition, ListRow
from kuager.domain.lists.operations.pausing import paused_collection
from kuager.domain.lists.queries.answers import JsonObject
from kuager.domain.lists.queries.baseline import latest_applied
from kuager.domain.lists.queries.finding import find_list
from kuager.domain.lists.queries.previewing import find_duplicate
from kuager.domain.lists.rules.frozen_rows import freeze_cells, freeze_problems, plain_digest, to_text
from kuager.domain.lists.rules.reading import check_status, iter_plan, read_plan, stored_plan
from kuager.domain.lists.rules.states import check_transition
from kuager.domain.lists.rules.unknown_places import with_unknown_places
from kuager.domain.lists.terms import EditionState, RowChange
from kuager.domain.people.operations import insert_rows, refresh_statistics
from kuager.domain.places.queries import place_index
from kuager.domain.register.terms import Status
from kuager.domain.sources.models import Publisher
from kuager.domain.sources.operations import add_source
from kuager.domain.sources.terms import SourceKind
from kuager.engines.tables import ParsedPerson, ParsedRow, RawRow

CHUNK = 2000
Progress = Callable[[int, int | None], None]
"""Called with rows done and rows in all (None while unknown)."""

_COLUMNS = (
    "edition",
    "number",
    "part",
    "cells",
    "digest",
    "parsed",
    "problems",
    "content",
    "list_key",
    "matched_by",
    "change",
)


@transaction.atomic
def create_list(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    publisher: Publisher,
    title: str,
    scope: str = "",
    default_status: Status | str = "",
    is_clean: bool = False,
    is_public: bool = False,
    built_from: CasualtyList | None = None,
    by: User,
    at: datetime,
) -> CasualtyList:
    """Write down a list that somebody publishes."""
    check_may(by, Capability.IMPORT_LISTS)
    check_status(default_status)
    name = " ".join(title.split())
    if not name:
        raise BadInputError("expected a title for the list")
    if find_list(publisher, name) is not None:
        raise RefusedError(
            "this publisher has a list of that title already; import into it, or choose another title"
        )
    created = CasualtyList.objects.create(
        publisher=publisher,
        title=name,
        scope=scope,
        default_status=default_status,
        is_clean=is_clean,
        is_public=is_public,
        built_from=built_from,
    )
    record_event(action="lists.create", actor=by, target=f"lists.CasualtyList:{created.pk}", at=at)
    return created


@transaction.atomic
def begin_edition(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    casualty_list: CasualtyList,
    as_of: date,
    path: Path,
    file_name: str,
    mapping: JsonObject,
    stated_total: int | None = None,
    keep_removed: bool = False,
    url: str = "",
    language: str = "",
    by: User,
    at: datetime,
) -> ListEdition:
    """Begin a dated edition of a list from a file; its rows come with ``stage_edition``.

    Raises
    ------
    RefusedError
        When the same file is an edition of this list already, or a newer edition has been applied.
    """
    check_may(by, Capability.IMPORT_LISTS)
    casualty_list = CasualtyList.objects.select_for_update(no_key=True).get(pk=casualty_list.pk)
    plan = read_plan(path, mapping, status=casualty_list.default_status)
    check_not_older(casualty_list, as_of)
    _check_new(casualty_list, plan.workbook.digest, plan.sheet)
    source = add_source(
        publisher=casualty_list.publisher,
        kind=SourceKind.LIST,
        title=f"{casualty_list.title}, {as_of.isoformat()}",
        told_on=as_of,
        url=url,
        language=language,
        by=by,
        at=at,
    )
    edition = ListEdition.objects.create(
        casualty_list=casualty_list,
        as_of=as_of,
        stated_total=stated_total,
        source=source,
        file_name=Path(file_name).name[:255],
        file_digest=plan.workbook.digest,
        sheet=plan.sheet,
        header_row=plan.header_row,
        header=plan.header,
        mapping=plan.to_json(),
        keep_removed=keep_removed,
        staged_by=by,
        staged_at=at,
    )
    _record("lists.begin_edition", edition, by, at, digest=edition.file_digest)
    return edition


@paused_collection()
def stage_edition(  # keyword-only
    *,
    edition: ListEdition,
    path: Path,
    by: User,
    at: datetime,
    progress: Progress | None = None,
    max_rows: int | None = None,
) -> ListEdition:
    """Freeze the rows of the file, chunk by chunk; called again it goes on exactly where it stopped.

    Parameters
    ----------
    max_rows
        Stop after so many rows; None reads the file to its end. The edition is ``staged`` only once it is
        whole.

    Raises
    ------
    IntegrityError
        When the file is not the one the edition began with.
    """
    check_may(by, Capability.IMPORT_LISTS)
    edition = ListEdition.objects.select_related("casualty_list").get(pk=edition.pk)
    if edition.state != EditionState.STAGING:
        raise InvalidTransitionError(
            f"edition {edition.pk} is {edition.state}; only one being staged takes rows"
        )
    plan = stored_plan(path, edition.mapping, edition.header)
    if plan.workbook.digest != edition.file_digest:
        raise IntegrityError(
            f"the file is not the one edition {edition.pk} began with; give the original file"
        )
    rows = with_unknown_places(
        iter_plan(plan, as_of=edition.as_of, after_row=edition.last_row_number),
        plan=plan,
        as_of=edition.as_of,
        index=place_index(),
    )
    done = edition.last_row_number
    for chunk in _chunks(islice(rows, max_rows) if max_rows is not None else rows):
        edition = _stage_chunk(edition.pk, [_freeze(edition.pk, *row) for row in chunk], done)
        done = edition.last_row_number
        if progress:
            progress(edition.rows_staged + edition.rows_rejected, None)
    return edition if max_rows is not None and next(rows, None) is not None else _finish(edition, by, at)


@transaction.atomic
def discard_edition(*, edition: ListEdition, reason: str = "", by: User, at: datetime) -> ListEdition:
    """Give up an edition that was not applied; its rows stay on record, and the file may come again."""
    check_may(by, Capability.IMPORT_LISTS)
    locked = ListEdition.objects.select_for_update(no_key=True).get(pk=edition.pk)
    check_transition(locked, EditionState.DISCARDED)
    locked.state = EditionState.DISCARDED
    locked.undone_by, locked.undone_at, locked.undo_reason = by, at, reason
    locked.save(update_fields=["state", "undone_by", "undone_at", "undo_reason"])
    _record("lists.discard_edition", locked, by, at, reason=reason)
    return locked


def check_not_older(casualty_list: CasualtyList, as_of: date) -> None:
    """Refuse an edition that is older than the one that stands in the register."""
    latest = latest_applied(casualty_list)
    if latest is not None and as_of < latest.as_of:
        raise RefusedError(
            f"an edition as of {latest.as_of} is applied already (edition {latest.pk}); one as of {as_of} is "
            "older. Undo the newer one first, or import this one as a list of its own"
        )


def _check_new(casualty_list: CasualtyList, digest: str, sheet: str) -> None:
    duplicate = find_duplicate(digest, casualty_list, sheet)
    if duplicate is not None:
        raise RefusedError(
            f"this file is edition {duplicate.pk} of this list already (as of {duplicate.as_of}, "
            f"{duplicate.state}); nothing was imported"
        )


@dataclass(frozen=True, slots=True)
class _FrozenRow:
    """The table rows that one row of the file becomes: one for each person on it, one when it has none."""

    number: int
    rows: Sequence[tuple[str | int | None, ...]]
    is_rejected: bool


def _freeze(edition_id: int, raw: RawRow, parsed: ParsedRow) -> _FrozenRow:
    cells, digest = to_text(freeze_cells(raw.cells)), row_digest(raw.cells)
    problems = to_text(freeze_problems(parsed.problems))
    head = (edition_id, raw.number)
    if not parsed.persons:
        row = (*head, 0, cells, digest, None, problems, "", "", "", RowChange.REJECTED.value)
        return _FrozenRow(raw.number, [row], True)
    rows = [
        (*head, part, cells, digest, *_understood(person, problems if part == 0 else "[]"), "", "")
        for part, person in enumerate(parsed.persons)
    ]
    return _FrozenRow(raw.number, rows, False)


def _understood(person: ParsedPerson, problems: str) -> tuple[str, str, str, str]:
    said = person.to_json()
    return to_text(said), problems, plain_digest(said), person.list_id[:100]


@transaction.atomic
def _stage_chunk(edition_id: int, chunk: Sequence[_FrozenRow], done: int) -> ListEdition:
    edition = (
        ListEdition.objects.select_for_update(of=("self",), no_key=True)
        .select_related("casualty_list")
        .get(pk=edition_id)
    )
    if edition.state != EditionState.STAGING or edition.last_row_number != done:
        raise InvalidTransitionError(
            f"edition {edition_id} is being staged by somebody else; nothing is lost, look again"
        )
    insert_rows(ListRow, _COLUMNS, (row for frozen in chunk for row in frozen.rows))
    edition.rows_staged += sum(len(frozen.rows) for frozen in chunk if not frozen.is_rejected)
    edition.rows_rejected += sum(frozen.is_rejected for frozen in chunk)
    edition.last_row_number = chunk[-1].number
    edition.save(update_fields=["rows_staged", "rows_rejected", "last_row_number"])
    return edition


@transaction.atomic
def _finish(edition: ListEdition, by: User, at: datetime) -> ListEdition:
    locked = (
        ListEdition.objects.select_for_update(of=("self",), no_key=True)
        .select_related("casualty_list")
        .get(pk=edition.pk)
    )
    check_transition(locked, EditionState.STAGED)
    if locked.rows_staged == 0:
        raise BadInputError(
            "the file holds no row with a person; check the sheet, the row of titles and the mapping"
        )
    locked.state = EditionState.STAGED
    locked.save(update_fields=["state"])
    refresh_statistics(locked.rows_staged, ListRow)
    _record("lists.stage_edition", locked, by, at, rows=locked.rows_staged, rejected=locked.rows_rejected)
    return locked


def _chunks(rows: Iterator[tuple[RawRow, ParsedRow]]) -> Iterator[list[tuple[RawRow, ParsedRow]]]:
    while chunk := list(islice(rows, CHUNK)):
        yield chunk


def _record(
    action: str, edition: ListEdition, by: User, at: datetime, *, reason: str = "", **detail: str | int
) -> None:
    record_event(
        action=action, actor=by, target=f"lists.ListEdition:{edition.pk}", at=at, reason=reason, **detail
    )
