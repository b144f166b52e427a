"""Files written by other programs' libraries come back as the cells a person sees."""

import csv
import hashlib
import zipfile
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pytest
from odf.opendocument import OpenDocumentSpreadsheet  # type: ignore[import-untyped]  # odfpy carries no types
from odf.table import CoveredTableCell, Table, TableCell, TableRow  # type: ignore[import-untyped]  # odfpy carries no types
from odf.text import P  # type: ignore[import-untyped]  # odfpy carries no types

from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables import Limits, RawRow, find_header, iter_rows, read_sheets

LIST: list[list[Cell]] = [
    ["№", "ФИО", "Возраст", "Дата задержания"],
    [1, "Асанов Болат", 34, date(2022, 1, 6)],
    [2, "Серикова Дана", "11 лет", "начало января"],
]


def write_xlsx(path: Path, rows: list[list[Cell]], *, merged: str = "", sheet: str = "Список") -> Path:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page.title = sheet
    for row in rows:
        page.append(row)
    if merged:
        page.merge_cells(merged)
    book.save(path)
    return path


def rows_of(path: Path, sheet: str | None = None) -> list[RawRow]:
    return list(iter_rows(read_sheets(path), sheet))


def test_xlsx_cells_keep_their_kinds(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [*LIST, [3.5, True, datetime(2022, 1, 6, 15, 30), None]])  # noqa: DTZ001 - cells have no zone

    rows = rows_of(path)

    assert rows[1] == RawRow(2, (1, "Асанов Болат", 34, date(2022, 1, 6)))
    assert rows[3].cells == (3.5, True, datetime(2022, 1, 6, 15, 30), None)  # noqa: DTZ001 - cells have no zone


def test_empty_rows_and_columns_before_the_list_are_counted(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [[], [], [None, "x"]])

    assert rows_of(path)[-1] == RawRow(3, (None, "x"))


def test_merged_cells_are_filled_down_and_right_and_marked(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "a.xlsx", [["Алматы", None, 1], [None, None, 2], ["Астана", None, 3]], merged="A1:B2"
    )

    assert rows_of(path) == [
        RawRow(1, ("Алматы", "Алматы", 1), (1,)),
        RawRow(2, ("Алматы", "Алматы", 2), (0, 1)),
        RawRow(3, ("Астана", None, 3)),
    ]


def test_a_formula_without_a_stored_value_is_a_problem_of_its_row(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["Возраст"], [34], ["=2022-1988"], [35]])

    rows = rows_of(path)

    assert [len(row.problems) for row in rows] == [0, 0, 1, 0]
    problem = rows[2].problems[0]
    assert (problem.row, problem.column) == (3, "A")
    assert "save it again" in problem.got


def rewrite_part(path: Path, part: str, old: bytes, new: bytes) -> None:
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    # Another XML writer, lxml, ends an empty element in another way.
    parts[part] = parts[part].replace(b"<v></v>", b"<v />").replace(b"<v/>", b"<v />")
    assert old in parts[part]
    parts[part] = parts[part].replace(old, new)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)


def test_a_formula_with_a_stored_value_is_read_as_stored(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["=2022-1988"], ['=IF(1,"","")']])
    part = "xl/worksheets/sheet1.xml"
    rewrite_part(path, part, b"<f>2022-1988</f><v />", b"<f>2022-1988</f><v>34</v>")
    rewrite_part(path, part, b'<c r="A2"><f>', b'<c r="A2" t="str"><f>')

    rows = rows_of(path)

    assert rows[0] == RawRow(1, (34,))
    assert not any(row.problems for row in rows)


def test_an_error_cell_is_a_problem_of_its_row(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["#N/A", "Асанов Болат"]])

    row = rows_of(path)[0]

    assert row.cells == (None, "Асанов Болат")
    assert "#N/A" in row.problems[0].got


def test_hidden_sheets_are_told_and_not_taken_first(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    assert book.active is not None
    book.active.title = "служебный"
    book.active.sheet_state = "hidden"
    book.create_sheet("Список").append(["ФИО"])
    book.save(tmp_path / "a.xlsx")

    workbook = read_sheets(tmp_path / "a.xlsx")

    assert [(sheet.name, sheet.is_hidden) for sheet in workbook.sheets] == [
        ("служебный", True),
        ("Список", False),
    ]
    assert [row.cells for row in iter_rows(workbook)] == [("ФИО",)]


def test_a_sheet_that_is_not_there_is_named(tmp_path: Path) -> None:
    workbook = read_sheets(write_xlsx(tmp_path / "a.xlsx", LIST))

    with pytest.raises(BadInputError, match="expected one of: Список"):
        list(iter_rows(workbook, "Other"))


def test_the_digest_is_that_of_the_bytes(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", LIST)
    workbook = read_sheets(path)

    assert workbook.digest == hashlib.sha256(path.read_bytes()).hexdigest()
    assert workbook.size_bytes == path.stat().st_size


def test_the_content_decides_the_kind_not_the_name(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "list.xlsx", LIST)
    renamed = path.rename(tmp_path / "list.csv")

    assert read_sheets(renamed).kind == "xlsx"


def ods_cell(value: Cell, **attributes: str | int) -> TableCell:
    if isinstance(value, date):
        cell = TableCell(valuetype="date", datevalue=value.isoformat(), **attributes)
        value = value.strftime("%d.%m.%Y")
    elif isinstance(value, int | float):
        cell = TableCell(valuetype="float", value=value, **attributes)
    else:
        cell = TableCell(valuetype="string", **attributes)
    for line in str(value).split("\n"):
        cell.addElement(P(text=line))
    return cell


def write_ods(path: Path, rows: list[list[TableCell]], *, repeat_last: int = 1) -> Path:
    document = OpenDocumentSpreadsheet()
    table = Table(name="Тізім")
    for number, cells in enumerate(rows, 1):
        row = TableRow(numberrowsrepeated=repeat_last) if number == len(rows) else TableRow()
        for cell in cells:
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    document.save(str(path))
    return path


def test_ods_cells_keep_their_kinds(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "a.ods", [[ods_cell(value) for value in row] for row in LIST])
    workbook = read_sheets(path)

    assert workbook.kind == "ods"
    assert [sheet.name for sheet in workbook.sheets] == ["Тізім"]
    assert [row.cells for row in iter_rows(workbook)] == [tuple(row) for row in LIST]


def test_ods_repeats_merges_and_line_ends(tmp_path: Path) -> None:
    merged = ods_cell("Алматы", numberrowsspanned=2, numbercolumnsspanned=2)
    rows = [
        [merged, CoveredTableCell(), ods_cell("Асанов\nБолат")],
        [CoveredTableCell(numbercolumnsrepeated=2), ods_cell(2)],
        [
            TableCell(numbercolumnsrepeated=1),
            ods_cell("x", numbercolumnsrepeated=2),
            TableCell(numbercolumnsrepeated=900),
        ],
        [TableCell(numbercolumnsrepeated=1024)],
    ]
    path = write_ods(tmp_path / "a.ods", rows, repeat_last=1_048_000)

    read = rows_of(path)

    assert read[0] == RawRow(1, ("Алматы", "Алматы", "Асанов\nБолат"), (1,))
    assert read[1] == RawRow(2, ("Алматы", "Алматы", 2), (0, 1))
    assert read[2] == RawRow(3, (None, "x", "x"))
    assert len(read) == 3


def test_an_ods_formula_without_a_stored_value_is_a_problem_of_its_row(tmp_path: Path) -> None:
    path = write_ods(tmp_path / "a.ods", [[TableCell(formula="of:=1+1"), ods_cell("x")]])

    assert rows_of(path)[0].problems[0].column == "A"


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_every_delimiter_with_quoted_newlines(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=delimiter)
        writer.writerows(
            [
                ["ФИО", "Примечание", "Возраст"],
                ["Асанов, Болат", 'a "b";\nc|d', "34"],
                ["", "", ""],
                ["Д", "", "1"],
            ]
        )

    rows = rows_of(path)

    assert read_sheets(path).delimiter == delimiter
    assert rows[1] == RawRow(2, ("Асанов, Болат", 'a "b";\nc|d', "34"))
    # Rows are counted as a spreadsheet program shows them, not as lines.
    assert rows[3].number == 4


def test_the_line_that_names_the_separator_is_no_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("sep=;\nФИО;Возраст\nАсанов Болат;34\n", encoding="utf-8")

    assert rows_of(path)[0] == RawRow(1, ("ФИО", "Возраст"))


def test_a_list_of_one_column_is_read(tmp_path: Path) -> None:
    path = tmp_path / "names.txt"
    path.write_text("ФИО\nАсанов Болат\nСерикова Дана\n", encoding="utf-8")

    assert [row.cells for row in rows_of(path)] == [("ФИО",), ("Асанов Болат",), ("Серикова Дана",)]


def test_too_many_columns_are_refused_with_the_row(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", [["x"] * 20])

    with pytest.raises(BadInputError, match="row 1 has 20 columns; expected at most 10"):
        list(iter_rows(read_sheets(path, limits=Limits(max_columns=10))))


def test_a_header_of_merged_titles_is_found(tmp_path: Path) -> None:
    rows: list[list[Cell]] = [["Список задержанных", None, None, None], [], *LIST]
    path = write_xlsx(tmp_path / "a.xlsx", rows, merged="A1:D1")

    header = find_header(rows_of(path))

    assert header.row_number == 3
    assert header.names == ("№", "ФИО", "Возраст", "Дата задержания")
