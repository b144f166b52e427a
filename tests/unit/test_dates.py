from datetime import date, datetime

import pytest

from kuager.core.dates import (
    UNKNOWN,
    UncertainDate,
    approximately,
    from_day,
    from_month,
    from_range,
    from_year,
    parse_edtf,
)
from kuager.core.errors import BadInputError

JANUARY_6 = date(2022, 1, 6)


@pytest.mark.parametrize(
    ("text", "earliest", "latest"),
    [
        ("2022", "2022-01-01", "2022-12-31"),
        ("2022-02", "2022-02-01", "2022-02-28"),
        ("2024-02", "2024-02-01", "2024-02-29"),
        ("2022-01-06", "2022-01-06", "2022-01-06"),
        ("2022-01-06?", "2022-01-06", "2022-01-06"),
        ("2022-01~", "2022-01-01", "2022-01-31"),
        ("2022%", "2022-01-01", "2022-12-31"),
        ("202X", "2020-01-01", "2029-12-31"),
        ("20XX", "2000-01-01", "2099-12-31"),
        ("2022-XX", "2022-01-01", "2022-12-31"),
        ("2022-01-XX", "2022-01-01", "2022-01-31"),
        ("2022-XX-XX", "2022-01-01", "2022-12-31"),
        ("2022-21", "2022-03-01", "2022-05-31"),
        ("2022-24", "2022-01-01", "2022-12-31"),
        ("2022-01-05/2022-01-08", "2022-01-05", "2022-01-08"),
        ("2022-01~/2022-02-03", "2022-01-01", "2022-02-03"),
        ("2022-01-05/..", "2022-01-05", None),
        ("../2022-01-08", None, "2022-01-08"),
        ("2022-01-05/", "2022-01-05", None),
        ("/2022", None, "2022-12-31"),
        ("", None, None),
        ("..", None, None),
    ],
)
def test_edtf_is_read_into_the_days_it_allows(text: str, earliest: str | None, latest: str | None) -> None:
    day = parse_edtf(text)

    assert day.edtf == text
    assert day.earliest == (date.fromisoformat(earliest) if earliest else None)
    assert day.latest == (date.fromisoformat(latest) if latest else None)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("Y170000002", "before 0001"),
        ("-0044", "before 0001"),
        ("0000", "0001 to 9999"),
        ("2022-13", "no month 13"),
        ("2022-02-30", "days 01 to 28"),
        ("2022-01-00", "days 01 to 31"),
        ("202X-01", "only the last parts"),
        ("2022-XX-06", "only the last parts"),
        ("6 January", "expected a date in EDTF"),
        ("٢٠٢٢", "expected a date in EDTF"),
        ("2022-01-08/2022-01-05", "before it begins"),
        ("2022/2023/2024", "expected a date in EDTF"),
        ("9" * 5000, "expected a date in EDTF"),
    ],
)
def test_what_is_no_date_is_refused_with_what_was_expected(text: str, reason: str) -> None:
    with pytest.raises(BadInputError, match=reason) as caught:
        parse_edtf(text)
    assert len(str(caught.value)) < 400


@pytest.mark.parametrize(
    ("earliest", "latest", "text"),
    [
        (JANUARY_6, JANUARY_6, "2022-01-06"),
        (date(2022, 1, 1), date(2022, 1, 31), "2022-01"),
        (date(2022, 1, 1), date(2022, 12, 31), "2022"),
        (date(2022, 1, 1), date(2022, 2, 28), "2022-01-01/2022-02-28"),
        (date(2022, 1, 1), date(2023, 12, 31), "2022-01-01/2023-12-31"),
        (None, JANUARY_6, "../2022-01-06"),
        (JANUARY_6, None, "2022-01-06/.."),
        (None, None, ""),
    ],
)
def test_equal_ranges_have_equal_texts(earliest: date | None, latest: date | None, text: str) -> None:
    assert from_range(earliest, latest).edtf == text


def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(BadInputError, match="swap"):
        from_range(JANUARY_6, date(2022, 1, 5))


def test_a_time_of_day_does_not_leak_into_a_day() -> None:
    assert from_day(datetime(2022, 1, 6, 23, 59)) == from_day(JANUARY_6)  # noqa: DTZ001 - a cell has no zone


@pytest.mark.parametrize(
    ("text", "exact"),
    [
        ("2022-01-06", True),
        ("2022-01-06~", False),
        ("2022-01", False),
        ("", False),
        ("2022-01-06/2022-01-06", True),
    ],
)
def test_only_one_certain_day_is_exact(text: str, exact: bool) -> None:
    assert parse_edtf(text).is_exact is exact


def test_what_is_told_on_a_day_cannot_be_later() -> None:
    assert parse_edtf("2022-01").bounded_by(date(2022, 1, 11)).edtf == "2022-01-01/2022-01-11"
    assert parse_edtf("2022-01~").bounded_by(date(2022, 1, 11)).edtf == "2022-01-01~/2022-01-11"
    assert parse_edtf("2022-01-06/..").bounded_by(JANUARY_6).edtf == "2022-01-06"
    assert parse_edtf("").bounded_by(JANUARY_6).edtf == "../2022-01-06"
    assert parse_edtf("2021").bounded_by(JANUARY_6) == parse_edtf("2021")


def test_a_day_after_it_was_told_is_a_contradiction_that_is_shown() -> None:
    with pytest.raises(BadInputError, match="after 2022-01-06"):
        parse_edtf("2022-01-07").bounded_by(JANUARY_6)


def test_an_unknown_date_can_be_the_same_as_any_other() -> None:
    assert UNKNOWN.overlaps(from_year(2022))
    assert from_month(2022, 1).overlaps(from_day(JANUARY_6))
    assert not from_month(2022, 2).overlaps(from_day(JANUARY_6))
    assert not parse_edtf("../2022-01-05").overlaps(parse_edtf("2022-01-06/.."))


@pytest.mark.parametrize(
    ("text", "marked"),
    [
        ("2022-01-06", "2022-01-06~"),
        ("2022?", "2022%"),
        ("2022~", "2022~"),
        ("", ""),
        ("2022/2023", "2022/2023"),
    ],
)
def test_about_is_a_mark_and_moves_no_day(text: str, marked: str) -> None:
    day = approximately(parse_edtf(text))

    assert day.edtf == marked
    assert (day.earliest, day.latest) == (parse_edtf(text).earliest, parse_edtf(text).latest)
    assert day == parse_edtf(marked)


def test_certain_by_is_the_last_day_it_allows() -> None:
    assert parse_edtf("2022-01").certain_by() == date(2022, 1, 31)
    assert parse_edtf("2022-01/..").certain_by() is None
    assert not UNKNOWN.is_known


def test_a_date_prints_as_its_text() -> None:
    assert str(UncertainDate("2022-01", date(2022, 1, 1), date(2022, 1, 31))) == "2022-01"
