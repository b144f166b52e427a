"""Writing very many rows at once, in the way each database likes best.

Django's ``bulk_create`` builds an object and a long statement for every few rows. An import of 100,000
persons writes about a million rows: here they go in as tuples, by one prepared statement (SQLite) or COPY
(PostgreSQL). Constraints hold as always, because the database checks them.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from functools import lru_cache
from itertools import islice

from django.db import connection, models

BATCH = 10_000
MANY = 200
Value = str | int | float | bool | date | datetime | None
Row = tuple[Value, ...]


def reserve_ids(model: type[models.Model], count: int) -> range | list[int]:
    """Take ``count`` identifiers for rows about to be inserted; call it inside the transaction."""
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(
                "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)", [table, count]
            )
            return [number for (number,) in cursor.fetchall()]
        # SQLite has one writer: inside its transaction nobody else can take the same identifiers.
        quoted = connection.ops.quote_name(table)
        cursor.execute(
            "SELECT max((SELECT coalesce(max(id), 0) FROM " + quoted + "),"  # noqa: S608  # a table's own name
            " coalesce((SELECT seq FROM sqlite_sequence WHERE name = %s), 0))",
            [table],
        )
        (last,) = cursor.fetchone()
    return range(last + 1, last + 1 + count)


def insert_rows(model: type[models.Model], fields: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows whose values stand in the order of ``fields``; every column of the table must be named."""
    by_name = {field.name: field for field in model._meta.concrete_fields}
    columns = [by_name[name] for name in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in columns)
    table = quote(model._meta.db_table)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    places = ", ".join(["%s"] * len(columns))
    statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608  # names of the model
    stored = _as_stored(rows, columns)
    with connection.cursor() as cursor:
        while batch := list(islice(stored, BATCH)):
            cursor.executemany(statement, batch)


def refresh_statistics(rows: int, *tables: type[models.Model]) -> None:
    """Tell PostgreSQL how large tables are after very many rows were written in one transaction.

    Until then it plans as if they were empty, and a question that takes milliseconds takes minutes.
    """
    if connection.vendor == "postgresql" and rows >= MANY:
        names = ", ".join(connection.ops.quote_name(table._meta.db_table) for table in tables)
        with connection.cursor() as cursor:
            cursor.execute(f"ANALYZE {names}")


def _as_stored(
    rows: Iterable[Row], columns: Sequence["models.Field[object, object]"]
) -> Iterator[Sequence[Value]]:
    """Write days and moments as SQLite keeps them; everything else is kept as it is."""
    timed = [place for place, field in enumerate(columns) if isinstance(field, models.DateField)]
    if not timed:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for place in timed:
            value = values[place]
            if isinstance(value, date):
                values[place] = _written(value)
        yield values


@lru_cache(maxsize=65_536)
def _written(value: date) -> str:
    if isinstance(value, datetime):
        return str(connection.ops.adapt_datetimefield_value(value))
    return value.isoformat()
