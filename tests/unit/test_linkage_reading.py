import polars as pl
import pytest

from kuager.core.errors import BadInputError
from kuager.engines.linkage import prepare, recognise_columns
from kuager.engines.linkage.reading.dates import birth_span, read_age, read_date


@pytest.mark.parametrize(
    ("header", "field"),
    [
        ("unique_id", "id"), ("Full name", "name"), ("ФИО", "name"),
        ("first_name", "given"), ("Фамилия", "family"),
        ("middle", "patronymic"), ("DOB", "birth_date"), ("Дата рождения", "birth_date"), ("City", "place"),
        ("state", "region"), ("Жынысы", "sex"), ("name_ar", "name_ar"), ("event_date", "event_date"),
    ],
)  # fmt: skip
def test_known_headers_are_recognised(header: str, field: str) -> None:
    assert recognise_columns([header]) == {header: field}


def test_unknown_headers_are_left_alone_and_a_field_is_taken_once() -> None:
    assert recognise_columns(["remarks", "city", "town"]) == {"city": "place"}


@pytest.mark.parametrize(
    ("written", "first", "last"),
    [
        ("2022-01-06", "2022-01-06", "2022-01-06"),
        ("06.01.2022", "2022-01-06", "2022-01-06"),
        ("01/16/2022", "2022-01-16", "2022-01-16"),
        ("20220106", "2022-01-06", "2022-01-06"),
        ("2022-01-06 00:00:00", "2022-01-06", "2022-01-06"),
        ("2022-02", "2022-02-01", "2022-02-28"),
        ("2022", "2022-01-01", "2022-12-31"),
    ],
)
def test_dates_are_read_as_the_days_they_may_mean(written: str, first: str, last: str) -> None:
    span, begin, end = read_date(written), read_date(first), read_date(last)
    assert span is not None
    assert begin is not None
    assert end is not None
    assert (span.earliest, span.latest) == (begin.earliest, end.latest)


@pytest.mark.parametrize("written", ["", "soon", "2022-13-45", "31.02.2022", "0000"])
def test_what_is_no_date_is_unknown(written: str) -> None:
    assert read_date(written) is None


@pytest.mark.parametrize(
    ("written", "age"), [("34", 34), ("34.0", 34), ("11 лет", 11), ("-1", None), ("", None), ("1988", None)]
)
def test_ages_are_whole_years_or_unknown(written: str, age: int | None) -> None:
    assert read_age(written) == age


def test_an_age_on_a_day_gives_a_year_of_possible_birthdays() -> None:
    day = read_date("2022-01-06")
    assert day
    born = birth_span(34, day.earliest)
    birthday = read_date("1987-06-01")
    assert birthday
    assert born.earliest <= birthday.earliest <= born.latest
    assert 360 <= born.latest - born.earliest <= 370


def test_a_list_without_names_is_refused_with_its_name() -> None:
    with pytest.raises(BadInputError, match="list morgue: no column with names"):
        prepare({"morgue": pl.DataFrame({"id": ["1"], "age": ["3"]})})


def test_an_id_that_occurs_twice_is_refused_with_its_place() -> None:
    with pytest.raises(BadInputError, match="list a: column id, record 3: the id 1 occurs twice"):
        prepare({"a": pl.DataFrame({"id": ["1", "2", "1"], "name": ["A B", "C D", "E F"]})})


def test_every_record_becomes_one_row_in_order() -> None:
    records = prepare({"a": pl.DataFrame({"name": ["Нұров Болат", "", "Dana"]})}).records
    assert records["id"].to_list() == ["1", "2", "3"]
    assert records["family"].to_list() == ["nurov", None, None]
    assert records["given"].to_list() == ["bolat", None, "dana"]


def test_nothing_to_link_is_refused() -> None:
    with pytest.raises(BadInputError, match="at least one list"):
        prepare({})
