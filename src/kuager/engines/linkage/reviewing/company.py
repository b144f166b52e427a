"""What the other links of two records say about them: third records that speak for, or against, one person.

Promises: the order of records and pairs does not matter. A third record that is likely the same person as
both speaks for them; one that is likely the same person as one of them only speaks against.
"""

import numpy as np
import numpy.typing as npt
import polars as pl

Floats = npt.NDArray[np.float64]

# Links less probable than this carry no news.
_CARRIES_FROM = 0.05
_MOST = 1.5


def company(pairs: pl.DataFrame, probability: Floats, rows: npt.NDArray[np.int64]) -> Floats:
    """Count the third records that speak for and against pairs.

    Parameters
    ----------
    pairs
        Columns ``left`` and ``right``: record numbers, each pair once.
    probability
        Of each pair, shape ``(n_pairs,)``.
    rows
        The pairs asked about.

    Returns
    -------
    npt.NDArray[np.float64]
        Shape ``(n_rows, 2)``: expected number of third records for and against, each at most 1.5.
    """
    carries = pairs.select("left", "right").with_columns(chance=probability)
    carries = carries.filter(pl.col("chance") >= _CARRIES_FROM)
    turned = carries.select(left="right", right="left", chance="chance")
    links = pl.concat([carries, turned]).rename({"left": "one", "right": "third"})
    asked = pairs[rows.tolist()].select("left", "right").with_row_index("row")
    sides = [_seen_from(asked, links, *ends) for ends in (("left", "right"), ("right", "left"))]
    both = pl.concat(sides).unique(["row", "third"], maintain_order=True)
    found = both.group_by("row").agg(pl.col("both").sum(), pl.col("one_only").sum())
    table = asked.select("row").join(found, on="row", how="left", maintain_order="left")
    counted = table.select("both", "one_only").fill_null(0.0).to_numpy()
    result: Floats = np.minimum(counted, _MOST)
    return result


def _seen_from(asked: pl.DataFrame, links: pl.DataFrame, end: str, other: str) -> pl.DataFrame:
    """Give each third record linked to one end, with how far it is linked to both, or to one only."""
    thirds = asked.join(links, left_on=end, right_on="one").filter(pl.col("third") != pl.col(other))
    closed = thirds.join(
        links.rename({"chance": "there"}), left_on=[other, "third"], right_on=["one", "third"], how="left"
    ).with_columns(pl.col("there").fill_null(0.0))
    return closed.select(
        "row",
        "third",
        both=pl.min_horizontal("chance", "there"),
        one_only=(pl.col("chance") - pl.col("there")).abs(),
    )
