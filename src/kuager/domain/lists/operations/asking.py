"""Storing which pairs of a run are asked first: those whose answer teaches most."""

from collections.abc import Collection

import polars as pl

from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.engines import linkage
from kuager.engines.linkage.reviewing import review_order

# After so many answers a new run, which has learnt from them, asks better than the rest of this order.
ASKED = 500
FIELDS = ("review_rank", "information", "asked_for", "asked_number")
Pair = tuple[int, int]


def store_review_order(run: LinkRun, result: linkage.LinkResult, *, judged: Collection[Pair] = ()) -> None:
    """Give the first pairs of a run their rank and reason; call it inside the transaction that stores them.

    Parameters
    ----------
    result
        What the run found; the identifiers in it are those of records.
    judged
        Pairs of records that somebody has judged, the lower first: they are not asked again.
    """
    order = review_order(result, judgements=_judgements(result, judged), limit=ASKED)
    wanted: dict[Pair, tuple[int, dict[str, int | str], float]] = {}
    rows = order.select("id_l", "id_r", "why", "information").iter_rows()
    for rank, (left, right, why, information) in enumerate(rows, start=1):
        wanted[_pair(left, right)] = (rank, why, information)
    records = {record for pair in wanted for record in pair}
    found = CandidatePair.objects.filter(run=run, record_a__in=records, record_b__in=records)
    asked = [pair for pair in found if (pair.record_a_id, pair.record_b_id) in wanted]
    for pair in asked:
        rank, why, information = wanted[pair.record_a_id, pair.record_b_id]
        pair.review_rank, pair.information = rank, information
        pair.asked_for, pair.asked_number = str(why["code"]), max(int(why["number"]), 0)
    CandidatePair.objects.bulk_update(asked, FIELDS, batch_size=200)


def _judgements(result: linkage.LinkResult, judged: Collection[Pair]) -> pl.DataFrame | None:
    """Return the judged pairs in the form of the engine, which needs no verdict to leave them out."""
    if not judged:
        return None
    keys = result.pairs.select("list_l", "id_l", "list_r", "id_r")
    known = [_pair(left, right) in judged for left, right in keys.select("id_l", "id_r").iter_rows()]
    return keys.filter(pl.Series(known, dtype=pl.Boolean)).with_columns(verdict=pl.lit("unsure"))


def _pair(left: str, right: str) -> Pair:
    one, other = int(left), int(right)
    return (one, other) if one < other else (other, one)
