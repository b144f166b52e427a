"""Old Excel workbooks (xls): the container is walked once, to refuse locked, damaged and boundless ones.

Attack model: records that name cells far apart (which the reader would fill in memory), tables of shared
texts
that declare more entries than the file has bytes, chains of sectors that run in circles.

References
----------
Microsoft, [MS-CFB] Compound File Binary File Format, sections 2.2-2.6; [MS-XLS], sections 2.3 and 2.4.
"""

import struct
from collections.abc import Iterator
from pathlib import Path

import python_calamine as calamine

from kuager.core.errors import BadInputError
from kuager.engines.tables.cells import RawRow
from kuager.engines.tables.limits import MIB, Limits
from kuager.engines.tables.xlsx import calamine_errors, calamine_rows

OLE_MAGIC = bytes.fromhex("d0cf11e0a1b11ae1")
_DAMAGED = (
    "the xls file is cut off or damaged; expected a whole Excel file. Download it again or save it as xlsx"
)
_LOCKED = "the file is locked with a password; remove the password in the spreadsheet program and try again"
_LAST_SECTOR = 0xFFFFFFFA
_BOF, _FILEPASS, _SST = 0x809, 0x2F, 0xFC
# BLANK and MULBLANK are left out: the reader makes no cells of them.
_CELL_RECORDS = {0x06, 0x203, 0x204, 0x205, 0x27E, 0xBD, 0xD6, 0xFD}
_MULRK = 0xBD


def check_xls(path: Path, limits: Limits) -> None:
    """Refuse an xls file that is locked, damaged or beyond the limits.

    Raises
    ------
    BadInputError
        With what to do.
    """
    # Old workbooks hold at most 65,536 rows; 64 MiB is far beyond any of them.
    size = path.stat().st_size
    if size > min(limits.max_file_bytes, 64 * MIB):
        msg = f"the xls file has {size // MIB} MiB; expected at most 64 MiB. Save it as xlsx"
        raise BadInputError(msg)
    try:
        streams = _streams(path.read_bytes())
    except (struct.error, IndexError, UnicodeDecodeError) as error:
        raise BadInputError(_DAMAGED) from error
    if "EncryptedPackage" in streams:
        raise BadInputError(_LOCKED)
    workbook = streams.get("Workbook", streams.get("Book"))
    if workbook is None:
        msg = "the file is an old Office document, but no Excel workbook; expected xlsx, xls, ods or CSV"
        raise BadInputError(msg)
    _check_records(workbook, limits)


def xls_sheets(path: Path, limits: Limits) -> tuple[tuple[str, bool], ...]:
    """List the sheets of an xls file, and whether each is hidden."""
    check_xls(path, limits)
    with calamine_errors():
        sheets = calamine.load_workbook(path).sheets_metadata
    return tuple(
        (sheet.name, sheet.visible != calamine.SheetVisibleEnum.Visible)
        for sheet in sheets
        if sheet.typ == calamine.SheetTypeEnum.WorkSheet
    )


def xls_rows(path: Path, sheet: str, limits: Limits) -> Iterator[RawRow]:
    """Yield the rows of a sheet, merged areas filled."""
    check_xls(path, limits)
    yield from calamine_rows(path, sheet, limits)


def _streams(content: bytes) -> dict[str, bytes]:
    """Return the streams of the container by name; short ones, which no workbook is, stay empty."""
    sector_size = 1 << struct.unpack_from("<H", content, 30)[0]
    if sector_size not in {512, 4096}:
        raise BadInputError(_DAMAGED)
    table = _sector_table(content, sector_size)
    directory_start = struct.unpack_from("<I", content, 48)[0]
    short_below = struct.unpack_from("<I", content, 56)[0]
    directory = _chain(content, table, directory_start, sector_size)
    found: dict[str, bytes] = {}
    for offset in range(0, len(directory) - 127, 128):
        name_bytes = struct.unpack_from("<H", directory, offset + 64)[0]
        name = directory[offset : offset + max(name_bytes - 2, 0)].decode("utf-16-le")
        first, length = struct.unpack_from("<II", directory, offset + 116)
        if name in {"Workbook", "Book"} and length >= short_below:
            found[name] = _chain(content, table, first, sector_size)[:length]
        elif name:
            found.setdefault(name, b"")
    return found


def _sector_table(content: bytes, sector_size: int) -> list[int]:
    """Return, for each sector, the one that follows it."""
    wanted = list(struct.unpack_from("<109I", content, 76))
    extra = struct.unpack_from("<I", content, 68)[0]
    per_sector = sector_size // 4
    for _ in range(len(content) // sector_size):
        if extra >= _LAST_SECTOR:
            break
        entries = struct.unpack_from(f"<{per_sector}I", content, (extra + 1) * sector_size)
        wanted.extend(entries[:-1])
        extra = entries[-1]
    table: list[int] = []
    for sector in wanted:
        if sector < _LAST_SECTOR and len(table) <= len(content):
            table.extend(struct.unpack_from(f"<{per_sector}I", content, (sector + 1) * sector_size))
    return table


def _chain(content: bytes, table: list[int], sector: int, sector_size: int) -> bytes:
    pieces: list[bytes] = []
    while sector < _LAST_SECTOR:
        start = (sector + 1) * sector_size
        if start >= len(content) or len(pieces) > len(content) // sector_size:
            raise BadInputError(_DAMAGED)
        pieces.append(content[start : start + sector_size])
        sector = table[sector]
    return b"".join(pieces)


def _check_records(stream: bytes, limits: Limits) -> None:
    """Walk the records: the reader trusts their row and column numbers."""
    position = last_row = last_column = 0
    while position + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, position)
        body = stream[position + 4 : position + 4 + length]
        position += 4 + length
        if kind == _FILEPASS:
            raise BadInputError(_LOCKED)
        if kind == _SST and len(body) >= 8 and struct.unpack_from("<I", body, 4)[0] > len(stream):
            raise BadInputError(_DAMAGED)
        if kind == _BOF:
            last_row = last_column = 0
        elif kind in _CELL_RECORDS and len(body) >= 4:
            row, column = struct.unpack_from("<HH", body)
            if kind == _MULRK:
                column = max(column, struct.unpack_from("<H", body, len(body) - 2)[0])
            last_row, last_column = max(last_row, row), max(last_column, column)
            if (last_row + 1) * (last_column + 1) > limits.max_area:
                msg = (
                    f"the sheet spreads over {last_row + 1} rows and {last_column + 1} columns; delete "
                    f"stray cells"
                )
                raise BadInputError(msg)
