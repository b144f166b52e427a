"""Draw pairs for blind double review, so that precision and recall of the links can be measured.

Promises: the same links and seed give the same sample, whatever the order of the rows; every pair of the
population has a positive chance, known and kept as a weight; the weights sum to the population, in every
stratum and in all. The population is every reported pair, and every pair that a cluster puts together. Pairs
that linking gave less than the least reported probability, or never compared, are not in it: see
``measured_quality`` for how they enter recall.

Reference: Neyman (1934), "On the two different aspects of the representative method", JRSS 97, for how many
to take from each stratum.
"""

from itertools import combinations, pairwise
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.core.errors import BadInputError

if TYPE_CHECKING:
    from kuager.engines.linkage.linking import LinkResult

# Bands of probability; each is cut again into pairs put together and pairs kept apart.
BANDS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99, 1.0)
# The probabilities may be wrong: no stratum counts as purer than this when pairs are shared out.
_DOUBT_AT_LEAST = 0.015
_PER_STRATUM_AT_LEAST = 8
KEYS = ("list_l", "id_l", "list_r", "id_r")
# For pairs that a chain of links put together, but that were not reported themselves.
_UNREPORTED = 0.005


def double_review_sample(result: "LinkResult", *, size: int, seed: int) -> pl.DataFrame:
    """Draw a stratified sample of pairs for two reviewers who do not see each other's answers.

    Parameters
    ----------
    result
        What ``link`` found.
    size
        How many pairs, at least 1; all pairs where there are fewer.
    seed
        Start of the random numbers.

    Returns
    -------
    pl.DataFrame
        ``list_l, id_l, list_r, id_r, stratum, weight, linked``, in random order. ``stratum`` is a code such
        as ``together 0.90-0.99``; ``weight`` is how many pairs of the population a sampled one stands for;
        ``linked`` tells whether the clusters put the two together, which reviewers must not see.

    Raises
    ------
    BadInputError
        The size is below 1.
    """
    if size < 1:
        raise BadInputError(f"a sample has at least one pair, got {size}")
    pairs = _population(result).sort(KEYS)
    if not pairs.height:
        return pairs.select(*KEYS, "stratum", pl.lit(1.0).alias("weight"), "linked")
    random = np.random.default_rng(seed)
    counts = pairs.group_by("stratum").agg(pl.len(), pl.col("probability").mean()).sort("stratum")
    taken = shared_out(counts["len"].to_numpy().astype(np.int64), counts["probability"].to_numpy(), size)
    number = dict(zip(counts["stratum"].to_list(), taken.tolist(), strict=True))
    rows: list[int] = []
    weights: list[float] = []
    for (stratum,), part in pairs.with_row_index("row").group_by("stratum", maintain_order=True):
        chosen = random.choice(part["row"].to_numpy(), number[str(stratum)], replace=False)
        rows += chosen.tolist()
        weights += [part.height / len(chosen)] * len(chosen)
    order = random.permutation(len(rows))
    sample = pairs[rows].with_columns(pl.Series("weight", weights))
    shuffled: pl.DataFrame = sample[order.tolist()]
    return shuffled.select(*KEYS, "stratum", "weight", "linked")


def shared_out(
    sizes: npt.NDArray[np.int64], probability: npt.NDArray[np.float64], size: int
) -> npt.NDArray[np.int64]:
    """Tell how many pairs to take from each stratum: many where it is large and doubtful, from each some.

    Parameters
    ----------
    sizes
        Pairs in each stratum, at least 1.
    probability
        Their mean probability.
    size
        How many in all; at least one is taken from each stratum, so that it may be exceeded.
    """
    total = int(sizes.sum())
    if size >= total:
        return sizes
    least = np.minimum(sizes, max(min(_PER_STRATUM_AT_LEAST, size // (2 * len(sizes))), 1))
    doubt = np.clip(probability, _DOUBT_AT_LEAST, 1 - _DOUBT_AT_LEAST)
    wanted = sizes * np.sqrt(doubt * (1 - doubt))
    taken: npt.NDArray[np.int64] = least.astype(np.int64)
    while (missing := size - int(taken.sum())) > 0:
        open_ = taken < sizes
        share = np.where(open_, wanted, 0.0)
        more = np.minimum(np.floor(missing * share / share.sum()), sizes - taken).astype(np.int64)
        if not more.sum():
            more[np.argmax(np.where(open_, wanted / (taken + 1), -1.0))] = 1
        taken += more
    return taken


def _population(result: "LinkResult") -> pl.DataFrame:
    """Give every reported pair and every pair put together: keys, probability, whether linked, stratum."""
    cluster = result.clusters.select("list", "id", "cluster")
    reported = result.pairs.select(*KEYS, "probability")
    sides = reported.join(
        cluster.rename({"cluster": "cluster_l"}),
        left_on=["list_l", "id_l"],
        right_on=["list", "id"],
        how="left",
    ).join(
        cluster.rename({"cluster": "cluster_r"}),
        left_on=["list_r", "id_r"],
        right_on=["list", "id"],
        how="left",
    )
    pairs = sides.select(*KEYS, "probability", linked=pl.col("cluster_l") == pl.col("cluster_r"))
    pairs = pl.concat([pairs, _unreported(cluster, reported)])
    names = [f"{low:.2f}-{high:.2f}" for low, high in pairwise(BANDS)]
    place = np.searchsorted(BANDS[1:-1], pairs["probability"].to_numpy(), side="right")
    band = pl.Series([names[number] for number in place.tolist()], dtype=pl.String)
    side = pl.when("linked").then(pl.lit("together ")).otherwise(pl.lit("apart "))
    return pairs.with_columns(stratum=side + band)


def _unreported(cluster: pl.DataFrame, reported: pl.DataFrame) -> pl.DataFrame:
    """Give the pairs that clusters put together and that were not reported, in the order of the keys."""
    members = cluster.filter(pl.len().over("cluster") > 2).sort("list", "id").partition_by("cluster")
    known = (
        {frozenset(((a, b), (c, d))) for a, b, c, d in reported.select(KEYS).iter_rows()}
        if members
        else set()
    )
    rows = [
        (*one, *other, _UNREPORTED, True)
        for group in members
        for one, other in combinations(group.select("list", "id").rows(), 2)
        if frozenset((one, other)) not in known
    ]
    schema = {**dict.fromkeys(KEYS, pl.String), "probability": pl.Float64, "linked": pl.Boolean}
    return pl.DataFrame(rows, schema=schema, orient="row")
