from pathlib import Path

import pytest

from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables import (
    Field,
    MappingFile,
    RawRow,
    dump_mapping,
    find_header,
    header_at,
    iter_rows,
    load_mapping,
    propose_mapping,
    read_sheets,
)

DATA = Path(__file__).parents[3] / "shared" / "data"


def sheet(*rows: list[Cell], filled: dict[int, tuple[int, ...]] | None = None) -> list[RawRow]:
    return [
        RawRow(number, tuple(cells), (filled or {}).get(number, ())) for number, cells in enumerate(rows, 1)
    ]


PEOPLE: list[list[Cell]] = [[1, "Асанов Болат", 34, "задержан"], [2, "Серикова Дана", 11, "ранена"]]


def fields_of(header: list[str], *rows: list[Cell]) -> list[str]:
    return [proposal.field.value for proposal in propose_mapping(header, sheet(*rows))]


def test_the_header_below_a_title_and_an_empty_row_is_found() -> None:
    rows = sheet(
        ["Список задержанных на 10 января 2022 года"], [], ["№", "ФИО", "Возраст", "Статус"], *PEOPLE
    )

    header = find_header(rows)

    assert (header.row_number, header.names) == (3, ("№", "ФИО", "Возраст", "Статус"))
    assert header.confidence > 0.8


def test_a_header_of_two_rows_is_joined() -> None:
    rows = sheet(
        ["№", "ФИО", "Задержание", "Задержание"],
        ["№", "ФИО", "Дата", "Место"],
        [1, "Асанов Болат", "06.01.2022", "Алматы"],
        [2, "Серикова Дана", "07.01.2022", "Алматы"],
        filled={1: (3,), 2: (0, 1)},
    )

    header = find_header(rows)

    assert header.row_number == 2
    assert header.names == ("№", "ФИО", "Задержание / Дата", "Задержание / Место")
    assert fields_of(list(header.names)) == ["list_id", "name", "event_date", "event_place"]


def test_a_list_without_a_header_gets_letters() -> None:
    header = find_header(sheet(*PEOPLE, [3, "Ким Фарида", 40, "задержана"]))

    assert (header.row_number, header.names) == (0, ("A", "B", "C", "D"))


def test_an_empty_sheet_has_no_header() -> None:
    assert find_header([RawRow(1, (None, None))]).names == ()


def test_a_person_can_choose_the_header() -> None:
    assert header_at(sheet(["x"], ["ФИО", None]), 2).names == ("ФИО", "B")


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        (["№ п/п", "Ф.И.О.", "Дата рождения", "Место жительства"], ["list_id", "name", "birth_date", "home"]),
        (
            ["Р/с", "Тегі", "Аты", "Әкесінің аты", "Жасы", "Жынысы"],
            ["list_id", "family", "given", "patronymic", "age", "sex"],
        ),
        (["Аты-жөні", "Облысы", "Мәртебесі", "Ескерту"], ["name", "region", "status", "note"]),
        (
            ["unique_id", "first_name", "surname", "middle", "full_name", "event_date", "city", "state"],
            ["list_id", "given", "family", "patronymic", "name", "event_date", "event_place", "region"],
        ),
        (
            ["id_hash", "name_ar", "name_en", "dob", "sex", "age"],
            ["list_id", "name", "name_other_script", "birth_date", "sex", "age"],
        ),
        (["الاسم", "العمر", "الجنس"], ["name", "age", "sex"]),
        (["Возраст (лет)", "ФИО задержанного", "Где содержится"], ["age", "name", "facility"]),
        (["Код статьи", "Хобби"], ["list_id", "ignore"]),
    ],
)
def test_header_words_in_four_languages_give_fields(header: list[str], fields: list[str]) -> None:
    assert fields_of(header) == fields


def test_values_speak_where_the_header_is_silent() -> None:
    header = ["A", "B", "C", "D", "E", "F"]
    rows: list[list[Cell]] = [
        [1, "Асанов Болат", "м", 34, "06.01.2022", "https://example.org/1"],
        [2, "Серикова Дана", "ж", 11, "07.01.2022", "https://example.org/2"],
        [3, "Ким Фарида", "ж", 40, "начало января", "https://example.org/3"],
    ]

    assert fields_of(header, *rows) == ["list_id", "name", "sex", "age", "event_date", "source_url"]
    assert all("header is unknown" in item.reason for item in propose_mapping(header, sheet(*rows)))


def test_values_can_contradict_the_header() -> None:
    proposal = propose_mapping(["Возраст"], sheet(["м"], ["ж"], ["ж"]))[0]

    assert proposal.field is Field.SEX
    assert proposal.confidence <= 0.5


def test_missing_codes_do_not_hide_a_column_of_ages() -> None:
    assert propose_mapping(["age"], sheet([-1], [-1], [34]))[0].confidence > 0.9


def test_two_names_in_two_scripts_are_name_and_other_name() -> None:
    assert fields_of(["ФИО", "Name"], ["Асанов Болат", "Asanov Bolat"]) == ["name", "name_other_script"]
    assert fields_of(["ФИО", "Полное имя"], ["Асанов Болат", "Асанов Боря"]) == ["name", "alias"]


def test_one_field_goes_to_one_column() -> None:
    proposals = propose_mapping(["Дата", "Дата события"], sheet(["06.01.2022", "06.01.2022"]))

    assert [item.field.value for item in proposals] == ["event_date", "note"]
    assert "surer" in proposals[1].reason


MAP = """
[columns]
"ФИО" = "name"
"Дата \\"задержания\\"" = "event_date"

[defaults]
status = "detained"
day_first = false
sheet = "Список"
header_row = 3
"""


def test_a_mapping_file_is_read_and_written_back(tmp_path: Path) -> None:
    path = tmp_path / "map.toml"
    path.write_text(MAP, encoding="utf-8")

    mapping = load_mapping(path)
    path.write_text(dump_mapping(mapping), encoding="utf-8")

    assert mapping.columns == {"ФИО": Field.NAME, 'Дата "задержания"': Field.EVENT_DATE}
    assert (mapping.status, mapping.day_first, mapping.sheet, mapping.header_row) == (
        "detained",
        False,
        "Список",
        3,
    )
    assert load_mapping(path) == mapping


def test_a_mapping_file_is_applied_to_the_columns_of_a_list() -> None:
    mapping = MappingFile(columns={"ФИО": Field.NAME})

    assert [item.field.value for item in mapping.apply(["№", "ФИО"])] == ["ignore", "name"]
    with pytest.raises(BadInputError, match=r"no column 'ФИО'; its columns are: №, Имя"):
        mapping.apply(["№", "Имя"])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("[columns]\nx = 'nickname'", "no field 'nickname'; expected one of list_id, name"),
        ("[columns]\na = 'name'\nb = 'name'", "name is given to two columns"),
        ("[defaults]\nstatus = 'sitting'", "unknown status"),
        ("[defaults]\nheader_row = '3'", "of the wrong kind"),
        ("[defaults]\nlanguage = 'ru'", "is unknown"),
        ("[colums]\n", "unknown part colums"),
        ("columns = 3", "must be a table"),
        ("defaults = 3", "must be a table"),
        ("[columns", "cannot be read"),
    ],
)
def test_a_wrong_mapping_file_says_what_was_expected(tmp_path: Path, text: str, reason: str) -> None:
    path = tmp_path / "map.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(BadInputError, match=reason):
        load_mapping(path)


US = "list_id ignore given family patronymic name event_date age sex note event_place region"
REAL = {
    "linkage/us_dev_mpv.csv": US,
    "linkage/us_dev_wapo.csv": US,
    "gaza_register/t4p_20240413.csv": "list_id name name_other_script age sex ignore",
    "gaza_register/t4p_20240808.csv": "list_id name name_other_script age birth_date sex ignore ignore",
}


@pytest.mark.parametrize(("file", "fields"), REAL.items())
def test_real_lists_are_mapped_without_help(file: str, fields: str) -> None:
    if not (DATA / file).exists():
        pytest.skip("the real lists (../shared/data) are not here")
    rows = [row for row, _ in zip(iter_rows(read_sheets(DATA / file)), range(60), strict=False)]
    header = find_header(rows)

    assert header.row_number == 1
    assert [item.field.value for item in propose_mapping(header.names, rows[1:])] == fields.split()
