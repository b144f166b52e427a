"""Share out probability where a list holds every person at most once.

Promises: probabilities only fall; of two rival links at most one stays above one half.
"""

from collections.abc import Collection, Sequence

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.engines.linkage.learning import Floats

_MAX_BITS = 50.0


def exclusive_probability(
    odds: Floats, pairs: pl.DataFrame, list_of: Sequence[str], one_to_one: Collection[str]
) -> Floats:
    """Return probabilities in which rivals for the same place in a one-to-one list compete.

    Parameters
    ----------
    odds
        Log-odds (base 2) of each pair on its own, shape ``(n_pairs,)``.
    pairs
        Columns ``left`` and ``right``: record numbers.
    """
    plain = np.exp2(np.clip(odds, -_MAX_BITS, _MAX_BITS))
    lists = np.array(list_of)
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    rivals = np.zeros(len(plain))
    for record, other in ((left, right), (right, left)):
        rivals += _rival_odds(record, lists[other], plain, one_to_one)
    result: Floats = plain / (1.0 + plain + rivals)
    return result


def _rival_odds(
    record: npt.NDArray[np.uint32],
    other_list: npt.NDArray[np.str_],
    plain: Floats,
    one_to_one: Collection[str],
) -> Floats:
    """Return, for each pair, the summed odds of the record's other links into the same one-to-one list."""
    table = pl.DataFrame({"record": record, "list": other_list, "odds": plain})
    summed = table.select((pl.col("odds").sum().over("record", "list") - pl.col("odds")).alias("rivals"))
    limited = np.isin(other_list, list(one_to_one))
    result: Floats = np.where(limited, np.maximum(summed["rivals"].to_numpy(), 0.0), 0.0)
    return result
