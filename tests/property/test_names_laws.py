"""Laws of the names engine: symmetry, identity, round trips through transliteration, exact search."""

import string

from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from kuager.engines.names import (
    Vocabulary,
    compare_names,
    judge_names,
    parse_name,
    query_keys,
    search_keys,
    skeletons,
)

# Invented names of common Kazakh building blocks.
_FIRST = [
    "Нұр",
    "Бек",
    "Жан",
    "Ер",
    "Бақыт",
    "Ай",
    "Алтын",
    "Қайрат",
    "Мұх",
    "Өмір",
    "Тем",
    "Ғал",
    "Әбі",
    "Шың",
]
_LAST = ["лан", "бек", "жан", "бай", "ғали", "тай", "бол", "мұрат", "құл", "қали", "мір", "нияз"]
_ENGLISH = {
    "ә": "a", "а": "a", "б": "b", "в": "v", "г": "g", "ғ": "gh", "д": "d", "е": "e", "ж": "zh", "з": "z",
    "и": "i", "й": "y", "к": "k", "қ": "k", "л": "l", "м": "m", "н": "n", "ң": "n", "о": "o", "ө": "o",
    "п": "p", "р": "r", "с": "s", "т": "t", "у": "u", "ұ": "u", "ү": "u", "ф": "f", "х": "kh", "ш": "sh",
    "ы": "y", "і": "i", "я": "ya", "ч": "ch",
}  # fmt: skip
_KAZAKH_LATIN = _ENGLISH | {
    "ә": "ä",
    "ғ": "ğ",
    "ж": "j",
    "қ": "q",
    "ң": "ñ",
    "ө": "ö",
    "ұ": "ū",
    "ү": "ü",
    "ш": "ş",
}
_RUSSIAN = dict(zip("әғқңөұүі", "агкноууи", strict=True))

_words = st.builds(
    lambda first, last: (first + last).capitalize(), st.sampled_from(_FIRST), st.sampled_from(_LAST)
)
# Kazakh letters of the draft of 2018, and with Arabic letters (töte).
_DRAFT_OF_2018 = _ENGLISH | {
    "ә": "á", "ғ": "ǵ", "ж": "j", "қ": "q", "ң": "ń", "ө": "ó", "ү": "ú", "у": "ý", "и": "ı", "й": "ı",
    "і": "i", "х": "h",
}  # fmt: skip
_TOTE = {
    "ә": "ا", "а": "ا", "б": "ب", "в": "ۆ", "г": "گ", "ғ": "ع", "д": "د", "е": "ە", "ж": "ج", "з": "ز",
    "и": "ي", "й": "ي", "к": "ك", "қ": "ق", "л": "ل", "м": "م", "н": "ن", "ң": "ڭ", "о": "و", "ө": "و",
    "р": "ر", "с": "س", "т": "ت", "ұ": "ۇ", "ү": "ۇ", "х": "ح", "ш": "ش", "ы": "ى", "і": "ى", "я": "يا",
}  # fmt: skip
_names = st.builds(lambda family, given: f"{family}ов {given}", _words, _words)
_texts = st.text(alphabet="абжқғұСНE.,- ovtnJЖaişə", max_size=25)
_keys = st.text(alphabet=string.ascii_lowercase[:6], min_size=1, max_size=7)


def _written(text: str, table: dict[str, str]) -> str:
    return "".join(table.get(letter, letter) for letter in text.lower()).title()


@given(_names, _names)
def test_comparison_is_symmetric(one: str, other: str) -> None:
    there, back = compare_names(one, other), compare_names(other, one)
    assert (there.score, there.verdict) == (back.score, back.verdict)


@given(_texts, _texts)
def test_any_text_is_compared_without_failing_and_symmetrically(one: str, other: str) -> None:
    there, back = compare_names(one, other), compare_names(other, one)
    assert 0.0 <= there.score <= 1.0
    assert (there.score, there.verdict) == (back.score, back.verdict)


@given(_names)
def test_a_name_is_wholly_like_itself(name: str) -> None:
    assert compare_names(name, name).score == 1.0


@given(_names)
def test_transliteration_does_not_change_the_person(name: str) -> None:
    for table in (_ENGLISH, _KAZAKH_LATIN, _RUSSIAN):
        assert compare_names(name, _written(name, table)).verdict == "same"


@given(_names)
def test_neither_the_draft_of_2018_nor_arabic_letters_change_the_person(name: str) -> None:
    for table in (_DRAFT_OF_2018, _TOTE):
        assert compare_names(name, _written(name, table)).verdict == "same"


@given(_names, _names)
def test_the_alphabet_does_not_decide_who_is_who(one: str, other: str) -> None:
    plain = compare_names(one, other).verdict
    across = compare_names(one, _written(other, _RUSSIAN)).verdict
    assert (plain == "same") == (across == "same")


@given(_words)
def test_folding_a_folded_word_changes_nothing(word: str) -> None:
    folded = skeletons(_written(word, _RUSSIAN))[0]
    plain = folded.translate(str.maketrans("jqwhc", "жчшхц"))
    assert skeletons(_written(plain, dict(zip("abdegiklmnoprstuvz", "абдегиклмнопрстувз", strict=True)))) == (
        folded,
    )


@given(st.lists(st.tuples(_names | _texts, _names | _texts), max_size=8))
def test_many_pairs_are_judged_as_one_by_one(pairs: list[tuple[str, str]]) -> None:
    for (one, other), quick in zip(pairs, judge_names(pairs), strict=True):
        slow = compare_names(one, other)
        assert quick.verdict == slow.verdict
        if slow.verdict != "different":
            assert (quick.score, quick.weight_bits) == (slow.score, slow.weight_bits)


@given(_names, _names)
def test_the_weight_is_symmetric(one: str, other: str) -> None:
    assert compare_names(one, other).weight_bits == compare_names(other, one).weight_bits


@given(_words)
def test_transliteration_keeps_a_shared_skeleton(word: str) -> None:
    for table in (_ENGLISH, _KAZAKH_LATIN, _RUSSIAN):
        assert set(skeletons(word)) & set(skeletons(_written(word, table)))


@given(_texts)
def test_skeletons_are_plain_letters(text: str) -> None:
    assert all(set(skeleton) <= set(string.ascii_lowercase) for skeleton in skeletons(text))


@given(_names)
def test_a_name_finds_itself_in_every_spelling(name: str) -> None:
    stored = {key.key for key in search_keys(name)}
    for table in (_ENGLISH, _KAZAKH_LATIN, _RUSSIAN):
        for alternatives in query_keys(_written(name, table)):
            assert stored & set(alternatives)


@given(_texts)
def test_parsing_loses_no_word_and_invents_none(text: str) -> None:
    name = parse_name(text)
    parts = " ".join((name.given, name.family, name.patronymic)).split()
    words = " ".join(token.text for token in name.tokens).split()
    assert set(parts) <= set(words)


@settings(max_examples=60)
@given(st.lists(_keys, max_size=30), _keys)
def test_search_agrees_with_looking_at_every_key(keys: list[str], query: str) -> None:
    found = dict(Vocabulary(keys).near(query, limit=1000))
    assert set(found) <= set(keys)
    assert (query in keys) == (found.get(query) == 0.0)
    assert {key for key in keys if key.startswith(query)} <= set(found)
    if len(query) >= 4:
        assert {key for key in keys if OSA.distance(key, query) <= 1} <= set(found)


@given(st.lists(_keys, max_size=30), _keys, st.integers(min_value=1, max_value=5))
def test_search_returns_the_nearest_first_and_no_more_than_asked(
    keys: list[str], query: str, limit: int
) -> None:
    distances = [distance for _, distance in Vocabulary(keys).near(query, limit=limit)]
    assert distances == sorted(distances)
    assert len(distances) <= limit
