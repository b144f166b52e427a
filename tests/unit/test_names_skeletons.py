import pytest

from kuager.engines.names import consonants, masculine, patronymic_stem, skeletons


@pytest.mark.parametrize(
    "spellings",
    [
        ["Жағылтаров", "Жагилтаров", "Zhagiltarov", "Jagiltarov", "Jağyltarov", "Jaǵyltarov"],
        ["Қасым", "Касым", "Qasym", "Kasym", "Kassym"],
        ["Ерлан", "Yerlan", "Erlan"],
        ["Әсел", "Асел", "Asel", "Äsel", "Assel"],
        ["Шәкір", "Шакир", "Shakir", "Şäkir", "Schakir"],
        ["Хадиша", "Khadisha", "Hadisha", "Xadişa"],
        ["Ғалым", "Галым", "Ghalym", "Ğalym", "Galym"],
        ["Айгүл", "Айгуль", "Aigul", "Aygül"],
        ["Юнус", "Yunus", "Iunus"],
        ["Джамал", "Dzhamal", "Djamal", "Jamal"],
    ],
)
def test_spellings_of_one_name_share_a_skeleton(spellings: list[str]) -> None:
    first, *others = (set(skeletons(spelling)) for spelling in spellings)
    assert all(first & other for other in others)


@pytest.mark.parametrize(
    ("one", "other"), [("Серік", "Берік"), ("Марат", "Мурат"), ("Ерлан", "Нұрлан"), ("Әсел", "Әсем")]
)
def test_different_names_keep_different_skeletons(one: str, other: str) -> None:
    assert not set(skeletons(one)) & set(skeletons(other))


@pytest.mark.parametrize(
    "patronymic", ["Серікұлы", "Серикулы", "Серикович", "Serikuly", "Serikovich", "Серікқызы", "Сериковна"]
)
def test_every_patronymic_leads_to_the_fathers_name(patronymic: str) -> None:
    assert "serik" in {patronymic_stem(skeleton) for skeleton in skeletons(patronymic)}


def test_a_surname_without_ending_is_no_patronymic() -> None:
    assert patronymic_stem("nurov") is None


@pytest.mark.parametrize(("feminine", "form"), [("nurova", "nurov"), ("galina", "galin"), ("nurov", "nurov")])
def test_feminine_surnames_fold_to_the_masculine(feminine: str, form: str) -> None:
    assert masculine(feminine) == form


def test_consonants_ignore_vowels() -> None:
    assert consonants("suleiman") == consonants("sulaimon")


def test_a_word_without_letters_has_no_skeleton() -> None:
    assert skeletons("123-456") == ()
