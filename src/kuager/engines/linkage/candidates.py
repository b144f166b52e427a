"""Choose the pairs worth comparing: records that share a key, as long as the key is rare enough.

Promises: each pair once, the smaller number first; pairs inside a list that holds everyone once are left out;
the number of pairs grows in proportion to the number of records, because common keys are dropped first.
"""

from collections.abc import Collection

import numpy as np
import polars as pl

# Few records: every pair is compared.
COMPARE_ALL_UP_TO = 1_000
# Pairs per record that one kind of key may bring; the commonest keys beyond that are dropped.
_PAIRS_PER_RECORD = 5
_PAIRS_AT_LEAST = 2_000
# Random pairs on which chance agreement is measured.
SAMPLED_PAIRS = 800_000
_SEED = 20220105


def _joined(*columns: str) -> pl.Expr:
    """Return a key that is unknown when any of its parts is."""
    return pl.concat_str([pl.col(column).cast(pl.String) for column in columns], separator="|")


def _key_columns(records: pl.DataFrame) -> list[pl.DataFrame]:
    year = (pl.col("born_from") + (pl.col("born_to") - pl.col("born_from")) // 2) // 365
    exact_event = pl.when(pl.col("event_from") == pl.col("event_to")).then(pl.col("event_from"))
    table = records.with_columns(
        pl.coalesce(pl.col("age"), year).alias("years"),
        exact_event.alias("event"),
        pl.col("given").str.slice(0, 1).alias("given_first"),
        pl.col("family").str.slice(0, 3).alias("family_first"),
        pl.coalesce("place", "region").alias("where"),
    )
    kinds = (
        ("family_consonants", "father_consonants", "grandfather_consonants"),
        ("given_consonants", "father_consonants", "grandfather_consonants"),
        ("given_consonants", "father_consonants"),
        ("family_consonants", "father_consonants"),
        ("given_consonants", "years"),
        ("family_consonants", "years"),
        ("family_consonants", "where"),
        ("given_consonants", "where", "sex"),
        ("event", "where"),
        ("event", "given_first", "family_first"),
        ("event", "given_consonants"),
        ("event", "family_consonants"),
        ("event", "years", "sex"),
        ("birth_day", "given_first"),
        ("birth_day", "family_first"),
        ("birth_day",),
        ("years", "given_first", "family_first", "sex"),
        ("place", "given_first", "family_first"),
        ("number",),
        ("contact",),
        ("given_consonants", "family_first", "sex"),
        ("given_first", "family_consonants", "sex"),
    )
    keys = [table.select("unique_id", "list", _joined(*kind).alias("key")) for kind in kinds]
    return [_both_names(records), *keys]


def _both_names(records: pl.DataFrame) -> pl.DataFrame:
    """Return keys of given and family name in alphabetical order, in every reading: order cannot matter."""
    each = (
        records.select("unique_id", "list", "given_keys", "family_keys")
        .explode("given_keys", empty_as_null=True)
        .explode("family_keys", empty_as_null=True)
    )
    first = pl.min_horizontal("given_keys", "family_keys")
    second = pl.max_horizontal("given_keys", "family_keys")
    known = pl.col("given_keys").is_not_null() & pl.col("family_keys").is_not_null()
    return each.select(
        "unique_id", "list", pl.when(known).then(pl.concat_str(first, second, separator="|")).alias("key")
    ).unique(maintain_order=True)


def _rare_enough(keys: pl.DataFrame, budget: int) -> pl.DataFrame:
    """Keep the rarest keys whose pairs fit into the budget."""
    counts = keys.group_by("key").agg(pl.len().alias("records")).filter(pl.col("records") > 1)
    pairs = pl.col("records").cast(pl.Int64)
    ordered = counts.sort("records", "key").with_columns((pairs * (pairs - 1) // 2).cum_sum().alias("pairs"))
    return keys.join(ordered.filter(pl.col("pairs") <= budget).select("key"), on="key", how="semi")


def _pairs_of(keys: pl.DataFrame, one_to_one: Collection[str]) -> pl.DataFrame:
    right = keys.rename({"unique_id": "right", "list": "list_right"})
    pairs = keys.rename({"unique_id": "left"}).join(right, on="key")
    once = (pl.col("left") < pl.col("right")) & ~(
        (pl.col("list") == pl.col("list_right")) & pl.col("list").is_in(list(one_to_one))
    )
    return pairs.filter(once).select("left", "right")


def candidate_pairs(records: pl.DataFrame, one_to_one: Collection[str]) -> pl.DataFrame:
    """Return the pairs to compare, as columns ``left`` and ``right`` of record numbers, sorted."""
    return counted_pairs(records, one_to_one).select("left", "right")


def counted_pairs(records: pl.DataFrame, one_to_one: Collection[str]) -> pl.DataFrame:
    """Return the pairs to compare, and in ``ways`` by how many kinds of key each was found; 0: all are."""
    if records.height <= COMPARE_ALL_UP_TO:
        everything = records.select("unique_id", "list", pl.lit("").alias("key"))
        pairs = _pairs_of(everything, one_to_one).sort("left", "right")
        return pairs.with_columns(ways=pl.lit(0, dtype=pl.UInt32))
    budget = max(_PAIRS_AT_LEAST, _PAIRS_PER_RECORD * records.height)
    found = []
    for keys in _key_columns(records):
        known = keys.drop_nulls("key")
        found.append(_pairs_of(_rare_enough(known, budget), one_to_one).unique())
    return pl.concat(found).group_by("left", "right").agg(ways=pl.len()).sort("left", "right")


def random_pairs(records: pl.DataFrame, compared: pl.DataFrame) -> pl.DataFrame:
    """Return random pairs of records that are not compared, sorted; the same for the same lists."""
    count = records.height
    asked = min(SAMPLED_PAIRS, 2 * count * count)
    drawn = np.random.default_rng(_SEED).integers(0, max(count, 1), size=(2, asked))
    pairs = pl.DataFrame({"left": drawn.min(axis=0), "right": drawn.max(axis=0)}, schema=compared.schema)
    unlike = pairs.filter(pl.col("left") < pl.col("right")).unique()
    return unlike.join(compared, on=["left", "right"], how="anti").sort("left", "right")
