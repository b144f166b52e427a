"""How much of a file is read before it is refused; every bound is checked before the memory is taken."""

from dataclasses import dataclass

MIB = 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one spreadsheet. The defaults hold a list of a million rows and refuse a bomb.

    Parameters
    ----------
    max_file_bytes
        Size of the file as it lies on disk.
    max_unpacked_bytes
        Size of all parts that are read, once unpacked (xlsx and ods are zip archives).
    max_ratio
        Unpacked bytes for one packed byte, for parts over one MiB.
    max_entries
        Files within the archive.
    max_area
        Rows times columns between the first and the last filled cell of a sheet.
    max_columns, max_cell_chars, max_row_chars
        Cells in one row, characters in one cell, characters in one row.
    max_merges
        Merged areas in one sheet.
    """

    max_file_bytes: int = 256 * MIB
    max_unpacked_bytes: int = 400 * MIB
    max_ratio: int = 200
    max_entries: int = 10_000
    max_area: int = 12_000_000
    max_columns: int = 1_000
    max_cell_chars: int = 100_000
    max_row_chars: int = 1_000_000
    max_merges: int = 100_000


DEFAULT = Limits()
