"""Writing very many rows at once, in the way each database likes best.

Django's ``bulk_create`` builds an object and a long statement for every few rows. An import of 100,000 persons
writes about a million rows: here they go in as tuples, by one prepared statement (SQLite) or COPY (PostgreSQL).
Constraints hold as always, because the database checks them.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from functools import lru_cache

from django.db import connection, models

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
    """Insert rows whose values stand in the order of ``fields``; fields not named must have no default."""
    columns = [model._meta.get_field(name) for name in fields]
    quote = connection.ops.quote_name
    names = ", ".join(quote(str(field.column)) for field in columns)
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row(row)
            return
        places = ", ".join(["%s"] * len(columns))
        statement = f"INSERT INTO {table} ({names}) VALUES ({places})"  # noqa: S608  # names of the model
        cursor.executemany(statement, _adapted(rows, columns))


def _adapted(
    rows: Iterable[Row], columns: Sequence["models.Field[object, object]"]
) -> Iterable[Sequence[Value]]:
    """Write days and moments as SQLite keeps them; everything else is kept as it is."""
    timed: list[tuple[int, Callable[[Value], Value]]] = []
    for place, field in enumerate(columns):
        if isinstance(field, models.DateTimeField):
            timed.append((place, _moment))
        elif isinstance(field, models.DateField):
            timed.append((place, _day))
    if not timed:
        yield from rows
        return
    for row in rows:
        values = list(row)
        for place, write in timed:
            values[place] = write(values[place])
        yield values


@lru_cache(maxsize=65_536)
def _day(value: Value) -> Value:
    return None if value is None else str(value)


@lru_cache(maxsize=65_536)
def _moment(value: Value) -> Value:
    return connection.ops.adapt_datetimefield_value(value)
