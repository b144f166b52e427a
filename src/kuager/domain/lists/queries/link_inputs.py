"""What a link run reads: what each record says, what is judged of them, and which record replaced which."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import polars as pl

from kuager.domain.lists.models import CasualtyList, ListRow
from kuager.domain.lists.queries.baseline import chunked
from kuager.domain.lists.queries.membership import active_rows
from kuager.domain.lists.rules.linking import FRAME, LinkRecord, frame_row
from kuager.domain.lists.terms import EditionState, RowChange
from kuager.domain.people.models import Judgement
from kuager.domain.people.terms import Verdict
from kuager.domain.places.queries import place_index

CHUNK = 5000
Pair = tuple[int, int]


@dataclass(frozen=True, kw_only=True)
class LinkInputs:
    """The records of some lists as they stand in the register now.

    Attributes
    ----------
    frames
        For each list, by its number as text, what its records say.
    list_of
        The list of each record.
    newer
        The record that stands for an older one today, because a new edition changed its row.
    verdicts
        What is judged of pairs of these records, also of those they replaced; one verdict of each author.
    one_to_one
        Lists on which nobody stands twice.
    """

    frames: Mapping[str, pl.DataFrame]
    list_of: Mapping[int, str]
    newer: Mapping[int, int]
    verdicts: Mapping[Pair, Sequence[str]]
    one_to_one: tuple[str, ...]

    @property
    def judgements(self) -> pl.DataFrame | None:
        """The pairs on which all who judged agree, as the engine reads them; None without any."""
        clear = {pair: set(said) - {Verdict.UNSURE} for pair, said in self.verdicts.items()}
        rows = [
            (self.list_of[a], str(a), self.list_of[b], str(b), next(iter(said)))
            for (a, b), said in clear.items()
            if len(said) == 1
        ]
        columns = ["list_l", "id_l", "list_r", "id_r", "verdict"]
        return pl.DataFrame(rows, schema=columns, orient="row") if rows else None


def link_inputs(lists: Sequence[CasualtyList]) -> LinkInputs:
    """Read the records of some lists, and what is judged of them."""
    records = {one.pk: active_rows(one) for one in lists}
    list_of = {record: str(number) for number, rows in records.items() for record in rows}
    newer = newer_records(lists)
    return LinkInputs(
        frames={str(number): frame_of(rows) for number, rows in records.items()},
        list_of=list_of,
        newer=newer,
        verdicts=_verdicts(list_of, newer),
        one_to_one=tuple(str(one.pk) for one in lists if one.is_clean),
    )


def frame_of(rows: Mapping[int, int]) -> pl.DataFrame:
    """Make the table of one list: what each record says, as its newest row was understood.

    Parameters
    ----------
    rows
        The newest row of each record.
    """
    record_of = {row: record for record, row in rows.items()}
    index = place_index()
    records: list[LinkRecord] = []
    for chunk in chunked(sorted(record_of), CHUNK):
        parsed = ListRow.objects.filter(pk__in=chunk).order_by("id").values_list("id", "parsed")
        records += [frame_row(record_of[row], said or {}, index) for row, said in parsed]
    return pl.DataFrame(records, schema=FRAME, orient="row")


def newer_records(lists: Iterable[CasualtyList]) -> dict[int, int]:
    """Return for each record that a newer edition changed the record that stands for it today."""
    rows = ListRow.objects.filter(
        edition__casualty_list__in=[one.pk for one in lists],
        edition__state=EditionState.APPLIED,
        change=RowChange.CHANGED,
        record__isnull=False,
        previous__record__isnull=False,
    ).order_by("id")
    next_of: dict[int, int] = {
        before: after
        for before, after in rows.values_list("previous__record_id", "record_id")
        if before is not None and after is not None
    }
    newest: dict[int, int] = {}
    # A change of a change stands later: going backwards, what follows is known already.
    for before in sorted(next_of, reverse=True):
        after = next_of[before]
        newest[before] = newest.get(after, after)
    return newest


def _verdicts(list_of: Mapping[int, str], newer: Mapping[int, int]) -> dict[Pair, list[str]]:
    """Return what is judged of pairs of these records; what was said of a record itself goes before."""
    said: dict[Pair, dict[int, str]] = {}
    direct: dict[Pair, dict[int, str]] = {}
    rows = Judgement.objects.filter(ended_at__isnull=True).order_by("id")
    columns = rows.values_list("record_a_id", "record_b_id", "author_id", "verdict")
    for a, b, author, verdict in columns.iterator(chunk_size=CHUNK):
        low, high = sorted((newer.get(a, a), newer.get(b, b)))
        if low == high or low not in list_of or high not in list_of:
            continue
        where = direct if (low, high) == (a, b) else said
        where.setdefault((low, high), {})[author] = verdict
    for pair, verdicts in direct.items():
        said.setdefault(pair, {}).update(verdicts)
    return {pair: list(verdicts.values()) for pair, verdicts in said.items()}
