"""Draws of who is who as the inputs of an estimate: tables of the lists, frozen with it."""

from collections import Counter
from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import TypedDict

import polars as pl

from kuager.core.errors import BadInputError
from kuager.domain.lists.models import CasualtyList, LinkDraws, LinkRun
from kuager.domain.lists.queries.link_quality import drawn_partitions
from kuager.domain.lists.queries.overlapping import persons_with
from kuager.domain.lists.terms import LinkState
from kuager.domain.people.queries import assigned_at
from kuager.engines.estimation import CaptureHistories
from kuager.engines.estimation.partitions import DrawnTables, Partitions, make_partitions

CHUNK = 5000


class StoredDraws(TypedDict):
    """The tables of all draws: patterns once, persons on each by draw; nobody's name, only numbers."""

    link_run: int
    digest: str
    patterns: list[list[int]]
    counts: list[list[int]]
    likeliest: list[int]
    records_in_doubt: int


def drawn_inputs(
    run: LinkRun, lists: Sequence[CasualtyList], *, as_of: date, known_at: datetime, status: str = ""
) -> StoredDraws:
    """Count persons by the lists they stand on in every draw of a link run.

    Parameters
    ----------
    as_of
        Only records told by this day.
    status
        Only records of whom the register says this status on ``as_of``, as known at ``known_at``.

    Raises
    ------
    BadInputError
        The run did not link these lists, is not done, or nobody is left.
    """
    wanted = {str(one.pk) for one in lists}
    linked = {str(number) for number in run.lists.values_list("pk", flat=True)}
    if run.state != LinkState.DONE or not wanted <= linked:
        raise BadInputError(f"link run {run.pk} did not link all these lists; choose another, or none")
    partitions = _partitions(run, wanted, _counted(as_of, known_at, status))
    tables = [_persons(table) for table in partitions.histories()]
    likeliest = _persons(partitions.most_probable())
    patterns = sorted({pattern for table in [*tables, likeliest] for pattern in table})
    return {
        "link_run": run.pk,
        "digest": LinkDraws.objects.values_list("digest", flat=True).get(run=run),
        "patterns": [_list_ids(pattern, partitions.lists) for pattern in patterns],
        "counts": [[table[pattern] for pattern in patterns] for table in tables],
        "likeliest": [likeliest[pattern] for pattern in patterns],
        "records_in_doubt": partitions.records_in_doubt,
    }


def _partitions(run: LinkRun, lists: Collection[str], counted: Collection[int]) -> Partitions:
    """Keep the records of these lists that count."""
    draws = drawn_partitions(run)
    chosen = draws.records.with_row_index("row").filter(
        pl.col("list").is_in(list(lists)), pl.col("id").cast(pl.Int64).is_in(list(counted))
    )
    if not chosen.height:
        raise BadInputError("nobody stands on these lists on that day; choose a later one, or another status")
    rows = chosen["row"].to_numpy()
    keys = chosen.select("list", "id")
    frames = [
        keys.with_columns(draw=pl.lit(number, dtype=pl.Int32), cluster=pl.Series(persons[rows]))
        for number, persons in enumerate(draws.clusters, 1)
    ]
    return make_partitions(pl.concat(frames), name=f"the draws of link run {run.pk}")


def _counted(as_of: date, known_at: datetime, status: str) -> set[int]:
    """Return the records told by a day, of persons with a status."""
    assigned = assigned_at(known_at).filter(record__told_on__lte=as_of)
    pairs = assigned.values_list("record_id", "person_id").iterator(chunk_size=CHUNK)
    if not status:
        return {record for record, _ in pairs}
    only = persons_with(status, as_of, known_at)
    return {record for record, person in pairs if person in only}


def _persons(table: CaptureHistories) -> Counter[tuple[int, ...]]:
    rows = zip(table.patterns.tolist(), table.counts.tolist(), strict=True)
    return Counter({tuple(pattern): int(count) for pattern, count in rows})


def _list_ids(pattern: Sequence[int], lists: Sequence[str]) -> list[int]:
    return [int(name) for name, is_on in zip(lists, pattern, strict=True) if is_on]


def tables_of(stored: StoredDraws, list_ids: Sequence[int], names: Sequence[str]) -> DrawnTables:
    """Return the frozen tables as the engine reads them."""
    patterns = [[int(number in on) for number in list_ids] for on in stored["patterns"]]

    def table(counts: Sequence[int]) -> CaptureHistories:
        held = [place for place, count in enumerate(counts) if count]
        return CaptureHistories.from_counts(
            names, [patterns[place] for place in held], [counts[place] for place in held]
        )

    return DrawnTables(
        tables=tuple(table(counts) for counts in stored["counts"]),
        likeliest=table(stored["likeliest"]),
        records_in_doubt=stored["records_in_doubt"],
    )
