"""Laws of the match index: a slip never hides a word, and shares stay shares."""

from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from kuager.engines.linkage.incremental.keys import variants, within_one_slip

_words = st.text("abdklmnrst", min_size=3, max_size=9)


@given(_words, st.integers(0, 8), st.sampled_from("abkz"), st.integers(0, 3))
def test_words_one_slip_apart_share_a_variant(word: str, place: int, letter: str, kind: int) -> None:
    place = min(place, len(word) - 1)
    head, tail = word[:place], word[place + 1 :]
    following = word[place : place + 2][::-1] + word[place + 2 :]
    slipped = (head + tail, head + letter + word[place:], head + letter + tail, head + following)[kind]
    if len(slipped) < 3:
        return
    assert set(variants(word)) & set(variants(slipped))
    assert slipped == word or within_one_slip(word, [slipped]) == [slipped]


@given(_words, st.lists(_words))
def test_only_words_one_slip_apart_are_taken(word: str, others: list[str]) -> None:
    assert all(OSA.distance(word, other) == 1 for other in within_one_slip(word, others))
