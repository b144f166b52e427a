import pytest

from kuager.engines.names import Script, parse_name


@pytest.mark.parametrize(
    ("text", "given", "family", "patronymic"),
    [
        ("Нұрова Әсел Серікқызы", "Әсел", "Нұрова", "Серікқызы"),
        ("Әсел Серікқызы Нұрова", "Әсел", "Нұрова", "Серікқызы"),
        ("Нурова, Асель Сериковна", "Асель", "Нурова", "Сериковна"),
        ("Asel Nurova", "Asel", "Nurova", ""),
        ("NUROV Bolat", "Bolat", "NUROV", ""),
        ("Bolat NUROV", "Bolat", "NUROV", ""),
        ("Әсел Серікқызы", "Әсел", "", "Серікқызы"),
        ("Серікұлы Болат", "Болат", "Серікұлы", ""),
        ("Нұров Ж. Қ.", "Ж.", "Нұров", "Қ."),
        ("Ж. Қ. Нұров", "Ж.", "Нұров", "Қ."),
        ("Нұров Е.", "Е.", "Нұров", ""),
        ("Нуров Болат Самед оглы", "Болат", "Нуров", "Самед оглы"),
        ("Bolat bin Serik Darwish", "Bolat", "Darwish", "bin Serik"),
        ("بولات سريك دانا نور", "بولات", "نور", "سريك دانا"),
        ("Болат", "Болат", "", ""),
    ],
)
def test_the_parts_of_a_name_are_found_in_any_order(
    text: str, given: str, family: str, patronymic: str
) -> None:
    name = parse_name(text)
    assert (name.given, name.family, name.patronymic) == (given, family, patronymic)


def test_two_words_without_endings_are_said_to_be_uncertain() -> None:
    assert not parse_name("Данабек Болат").order_is_certain
    assert parse_name("Нұров Болат").order_is_certain


def test_split_given_names_stay_together() -> None:
    assert parse_name("Abd al-Rahman Nurov").given == "Abd al-Rahman"


def test_an_empty_name_has_no_parts() -> None:
    name = parse_name("  ")
    assert (name.tokens, name.script) == ((), Script.OTHER)


def test_every_word_is_in_exactly_one_token() -> None:
    tokens = parse_name("Нұрова Әсел Серікқызы").tokens
    assert " ".join(token.text for token in tokens) == "Нұрова Әсел Серікқызы"
