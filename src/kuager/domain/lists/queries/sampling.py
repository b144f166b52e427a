"""Drawing a sample of a run's pairs: the same run, size, seed and threshold give the same sample for ever."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain

import polars as pl

from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.engines.linkage.gathering.clusters import cluster
from kuager.engines.linkage.linking import LinkResult
from kuager.engines.linkage.reviewing import double_review_sample

CHUNK = 10_000
# The lists of a run are not told apart: the sample is drawn from pairs of records.
_LIST = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DrawnPair:
    """One pair of a sample: its records (the lower first), its stratum, and how many pairs it stands for."""

    record_a: int
    record_b: int
    stratum: str
    stands_for: float
    is_linked: bool


def draw_sample(run: LinkRun, *, size: int, seed: int, threshold: float) -> list[DrawnPair]:
    """Draw pairs from the stored pairs of a run; from ``threshold`` (0..1) on they count as links."""
    sample = double_review_sample(stored_result(run, threshold=threshold), size=size, seed=seed)
    return list(_drawn(sample))


def stored_result(run: LinkRun, *, threshold: float) -> LinkResult:
    """Put together again what a run found from its stored pairs: pairs, and the clusters of its links."""
    rows = list(
        CandidatePair.objects.filter(run=run)
        .order_by("record_a_id", "record_b_id")
        .values_list("record_a_id", "record_b_id", "probability")
        .iterator(chunk_size=CHUNK)
    )
    records = sorted(set(chain.from_iterable((a, b) for a, b, _ in rows)))
    place = {record: number for number, record in enumerate(records)}
    scores = {(place[a], place[b]): chance for a, b, chance in rows}
    groups = cluster([_LIST] * len(records), scores, threshold=threshold)
    keys = [str(record) for record in records]
    return LinkResult(
        pairs=pl.DataFrame(
            [(_LIST, str(a), _LIST, str(b), chance) for a, b, chance in rows],
            schema={
                "list_l": pl.String,
                "id_l": pl.String,
                "list_r": pl.String,
                "id_r": pl.String,
                "probability": pl.Float64,
            },
            orient="row",
        ),
        clusters=pl.DataFrame({"list": [_LIST] * len(keys), "id": keys, "cluster": groups}),
        overlap=(),
        records=len(records),
    )


def _drawn(sample: pl.DataFrame) -> Iterator[DrawnPair]:
    columns = ("id_l", "id_r", "stratum", "weight", "linked")
    for left, right, stratum, weight, is_linked in sample.select(columns).iter_rows():
        low, high = sorted((int(left), int(right)))
        yield DrawnPair(record_a=low, record_b=high, stratum=stratum, stands_for=weight, is_linked=is_linked)
