"""The mapping of columns as a small TOML file, so that the next edition of a list is read the same way.

[columns]
"ФИО" = "name"
"Дата задержания" = "event_date"

[defaults]
status = "detained"
day_first = true
sheet = "Список"
header_row = 3
"""

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from kuager.core.errors import BadInputError
from kuager.engines.tables.mapping import SEVERAL, ColumnProposal, Field
from kuager.engines.tables.statuses_in_cells import expected_statuses, parse_status

_DEFAULTS = {"status": str, "day_first": bool, "sheet": str, "header_row": int}
_LARGEST = 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class MappingFile:
    """How to read a list: what each header means, and what holds for all its rows.

    Parameters
    ----------
    columns
        Field by header, in the order written.
    status
        The status of everybody on the list, when it has no column for it.
    day_first
        Whether 6/1/22 is 6 January; None leaves it to the dates of the list.
    sheet, header_row
        Where the list is; empty and None leave it to Kuager.
    """

    columns: Mapping[str, Field] = field(default_factory=dict)
    status: str = ""
    day_first: bool | None = None
    sheet: str = ""
    header_row: int | None = None

    def apply(self, header: Sequence[str]) -> tuple[ColumnProposal, ...]:
        """Return what each column of a list means; columns the file does not name are ignored.

        Raises
        ------
        BadInputError
            When the list has no column of a name that the file maps.
        """
        missing = [name for name in self.columns if name not in header]
        if missing:
            msg = (
                f"the list has no column {', '.join(repr(name) for name in missing)}; "
                f"its columns are: {', '.join(header)}. Correct the mapping file"
            )
            raise BadInputError(msg)
        return tuple(
            ColumnProposal(column, name, self.columns[name], 1.0, "the mapping file says so")
            if name in self.columns
            else ColumnProposal(column, name, Field.IGNORE, 1.0, "the mapping file does not name it")
            for column, name in enumerate(header)
        )


def load_mapping(path: Path) -> MappingFile:
    """Read a mapping file.

    Raises
    ------
    BadInputError
        When it is no TOML, or names a field, status or setting that does not exist.
    """
    try:
        with Path(path).open("rb") as file:
            data = tomllib.loads(file.read(_LARGEST).decode("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        msg = f"the mapping file cannot be read: expected TOML with [columns] and [defaults] ({error})"
        raise BadInputError(msg) from error
    return mapping_from_toml(data)


def mapping_from_toml(data: Mapping[str, object]) -> MappingFile:
    """Check what a mapping file says."""
    unknown = data.keys() - {"columns", "defaults"}
    if unknown:
        msg = f"mapping file: unknown part {', '.join(sorted(unknown))}; expected [columns] and [defaults]"
        raise BadInputError(msg)
    columns = _columns(data.get("columns", {}))
    defaults = data.get("defaults", {})
    if not isinstance(defaults, dict):
        msg = "mapping file: [defaults] must be a table"
        raise BadInputError(msg)
    for name, value in defaults.items():
        if name not in _DEFAULTS or type(value) is not _DEFAULTS[name]:
            allowed = ", ".join(f"{key} ({kind.__name__})" for key, kind in _DEFAULTS.items())
            msg = f"mapping file: [defaults] {name} is unknown or of the wrong kind; expected {allowed}"
            raise BadInputError(msg)
    if defaults.get("status") and not parse_status(defaults["status"]):
        msg = f"mapping file: unknown status {defaults['status']!r}; expected {expected_statuses()}"
        raise BadInputError(msg)
    return MappingFile(columns=columns, **defaults)


def dump_mapping(mapping: MappingFile) -> str:
    """Write a mapping as TOML."""
    lines = ["[columns]"]
    lines += [f"{_quoted(name)} = {_quoted(meaning.value)}" for name, meaning in mapping.columns.items()]
    lines += ["", "[defaults]"]
    if mapping.status:
        lines.append(f"status = {_quoted(mapping.status)}")
    if mapping.day_first is not None:
        lines.append(f"day_first = {str(mapping.day_first).lower()}")
    if mapping.sheet:
        lines.append(f"sheet = {_quoted(mapping.sheet)}")
    if mapping.header_row is not None:
        lines.append(f"header_row = {mapping.header_row}")
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    # A JSON text is a TOML basic string, but for the one control character JSON leaves alone.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _columns(table: object) -> dict[str, Field]:
    if not isinstance(table, dict):
        msg = "mapping file: [columns] must be a table of header = field"
        raise BadInputError(msg)
    columns: dict[str, Field] = {}
    for name, value in table.items():
        if value not in set(Field):
            msg = f"mapping file: column {name!r} has no field {value!r}; expected one of {', '.join(Field)}"
            raise BadInputError(msg)
        columns[str(name)] = Field(value)
    once = [meaning for meaning in columns.values() if meaning not in SEVERAL]
    twice = sorted({meaning.value for meaning in once if once.count(meaning) > 1})
    if twice:
        msg = f"mapping file: {', '.join(twice)} is given to two columns; expected one column for each"
        raise BadInputError(msg)
    return columns
