import pytest

from kuager.core.dates import parse_edtf
from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables import AXES, StatusWord, parse_age, parse_sex, parse_status, read_names, script_of
from kuager.engines.tables.words import load_words


@pytest.mark.parametrize(
    ("cell", "low", "high"),
    [
        (11, 11, 11),
        (36.0, 36, 36),
        ("11 лет", 11, 11),
        ("11 жаста", 11, 11),
        ("11-летний", 11, 11),
        ("40 years old", 40, 40),
        ("34-35", 34, 35),
        ("18–19 лет", 18, 19),
        ("около 30", 28, 32),
        ("~1", 0, 3),
        ("30+", 30, None),
        ("старше 60", 60, None),
        ("до 18", None, 18),
        ("2 месяца", 0, 0),
        ("6 months", 0, 0),
        ("18 месяцев", 1, 1),
        ("1 год 2 месяца", 1, 1),
        ("несовершеннолетний", None, 17),
        ("adult", 18, None),
        ("неизвестно", None, None),
        (None, None, None),
    ],
)
def test_an_age_is_read_as_the_years_it_allows(cell: Cell, low: int | None, high: int | None) -> None:
    reading = parse_age(cell)

    assert (reading.age_min, reading.age_max) == (low, high)


@pytest.mark.parametrize(
    ("cell", "birth"),
    [
        ("1990 г.р.", "1990"),
        ("1990 г. р.", "1990"),
        ("1990 ж.т.", "1990"),
        (1990, "1990"),
        ("01.02.1990", "1990-02-01"),
    ],
)
def test_a_birth_year_in_place_of_an_age_is_a_birth_year(cell: Cell, birth: str) -> None:
    reading = parse_age(cell)

    assert reading.birth == parse_edtf(birth)
    assert reading.age_min is None


@pytest.mark.parametrize(
    "cell", [-1, "-5", 130, "130 лет", "тридцать", "35-34", True, "x" * 100, float("1e12"), "1 2 3"]
)
def test_no_living_age_is_refused(cell: Cell) -> None:
    with pytest.raises(BadInputError, match="expected an age from 0 to 120"):
        parse_age(cell)


@pytest.mark.parametrize(
    ("cell", "sex"),
    [
        *((word, "male") for word in ["м", "М.", "муж", "мужской", "ер", "m", "Male", "ذكر"]),
        *((word, "female") for word in ["ж", "жен.", "женский", "әйел", "F", "female", "أنثى"]),
        *((word, "") for word in ["-", "неизвестно", None]),
    ],
)
def test_sex_is_read_in_four_languages(cell: Cell, sex: str) -> None:
    assert parse_sex(cell) == sex


def test_an_unknown_word_for_sex_is_refused() -> None:
    with pytest.raises(BadInputError, match="expected м or ж"):
        parse_sex("x")


@pytest.mark.parametrize(
    ("text", "statuses"),
    [
        ("Погибла", ["fate/dead"]),
        ("қаза болды", ["fate/dead"]),
        ("хабарсыз кетті", ["fate/missing"]),
        ("пропал без вести", ["fate/missing"]),
        ("задержан", ["custody/detained"]),
        ("арестована", ["custody/remanded"]),
        ("освобождён под домашний арест", ["custody/house_arrest"]),
        ("освобожден (под домашний арест)", ["custody/house_arrest"]),
        ("освобождён 12.01.2022", ["custody/released"]),
        ("ранен, госпитализирован", ["health/injured", "health/hospitalised"]),
        ("Ранен и задержан", ["health/injured", "custody/detained"]),
        ("осуждён", ["legal/convicted"]),
        ("іс қысқартылды", ["legal/case_closed"]),
        ("house_arrest", ["custody/house_arrest"]),
        ("fate/alive", ["fate/alive"]),
        ("-", []),
    ],
)
def test_statuses_are_read_from_a_closed_vocabulary(text: str, statuses: list[str]) -> None:
    assert parse_status(text) == tuple(StatusWord(*code.split("/")) for code in statuses)


@pytest.mark.parametrize("text", ["не задержан", "сидит", "задержан, сидит", "custody/dead", "x" * 400])
def test_a_term_outside_the_vocabulary_is_never_a_status(text: str) -> None:
    assert parse_status(text) is None


def test_every_status_has_words_in_three_languages() -> None:
    meanings = {*load_words().statuses.exact.values(), *(code for _, code in load_words().statuses.patterns)}

    assert meanings == {f"{axis}/{status}" for axis, statuses in AXES.items() for status in statuses}


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Асанов Болат, Асанов Ерлан", ["Асанов Болат", "Асанов Ерлан"]),
        ("Асанов Болат и Серикова Дана", ["Асанов Болат", "Серикова Дана"]),
        ("Асанов Болат және Серікова Дана", ["Асанов Болат", "Серікова Дана"]),
        ("1. Асанов Болат\n2. Серикова Дана", ["Асанов Болат", "Серикова Дана"]),
        ("Асанов Болат;Серикова Дана; ", ["Асанов Болат", "Серикова Дана"]),
        ("Асанов, Болат", ["Асанов Болат"]),
        ("Асанов\nБолат", ["Асанов Болат"]),
        ("Асанов Болат и Ерлан", ["Асанов Болат и Ерлан"]),
        ("12) Асанов  Болат", ["Асанов Болат"]),
        ("123", []),
        ("", []),
    ],
)
def test_names_in_one_cell_are_told_apart(cell: str, names: list[str]) -> None:
    assert [reading.name for reading in read_names(cell)] == names


def test_what_stands_beside_a_name_is_kept() -> None:
    reading = read_names("Асанов Болат (он же Боря) / Asanov Bolat")[0]

    assert reading.aliases == ("Боря",)
    assert reading.other_names == ("Asanov Bolat",)
    assert read_names("Асанов, Болат Серикович")[0].family == "Асанов"


@pytest.mark.parametrize(
    ("text", "script"), [("Әлібек", "Cyrl"), ("Älibek", "Latn"), ("علي", "Arab"), ("123", ""), ("李", "")]
)
def test_the_script_is_that_of_most_letters(text: str, script: str) -> None:
    assert script_of(text) == script


@pytest.mark.parametrize("text", ["ок. 40", "около 40", "прим. 40 лет", "шам. 40", "~40"])
def test_about_is_read_however_it_is_shortened(text: str) -> None:
    reading = parse_age(text)
    assert (reading.age_min, reading.age_max) == (38, 42)
