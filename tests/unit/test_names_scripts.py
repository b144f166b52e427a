import pytest

from kuager.engines.names import Script, detect_script, repair_look_alikes


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("Нұров Болат", Script.CYRILLIC),
        ("Bolat Nurov", Script.LATIN),
        ("Bolat Nūrov", Script.LATIN),
        ("بولات نوروف", Script.ARABIC),
        ("Болат Nurov", Script.MIXED),
        ("12345", Script.OTHER),
        ("", Script.OTHER),
    ],
)
def test_the_script_of_a_name_is_told_by_its_letters(text: str, script: Script) -> None:
    assert detect_script(text) is script


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("Cерік", "Серік"), ("Aсел", "Асел"), ("Bоlаt", "Bolat"), ("Нурoв", "Нуров"), ("Əсел", "Әсел")],
)
def test_a_look_alike_of_the_other_alphabet_is_put_right(typed: str, meant: str) -> None:
    assert repair_look_alikes(typed) == meant


def test_words_of_two_alphabets_stay_as_they_are() -> None:
    assert repair_look_alikes("Болат Nurov") == "Болат Nurov"
