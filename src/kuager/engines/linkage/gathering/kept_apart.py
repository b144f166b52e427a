"""Say why records that look like one person are counted as two.

Promises: one row for each pair at or above the threshold whose records are in different persons; the reason
is one that still holds between the two finished persons, and names two records, one of each, that forbid them
to be one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import polars as pl

Why = Literal["judged-same-conflicts", "judged-different", "list-names-everybody-once", "weak-chain"]

Pair = tuple[int, int]

COLUMNS = {
    "list_l": pl.String,
    "id_l": pl.String,
    "list_r": pl.String,
    "id_r": pl.String,
    "probability": pl.Float64,
    "why": pl.String,
    "values": pl.String,
}


@dataclass(frozen=True, slots=True)
class Blocked:
    """What keeps two groups of records apart.

    Attributes
    ----------
    why
        The reason.
    blocking
        A record of the first group and one of the second that forbid the join.
    list_name
        The list that names everybody once; None for other reasons.
    support
        Mean probability over all pairs between the groups, 0 to 1.
    sizes
        Records in the two groups.
    """

    why: Why
    blocking: Pair
    list_name: str | None
    support: float
    sizes: Pair

    def turned(self) -> "Blocked":
        """Return the same, seen from the second group."""
        return replace(self, blocking=self.blocking[::-1], sizes=self.sizes[::-1])


def nothing_kept_apart() -> pl.DataFrame:
    """Give the empty table."""
    return pl.DataFrame(schema=COLUMNS)


def kept_apart_table(
    apart: Sequence[tuple[Pair, float, Blocked]], records: pl.DataFrame, needed: float
) -> pl.DataFrame:
    """Write down what is kept apart.

    Parameters
    ----------
    apart
        Pairs of rows of ``records``, their probability, and what keeps them apart.
    records
        Columns ``list, id``.
    needed
        Least support with which groups are joined.
    """
    keys = list(records.select("list", "id").iter_rows())
    rows = [
        (*keys[left], *keys[right], probability, blocked.why, _values(blocked, keys, needed))
        for (left, right), probability, blocked in apart
    ]
    return pl.DataFrame(rows, schema=COLUMNS, orient="row")


def _values(blocked: Blocked, keys: Sequence[tuple[str, str]], needed: float) -> str:
    said = {
        "list": blocked.list_name,
        "blocking": [keys[record] for record in blocked.blocking],
        "support": round(blocked.support, 4),
        "needed": needed,
        "sizes": blocked.sizes,
    }
    return json.dumps(said, ensure_ascii=False)
