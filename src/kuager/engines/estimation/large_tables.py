"""Add up tables of millions of rows with DuckDB, in bounded memory."""

from collections.abc import Iterator, Sequence

import duckdb

from kuager.core.errors import BadInputError
from kuager.engines.estimation.text_tables import TextTable

MEMORY = "400MB"
_FETCHED = 10_000
# A count as the slow reader takes it: digits, perhaps with a point and zeros.
_WHOLE = r"\s*[0-9]{1,12}(\.0*)?\s*"


def counted(
    text: TextTable, places: Sequence[int], count_at: int | None
) -> Iterator[tuple[tuple[str, ...], int]]:
    """Give each different combination of cells with the persons it stands for.

    Parameters
    ----------
    text : TextTable
        The table, in UTF-8.
    places : sequence of int
        Columns to distinguish, from 0.
    count_at : int or None
        Column of counts; unknown means one person a row.

    Raises
    ------
    BadInputError
        If DuckDB does not accept the file as it is. The message does not say where: read it slowly then.

    """
    names = [f"c{place}" for place in range(len(text.header))]
    keys = ", ".join(f"coalesce({names[place]}, '')" for place in places)
    # A line that begins with # is a comment to the slow reader, a row to DuckDB.
    weight, sound = "count(*)", "bool_and(c0 IS NULL OR ltrim(c0, ' ') NOT LIKE '#%')"
    if count_at is not None:
        cell = names[count_at]
        weight = f"sum(try_cast(try_cast(trim({cell}) AS DOUBLE) AS BIGINT))"
        sound += f" AND bool_and(coalesce(regexp_full_match({cell}, '{_WHOLE}'), false))"
    query = (
        f"SELECT {keys}, {weight}, {sound} FROM read_csv($path, columns=$columns, auto_detect=false, "  # noqa: S608
        "header=false, skip=$skip, delim=$delim, quote='\"', escape='\"', strict_mode=true, "
        f"null_padding=false) WHERE coalesce({', '.join(names)}) IS NOT NULL GROUP BY ALL"
    )
    values = {
        "path": _literal_path(text),
        "columns": dict.fromkeys(names, "VARCHAR"),
        "skip": text.header_row,
        "delim": text.delimiter,
    }
    try:
        yield from _fetched(query, values)
    except duckdb.Error as error:
        raise BadInputError(f"{text.path.name} is not a plain CSV table: {error}") from error


def _fetched(query: str, values: dict[str, object]) -> Iterator[tuple[tuple[str, ...], int]]:
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": ""}) as connection:
        found = connection.execute(query, values)
        while rows := found.fetchmany(_FETCHED):
            for *cells, count, is_sound in rows:
                if not is_sound:
                    raise BadInputError("a count is no whole number, or a row is a comment")
                yield tuple(cells), int(count)


def _literal_path(text: TextTable) -> str:
    """DuckDB takes * ? [ in a path as wildcards; such a name is left to the slow reader."""
    path = str(text.path)
    if set(path) & set("*?["):
        raise BadInputError("the name of the file holds a wildcard")
    return path
