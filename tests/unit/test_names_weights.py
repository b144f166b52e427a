import pytest

from kuager.engines.names import compare_names, judge_names


def test_parts_that_agree_speak_for_one_person_and_parts_that_differ_against() -> None:
    found = compare_names("Нұров Серік", "Berik Nurov")
    bits = {part.role: part.weight_bits for part in found.parts}
    assert bits["family"] > 0 > bits["given"]


def test_the_weight_of_a_name_is_the_sum_of_its_parts() -> None:
    found = compare_names("Нұров Серік Болатұлы", "Serik Nurov")
    assert found.weight_bits == pytest.approx(sum(part.weight_bits for part in found.parts))


def test_an_initial_weighs_less_than_a_name() -> None:
    initial, name = (
        compare_names("Нұров Ерлан", other).weight_bits for other in ("Нұров Е.", "Nurov Yerlan")
    )
    assert 0 < initial < name


def test_a_name_beside_nothing_weighs_nothing() -> None:
    assert compare_names("", "Болат").weight_bits == 0


def test_many_pairs_get_their_answers_in_order() -> None:
    pairs = [
        ("Нұров Болат", "Bolat Nurov"),
        ("Нұров Болат", "Dana Kim"),
        ("Нұров Марат", "Нұров Мурат"),
        ("", ""),
    ]
    assert [found.verdict for found in judge_names(pairs)] == ["same", "different", "unsure", "different"]
