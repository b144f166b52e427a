"""Prepared records as lines of text, as the index keeps them, and back.

Promises: a line read again gives the values that were written.
"""

import hashlib
from collections.abc import Mapping, Sequence
from functools import cache

import polars as pl

from kuager.engines.linkage.columns import recognise_columns
from kuager.engines.linkage.preparing import Habits, prepare

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


def prepare_one(list_name: str, record: Mapping[str, str | None], habits: Habits) -> pl.DataFrame:
    """Prepare one record, written under any headers that are known, as if it stood in its list."""
    row = {column: [value] for column, value in record.items()}
    frame = pl.DataFrame(row, schema=dict.fromkeys(row, pl.String))
    return prepare({list_name: frame}, habits=habits).records


def has_id(record: Mapping[str, str | None]) -> bool:
    """Tell whether a record says which one of its list it is."""
    return any(field == "id" and record[column] for column, field in recognise_columns(record).items())


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
