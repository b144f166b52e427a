"""CSV and JSON as capture tools write them, read without trusting their size or shape."""

import csv
import json
from collections.abc import Mapping

from kuager.core.errors import BadInputError
from kuager.engines.captures.entries import Entry
from kuager.engines.captures.limits import MAX_TEXT

_ROWS = 10_000


def text_of(entry: Entry) -> str:
    """Return a small text file; bytes that are no UTF-8 are replaced."""
    return entry.whole(MAX_TEXT).decode("utf-8-sig", "replace")


def read_rows(entry: Entry) -> list[dict[str, str]]:
    """Return the rows of a CSV file by the names in its first row.

    Raises
    ------
    BadInputError
        When it is too large or is no CSV.
    """
    lines = text_of(entry).replace("\0", "").splitlines(keepends=True)
    try:
        rows = [row for row, _ in zip(csv.reader(lines), range(_ROWS + 1), strict=False) if row]
    except csv.Error as error:
        raise BadInputError("the file is no CSV that can be read") from error
    if not rows:
        return []
    head = [name.strip() for name in rows[0]]
    return [dict(zip(head, row, strict=False)) for row in rows[1:]]


def read_object(entry: Entry) -> Mapping[str, object]:
    """Return the object in a JSON file.

    Raises
    ------
    BadInputError
        When it is too large, too deep, or holds anything else.
    """
    try:
        found = json.loads(text_of(entry))
    except (ValueError, RecursionError) as error:
        raise BadInputError("the file is no JSON that can be read") from error
    if not isinstance(found, dict):
        raise BadInputError("expected a JSON object")
    return found
