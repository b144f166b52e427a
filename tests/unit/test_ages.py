from datetime import date

import pytest

from kuager.core.ages import age_group, age_range, are_compatible, birth_range, is_child
from kuager.core.dates import UNKNOWN, from_day, from_range, parse_edtf

JANUARY_6 = from_day(date(2022, 1, 6))


def test_an_age_gives_the_year_of_days_of_birth() -> None:
    assert birth_range(30, 30, JANUARY_6) == from_range(date(1991, 1, 7), date(1992, 1, 6))


def test_an_uncertain_day_widens_the_birth_range() -> None:
    assert birth_range(30, 31, parse_edtf("2022-01")) == from_range(date(1990, 1, 2), date(1992, 1, 31))


def test_an_open_side_stays_open() -> None:
    assert birth_range(30, None, JANUARY_6) == from_range(None, date(1992, 1, 6))
    assert birth_range(None, None, JANUARY_6) == UNKNOWN
    assert birth_range(30, 30, UNKNOWN) == UNKNOWN
    assert age_range(UNKNOWN, JANUARY_6) == (None, None)


def test_a_birth_year_gives_two_ages() -> None:
    assert age_range(parse_edtf("1990"), JANUARY_6) == (31, 32)


def test_nobody_has_an_age_before_birth() -> None:
    assert age_range(parse_edtf("2023"), JANUARY_6) == (None, None)
    assert not are_compatible(0, 0, parse_edtf("2023"), JANUARY_6)


@pytest.mark.parametrize(
    ("age", "slack_years", "agree"),
    [(31, 0, True), (32, 0, True), (33, 0, False), (33, 1, True), (30, 0, False), (30, 1, True)],
)
def test_age_and_birth_year_agree_or_not(age: int, slack_years: int, agree: bool) -> None:
    assert are_compatible(age, age, parse_edtf("1990"), JANUARY_6, slack_years=slack_years) is agree


def test_what_is_unknown_contradicts_nothing() -> None:
    assert are_compatible(None, None, parse_edtf("1990"), JANUARY_6)
    assert are_compatible(30, 30, UNKNOWN, JANUARY_6)


@pytest.mark.parametrize(
    ("low", "high", "group"),
    [
        (17, 17, "0-17"),
        (0, 17, "0-17"),
        (18, 29, "18-29"),
        (29, 30, "unknown"),
        (17, 18, "unknown"),
        (30, 44, "30-44"),
        (45, 59, "45-59"),
        (60, 120, "60+"),
        (60, None, "60+"),
        (45, None, "unknown"),
        (None, 17, "0-17"),
        (None, 18, "unknown"),
        (None, None, "unknown"),
    ],
)
def test_a_range_that_spans_two_groups_is_unknown(low: int | None, high: int | None, group: str) -> None:
    assert age_group(low, high) == group


@pytest.mark.parametrize(
    ("low", "high", "child"),
    [(5, 17, True), (None, 17, True), (18, None, False), (17, 18, None), (None, None, None)],
)
def test_a_child_is_told_apart_only_when_certain(
    low: int | None, high: int | None, child: bool | None
) -> None:
    assert is_child(low, high) is child
