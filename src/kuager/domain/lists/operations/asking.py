"""Storing which pairs of a run are asked first: those whose answer teaches most."""

import polars as pl

from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.engines import linkage
from kuager.engines.linkage.reviewing import review_order

# After so many answers a new run, which has learnt from them, asks better than the rest of this order.
ASKED = 500


def store_review_order(
    run: LinkRun, result: linkage.LinkResult, judgements: pl.DataFrame | None = None
) -> None:
    """Give the first pairs of a run their rank and reason; call it inside the transaction that stores them.

    Parameters
    ----------
    result
        What the run found; the identifiers in it are those of records.
    judgements
        Pairs judged already (``list_l, id_l, list_r, id_r, verdict``): they are not asked again.
    """
    order = review_order(result, judgements=judgements, limit=ASKED)
    wanted = {}
    for rank, row in enumerate(order.iter_rows(named=True), start=1):
        wanted[tuple(sorted((int(row["id_l"]), int(row["id_r"]))))] = (rank, row)
    records = {record for pair in wanted for record in pair}
    found = CandidatePair.objects.filter(run=run, record_a__in=records, record_b__in=records)
    asked = [pair for pair in found if (pair.record_a_id, pair.record_b_id) in wanted]
    for pair in asked:
        rank, row = wanted[pair.record_a_id, pair.record_b_id]
        pair.review_rank, pair.information = rank, row["information"]
        pair.asked_for, pair.asked_number = row["why"]["code"], max(row["why"]["number"], 0)
    CandidatePair.objects.bulk_update(
        asked, ["review_rank", "information", "asked_for", "asked_number"], batch_size=200
    )
