"""Reading and understanding other people's spreadsheets: files in, frozen cells and parsed values out.

Invariants: cells are returned as stored (filled merged areas are marked); a bad row stops no other;
nothing is
read without a bound on its size; the vocabulary of statuses is closed.

Failure model: files are truncated, locked, mislabelled, or made to exhaust memory. Each raises BadInputError
that says what was expected and what to do.
"""

from kuager.engines.tables.ages_in_cells import AgeReading, parse_age, parse_sex
from kuager.engines.tables.cells import Problem, RawRow, Severity, column_letters
from kuager.engines.tables.dates_in_cells import guess_day_first, parse_date
from kuager.engines.tables.headers import LOOKED_AT, HeaderGuess, find_header, header_at
from kuager.engines.tables.limits import DEFAULT, Limits
from kuager.engines.tables.mapping import ColumnProposal, Field, propose_mapping
from kuager.engines.tables.mapping_files import MappingFile, dump_mapping, load_mapping, mapping_from_toml
from kuager.engines.tables.names_in_cells import NameReading, read_names, script_of
from kuager.engines.tables.people import ParsedPerson, PersonJson
from kuager.engines.tables.rows import ParsedRow, RowContext, parse_row, parse_rows
from kuager.engines.tables.statuses_in_cells import AXES, expected_statuses, parse_status
from kuager.engines.tables.words import StatusWord
from kuager.engines.tables.workbooks import SheetInfo, Workbook, iter_rows, read_sheets

__all__ = [
    "AXES",
    "DEFAULT",
    "LOOKED_AT",
    "AgeReading",
    "ColumnProposal",
    "Field",
    "HeaderGuess",
    "Limits",
    "MappingFile",
    "NameReading",
    "ParsedPerson",
    "ParsedRow",
    "PersonJson",
    "Problem",
    "RawRow",
    "RowContext",
    "Severity",
    "SheetInfo",
    "StatusWord",
    "Workbook",
    "column_letters",
    "dump_mapping",
    "expected_statuses",
    "find_header",
    "guess_day_first",
    "header_at",
    "iter_rows",
    "load_mapping",
    "mapping_from_toml",
    "parse_age",
    "parse_date",
    "parse_row",
    "parse_rows",
    "parse_sex",
    "parse_status",
    "propose_mapping",
    "read_names",
    "read_sheets",
    "script_of",
]
