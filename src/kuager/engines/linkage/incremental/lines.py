"""Prepared records as lines of text, as the index keeps them, and back.

Promises: a line read again gives the values that were written.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from kuager.engines.linkage.reading.columns import recognise_columns
from kuager.engines.linkage.reading.preparing import Habits, prepare

Record = Mapping[str, str | None]
_NOT_KEPT = ("unique_id", "list", "id")


@cache
def kept_columns() -> dict[str, pl.DataType]:
    """Return the columns of a prepared record that an index keeps, with their types."""
    some = prepare({"": pl.DataFrame({"name": ["Asel"]})}).records
    return {column: kind for column, kind in some.schema.items() if column not in _NOT_KEPT}


def _short() -> dict[str, str]:
    """Return short names for the columns: they keep a million lines small."""
    return {column: f"c{place}" for place, column in enumerate(kept_columns())}


def write_lines(records: pl.DataFrame) -> list[bytes]:
    """Return one line for each prepared record."""
    written = records.select(pl.col(column).alias(short) for column, short in _short().items()).write_ndjson()
    return written.encode().splitlines()


def read_lines(lines: Sequence[bytes], numbers: Sequence[int]) -> pl.DataFrame:
    """Return prepared records; ``unique_id`` is the number given for each line."""
    short = _short()
    schema = {short[column]: kind for column, kind in kept_columns().items()}
    table = pl.read_ndjson(b"\n".join(lines), schema=schema) if lines else pl.DataFrame(schema=schema)
    restored = table.rename({written: column for column, written in short.items()})
    return restored.with_columns(pl.Series("unique_id", numbers, dtype=pl.UInt32))


def prepare_each(
    asked: Sequence[tuple[str, Record]], habits: Habits
) -> tuple[pl.DataFrame, list[str | None]]:
    """Prepare records, each as if it stood in its list alone.

    Parameters
    ----------
    asked
        The list of each record, and its values under any headers that are known.

    Returns
    -------
    tuple
        The prepared records in order, ``unique_id`` counting from 0; and the id that each says it has.
    """
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for place, (list_name, record) in enumerate(asked):
        groups.setdefault((list_name, tuple(record)), []).append(place)
    ids: list[str | None] = [None] * len(asked)
    parts = []
    for (list_name, headers), places in groups.items():
        rows = [asked[place][1] for place in places]
        frame = pl.DataFrame(
            {header: [row[header] for row in rows] for header in headers},
            schema=dict.fromkeys(headers, pl.String),
        )
        for place, key in zip(places, _ids(frame), strict=True):
            ids[place] = key
        # Ids may be missing, or repeated by several questions about one record.
        own = [header for header, field in recognise_columns(headers).items() if field == "id"]
        records = prepare({list_name: frame.drop(own)}, habits=habits).records
        parts.append(records.with_columns(pl.Series("unique_id", places, dtype=pl.UInt32)))
    whole = pl.concat(parts).sort("unique_id")
    return whole.with_columns(pl.Series("id", ids, dtype=pl.String)), ids


def _ids(frame: pl.DataFrame) -> list[str | None]:
    """Return what each row says its id is; None where it says nothing."""
    own = [header for header, field in recognise_columns(frame.columns).items() if field == "id"]
    if not own:
        return [None] * frame.height
    said = pl.when(pl.col(own[0]) != "").then(pl.col(own[0]).str.strip_chars())
    return frame.select(said)[own[0]].to_list()


def fingerprints(frame: pl.DataFrame) -> list[str]:
    """Return for each row a short mark that changes when anything the comparisons read changes."""
    known = sorted((field, column) for column, field in recognise_columns(frame.columns).items())
    rows = frame.select(
        pl.col(column).cast(pl.String).fill_null("").str.strip_chars() for _, column in known
    ).iter_rows()
    fields = [field for field, _ in known]
    return [_mark(zip(fields, row, strict=True)) for row in rows]


def _mark(said: "zip[tuple[str, str]]") -> str:
    text = "\x1f".join(f"{field}\x1e{value}" for field, value in said if value)
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()
