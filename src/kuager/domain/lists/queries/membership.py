"""Which records and persons a list has in the register, at any moment of known time."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Exists, OuterRef

from kuager.domain.lists.models import CasualtyList, ListRow
from kuager.domain.lists.terms import EditionState, RowChange
from kuager.domain.people.models import Assignment
from kuager.domain.people.queries import assigned_at


def members(
    casualty_list: CasualtyList, *, as_of: date | None = None, known_at: datetime | None = None
) -> dict[int, int]:
    """Return the persons on a list, each with their newest record on it.

    Parameters
    ----------
    as_of
        Only what the list had told by this day.
    known_at
        As it was known at this moment; None means now.
    """
    rows = assigned_at(known_at).filter(record__list_rows__edition__casualty_list=casualty_list)
    if as_of is not None:
        rows = rows.filter(record__told_on__lte=as_of)
    pairs = rows.values_list("person_id", "record_id").distinct().order_by("record_id")
    # The last one wins: a newer edition has the higher identifier.
    return dict(pairs.iterator(chunk_size=10_000))


def active_rows(casualty_list: CasualtyList) -> dict[int, int]:
    """Return the records a list has in the register now, each with its newest row.

    Of a row that a newer edition changed only the newer record is returned: it says what the list says now.
    """
    rows = ListRow.objects.filter(
        edition__casualty_list=casualty_list,
        record__assignments__known_until__isnull=True,
        record__isnull=False,
    )
    changed = ListRow.objects.filter(
        previous=OuterRef("pk"), change=RowChange.CHANGED, edition__state=EditionState.APPLIED
    )
    newest = dict(rows.order_by("id").values_list("record_id", "id").iterator(chunk_size=10_000))
    replaced = set(
        rows.filter(Exists(changed)).values_list("record_id", flat=True).iterator(chunk_size=10_000)
    )
    return {record: row for record, row in newest.items() if record not in replaced}


def unique_titles(lists: Sequence[CasualtyList]) -> list[str]:
    """Return a name for each list, with its publisher where two lists share a title."""
    titles = [one.title for one in lists]
    names = [
        one.title if titles.count(one.title) == 1 else f"{one.publisher.name}: {one.title}" for one in lists
    ]
    return [
        name if names.count(name) == 1 else f"{name} ({one.pk})"
        for name, one in zip(names, lists, strict=True)
    ]


def persons_of_records(record_ids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """Return the person and the person's code of records that are in the register."""
    rows = Assignment.objects.filter(record__in=record_ids, known_until__isnull=True)
    return {
        record: (person, code)
        for record, person, code in rows.values_list("record_id", "person_id", "person__code")
    }
