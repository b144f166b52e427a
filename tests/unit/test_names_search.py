import pytest

from kuager.engines.names import Vocabulary, query_keys, search_keys

PEOPLE = ["Жағылтаров Болат Серікұлы", "Нұрова Әсел", "Дәулетов Ерлан", "Qasymova Dana", "Нуров Мурат"]


def _found(typed: str) -> str:
    """Search as the register does: the person with the nearest keys for all typed words."""
    owners = {person: {key.key for key in search_keys(person)} for person in PEOPLE}
    vocabulary = Vocabulary(key for keys in owners.values() for key in keys)
    cost = dict.fromkeys(PEOPLE, 0.0)
    for alternatives in query_keys(typed):
        near: dict[str, float] = {}
        for alternative in alternatives:
            for key, distance in vocabulary.near(alternative, limit=20):
                near[key] = min(distance, near.get(key, 9.0))
        for person, keys in owners.items():
            cost[person] += min((near[key] for key in keys if key in near), default=9.0)
    return min(PEOPLE, key=lambda person: cost[person])


@pytest.mark.parametrize(
    "typed",
    ["Jagiltarov", "Жагилтаров", "Жағылтаров", "Zhagiltarov", "Жағыл", "Zhagyl", "Jagiltarv", "Жагилторов",
     "болат жағылтаров", "Серикович Жагилтаров"],
)  # fmt: skip
def test_any_spelling_a_beginning_or_a_typo_finds_the_person(typed: str) -> None:
    assert _found(typed) == "Жағылтаров Болат Серікұлы"


def test_a_woman_is_found_by_the_masculine_surname() -> None:
    assert _found("Касымов") == "Qasymova Dana"


def test_keys_know_the_part_they_come_from() -> None:
    keys = {(key.key, key.role) for key in search_keys("Нұрова Әсел Серікқызы")}
    assert keys == {("nurov", "family"), ("asel", "given"), ("serik", "patronymic")}


def test_initials_are_no_search_keys() -> None:
    assert {key.key for key in search_keys("Нұров Е.")} == {"nurov"}


def test_an_equal_key_comes_first_then_longer_ones() -> None:
    vocabulary = Vocabulary(["nur", "nurov", "nurlan", "serik"])
    assert [key for key, _ in vocabulary.near("nur", limit=3)] == ["nur", "nurov", "nurlan"]


def test_a_beginning_with_a_wrong_letter_is_found_when_nothing_else_is() -> None:
    assert Vocabulary(["jagiltarov", "serik"]).near("jagzl", limit=5)[0][0] == "jagiltarov"


def test_an_empty_query_finds_nothing() -> None:
    assert Vocabulary(["serik"]).near("", limit=5) == []
    assert query_keys(" , ") == []
