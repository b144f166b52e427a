"""Short and respectful forms, patronymics without family names, initials, mixed keyboards, endings of sex."""

import pytest

from kuager.engines.names import compare_names

SAME = [
    ("Арман Төлешұлы", "Қожахметов Арман Төлешұлы"),
    ("Арман Төлешұлы", "Kozhakhmetov Arman Toleshovich"),
    ("Арман Төлешұлы", "Төлешов Арман"),
    ("Гүлжан Серік қызы", "Серікқызы Гүлжан"),
    ("Токтар уулу Бакыт", "Toktar uulu Bakyt"),
    ("Hұpов Cepiк", "Serik Nurov"),
    ("Нұрова Дана", "Nurov Dana"),
    ("Қазыхан Ерлан", "Казыханов Ерлан"),
    ("Нұров Болат Арғын руы", "Нуров Болат"),
    ("Нұров Болат (Арғын)", "Bolat Nurov"),
    ("Нуров Ахмед Алиевич", "Ahmed bin Ali Nurov"),
    ("Osama bin Nurov", "Usama ibn Nurov"),
    ("Эмомали Рахмон", "Emomali Rahmonov"),
    ("Жээнбеков Нурлан", "Nurlan Jeenbekov"),
    ("Абдуллаев Ғайрат", "Gʻayrat Abdullayev"),
    ("Donald Nurov", "Donlad Nurov"),
]
OPEN = [
    ("Арман Төлешұлы", "Қожахметов Арман"),
    ("Секе Нұров", "Нұров Серік"),
    ("Нұреке Қасымов", "Қасымов Нұрлан"),
    ("Серікжан Нұров", "Нұров Серік"),
    ("Нұров С. Б.", "Нұров Серік Болатұлы"),
    ("С. Н.", "Серік Нұров"),
    ("Нұров Арман Т.", "Нұров Арман Серікұлы"),
    ("Нұрова Ерлана", "Нұров Ерлан"),
    ("Нұрова Дана Болатқызы", "Нұров Дана Болатұлы"),
    ("Нұров Нұржан", "Нұров Нұрбай"),
    ("Нурова Алия", "Нурова Алла"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_forms_of_one_name_are_the_same(one: str, other: str) -> None:
    assert compare_names(one, other).verdict == "same"


@pytest.mark.parametrize(("one", "other"), OPEN)
def test_what_names_cannot_settle_stays_open(one: str, other: str) -> None:
    assert compare_names(one, other).verdict == "unsure"


def test_a_respectful_form_is_told_as_one() -> None:
    found = compare_names("Секе Нұров", "Нұров Серік")
    assert "given names may be forms of one name: Секе / Серік" in found.reasons


def test_fathers_that_rhyme_keep_namesakes_apart() -> None:
    found = compare_names("Нұров Ерлан Серікұлы", "Нұров Ерлан Берікұлы")
    assert found.verdict != "same"


def test_a_patronymic_alone_says_nothing_against_a_family_name() -> None:
    found = compare_names("Арман Төлешұлы", "Қожахметов Арман")
    assert {part.role: part.level for part in found.parts} == {
        "given": "equal",
        "patronymic": "missing",
        "family": "missing",
    }
