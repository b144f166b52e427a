import pytest

from kuager.engines.names import compare_names


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Жағылтаров Болат", "Jagiltarov Bolat"),
        ("Жагилтаров Болат", "Bolat Zhagiltarov"),
        ("Жағылтаров Болат Серікұлы", "Жагилтаров Болат Серикович"),
        ("Нұрова Әсел", "Asel Nurova"),
        ("Нұров Cерік", "Serik Nurov"),
        ("Қасым-Жомарт Нұров", "Kassymzhomart Nurov"),
        ("NUROV Galym", "Нуров Ғалым"),
    ],
)
def test_spellings_of_one_person_are_the_same(one: str, other: str) -> None:
    assert compare_names(one, other).verdict == "same"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Yerlan Zhagiltarov", "Nurlan Zhagiltarov"),
        ("Нұров Марат", "Нұров Мурат"),
        ("Нұров Серік", "Нұров Берік"),
        ("Нұров Марат Болатұлы", "Нуров Мурат Болатович"),
        ("Серік Нұров", "Серік Даниев"),
        ("Нұров Серік Болатұлы", "Нұров Серік Еркінұлы"),
    ],
)
def test_brothers_and_namesakes_are_never_the_same(one: str, other: str) -> None:
    assert compare_names(one, other).verdict != "same"


def test_strangers_are_different() -> None:
    assert compare_names("Серік Нұров", "Dana Khalilova").verdict == "different"


def test_an_initial_that_fits_leaves_the_answer_open() -> None:
    assert compare_names("Нұров Е.", "Нұров Ерлан").verdict == "unsure"
    assert compare_names("Нұров Е.", "Нұров Болат").verdict == "different"


def test_a_single_word_is_never_enough() -> None:
    assert compare_names("Ерлан", "Yerlan").verdict == "unsure"


def test_every_part_is_shown_with_a_reason() -> None:
    found = compare_names("Нұров Серік", "Berik Nurov")
    levels = {part.role: (part.left, part.right, part.level) for part in found.parts}
    assert levels == {"family": ("Нұров", "Nurov", "equal"), "given": ("Серік", "Berik", "differs")}
    assert "given names differ: Серік / Berik" in found.reasons


def test_half_is_where_the_same_begins() -> None:
    assert compare_names("Нұров Болат", "Nurov Bolat").score >= 0.5
    assert compare_names("Нұров Серік", "Нұров Берік").score < 0.5


def test_nothing_is_like_nothing() -> None:
    assert compare_names("", "").score == 0.0
    assert compare_names("", "Болат").verdict == "different"
