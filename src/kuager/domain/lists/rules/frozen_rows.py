"""What is kept of a row for ever: its cells as they came, and fingerprints of what they say."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from kuager.core.digest import Cell, JsonValue, sha256_hex
from kuager.engines.tables import ParsedPerson, Problem


def freeze_cells(cells: Sequence[Cell]) -> list[JsonValue]:
    """Return the cells as JSON keeps them; a day is marked, because the text of that day is another cell."""
    return [{"date": cell.isoformat()} if isinstance(cell, date) else cell for cell in cells]


def thaw_cells(cells: Sequence[JsonValue]) -> list[str]:
    """Return frozen cells as texts to show."""
    texts = []
    for cell in cells:
        if isinstance(cell, dict):
            texts.append(str(cell.get("date", "")))
        else:
            texts.append("" if cell is None else str(cell))
    return texts


def content_digest(person: ParsedPerson) -> str:
    """Return the fingerprint of what a row says of a person, whatever its columns and its number."""
    return plain_digest(person.to_json())


def plain_digest(said: Mapping[str, object]) -> str:
    """Return the fingerprint of a person that was made plain already."""
    content = {name: value for name, value in said.items() if name != "list_id"}
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return sha256_hex(text.encode())


def freeze_problems(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """Return the problems of a row as JSON keeps them."""
    return [
        {"column": item.column, "expected": item.expected, "got": item.got, "severity": item.severity}
        for item in problems
    ]


def to_text(value: object) -> str:
    """Write a value as the text of a JSON column."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
