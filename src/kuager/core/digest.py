"""Fingerprints: the same value always gives the same bytes, and the same bytes the same SHA-256.

Text is kept exactly as it came: two spellings that look alike are different evidence.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TypeAlias

from kuager.core.errors import BadInputError

JsonValue: TypeAlias = "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
Cell: TypeAlias = str | int | float | bool | date | None
"""What one cell of a table can hold; a datetime is a date too."""

_SCALARS = frozenset({str, int, float, bool, type(None)})
_ENCODER = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":"))


def canonical_json(value: JsonValue) -> bytes:
    """Write a value as JSON in the one way that all machines write it: sorted keys, no spaces, UTF-8.

    Raises
    ------
    BadInputError
        For what JSON cannot carry: infinite or undefined numbers, half characters, keys that are no text.

    Examples
    --------
    >>> canonical_json({"b": 1, "a": [None, "ә"]}).decode()
    '{"a":[null,"ә"],"b":1}'
    """
    try:
        _check_keys(value)
        return _ENCODER.encode(value).encode("utf-8")
    except (TypeError, ValueError, RecursionError) as error:
        # UnicodeEncodeError is a ValueError and would quote the text; its class is enough.
        msg = f"value cannot be written as JSON ({type(error).__name__}); expected text and finite numbers"
        raise BadInputError(msg) from None


def sha256_hex(content: bytes) -> str:
    """Return the SHA-256 of some bytes as 64 hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def row_digest(cells: Iterable[Cell]) -> str:
    """Return the fingerprint of one row of a table.

    A day and the text of that day are different cells, so days are marked. Empty cells at the end do not
    count: the same row gets them or not by what stands in other rows of the sheet.
    """
    values: list[JsonValue] = [
        {"date": cell.isoformat()} if isinstance(cell, date) else cell for cell in cells
    ]
    while values and (values[-1] is None or values[-1] == ""):
        values.pop()
    return sha256_hex(canonical_json(values))


def _check_keys(value: JsonValue) -> None:
    """Refuse keys that are no text: JSON would turn 1 and "1" into the same key."""
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            msg = "keys must be text"
            raise TypeError(msg)
        for item in value.values():
            if type(item) not in _SCALARS:
                _check_keys(item)
    elif isinstance(value, list | tuple):
        for item in value:
            if type(item) not in _SCALARS:
                _check_keys(item)
