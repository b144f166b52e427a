"""The keys under which a record is filed, and the words within one slip of a typed word.

Promises: filing and asking use the same expressions, so a record always finds itself; two words of consonants
that differ by one letter left out, added, changed or exchanged with its neighbour share a variant. Keys say
nothing about which of two names is the family's, because lists exchange them.
"""

from collections.abc import Iterable, Iterator

import polars as pl
from rapidfuzz.distance import OSA

# What filing needs of a prepared record.
KEY_COLUMNS = (
    "unique_id", "given_keys", "family_keys", "father_consonants", "born_from", "born_to", "birth_day",
    "event_from", "event_to", "place", "region", "number", "contact",
)  # fmt: skip
KINDS = (
    "both", "initial", "father", "year", "where", "where and when", "birth", "word", "number", "contact",
)  # fmt: skip
_SHORTEST_WITH_SLIP = 3


def key_table(records: pl.DataFrame, kind: str, *, years: Iterable[int] = (0,)) -> pl.DataFrame:
    """Return ``key, record``: the keys of one kind, each pair once; unknown parts give no key.

    Parameters
    ----------
    records
        Prepared records, at least the columns ``KEY_COLUMNS``.
    kind
        One of ``KINDS``.
    years
        Offsets of the year of birth; asking looks at the years around, too.
    """
    if kind in ("both", "initial"):
        keys = _pairs_of_words(records, kind)
    elif kind in ("number", "contact"):
        keys = records.select(pl.col("unique_id").alias("record"), pl.col(kind).alias("key"))
    else:
        keys = _words_with(records, kind, years)
    prefix = str(KINDS.index(kind))
    known = keys.drop_nulls("key").select(pl.concat_str(pl.lit(prefix), "key").alias("key"), "record")
    return known.unique().sort("key", "record")


def _pairs_of_words(records: pl.DataFrame, kind: str) -> pl.DataFrame:
    """Return both names in alphabetical order; or one of them and the first letter of the other."""
    each = (
        records.select("unique_id", "given_keys", "family_keys")
        .explode("given_keys", empty_as_null=True)
        .explode("family_keys", empty_as_null=True)
        .drop_nulls()
    )
    given, family, record = pl.col("given_keys"), pl.col("family_keys"), pl.col("unique_id").alias("record")
    if kind == "both":
        in_order = pl.concat_str(
            pl.min_horizontal(given, family), pl.max_horizontal(given, family), separator="|"
        )
        return each.select(in_order.alias("key"), record)
    sides = ((family, given), (given, family))
    return pl.concat(
        each.select(pl.concat_str(word, other.str.slice(0, 1), separator="|").alias("key"), record)
        for word, other in sides
    )


def _words_with(records: pl.DataFrame, kind: str, years: Iterable[int]) -> pl.DataFrame:
    """Return each word of the name together with something else that is known of the person."""
    where = pl.coalesce("place", "region")
    event = pl.when(pl.col("event_from") == pl.col("event_to")).then(pl.col("event_from"))
    year = (pl.col("born_from") + (pl.col("born_to") - pl.col("born_from")) // 2) // 365
    exactly = {
        "father": pl.col("father_consonants"),
        "where": where,
        "where and when": pl.concat_str(where, event.cast(pl.String), separator="|"),
        "birth": pl.col("birth_day").cast(pl.String),
        "word": pl.lit(""),
    }
    others = [exactly[kind]] if kind in exactly else [(year + offset).cast(pl.String) for offset in years]
    word = pl.col("word").str.slice(0, 1) if kind in ("birth", "where and when") else pl.col("word")
    words = pl.concat(
        records.with_columns(pl.col(part).alias("word")).explode("word", empty_as_null=True)
        for part in ("given_keys", "family_keys")
    )
    return pl.concat(
        words.select(
            pl.concat_str(word, other, separator="|").alias("key"), pl.col("unique_id").alias("record")
        )
        for other in others
    )


def words_of(records: pl.DataFrame) -> list[str]:
    """Return the different words of given and family names, sorted."""
    each = [records[part].explode(empty_as_null=True).drop_nulls() for part in ("given_keys", "family_keys")]
    return sorted(set(pl.concat(each).to_list()))


def variants(word: str) -> Iterator[str]:
    """Return the word and the word with one letter left out.

    >>> sorted(variants("srk"))
    ['rk', 'sk', 'sr', 'srk']
    """
    yield word
    if len(word) >= _SHORTEST_WITH_SLIP:
        yield from {word[:place] + word[place + 1 :] for place in range(len(word))}


def within_one_slip(word: str, others: Iterable[str]) -> list[str]:
    """Return those of ``others`` that one slip of the pen turns into ``word``, without ``word`` itself.

    >>> within_one_slip("srkb", ["srkb", "srbk", "skb", "smrkbs"])
    ['skb', 'srbk']
    """
    return sorted({other for other in others if other != word and OSA.distance(word, other) <= 1})
