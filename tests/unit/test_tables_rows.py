import json
from datetime import date

import pytest

from kuager.core.dates import parse_edtf
from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables import (
    ColumnProposal,
    Field,
    ParsedPerson,
    ParsedRow,
    Problem,
    RawRow,
    RowContext,
    StatusWord,
    parse_row,
    parse_rows,
)

JANUARY_10 = RowContext(as_of=date(2022, 1, 10))


def read(context: RowContext = JANUARY_10, **cells: Cell) -> ParsedRow:
    mapping = [ColumnProposal(n, field, Field(field), 1.0, "") for n, field in enumerate(cells)]
    return parse_row(RawRow(7, tuple(cells.values())), mapping, context)


def test_a_whole_row_is_read() -> None:
    row = read(
        list_id=12,
        name="Асанов Болат Серикович",
        name_other_script="Asanov Bolat",
        sex="м",
        age="34",
        birth_date="1987",
        event_date="6 января",
        event_place="Алматы",
        status="задержан, избит",
        status_date="10.01.2022",
        facility="СИЗО",
        source_url="https://example.org/1",
    )

    assert row.problems == ()
    assert row.persons == (
        ParsedPerson(
            list_id="12",
            name="Асанов Болат Серикович",
            other_names=("Asanov Bolat",),
            sex="male",
            age_min=34,
            age_max=34,
            birth=parse_edtf("1987"),
            event=parse_edtf("2022-01-06"),
            event_place="Алматы",
            statuses=(StatusWord("custody", "detained"), StatusWord("health", "injured")),
            status_date=parse_edtf("2022-01-10"),
            facility="СИЗО",
            source_url="https://example.org/1",
        ),
    )


def test_a_person_survives_storage_as_json() -> None:
    person = read(name="Асанов Болат", age="30+", event_date="январь", status="ранен", alias="Боря").persons[
        0
    ]
    stored = json.loads(json.dumps(person.to_json()))

    assert ParsedPerson.from_json(stored) == person
    assert "region" not in stored


@pytest.mark.parametrize(
    "stored", [{}, {"name": "A B", "shoe": 1}, {"name": 3}, {"name": "A B", "age_min": "x"}]
)
def test_a_stored_person_changed_by_hand_is_refused(stored: dict[str, object]) -> None:
    with pytest.raises(BadInputError, match="stored person"):
        ParsedPerson.from_json(stored)


def test_a_name_in_parts_is_joined() -> None:
    person = read(family="Асанов", given="Болат", patronymic="Серикович").persons[0]

    assert (person.name, person.family, person.given) == ("Асанов Болат Серикович", "Асанов", "Болат")


@pytest.mark.parametrize("name", [None, "-", "неизвестно", "123", "  "])
def test_a_row_without_a_name_is_an_error_of_that_row(name: Cell) -> None:
    row = read(name=name, age=34)

    assert not row.is_taken
    assert [(item.row, item.column, item.expected, item.severity) for item in row.problems] == [
        (7, "name", "a name", "error")
    ]


def test_an_empty_row_is_no_problem() -> None:
    assert read(name=None, age=None) == ParsedRow(7, (), ())


def test_a_row_of_totals_is_left_out_with_a_warning() -> None:
    assert read(name="Итого: 25").problems[0].severity == "warning"
    assert not read(list_id="Всего", name=None, age=25).is_taken


@pytest.mark.parametrize(
    ("field", "cell", "expected"),
    [
        ("age", "тридцать", "an age from 0 to 120"),
        ("age", 130, "an age from 0 to 120"),
        ("sex", "x", "м or ж"),
        ("event_date", "в пятницу", "a date such as"),
        ("status", "сидит", "one of: dead (погиб), missing"),
    ],
)
def test_a_bad_value_costs_the_value_not_the_person(field: str, cell: Cell, expected: str) -> None:
    row = read(JANUARY_10, **{"name": "Асанов Болат", field: cell})

    assert row.persons == (ParsedPerson(name="Асанов Болат"),)
    assert (row.problems[0].row, row.problems[0].column, row.problems[0].severity) == (7, field, "error")
    assert row.problems[0].expected.startswith(expected)
    assert str(cell) in row.problems[0].got


def test_an_unknown_status_does_not_become_the_default() -> None:
    context = RowContext(as_of=date(2022, 1, 10), statuses=(StatusWord("custody", "detained"),))

    assert read(context, name="Асанов Болат", status="сидит").persons[0].statuses == ()
    assert read(context, name="Асанов Болат", status="-").persons[0].statuses == context.statuses
    assert read(context, name="Асанов Болат").persons[0].statuses == context.statuses


def test_two_names_in_a_cell_are_two_persons_and_flagged() -> None:
    row = read(name="Асанов Болат, Асанов Ерлан", age="34, 12", event_place="Алматы")

    assert [(person.name, person.age_min, person.event_place) for person in row.persons] == [
        ("Асанов Болат", 34, "Алматы"),
        ("Асанов Ерлан", 12, "Алматы"),
    ]
    assert [(item.expected, item.severity) for item in row.problems] == [("one name", "warning")]


def test_one_age_for_two_names_is_nobodys() -> None:
    row = read(name="Асанов Болат и Серикова Дана", age=34)

    assert [person.age_min for person in row.persons] == [None, None]
    assert row.problems[-1].expected == "2 ages, one for each name"


def test_a_name_that_may_be_two_is_flagged() -> None:
    assert read(name="Асанов Болат и Ерлан").problems[0].got.startswith("perhaps two")


def test_nothing_on_a_list_is_later_than_the_list() -> None:
    assert read(name="Асанов Болат", event_date="январь").persons[0].event.edtf == "2022-01-01/2022-01-10"
    row = read(name="Асанов Болат", event_date="11.01.2022")
    assert row.persons[0].event.edtf == "2022-01-11"
    assert row.problems[0].severity == "warning"


def test_a_day_without_a_year_is_the_last_one_before_the_list() -> None:
    assert read(name="Асанов Болат", event_date="30 декабря").persons[0].event.edtf == "2021-12-30"


def test_an_ambiguous_date_is_kept_as_a_range_with_a_warning() -> None:
    row = read(RowContext(as_of=date(2022, 8, 1), day_first=None), name="Асанов Болат", event_date="1/6/2022")

    assert row.persons[0].event.edtf == "2022-01-06/2022-06-01"
    assert row.problems[0].severity == "warning"


def test_an_age_that_contradicts_the_birth_date_is_a_warning() -> None:
    row = read(name="Асанов Болат", age=20, birth_date="01.02.1970", event_date="06.01.2022")

    assert row.problems[0].expected == "an age that fits the birth date 1970-02-01"
    assert row.problems[0].severity == "warning"
    assert read(name="Асанов Болат", age=51, birth_date="01.02.1970", event_date="06.01.2022").problems == ()
    # Without a day of the event the age may be that of many years ago.
    assert read(name="Асанов Болат", age=20, birth_date="01.02.1970").problems == ()


def test_problems_of_the_file_are_kept_under_the_header_of_their_column() -> None:
    mapping = [
        ColumnProposal(0, "ФИО", Field.NAME, 1.0, ""),
        ColumnProposal(1, "Возраст", Field.AGE, 1.0, ""),
    ]
    problem = Problem(row=3, column="B", expected="a stored value", got="a formula")

    row = parse_row(RawRow(3, ("Асанов Болат", None), (), (problem,)), mapping, JANUARY_10)

    assert row.is_taken
    assert str(row.problems[0]) == "row 3, Возраст: expected a stored value, got a formula"


def test_notes_in_several_columns_are_joined_and_ignored_columns_left_out() -> None:
    fields = [Field.NAME, Field.NOTE, Field.NOTE, Field.IGNORE]
    mapping = [ColumnProposal(n, str(n), field, 1.0, "") for n, field in enumerate(fields)]

    row = parse_row(RawRow(1, ("Асанов Болат", "a", True, "secret")), mapping, JANUARY_10)

    assert row.persons[0].note == "a; True"


def test_a_bad_row_stops_no_other() -> None:
    mapping = [ColumnProposal(0, "ФИО", Field.NAME, 1.0, "")]
    rows = [RawRow(n, (cell,)) for n, cell in enumerate(["Асанов Болат", None, "?", "Серикова Дана"], 1)]

    assert [row.is_taken for row in parse_rows(rows, mapping, JANUARY_10)] == [True, False, False, True]


def test_a_short_row_is_read_as_if_its_cells_were_empty() -> None:
    mapping = [
        ColumnProposal(0, "ФИО", Field.NAME, 1.0, ""),
        ColumnProposal(9, "Возраст", Field.AGE, 1.0, ""),
    ]

    assert parse_row(RawRow(1, ("Асанов Болат",)), mapping, JANUARY_10).problems == ()
