from datetime import date, datetime

import pytest

from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables import guess_day_first, parse_date


@pytest.mark.parametrize(
    ("cell", "edtf"),
    [
        (44567, "2022-01-06"),
        (44567.75, "2022-01-06"),
        ("44567", "2022-01-06"),
        (20220106, "2022-01-06"),
        (2022, "2022"),
        (date(2022, 1, 6), "2022-01-06"),
        (datetime(2022, 1, 6, 15, 30), "2022-01-06"),  # noqa: DTZ001 - cells have no zone
        ("06.01.2022", "2022-01-06"),
        ("6.1.22", "2022-01-06"),
        ("6/1/22", "2022-01-06"),
        ("06-01-2022", "2022-01-06"),
        ("2022-01-06", "2022-01-06"),
        ("2022/01/06", "2022-01-06"),
        ("2022-01-06T10:00:00Z", "2022-01-06"),
        ("06.01.2022 15:30", "2022-01-06"),
        ("06.01.2022 г.", "2022-01-06"),
        ("06.01", "2022-01-06"),
        ("6 января 2022", "2022-01-06"),
        ("6 января 2022 года", "2022-01-06"),
        ("6 қаңтар 2022", "2022-01-06"),
        ("2022 жылғы 6 қаңтар", "2022-01-06"),
        ("6 янв. 22", "2022-01-06"),
        ("Jan 6, 2022", "2022-01-06"),
        ("January 6th, 2022", "2022-01-06"),
        ("Jan 6, 22", "2022-01-06"),
        ("January 2022", "2022-01"),
        ("қаңтар", "2022-01"),
        ("январь", "2022-01"),
        ("2022", "2022"),
        ("202X", "202X"),
        ("2022-01-XX", "2022-01-XX"),
        ("2022-01/2022-02", "2022-01/2022-02"),
        ("начало января", "2022-01-01/2022-01-10"),
        ("в середине января", "2022-01-11/2022-01-20"),
        ("конец января 2022", "2022-01-21/2022-01-31"),
        ("end of February 2022", "2022-02-21/2022-02-28"),
        ("қаңтардың басы", "2022-01-01/2022-01-10"),
        ("5-6 января", "2022-01-05/2022-01-06"),
        ("5–6 января 2022 г.", "2022-01-05/2022-01-06"),
        ("5, 6 января", "2022-01-05/2022-01-06"),
        ("5-6.01.2022", "2022-01-05/2022-01-06"),
        ("05.01.2022 - 08.01.2022", "2022-01-05/2022-01-08"),
        ("между 5 и 8 января", "2022-01-05/2022-01-08"),
        ("с 5 по 8 января", "2022-01-05/2022-01-08"),
        ("31 декабря - 2 января 2022", "2021-12-31/2022-01-02"),
        ("январь-февраль 2022", "2022-01-01/2022-02-28"),
        ("2021-2022", "2021-01-01/2022-12-31"),
        ("до 8 января", "../2022-01-08"),
        ("после 5 января 2022", "2022-01-05/.."),
        ("около 6 января", "2022-01-06~"),
        ("шамамен 6 қаңтар", "2022-01-06~"),
        ("~06.01.2022", "2022-01-06~"),
        ("06.01.2022?", "2022-01-06?"),
        ("весна 2021", "2021-21"),
        ("not known", ""),
        ("неизвестно", ""),
        ("белгісіз", ""),
        ("-", ""),
        ("", ""),
        (None, ""),
    ],
)
def test_a_date_is_read_as_the_days_it_allows(cell: Cell, edtf: str) -> None:
    assert parse_date(cell, reference_year=2022).edtf == edtf


@pytest.mark.parametrize(
    "cell",
    [
        "99.99.2022",
        "30.02.2022",
        "6",
        6,
        -5,
        1e300,
        True,
        "в пятницу",
        "x" * 500,
        "2022-13-45",
        "5 5 5 января",
        "1.2.3.4.5",
    ],
)
def test_what_is_no_date_is_refused_with_what_was_expected(cell: Cell) -> None:
    with pytest.raises(BadInputError, match=r"expected a date such as 06\.01\.2022"):
        parse_date(cell, reference_year=2022)


def test_month_first_dates_are_read_when_the_list_has_them() -> None:
    assert parse_date("1/6/2022", reference_year=2022, day_first=False).edtf == "2022-01-06"
    # Dots and impossible months leave no choice.
    assert parse_date("06.01.2022", reference_year=2022, day_first=False).edtf == "2022-01-06"
    assert parse_date("13/1/2022", reference_year=2022, day_first=False).edtf == "2022-01-13"


def test_both_days_are_kept_when_nobody_can_tell() -> None:
    day = parse_date("6/1/22", reference_year=2022, day_first=None)

    assert (day.earliest, day.latest) == (date(2022, 1, 6), date(2022, 6, 1))


@pytest.mark.parametrize(
    ("column", "day_first"),
    [
        (["1/6/2022", "25/1/2022"], True),
        (["1/6/2022", "1/25/2022"], False),
        (["1/6/2022", "2/7/2022"], None),
        (["1/25/2022", "25/1/2022"], None),
        (["06.01.2022", None, 44567], True),
    ],
)
def test_a_column_tells_whether_days_come_first(column: list[Cell], day_first: bool | None) -> None:
    assert guess_day_first(column) is day_first


def test_two_digits_are_the_last_such_year() -> None:
    assert parse_date("1.2.85", reference_year=2022).edtf == "1985-02-01"
