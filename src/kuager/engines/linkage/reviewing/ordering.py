"""Which pairs to ask people about first: those whose answer is expected to change most.

Promises: the order of rows does not matter; judged pairs are not asked again; never more than so many pairs
in a row of one group of records or of one pattern of agreement, as long as there are others; at most a
second for 60,000 pairs. The choice looks at probabilities, rivals, groups and patterns, never at an answer
still to come, so that answers asked in this order may teach the weights. Two gains are added up for each
pair, both in pairs of records expected to be set right:

- directly: a "different" undoes a link and may free both records for their best rivals; a "same" makes a
  link and undoes the links of rivals (expected value of the answer);
- by teaching: pairs with the same levels of agreement share an error of their weight, of which every answer
  takes a part; the more pairs of that pattern stand near the decision, the more it is worth, and the less
  the more of them have been asked.

Reference: Howard (1966), "Information value theory", IEEE Transactions on Systems Science and Cybernetics 2.
"""

from collections import Counter
from heapq import heapify, heappop, heappush
from typing import TYPE_CHECKING

import numpy as np
import polars as pl

from kuager.engines.linkage.reviewing.gains import Gains, Ints, gains_of
from kuager.engines.linkage.reviewing.sampling import KEYS

if TYPE_CHECKING:
    from kuager.engines.linkage.linking import LinkResult

# What is left of the direct gain of a pair for each pair asked before that shares a record with it.
_LEFT_AFTER_NEIGHBOUR = 0.8
_LOOKED_AT_LEAST, _LOOKED_PER_ASKED = 4_000, 20
WHY = pl.Struct({"code": pl.String, "number": pl.Int64})


def review_order(
    result: "LinkResult",
    *,
    judgements: pl.DataFrame | None = None,
    limit: int = 200,
    at_most_in_a_row: int = 2,
) -> pl.DataFrame:
    """Order pairs for review, the most instructive first.

    Parameters
    ----------
    result
        What ``link`` found, best with the judgements made so far.
    judgements
        ``list_l, id_l, list_r, id_r, verdict`` of pairs already judged, "unsure" included: not asked again.
    limit
        How many pairs to give at most.
    at_most_in_a_row
        Pairs in succession that may have one pattern of agreement, or touch one group of records.

    Returns
    -------
    pl.DataFrame
        ``list_l, id_l, list_r, id_r, probability, information, why``. ``information``: pairs of records
        expected to be set right by the answer. ``why``: a struct of ``code`` and ``number``, for a sentence:
        ``rivals`` (so many records compete for one of the two), ``joins`` (a "same" would make a group of so
        many records), ``splits`` (a "different" would break a group of so many), ``teaches`` (so many pairs
        like it are open), ``doubtful`` (its probability in per cent).
    """
    pairs = _open_pairs(result, judgements)
    gains = gains_of(result, pairs, judgements)
    rows, information, number = _chosen(gains, limit, max(at_most_in_a_row, 1))
    code = [gains.why(row, learned) for row, learned in zip(rows, number, strict=True)]
    return pairs[rows].select(
        *KEYS,
        "probability",
        pl.Series("information", information, dtype=pl.Float64),
        pl.Series("why", [{"code": one, "number": count} for one, count in code], dtype=WHY),
    )


def _open_pairs(result: "LinkResult", judgements: pl.DataFrame | None) -> pl.DataFrame:
    """Give the reported pairs nobody judged, in the order of their keys, with their row in the result."""
    pairs = result.pairs.with_row_index("row").sort(KEYS)
    if judgements is None or not judgements.height:
        return pairs
    judged = judgements.select(pl.col(KEYS).cast(pl.String))
    turned = judged.select(list_l="list_r", id_l="id_r", list_r="list_l", id_r="id_l")
    return pairs.join(pl.concat([judged, turned]), on=KEYS, how="anti", maintain_order="left")


def _chosen(gains: Gains, limit: int, in_a_row: int) -> tuple[list[int], list[float], list[bool]]:
    """Take pairs greedily; what is asked lowers the worth of its neighbours and of its pattern."""
    worth = gains.direct + gains.teaching_all()
    looked = max(_LOOKED_AT_LEAST, _LOOKED_PER_ASKED * limit)
    best = np.argsort(-worth, kind="stable")[:looked]
    heap = [(-float(worth[row]), row) for row in _first_of_each(gains.pattern[best], best, limit)]
    heapify(heap)
    asked_of: Counter[int] = Counter()
    rows: list[int] = []
    information: list[float] = []
    learned: list[bool] = []
    put_off: list[tuple[float, int]] = []
    while len(rows) < limit and (heap or put_off):
        if not heap:
            # Nothing else is left: from here on pairs may follow their like.
            heap, put_off, in_a_row = put_off, [], limit
            heapify(heap)
        value, row = heappop(heap)
        touched = gains.touches(row)
        direct = float(gains.direct[row]) * _LEFT_AFTER_NEIGHBOUR ** sum(asked_of[one] for one in touched)
        teaching = gains.teaching(row)
        if direct + teaching < -value - 1e-12:
            heappush(heap, (-(direct + teaching), row))
        elif _is_repeated(gains, rows, row, in_a_row):
            put_off.append((value, row))
        else:
            rows.append(row)
            information.append(direct + teaching)
            learned.append(teaching > direct)
            gains.note(row)
            asked_of.update(touched)
            while put_off:
                heappush(heap, put_off.pop())
    return rows, information, learned


def _first_of_each(pattern: Ints, rows: Ints, number: int) -> list[int]:
    """Keep so many of the rows of each pattern, in their order: no more of it can be asked."""
    seen: Counter[int] = Counter()
    kept = []
    for one, row in zip(pattern.tolist(), rows.tolist(), strict=True):
        seen[one] += 1
        if seen[one] <= number:
            kept.append(row)
    return kept


def _is_repeated(gains: Gains, rows: list[int], row: int, in_a_row: int) -> bool:
    """Tell whether as many pairs as allowed in succession had the same pattern, or touched the same group."""
    last = rows[-in_a_row:]
    if len(last) < in_a_row:
        return False
    touched = set(gains.touches(row))
    return all(gains.pattern[one] == gains.pattern[row] for one in last) or all(
        not touched.isdisjoint(gains.touches(one)) for one in last
    )
