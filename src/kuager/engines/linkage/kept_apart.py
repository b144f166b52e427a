"""Say why records that look like one person are counted as two.

Promises: one row for each pair at or above the threshold whose records are in different persons; the reason
is one that still holds between the two finished persons, and names two records, one of each, that forbid them
to be one.
"""

from typing import Literal

import polars as pl

Why = Literal["judged-same-conflicts", "judged-different", "list-names-everybody-once", "weak-chain"]

COLUMNS = {
    "list_l": pl.String,
    "id_l": pl.String,
    "list_r": pl.String,
    "id_r": pl.String,
    "probability": pl.Float64,
    "why": pl.String,
    "values": pl.String,
}


def nothing_kept_apart() -> pl.DataFrame:
    """Give the empty table."""
    return pl.DataFrame(schema=COLUMNS)
