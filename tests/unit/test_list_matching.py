from kuager.domain.lists.rules.matching import RowIdentity, RowKey, are_counters, match_equal, match_rest
from kuager.domain.lists.terms import MatchedBy


def row(ref: int, name: str, *, number: str = "", born: str = "", content: str = "") -> RowIdentity:
    return RowIdentity(
        ref=ref,
        content=content or f"{name}{born}{ref}",
        number=number,
        name=name,
        born=born,
        event="",
        place="",
    )


def test_equal_rows_are_matched_one_to_one() -> None:
    old = [RowKey(1, "same", ""), RowKey(2, "same", "")]
    new = [RowKey(11, "same", ""), RowKey(12, "same", ""), RowKey(13, "same", "")]
    assert [(match.old, match.new) for match in match_equal(old, new)] == [(1, 11), (2, 12)]


def test_a_stable_number_keeps_a_person_through_a_new_spelling() -> None:
    old = [row(1, "Erden Tasbolatov", number="A7")]
    new = [row(11, "Yerden Tasbulatov", number="A7")]
    (match,) = match_rest(old, new, equal_numbers=50)
    assert (match.by, match.is_unchanged) == (MatchedBy.LIST_ID, False)


def test_a_number_given_to_somebody_else_is_not_followed() -> None:
    old = [row(1, "Erden Tasbolatov", number="A7")]
    new = [row(11, "Sanzhar Kydyrbek", number="A7")]
    assert match_rest(old, new, equal_numbers=50) == []


def test_two_stable_numbers_are_two_people_though_their_rows_say_the_same() -> None:
    old = [row(1, "Erden Tasbolatov", number="A7", content="same")]
    new = [row(11, "Erden Tasbolatov", number="B9", content="same")]
    assert match_rest(old, new, equal_numbers=50) == []


def test_a_number_that_counts_rows_stands_for_nobody() -> None:
    assert are_counters([str(number) for number in range(1, 40)])
    assert not are_counters(["17", "4", "981", "230"])
    assert not are_counters(["b7", "c2", "d1"])
    old = [row(1, "Erden Tasbolatov", number="2", content="same")]
    new = [row(11, "Erden Tasbolatov", number="9", content="same")]
    assert len(match_rest(old, new, equal_numbers=50, counts_rows=True)) == 1


def test_a_common_name_alone_is_not_enough() -> None:
    old = [row(1, "Erden Tasbolatov", born="1990"), row(2, "Erden Tasbolatov", born="1964")]
    new = [row(11, "Erden Tasbolatov", born="1971"), row(12, "Erden Tasbolatov", born="1964")]
    assert [(match.old, match.new) for match in match_rest(old, new)] == [(2, 12)]
