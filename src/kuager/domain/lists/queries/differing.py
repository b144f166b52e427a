"""What a newer edition of a list changed."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from kuager.core.digest import JsonValue
from kuager.domain.lists.models import ListEdition, ListRow
from kuager.domain.lists.queries.answers import (
    EditionDifference,
    FieldChange,
    RowCounts,
    RowDifference,
    RowPage,
)
from kuager.domain.lists.queries.baseline import baseline
from kuager.domain.lists.terms import RowChange


def edition_difference(
    edition: ListEdition, *, change: str = "", offset: int = 0, limit: int = 100
) -> EditionDifference:
    """Return how an applied edition differs from the one before: added, changed and removed rows, paged.

    ``change`` narrows to one kind. Removed rows come last; they are rows of the edition before.
    """
    counts = RowCounts(**edition.counts) if edition.counts else RowCounts()
    own = _own_rows(edition, change)
    own_total = own.count()
    page = [_difference(row) for row in own[offset : offset + limit]]
    removed = removed_rows(edition) if change in {"", RowChange.REMOVED} else []
    start = max(0, offset - own_total)
    page += [_removed(row) for row in _in_order(removed[start : start + limit - len(page)])]
    return EditionDifference(
        edition=edition,
        previous=edition.previous,
        counts=counts,
        rows=tuple(page),
        total=own_total + len(removed),
    )


def list_rows(
    edition: ListEdition, *, change: str = "", only_problems: bool = False, offset: int = 0, limit: int = 100
) -> RowPage:
    """Return the frozen rows of an edition in the order of the file, paged."""
    if change == RowChange.REMOVED:
        removed = removed_rows(edition)
        return RowPage(rows=tuple(_in_order(removed[offset : offset + limit])), total=len(removed))
    rows = ListRow.objects.filter(edition=edition).order_by("number", "part")
    if change:
        rows = rows.filter(change=change)
    if only_problems:
        rows = rows.exclude(problems=[])
    return RowPage(rows=tuple(rows[offset : offset + limit]), total=rows.count())


def removed_rows(edition: ListEdition) -> list[int]:
    """Return the rows before that an applied edition does not have any more."""
    if edition.previous is None:
        return []
    own = ListRow.objects.filter(edition=edition, previous__isnull=False)
    continued = set(own.values_list("previous_id", flat=True))
    return [row.ref for row in baseline(edition.previous) if row.ref not in continued]


def _own_rows(edition: ListEdition, change: str) -> QuerySet[ListRow]:
    rows = ListRow.objects.filter(edition=edition).select_related("previous").order_by("number", "part")
    if change:
        return rows.filter(change=change)
    return rows.filter(change__in=[RowChange.ADDED, RowChange.CHANGED])


def _in_order(refs: Sequence[int]) -> list[ListRow]:
    rows = ListRow.objects.in_bulk(list(refs))
    return [rows[ref] for ref in refs]


def _difference(row: ListRow) -> RowDifference:
    before = row.previous
    fields = compare_parsed(before.parsed or {}, row.parsed or {}) if before is not None else ()
    return RowDifference(change=row.change, before=before, after=row, name=_name(row), fields=fields)


def _removed(row: ListRow) -> RowDifference:
    return RowDifference(change=RowChange.REMOVED, before=row, after=None, name=_name(row))


def _name(row: ListRow) -> str:
    return str((row.parsed or {}).get("name", ""))


def compare_parsed(
    before: Mapping[str, JsonValue], after: Mapping[str, JsonValue]
) -> tuple[FieldChange, ...]:
    """Return the fields that two rows say differently, in the order of their names."""
    return tuple(
        FieldChange(field=name, before=parsed_text(before.get(name)), after=parsed_text(after.get(name)))
        for name in sorted(set(before) | set(after))
        if before.get(name) != after.get(name)
    )


def parsed_text(value: JsonValue) -> str:
    """Return a parsed value as one text to show."""
    if value is None:
        return ""
    if isinstance(value, list | tuple):
        return ", ".join(str(item[-1]) if isinstance(item, list | tuple) else str(item) for item in value)
    return str(value)
