import codecs
from pathlib import Path

import pytest

from kuager.core.errors import BadInputError
from kuager.engines.tables import iter_rows, read_sheets

RUSSIAN = "N;ФИО;Возраст;Место\n" + "".join(
    f"{number};{name};{20 + number};{place}\n"
    for number, (name, place) in enumerate(
        [
            ("Асанов Болат Серикович", "Алматы"),
            ("Серикова Дана Ерлановна", "Шымкент"),
            ("Ёлкин Пётр", "Усть-Каменогорск"),
            ("Жуматаев Ерлан", "Кызылорда, возле площади"),
        ],
        1,
    )
)
KAZAKH = "№;Аты-жөні;Орны\n1;Әлібеков Қуаныш Ғалымұлы;Өскемен қаласы\n2;Үсенова Һадиша;Шымкент\n"


def cells_of(path: Path) -> list[tuple[object, ...]]:
    return [row.cells for row in iter_rows(read_sheets(path))]


@pytest.mark.parametrize(
    "encoding",
    [
        "utf-8",
        "utf-8-sig",
        "utf-16",
        "utf-16-le",
        "utf-16-be",
        "cp1251",
        "koi8-r",
        "cp866",
        "iso8859-5",
        "mac-cyrillic",
    ],
)
def test_a_russian_list_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(RUSSIAN.encode(encoding))

    assert cells_of(path)[1] == ("1", "Асанов Болат Серикович", "21", "Алматы")
    assert cells_of(path)[4][1] == "Жуматаев Ерлан"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "kz1048"])
def test_a_kazakh_list_is_read_in_every_encoding(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(KAZAKH.encode(encoding))

    assert cells_of(path)[1] == ("1", "Әлібеков Қуаныш Ғалымұлы", "Өскемен қаласы")


def test_an_arabic_list_in_a_code_page_is_read(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    names = ["أحمد سالم خالد", "مريم يوسف حسن", "سعيد عمر علي", "ليلى محمود ناصر"]
    path.write_bytes(
        ("الاسم,العمر\n" + "".join(f"{name},2{n}\n" for n, name in enumerate(names * 5))).encode("cp1256")
    )

    assert cells_of(path)[1] == ("أحمد سالم خالد", "20")


def test_a_foreign_line_in_a_utf8_file_is_a_problem_of_its_row_only(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    lines = RUSSIAN.encode().splitlines(keepends=True)
    path.write_bytes(b"".join([*lines[:2], "2;Серикова Дана;22;Шымкент\n".encode("cp1251"), *lines[3:]]))
    rows = list(iter_rows(read_sheets(path)))

    assert [bool(row.problems) for row in rows] == [False, False, True, False, False]
    assert rows[2].problems[0].column == "B"
    assert "UTF-8" in rows[2].problems[0].expected
    assert rows[3].cells[1] == "Ёлкин Пётр"


def test_a_zero_byte_is_a_problem_of_its_row(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(
        ("x" * 300_000 + "\n").encode().replace(b"x" * 300_000, b"name,note" + b"\nA B,c" * 60_000)
        + b"B\x00C,d\n"
    )
    rows = list(iter_rows(read_sheets(path)))

    assert rows[-1].cells == ("B\ufffdC", "d")
    assert rows[-1].problems[0].row == len(rows)


def test_a_cut_utf16_file_says_where_it_ends(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(codecs.BOM_UTF16_LE + RUSSIAN.encode("utf-16-le")[:-1])

    with pytest.raises(BadInputError, match=r"line \d"):
        cells_of(path)


def test_bytes_that_are_no_text_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes(bytes(range(256)) * 40)

    with pytest.raises(BadInputError, match="no text"):
        read_sheets(path)
