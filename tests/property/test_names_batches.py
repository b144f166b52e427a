"""Many pairs at once get the answers that each gets alone, to the bit."""

from itertools import product

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.names import compare_names, judge_names
from kuager.engines.names.distances import LONGEST, likeness, unwritten_likeness
from kuager.engines.names.distances_many import encode, likeness_many
from kuager.engines.names.sifting import sift_pairs
from kuager.engines.names.word_likeness import compare_words
from kuager.engines.names.words import read_father, read_word
from kuager.engines.names.words_many import WordTable

_WORDS = [
    "Нұров", "Nurova", "Nourov", "Нуров-Серік", "Серік", "Serik", "Cерік", "Берік", "Секе", "Серікжан", "С.",
    "Асхат", "Ashat", "Ашат", "Дмитрий", "Дима", "Слава", "Вячеслав", "Marcon", "Macron", "Нұрсұлтан", "Нұр",
    "Сұлтан", "Nursultan", "Болатұлы", "Bolatovich", "Болатқызы", "Шыңғыс", "Chingiz", "Schyngys", "نوروف",
    "سيريك", "نۇروۆ", "سەرىك", "عبد", "الرحمن", "Абдурахман", "Abd", "al-Rahman", "bin", "Ali", "Dr.", "ова",
    "Қасым-Жомарт", "Kassymzhomart", "Ж", "X", "Aleksandrovich", "Александр", "Alexander", "Zhūmadilov", "1",
]  # fmt: skip
_names = st.lists(st.sampled_from(_WORDS), min_size=0, max_size=6).map(" ".join)
_pairs = st.lists(_names, min_size=1, max_size=9).map(lambda names: list(product(names, names)))
_skeletons = st.text(alphabet="aeioubdfghjklmnpqrstvwzcx", min_size=1, max_size=LONGEST)
_words = st.one_of(
    st.builds(
        read_word,
        st.sampled_from(_WORDS),
        st.sampled_from(["given", "family", "patronymic", "other"]),
        st.booleans(),
        st.booleans(),
    ),
    st.builds(read_father, st.sampled_from(_WORDS), st.booleans(), st.booleans()),
)


@settings(max_examples=60, deadline=None)
@given(_pairs)
def test_no_pair_that_may_be_one_person_is_put_aside(pairs: list[tuple[str, str]]) -> None:
    for (one, other), is_hopeful in zip(pairs, sift_pairs(pairs), strict=True):
        assert is_hopeful or one == other or compare_names(one, other).verdict == "different"


@settings(max_examples=40, deadline=None)
@given(_pairs)
def test_a_batch_is_judged_as_one_by_one(pairs: list[tuple[str, str]]) -> None:
    many = pairs * (1 + 200 // len(pairs))
    for (one, other), quick in zip(many, judge_names(many), strict=True):
        slow = compare_names(one, other)
        assert quick.verdict == slow.verdict
        if slow.verdict != "different":
            assert (quick.score, quick.weight_bits) == (slow.score, slow.weight_bits)


@settings(deadline=None)
@given(st.lists(_words.filter(lambda word: not word.is_long), min_size=1, max_size=8, unique=True))
def test_words_of_a_table_are_as_alike_as_by_themselves(words: list[object]) -> None:
    table = WordTable(words)  # type: ignore[arg-type]  # Hypothesis knows no Word
    places = np.arange(len(words))
    left, right = (side.ravel() for side in np.meshgrid(places, places))
    slow = [compare_words(words[one], words[other]) for one, other in zip(left, right, strict=True)]  # type: ignore[arg-type]
    assert table.likeness(left, right).tolist() == slow
    assert (table.ceiling(left, right) >= np.array(slow) - 1e-9).all()


@settings(deadline=None)
@given(st.lists(st.tuples(_skeletons, _skeletons), min_size=1, max_size=20))
def test_distances_of_many_are_those_of_each(pairs: list[tuple[str, str]]) -> None:
    (left, left_lengths), (right, right_lengths) = (encode([pair[side] for pair in pairs]) for side in (0, 1))
    lengths = left_lengths, right_lengths
    found = likeness_many(left, right, lengths, unwritten=False)
    assert found.tolist() == [likeness(one, other) for one, other in pairs]
    found = likeness_many(left, right, lengths, unwritten=True)
    assert found.tolist() == [unwritten_likeness(one, other) for one, other in pairs]
