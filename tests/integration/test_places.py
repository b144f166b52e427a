from datetime import UTC, date, datetime

import pytest

from kuager.core.errors import BadInputError, NotFoundError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.places import operations, queries
from kuager.domain.places.models import Place

JANUARY_2022 = date(2022, 1, 5)
TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, tzinfo=UTC)

pytestmark = pytest.mark.usefixtures("places")


def found(text: str, on: date | None = None) -> str | None:
    place = queries.find_place(text, on=on)
    return place.code if place else None


def region(text: str, on: date) -> str | None:
    place = queries.find_place(text, on=on)
    assert place is not None, text
    region_id = queries.region_of(place.pk, on=on)
    return Place.objects.get(pk=region_id).code if region_id else None


def test_there_were_17_regions_in_january_2022_and_20_today() -> None:
    assert len(queries.list_regions(on=JANUARY_2022)) == 17
    assert len(queries.list_regions(on=date(2022, 6, 7))) == 17
    assert len(queries.list_regions(on=date(2022, 6, 8))) == 20
    assert len(queries.list_regions(on=TODAY)) == 20
    assert len(queries.list_regions(on=date(2018, 6, 18))) == 16


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Алматы", "almaty"),
        ("г. Алматы", "almaty"),
        ("г.Алматы", "almaty"),
        ("город Алматы", "almaty"),
        ("Алматы қаласы", "almaty"),
        ("Алма-Ата", "almaty"),
        ("ALMATY", "almaty"),
        ("Almaty Region", "almaty_region"),
        ("Алматы облысы", "almaty_region"),
        ("Алматинская область", "almaty_region"),
        ("в Алматинской области", "almaty_region"),
        ("Алматинская обл., г. Талдыкорган", "taldykorgan"),
        ("Казахстан, Жаңаөзен", "zhanaozen"),
        ("Janaozen", "zhanaozen"),
        ("Қызылорда", "kyzylorda_city"),
        ("Kyzylorda Region", "kyzylorda"),
        ("Нур-Султан", "astana"),
        ("Nur-Sultan", "astana"),
        ("Нұр-Сұлтан қаласы", "astana"),
        ("Усть-Каменогорск", "oskemen"),
        ("Өскемен", "oskemen"),
        ("Ust-Kamenogorsk", "oskemen"),
        ("ВКО", "east_kazakhstan"),
        ("область Абай", "abai"),
        ("Семей", "semey"),
        ("Семипалатинск", "semey"),
        ("Шымкент", "shymkent"),
        ("Чимкент", "shymkent"),
        ("Шу", "shu"),
    ],
)
def test_a_place_is_found_under_its_usual_spellings(text: str, code: str) -> None:
    assert found(text) == code


@pytest.mark.parametrize("text", ["", "   ", "Атлантида", "Шуский район", "Шу ауданы", "неизвестно"])
def test_an_unknown_place_is_not_invented(text: str) -> None:
    before = Place.objects.count()
    assert found(text) is None
    assert Place.objects.count() == before


@pytest.mark.parametrize(
    ("text", "on", "code"),
    [
        ("Семей", JANUARY_2022, "east_kazakhstan"),
        ("Семей", TODAY, "abai"),
        ("Талдыкорган", date(2022, 6, 7), "almaty_region"),
        ("Талдыкорган", date(2022, 6, 8), "zhetysu"),
        ("Жезказган", JANUARY_2022, "karaganda"),
        ("Жезказган", TODAY, "ulytau"),
        ("Шымкент", date(2017, 1, 1), "south_kazakhstan"),
        ("Шымкент", JANUARY_2022, "shymkent"),
        ("Түркістан", date(2017, 1, 1), "south_kazakhstan"),
        ("область Абай", JANUARY_2022, "east_kazakhstan"),
        ("Южно-Казахстанская область", date(2017, 1, 1), "south_kazakhstan"),
        ("Южно-Казахстанская область", JANUARY_2022, "turkistan"),
        ("Алматы", JANUARY_2022, "almaty"),
        ("Казахстан", JANUARY_2022, None),
    ],
)
def test_a_place_lies_in_the_region_of_its_day(text: str, on: date, code: str | None) -> None:
    assert region(text, on) == code


def test_the_capital_bears_the_name_of_its_day() -> None:
    capital = queries.get_place("astana")
    assert queries.place_name(capital, "ru", on=JANUARY_2022) == "Нур-Султан"
    assert queries.place_name(capital, "kk", on=date(2019, 3, 22)) == "Астана"
    assert queries.place_name(capital, "en") == "Astana"
    assert queries.place_names("en")[capital.pk] == "Astana"


def test_loading_twice_adds_nothing(asel: User) -> None:
    before = Place.objects.count()
    assert operations.load_places(by=asel, at=NOW) == 0
    assert Place.objects.count() == before


def test_within_narrows_to_one_region() -> None:
    assert queries.find_place("Аксу", within=queries.get_place("pavlodar")) is not None
    assert queries.find_place("Аксу", within=queries.get_place("mangystau")) is None


def test_a_missing_settlement_can_be_added_and_is_found_at_once(asel: User, bolat: User) -> None:
    parent = queries.get_place("karaganda")
    names = {"kk": "Ойдан", "ru": "Ойданск", "en": "Oidan"}
    assert found("Ойданск") is None
    with pytest.raises(PermissionDeniedError):
        operations.add_settlement(code="oidan", names=names, parent=parent, by=bolat, at=NOW)
    operations.add_settlement(code="oidan", names=names, parent=parent, by=asel, at=NOW)
    assert found("с. Ойданск") == "oidan"
    with pytest.raises(BadInputError, match="already"):
        operations.add_settlement(code="oidan", names=names, parent=parent, by=asel, at=NOW)


def test_a_code_nobody_has_is_an_error() -> None:
    with pytest.raises(NotFoundError):
        queries.get_place("atlantis")
