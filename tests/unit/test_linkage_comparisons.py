import json

import polars as pl
import pytest

from kuager.engines.linkage import link, prepare
from kuager.engines.linkage.comparing.comparisons import COMPARISONS
from kuager.engines.linkage.reading.dates import read_ages, read_date
from kuager.engines.linkage.reading.places import fold_place
from kuager.engines.linkage.reading.statuses import read_fate

# Others, so that rates of chance agreement are not learned from the pair alone.
OTHERS = pl.DataFrame(
    {"name": ["Tulegenov Asan", "Kasymova Dana", "Sarsen Aigul", "Omarov Yerlan", "Akhmetov Daniyar"]}
)


def reasons(one: dict[str, str], other: dict[str, str]) -> dict[str, dict[str, object]]:
    """Link two records of Bolat Nurov among others; return why, by field."""
    left = pl.concat(
        [pl.DataFrame({"name": ["Nurov Bolat"]} | {k: [v] for k, v in one.items()}), OTHERS], how="diagonal"
    )
    right = pl.DataFrame({"name": ["Нұров Болат"]} | {k: [v] for k, v in other.items()})
    pairs = link({"a": left, "b": right}).pairs.filter(pl.col("id_l") == "1")
    found: dict[str, dict[str, object]] = {
        reason["field"]: reason for reason in json.loads(pairs["reasons"][0])
    }
    return found


def test_rates_of_each_field_add_up_to_one() -> None:
    for field in COMPARISONS:
        assert sum(level.m for level in field.levels) == pytest.approx(1, abs=1e-6), field.field
        assert sum(level.u for level in field.levels) == pytest.approx(1, abs=1e-6), field.field


FITS = "the same age or an age that fits"
ONE_DIGIT = "day of birth with one digit or day and month exchanged"
TWO_OF_THREE = "two of day, month and year of birth agree"
ON_THE_DAY = {"date": "2022-01-06"}


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ({"age": "33"} | ON_THE_DAY, {"birth_date": "1988-03-02"}, FITS),
        ({"age": "33"} | ON_THE_DAY, {"birth_date": "1985-1990"}, FITS),
        ({"age": "30-35"} | ON_THE_DAY, {"birth_date": "1988"}, FITS),
        ({"age": "33"}, {"age": "34"}, "one year apart"),
        ({"age": "35"}, {"age": "33"}, "an age rounded to five years that fits"),
        ({"age": "36"}, {"age": "33"}, "two or three years apart"),
        ({"birth_date": "1988-03-02"}, {"birth_date": "1989-03-02"}, ONE_DIGIT),
        ({"birth_date": "1989-03-02"}, {"birth_date": "1990-03-02"}, TWO_OF_THREE),
        ({"birth_date": "1988-03-02"}, {"birth_date": "02.03.1988"}, "the same day of birth"),
    ],
)  # fmt: skip
def test_ages_and_births_however_uncertain_are_compared(
    one: dict[str, str], other: dict[str, str], level: str
) -> None:
    assert reasons(one, other)["birth"]["level"] == level


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        ("Шевченко", "г. Актау", "the same place"),
        ("Нур-Султан", "Целиноград", "the same place"),
        ("Жаңаөзен", "Маңғыстау облысы", "the same region"),
        ("Taldykorgan", "Алматинская область", "the same region"),
        ("Almaty", "Shymkent", "another place"),
    ],
)
def test_places_are_compared_through_their_history_and_regions(one: str, other: str, level: str) -> None:
    assert reasons({"place": one}, {"place": other})["place"]["level"] == level


def test_places_of_different_roles_are_not_compared_with_each_other() -> None:
    found = reasons(
        {"birth_place": "Тараз", "city": "Алматы"}, {"birth_place": "Taraz", "residence": "Almaty"}
    )
    assert found["birthplace"]["level"] == "the same birthplace"
    assert not {"place", "home"} & set(found)


def test_nobody_is_seen_alive_after_the_day_of_death() -> None:
    dead = {"status": "погиб", "date": "2022-01-06"}
    released = {"status": "released", "date": "2022-02-11"}
    found = reasons(dead, released)
    assert found["status"]["level"] == "seen alive after the day of death"
    assert float(str(found["status"]["weight"])) < -5
    assert "event date" not in found


def test_the_detained_may_have_died_later() -> None:
    found = reasons({"status": "ұсталды", "date": "2022-01-06"}, {"status": "dead", "date": "2022-01-09"})
    assert found["status"]["level"] == "another status, possible for one person"


def test_short_forms_of_a_given_name_are_known() -> None:
    people = [pl.DataFrame({"given": [name], "family": ["Ким"]}) for name in ("Дима", "Дмитрий")]
    pairs = link({"a": people[0], "b": people[1]}).pairs
    assert json.loads(pairs["reasons"][0])[0]["level"] == "a short form of the given name"


def test_occupation_home_postcode_and_ethnicity_say_a_little() -> None:
    said = {"occupation": "водитель", "residence": "Қаскелең", "postcode": "040900", "ethnicity": "қазақ"}
    other = said | {"occupation": "Водитель", "residence": "Каскелен"}
    found = reasons(said, other)
    assert {name: found[name]["level"] for name in ("occupation", "home", "postcode", "ethnicity")} == {
        "occupation": "the same occupation",
        "home": "the same home",
        "postcode": "the same postcode",
        "ethnicity": "the same ethnicity",
    }


def test_words_for_nothing_are_nothing() -> None:
    records = prepare({"a": pl.DataFrame({"name": ["Unknown", "неизвестно"], "city": ["n/a", "–"]})}).records
    assert (
        records["given"].null_count() == records["family"].null_count() == records["place"].null_count() == 2
    )


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("6 января 2022", "2022-01-06", "2022-01-06"),
        ("January 6, 2022", "2022-01-06", "2022-01-06"),
        ("6 қаңтар 2022", "2022-01-06", "2022-01-06"),
        ("ок. 1985", "1984-01-01", "1986-12-31"),
        ("1985 или 1986", "1985-01-01", "1986-12-31"),
        ("1980-е", "1980-01-01", "1989-12-31"),
        ("1985 г.р.", "1985-01-01", "1985-12-31"),
    ],
)
def test_uncertain_dates_are_read_as_all_the_days_they_may_mean(written: str, first: str, last: str) -> None:
    span, begin, end = read_date(written), read_date(first), read_date(last)
    assert span
    assert begin
    assert end
    assert (span.earliest, span.latest) == (begin.earliest, end.latest)


@pytest.mark.parametrize(
    ("written", "ages"),
    [("30-35", (30, 35)), ("6 месяцев", (0, 0)), ("около 40", (38, 42)), ("35-30", None), ("1988", None)],
)
def test_ages_may_be_ranges_and_months(written: str, ages: tuple[int, int] | None) -> None:
    assert read_ages(written) == ages


def test_a_place_in_pieces_brings_its_town_or_keeps_its_district() -> None:
    assert fold_place("Алматы, Бостандыкский район").place == "almaty"
    district = fold_place("Карасайский район, Алматинская область")
    assert (district.place is not None, district.region) == (True, "almaty_region")
    assert fold_place("aurora", "CO").region == "co"


@pytest.mark.parametrize(
    ("said", "fate"),
    [("Погибла", "dead"), ("в розыске", None), ("қамауда", "detained"), ("не установлено", None), ("", None)],
)
def test_words_for_what_became_of_a_person(said: str, fate: str | None) -> None:
    assert read_fate(said) == fate
