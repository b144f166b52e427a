"""Open any spreadsheet that people send: what kind it is, which sheets it has, its rows one by one."""

import hashlib
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from kuager.core.errors import BadInputError
from kuager.engines.tables.archives import DAMAGED, open_archive, read_part
from kuager.engines.tables.cells import RawRow, check_widths
from kuager.engines.tables.delimited import delimited_rows, detect_delimiter
from kuager.engines.tables.limits import DEFAULT, MIB, Limits
from kuager.engines.tables.ods import ods_rows, ods_sheets
from kuager.engines.tables.text_encoding import TextEncoding, detect_encoding
from kuager.engines.tables.xls import OLE_MAGIC, xls_rows, xls_sheets
from kuager.engines.tables.xlsx import xlsx_rows, xlsx_sheets

Kind = Literal["xlsx", "xls", "ods", "csv"]
EXPECTED = "expected a spreadsheet: xlsx, xls, ods or CSV"
_ODS_TYPE = b"application/vnd.oasis.opendocument.spreadsheet"


@dataclass(frozen=True, slots=True)
class SheetInfo:
    """A sheet: its name and whether the publisher hid it."""

    name: str
    is_hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Workbook:
    """A spreadsheet file that was looked at, not loaded.

    Parameters
    ----------
    path, kind
        The file, and what its content is, whatever its name says.
    sheets
        Sheets with cells, in the order of the tabs; a CSV file has one, named after the file.
    digest, size_bytes
        SHA-256 and size of the file's bytes.
    encoding, delimiter
        For CSV; empty for others. ``is_mixed`` when some bytes are not of that encoding.
    """

    path: Path
    kind: Kind
    sheets: tuple[SheetInfo, ...]
    digest: str
    size_bytes: int
    encoding: str = ""
    delimiter: str = ""
    is_mixed: bool = False
    limits: Limits = DEFAULT

    @property
    def first_sheet(self) -> str:
        """Return the name of the first sheet that is not hidden."""
        return next((sheet.name for sheet in self.sheets if not sheet.is_hidden), self.sheets[0].name)


def read_sheets(path: Path, *, limits: Limits = DEFAULT) -> Workbook:
    """Look at a spreadsheet file: kind, sheets, digest. Its rows are read later, by ``iter_rows``.

    Raises
    ------
    BadInputError
        When it is no spreadsheet, is damaged or locked, or is beyond the limits; the message says what to do.
    """
    path = Path(path)
    size, digest = _fingerprint(path, limits)
    kind = _kind_of(path, limits)
    if kind == "csv":
        encoding = detect_encoding(path)
        return Workbook(
            path=path,
            kind=kind,
            sheets=(SheetInfo(path.stem),),
            digest=digest,
            size_bytes=size,
            encoding=encoding.name,
            delimiter=detect_delimiter(path, encoding, limits),
            is_mixed=encoding.is_mixed,
            limits=limits,
        )
    sheets = _sheets(path, kind, limits)
    if not sheets:
        msg = f"the file has no sheet; {EXPECTED}"
        raise BadInputError(msg)
    return Workbook(path=path, kind=kind, sheets=sheets, digest=digest, size_bytes=size, limits=limits)


def iter_rows(workbook: Workbook, sheet: str | None = None) -> Iterator[RawRow]:
    """Yield the rows of a sheet (by default the first one that is not hidden), empty rows too.

    Raises
    ------
    BadInputError
        When there is no such sheet, or as soon as the file turns out to be damaged or beyond the limits.
    """
    name = workbook.first_sheet if sheet is None else sheet
    if name not in {item.name for item in workbook.sheets}:
        names = ", ".join(item.name for item in workbook.sheets[:20])
        msg = f"there is no sheet of that name; expected one of: {names}"
        raise BadInputError(msg)
    yield from check_widths(_rows(workbook, name), workbook.limits)


def _rows(workbook: Workbook, sheet: str) -> Iterator[RawRow]:
    if workbook.kind == "xlsx":
        return xlsx_rows(workbook.path, sheet, workbook.limits)
    if workbook.kind == "xls":
        return xls_rows(workbook.path, sheet, workbook.limits)
    if workbook.kind == "ods":
        return ods_rows(workbook.path, sheet, workbook.limits)
    encoding = TextEncoding(workbook.encoding, workbook.is_mixed)
    return delimited_rows(workbook.path, encoding, workbook.delimiter, workbook.limits)


def _sheets(path: Path, kind: Kind, limits: Limits) -> tuple[SheetInfo, ...]:
    if kind == "xlsx":
        return tuple(SheetInfo(sheet.name, sheet.is_hidden) for sheet in xlsx_sheets(path, limits))
    if kind == "ods":
        return tuple(SheetInfo(name) for name in ods_sheets(path, limits))
    return tuple(SheetInfo(name, is_hidden) for name, is_hidden in xls_sheets(path, limits))


def _fingerprint(path: Path, limits: Limits) -> tuple[int, str]:
    try:
        size = path.stat().st_size
        if size == 0:
            msg = f"the file is empty; {EXPECTED}"
            raise BadInputError(msg)
        if size > limits.max_file_bytes:
            msg = (
                f"the file has {size // MIB} MiB; expected at most {limits.max_file_bytes // MIB} MiB. "
                f"Split the list"
            )
            raise BadInputError(msg)
        with path.open("rb") as file:
            return size, hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        msg = f"the file cannot be opened ({type(error).__name__}); {EXPECTED}"
        raise BadInputError(msg) from error


def _kind_of(path: Path, limits: Limits) -> Kind:
    """Tell the kind by the content; names lie."""
    with path.open("rb") as file:
        start = file.read(1024)
    if start.startswith(b"PK"):
        return _kind_of_archive(path, limits)
    if start.startswith(OLE_MAGIC):
        return "xls"
    if start.startswith(
        (b"%PDF", b"\x89PNG", b"\xff\xd8", b"GIF8", b"Rar!", b"7z\xbc\xaf", b"\x1f\x8b", b"{\\rtf")
    ):
        msg = f"the file is a document, picture or archive; {EXPECTED}. Open it and save the table as xlsx"
        raise BadInputError(msg)
    head = start.lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<table", b"<?xml", b"<meta", b"<head")):
        msg = (
            f"the file is a web page or XML; {EXPECTED}. Open it in the spreadsheet program and save it "
            f"as xlsx"
        )
        raise BadInputError(msg)
    return "csv"


def _kind_of_archive(path: Path, limits: Limits) -> Kind:
    parts = open_archive(path, limits)
    if "xl/workbook.xml" in parts:
        return "xlsx"
    if read_part_type(path, parts) == _ODS_TYPE:
        return "ods"
    with zipfile.ZipFile(path) as archive:
        names = [name.lower() for name in archive.namelist()]
    if "[content_types].xml" in names and not any(name.startswith("word/") for name in names):
        raise BadInputError(DAMAGED + ". A binary workbook (xlsb) must be saved as xlsx first")
    if any(name.endswith((".xlsx", ".xls", ".ods", ".csv")) for name in names):
        msg = f"the file is a zip archive with a spreadsheet inside; {EXPECTED}. Unpack it first"
        raise BadInputError(msg)
    msg = f"the file is a zip archive or another kind of document; {EXPECTED}"
    raise BadInputError(msg)


def read_part_type(path: Path, parts: dict[str, zipfile.ZipInfo]) -> bytes:
    """Return the media type that an OpenDocument archive declares."""
    return read_part(path, parts, "mimetype", max_bytes=1024).strip() if "mimetype" in parts else b""
