"""Files made to break the reader: each ends in BadInputError that says what to do, in bounded memory."""

import contextlib
import os
import struct
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuager.core.errors import BadInputError
from kuager.engines.tables import DEFAULT, Limits, RawRow, iter_rows, read_sheets
from tests.faults.old_excel import label, number, record, workbook, write_container

SHEET = "xl/worksheets/sheet1.xml"
# Tests of later guards must get past the guard against much repeated content.
VAST = Limits(max_ratio=100_000)
ROW = b'<row r="1"><c r="A1"><v>1</v></c></row>'
PEAK = """
import resource, sys
from pathlib import Path
from kuager.core.errors import BadInputError
from kuager.engines.tables import iter_rows, read_sheets
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    for _ in iter_rows(read_sheets(Path(sys.argv[1]))):
        pass
    print("read", end=" ")
except BadInputError:
    print("refused", end=" ")
print((resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) // 1024)
"""


def read_all(path: Path, limits: Limits = DEFAULT) -> list[RawRow]:
    return list(iter_rows(read_sheets(path, limits=limits)))


def refuses(path: Path, reason: str, limits: Limits = DEFAULT) -> None:
    with pytest.raises(BadInputError, match=reason) as caught:
        read_all(path, limits)
    assert len(str(caught.value)) < 500


def refuses_within(path: Path, *, mib: int) -> None:
    """Read a file in a process of its own, which must refuse it and take no more memory on top."""
    command = [sys.executable, "-c", PEAK, str(path)]
    output = subprocess.run(command, capture_output=True, text=True, check=True, timeout=60)  # noqa: S603 - our own script
    outcome, taken = output.stdout.split()
    assert outcome == "refused"
    assert int(taken) < mib


@pytest.fixture
def book(tmp_path: Path) -> Path:
    """Return a small sound xlsx file."""
    page = openpyxl.Workbook()
    assert page.active is not None
    page.active.append(["ФИО", "Возраст"])
    page.active.append(["Асанов Болат", 34])
    page.save(tmp_path / "list.xlsx")
    return tmp_path / "list.xlsx"


def change(path: Path, part: str, edit: Callable[[bytes], bytes]) -> Path:
    """Rewrite one part of an archive (or add it)."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = edit(parts.get(part, b""))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def with_rows(path: Path, rows: bytes, after: bytes = b"") -> Path:
    def edit(sheet: bytes) -> bytes:
        start, end = sheet.index(b"<sheetData>") + 11, sheet.index(b"</sheetData>")
        return sheet[:start] + rows + sheet[end : end + 12] + after + sheet[end + 12 :]

    return change(path, SHEET, edit)


def declare(path: Path, part: str, *, size: int) -> Path:
    """Change the unpacked size that the archive declares for a part, in both places."""
    content = bytearray(path.read_bytes())
    name = part.encode()
    local = content.index(b"PK\x03\x04", max(0, content.index(name) - 30))
    struct.pack_into("<I", content, local + 22, size)
    central = content.rindex(name) - 46
    assert content[central : central + 4] == b"PK\x01\x02"
    struct.pack_into("<I", content, central + 24, size)
    path.write_bytes(content)
    return path


@pytest.mark.parametrize("share", [0.05, 0.5, 0.9, 0.999])
def test_a_truncated_xlsx_is_cut_off_or_damaged(book: Path, share: float) -> None:
    content = book.read_bytes()
    book.write_bytes(content[: int(len(content) * share)])

    refuses(book, "cut off or damaged; expected a whole xlsx or ods file. Download or export it again")


def test_a_flipped_bit_is_noticed(book: Path) -> None:
    content = bytearray(book.read_bytes())
    with zipfile.ZipFile(book) as archive:
        entry = archive.getinfo(SHEET)
    content[entry.header_offset + 30 + len(SHEET) + entry.compress_size // 2] ^= 0x10
    book.write_bytes(content)

    refuses(book, "cut off or damaged")


def test_a_zip_bomb_in_xlsx_clothing_is_refused_unopened(book: Path) -> None:
    with_rows(book, b" " * 64_000_000)

    refuses(book, "zip bomb")
    refuses_within(book, mib=50)


def test_a_bomb_of_many_parts_is_refused(book: Path) -> None:
    change(book, "xl/sharedStrings.xml", lambda _: os.urandom(900_000))

    refuses(book, r"unpacks to \d+ MiB or more; expected at most 0 MiB", Limits(max_unpacked_bytes=800_000))


def test_a_cell_of_two_gigabytes_is_refused_as_declared(book: Path) -> None:
    change(book, "xl/sharedStrings.xml", lambda _: b"<sst/>")
    declare(book, "xl/sharedStrings.xml", size=2**31)

    refuses(book, "unpacks to 2048 MiB or more")


def test_a_part_that_unpacks_to_more_than_it_declares_is_refused(book: Path) -> None:
    with_rows(book, ROW * 200_000)
    declare(book, SHEET, size=1_000)

    refuses(book, "more than the 1000 bytes it declares")


def test_a_bomb_that_hides_behind_a_true_checksum_is_refused(book: Path) -> None:
    """Python's reader would stop at the declared size, find the checksum right, and see nothing."""
    with zipfile.ZipFile(book) as archive:
        sheet = archive.read(SHEET)
    with_rows(book, ROW * 100_000)
    content = bytearray(declare(book, SHEET, size=100).read_bytes())
    with zipfile.ZipFile(book) as archive:
        start = zlib.decompressobj(-15).decompress(
            bytes(content[archive.getinfo(SHEET).header_offset + 30 + len(SHEET) :])[:10_000], 100
        )
    for place in (content.index(SHEET.encode()) - 30 + 14, content.rindex(SHEET.encode()) - 46 + 16):
        struct.pack_into("<I", content, place, zlib.crc32(start))
    book.write_bytes(content)
    with zipfile.ZipFile(book) as archive:
        assert archive.read(SHEET) == sheet[:100]

    refuses(book, "more than the 100 bytes it declares")


@pytest.mark.parametrize("part", [SHEET, "xl/workbook.xml", "xl/styles.xml", "xl/_rels/workbook.xml.rels"])
def test_xml_entities_are_refused_in_every_part(book: Path, part: str) -> None:
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
    change(book, part, lambda content: bomb + content)

    refuses(book, "XML entities")


def test_xml_in_another_encoding_cannot_hide_entities(book: Path) -> None:
    change(book, SHEET, lambda content: content.decode().encode("utf-16"))

    refuses(book, "not UTF-8")


def test_two_cells_far_apart_do_not_fill_the_memory(book: Path) -> None:
    with_rows(book, ROW + b'<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>')

    refuses(book, "spreads over 1048576 rows and 16384 columns")
    refuses_within(book, mib=50)


@pytest.mark.parametrize(
    "cell",
    [
        b"<c s=\"1\" r = 'XFD1000000' >",
        b'<c x=">" r="XFD1000000">',
        b'<c r="XFD1000000" x="/>">',
        b"""<c x=' r="A1" y="' r="XFD1000000" z='"/>'>""",
        b'<x:c r="XFD1000000">',
    ],
)
def test_a_far_cell_cannot_hide_its_reference(book: Path, cell: bytes) -> None:
    with_rows(book, ROW + b"<row r='1000000'>" + cell + b"<v>2</v></c></row>")

    refuses(book, "spreads over 1000000 rows")


def test_cells_without_references_do_not_fill_the_memory(book: Path) -> None:
    with_rows(
        book, b"<row>" + b"<c><v>1</v></c>" * 16_000 + b"</row>" + b"<row><c><v>1</v></c></row>" * 50_000
    )

    refuses(book, "spreads over", VAST)


def test_a_small_sheet_without_references_is_read(book: Path) -> None:
    with_rows(book, b"<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c></row>")

    assert [row.cells for row in read_all(book)] == [(1, 2), (3, None)]


def test_formatted_empty_cells_far_away_do_no_harm(book: Path) -> None:
    with_rows(book, ROW + b'<row r="1048576"><c r="XFD1048576" s="0"/></row>')

    assert read_all(book) == [RawRow(1, (1,))]


def test_a_flood_of_merged_areas_is_refused(book: Path) -> None:
    with_rows(book, ROW, b"<mergeCells>" + b'<mergeCell ref="A1:XFD9" />' * 200_000 + b"</mergeCells>")

    refuses(book, "merged areas", VAST)


def test_a_cell_beyond_any_sheet_is_refused(book: Path) -> None:
    with_rows(book, b'<row r="1"><c r="AAAAAA1"><v>1</v></c></row>')

    refuses(book, "beyond column XFD")


def test_a_long_cell_is_refused_with_its_place(book: Path) -> None:
    text = (
        b'<row r="1"><c r="B1" t="inlineStr"><is><t>'
        + os.urandom(80_000).hex().encode()
        + b"</t></is></c></row>"
    )
    with_rows(book, text)

    refuses(book, "row 1, column B: the cell has 160000 characters; expected at most 100000")


def test_a_cell_of_megabytes_is_refused_before_it_is_kept(book: Path) -> None:
    with_rows(book, b'<row r="1"><c r="B1" t="inlineStr"><is><t>' + os.urandom(3_000_000).hex().encode())

    refuses(book, "one text of more than")


def test_formulas_without_values_everywhere_do_not_fill_the_memory(book: Path) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><f>1</f></c></row>' % (n, n) for n in range(1, 200_100))
    with_rows(book, rows)

    refuses(book, "save it again", VAST)


def test_macros_and_external_links_are_passed_over(book: Path) -> None:
    change(book, "xl/vbaProject.bin", lambda _: os.urandom(2_000))
    change(book, "xl/externalLinks/externalLink1.xml", lambda _: b"<externalLink/>")
    change(book, "xl/embeddings/bomb.bin", lambda _: bytes(30_000_000))

    assert read_all(book)[1].cells == ("Асанов Болат", 34)


def test_an_archive_with_two_parts_of_one_name_is_refused(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr(SHEET, b"<worksheet/>")

    refuses(book, "two files of one name")


def test_an_archive_of_many_files_is_refused(book: Path) -> None:
    with zipfile.ZipFile(book, "a") as archive:
        for count in range(50):
            archive.writestr(f"x{count}", b"")

    refuses(book, "expected a spreadsheet with at most 30", Limits(max_entries=30))


def test_a_locked_archive_is_refused_with_what_to_do(book: Path) -> None:
    content = bytearray(book.read_bytes())
    content[content.rindex(SHEET.encode()) - 46 + 8] |= 1
    book.write_bytes(content)

    refuses(book, "locked with a password; remove the password")


def test_a_password_protected_xlsx_is_refused_with_what_to_do(tmp_path: Path) -> None:
    path = write_container(tmp_path / "list.xlsx", os.urandom(5_000), name="EncryptedPackage")

    refuses(path, "locked with a password; remove the password")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"%PDF-1.7 ...", "document, picture or archive"),
        (b"\x89PNG\r\n\x1a\n", "document, picture or archive"),
        (b"\x1f\x8b\x08", "document, picture or archive"),
        (b"<html><table><tr><td>x", "web page or XML"),
        (b'\xef\xbb\xbf<?xml version="1.0"?><Workbook>', "web page or XML"),
        (b"PK\x03\x04 and no more", "cut off or damaged"),
        (b"PK\x05\x06" + bytes(18), "zip archive or another kind"),
        (bytes.fromhex("d0cf11e0a1b11ae1"), "xls file is cut off or damaged"),
        (bytes.fromhex("d0cf11e0a1b11ae1") + bytes(2_000), "xls file is cut off or damaged"),
        (bytes.fromhex("7f454c46") + bytes(500), "no text"),
    ],
)
def test_what_is_no_spreadsheet_is_refused_whatever_its_name(
    tmp_path: Path, content: bytes, reason: str
) -> None:
    path = tmp_path / "list.xlsx"
    path.write_bytes(content)

    refuses(path, reason)


@pytest.mark.parametrize(
    ("parts", "reason"),
    [
        (["list.xlsx"], "zip archive with a spreadsheet inside.*Unpack it first"),
        (["[Content_Types].xml", "word/document.xml"], "another kind of document"),
        (["[Content_Types].xml", "xl/workbook.bin"], "xlsb"),
        (["mimetype", "content.xml"], "another kind of document"),
    ],
)
def test_archives_of_other_kinds_are_named(tmp_path: Path, parts: list[str], reason: str) -> None:
    path = tmp_path / "list.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        for part in parts:
            archive.writestr(part, b"application/vnd.oasis.opendocument.text")

    refuses(path, reason)


def test_a_file_that_is_not_there_or_is_a_folder_is_refused(tmp_path: Path) -> None:
    refuses(tmp_path / "missing.xlsx", "cannot be opened")
    refuses(tmp_path, "cannot be opened|is empty")


def test_a_file_beyond_the_limit_is_refused_unopened(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    with path.open("wb") as file:
        file.truncate(2 * 2**30)

    refuses(path, "2048 MiB; expected at most 256 MiB. Split the list")


def test_a_csv_line_without_end_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("ФИО,Возраст\n".encode() + b"x" * 100_000_000)

    refuses(path, "line 2: a row of more than 1000000 characters")
    refuses_within(path, mib=50)


def test_a_quotation_mark_never_closed_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(
        "ФИО,Возраст\nАсанов Болат,34\n".encode() + b'"Asanov Erlan,12\n' + b"Serikova Dana,11\n" * 3_000_000
    )

    refuses(path, r"row 3, near line \d+: .*quotation mark is never closed")
    refuses_within(path, mib=50)


def test_a_row_of_endless_cells_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(b"a,b\n" + b"x," * 400_000 + b"\n")

    refuses(path, "row 2 has 400001 columns; expected at most 1000")


def ods(path: Path, body: str, manifest: str = "<manifest/>") -> Path:
    names = ["office", "table", "text"]
    spaces = " ".join(f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for name in names)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", f"<office:document-content {spaces}>{body}</office:document-content>")
    return path


CELL = '<table:table-cell office:value-type="float" office:value="1" {}/>'
ODS_BOMBS = {
    "cells": (
        "<table:table-row>" + CELL.format('table:number-columns-repeated="999999999"') + "</table:table-row>",
        "a row of 999999999 cells",
    ),
    "rows": (
        '<table:table-row table:number-rows-repeated="999999999">' + CELL.format("") + "</table:table-row>",
        "repeated 999999999 times",
    ),
    "spaces": (
        '<table:table-row><table:table-cell office:value-type="string"><text:p><text:s text:c="999999999"/>'
        "<text:s/></text:p></table:table-cell></table:table-row>",
        "more than 100000 characters",
    ),
    "cut": ("<table:table-row>" + CELL.format("") + "</table:table-", "cut off or damaged"),
}


@pytest.mark.parametrize("kind", ODS_BOMBS)
def test_an_ods_bomb_is_refused_in_bounded_memory(tmp_path: Path, kind: str) -> None:
    rows, reason = ODS_BOMBS[kind]
    path = ods(tmp_path / "list.ods", f'<table:table table:name="a">{rows}</table:table>')

    refuses(path, reason)
    refuses_within(path, mib=50)


def test_an_ods_merge_over_everything_is_refused_in_bounded_memory(tmp_path: Path) -> None:
    spread = CELL.format('table:number-columns-spanned="16384" table:number-rows-spanned="1048576"')
    empty = '<table:table-row table:number-rows-repeated="999999999"><table:table-cell/></table:table-row>'
    table = f'<table:table table:name="a"><table:table-row>{spread}</table:table-row>{empty}</table:table>'

    refuses(ods(tmp_path / "list.ods", table), "repeated 1048575 times")
    refuses_within(tmp_path / "list.ods", mib=50)


def test_ods_entities_and_locks_are_refused(tmp_path: Path) -> None:
    path = ods(tmp_path / "list.ods", "", "<manifest><encryption-data/></manifest>")
    refuses(path, "locked with a password")

    change(path, "META-INF/manifest.xml", lambda _: b"<manifest/>")
    change(path, "content.xml", lambda content: b"<!DOCTYPE x>" + content)
    refuses(path, "XML entities")


def test_an_old_excel_file_is_read(tmp_path: Path) -> None:
    cells = label(0, 0, "ФИО") + label(1, 0, "Асанов Болат") + number(1, 1, 34.0)
    path = write_container(tmp_path / "list.xls", workbook(cells))

    assert [row.cells for row in read_all(path)] == [("ФИО", None), ("Асанов Болат", 34)]


@pytest.mark.parametrize(
    ("cells", "extra", "reason"),
    [
        (number(0, 0, 1.0) + number(65535, 65535, 1.0), b"", "spreads over 65536 rows and 65536 columns"),
        (record(0xBD, struct.pack("<HHHIH", 65535, 0, 0, 0, 65535)), b"", "spreads over"),
        (number(0, 0, 1.0), record(0x2F, bytes(6)), "locked with a password"),
        (number(0, 0, 1.0), record(0xFC, struct.pack("<II", 2**31 - 1, 2**31 - 1)), "cut off or damaged"),
    ],
)
def test_hostile_old_excel_files_are_refused(tmp_path: Path, cells: bytes, extra: bytes, reason: str) -> None:
    refuses(write_container(tmp_path / "list.xls", workbook(cells, globals_extra=extra)), reason)


def test_a_chain_of_sectors_in_a_circle_ends(tmp_path: Path) -> None:
    stream = workbook(number(0, 0, 1.0))

    refuses(write_container(tmp_path / "list.xls", stream, loop=True), "cut off or damaged")
    refuses(write_container(tmp_path / "list.doc", stream, name="WordDocument"), "no Excel workbook")


def read_or_refuse(path: Path) -> None:
    with contextlib.suppress(BadInputError):
        read_all(path)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.floats(0, 1, exclude_max=True), value=st.binary(min_size=1, max_size=4))
def test_any_change_of_bytes_is_read_or_refused(book: Path, place: float, value: bytes) -> None:
    content = bytearray(book.read_bytes())
    start = int(place * len(content))
    content[start : start + len(value)] = value
    changed = book.with_name("changed.xlsx")
    changed.write_bytes(content)

    read_or_refuse(changed)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(place=st.integers(0, 5_631), value=st.binary(min_size=1, max_size=4))
def test_any_change_of_an_old_file_is_read_or_refused(tmp_path: Path, place: int, value: bytes) -> None:
    path = write_container(tmp_path / "list.xls", workbook(label(0, 0, "ФИО") + number(1, 0, 34.0)))
    content = bytearray(path.read_bytes())
    content[place : place + len(value)] = value
    path.write_bytes(content)

    read_or_refuse(path)


def test_any_change_of_the_archives_last_record_is_read_or_refused(book: Path) -> None:
    """It says where all parts are; a wrong offset once led before the beginning of the file."""
    sound = book.read_bytes()
    changed = book.with_name("changed.xlsx")
    for back in range(1, 23):
        for value in (0, 0x1F, 0x80, 0xFF):
            content = bytearray(sound)
            content[-back] = value
            changed.write_bytes(content)
            read_or_refuse(changed)
