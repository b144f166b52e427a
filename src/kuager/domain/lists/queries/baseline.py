"""The rows a new edition is compared with: those whose records the list has in the register."""

from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import islice

from kuager.domain.lists.models import CasualtyList, ListEdition, ListRow
from kuager.domain.lists.rules.drafting import age_on
from kuager.domain.lists.rules.matching import (
    Match,
    RowIdentity,
    RowKey,
    are_counters,
    match_equal,
    match_rest,
)
from kuager.domain.lists.terms import EditionState
from kuager.engines.tables import ParsedPerson

CHUNK = 2000


def latest_applied(casualty_list: CasualtyList) -> ListEdition | None:
    """Return the edition whose rows stand in the register; None before the first."""
    applied = ListEdition.objects.filter(casualty_list=casualty_list, state=EditionState.APPLIED)
    return applied.order_by("-applied_at", "-id").first()


def baseline(edition: ListEdition | None) -> list[RowKey]:
    """Return the rows that stood in the register once this edition was applied.

    These are its own rows and, where it kept people whom it no longer had, theirs from editions before.
    """
    if edition is None:
        return []
    rows = list(_keys(edition))
    if not edition.keep_removed or edition.previous is None:
        return rows
    own = ListRow.objects.filter(edition=edition, previous__isnull=False)
    continued = set(own.values_list("previous_id", flat=True))
    return rows + [row for row in baseline(edition.previous) if row.ref not in continued]


def staged_keys(edition: ListEdition) -> list[RowKey]:
    """Return the rows of an edition that hold a person, in the order of the file."""
    return list(_keys(edition))


def identities(refs: Collection[int]) -> list[RowIdentity]:
    """Return who some rows mean, in the order of their identifiers."""
    found = []
    for chunk in chunked(sorted(refs), CHUNK):
        rows = ListRow.objects.filter(pk__in=chunk).order_by("pk")
        for ref, content, number, parsed in rows.values_list("id", "content", "list_key", "parsed"):
            found.append(identify(ref, content, number, ParsedPerson.from_json(parsed or {})))
    return found


def identify(ref: int, content: str, number: str, person: ParsedPerson) -> RowIdentity:
    """Return who a parsed row means."""
    return RowIdentity(
        ref=ref,
        content=content,
        number=number,
        name=person.name,
        born=age_on(person),
        event=person.event.edtf,
        place=f"{person.event_place}|{person.region}".casefold(),
    )


def match_staged(old: Sequence[RowKey], new: Sequence[RowKey]) -> list[Match]:
    """Match the rows of a staged edition with those before; only what differs is read in full."""
    return match_all(old, new, identities)


def match_all(
    old: Sequence[RowKey], new: Sequence[RowKey], identify_new: Callable[[Collection[int]], list[RowIdentity]]
) -> list[Match]:
    """Match two editions; ``identify_new`` is asked who the new rows mean that equal no old one."""
    matches = match_equal(old, new)
    taken_old, taken_new = {match.old for match in matches}, {match.new for match in matches}
    old_left = [row.ref for row in old if row.ref not in taken_old]
    new_left = [row.ref for row in new if row.ref not in taken_new]
    if not old_left or not new_left:
        return matches
    return matches + match_rest(
        identities(old_left),
        identify_new(new_left),
        equal_numbers=sum(bool(row.number) and row.ref in taken_new for row in new),
        counts_rows=are_counters([row.number for row in new]),
    )


def chunked(items: Sequence[int], size: int) -> Iterator[list[int]]:
    """Cut a sequence into lists of at most ``size``."""
    iterator = iter(items)
    while chunk := list(islice(iterator, size)):
        yield chunk


def _keys(edition: ListEdition) -> Iterator[RowKey]:
    rows = ListRow.objects.filter(edition=edition, parsed__isnull=False).order_by("number", "part")
    for ref, content, number in rows.values_list("id", "content", "list_key").iterator(chunk_size=CHUNK):
        yield RowKey(ref, content, number)
