"""Read the words of a name for comparison: titles and articles dropped, compounds folded, fathers apart.

Promises: one object for one text and part, so that what is known of two words is found again at once.
"""

import re
from functools import lru_cache

from kuager.engines.names.distances import outline
from kuager.engines.names.parsing import parse_name
from kuager.engines.names.scripts import Script
from kuager.engines.names.skeletons import family_stem, patronymic_stem, skeletons
from kuager.engines.names.variants import has_kin

# Titles are not names; they are dropped while two words remain.
_TITLES = frozenset(
    {"mr", "mrs", "ms", "dr", "prof", "president", "sheikh", "shaikh", "sheik", "шейх", "президент"}
)
# The Arabic article, alone or before a hyphen and with its last sound changed by the next.
_ARTICLES = frozenset({"al", "el", "ul", "аль", "эль", "ال"})
_ARTICLE = re.compile(
    r"(?<![^\s-])(?:[aeu](?:l|r|sh?|n|dh?|z|th?)|[аэу](?:ль?|р|с|ш|н|д|з|т))[-\u2010](?=\w)", re.IGNORECASE
)
_CHILD_OF = re.compile(r"^(?:(?:bin|ibn|bint|ben|бин|ибн|бинт|بن|ابن|بنت)\s+)+", re.IGNORECASE)
_ARABIC_ARTICLE = re.compile(r"^ال(?=...)|(?<=عبد)ال")
# Kazakh and Uyghur write every vowel with Arabic letters of their own; Arabic leaves most of them out.
_ALL_VOWELS = re.compile("[ەۇۆۈۋې]")
# Abdul-, Abdel-, Abdur- and Abdi- before a consonant are one beginning, -uddin, -eddin and -al-Din one end.
_SERVANT = re.compile(r"^abd[aeiou]l?(?=[^aeiou]..)")
_FAITH = re.compile(r"(?<=..)[aeiou][lt]?din$")


class Word:
    """A word with its folded forms; ``is_arabic`` when its vowels are not written."""

    __slots__ = ("forms", "has_kin", "is_arabic", "is_initial", "outlines", "role", "stems", "text")

    def __init__(self, text: str, role: str, *, is_initial: bool, is_arabic: bool) -> None:
        self.text = text
        self.role = role
        self.is_initial = is_initial
        self.forms = tuple(dict.fromkeys(map(_fold_compound, skeletons(text))))
        stems = [family_stem(form) or patronymic_stem(form) for form in self.forms]
        self.stems = tuple(stem for stem in stems if stem)
        self.is_arabic = is_arabic
        self.has_kin = any(map(has_kin, self.forms))
        self.outlines = tuple(dict.fromkeys(outline(form) for form in self.forms + self.stems))


@lru_cache(maxsize=400_000)
def read_word(text: str, role: str, is_initial: bool, is_arabic: bool) -> Word:
    """Return a word of a name, always the same object for the same word."""
    return Word(text, role, is_initial=is_initial, is_arabic=is_arabic)


def _fold_compound(form: str) -> str:
    """Let the spellings of the Arabic article inside a name fall together: Abdurrahman, Abdel Rahman."""
    return _FAITH.sub("din", _SERVANT.sub("abd", form))


@lru_cache(maxsize=200_000)
def _father(text: str, is_initial: bool, is_arabic: bool) -> Word:
    word = Word(text, "patronymic", is_initial=is_initial, is_arabic=is_arabic)
    bare = _CHILD_OF.sub("", text).replace(" ", "")
    word.forms = tuple(patronymic_stem(form) or form for form in skeletons(bare))
    word.stems = ()
    word.outlines = tuple(dict.fromkeys(outline(form) for form in word.forms))
    word.has_kin = any(map(has_kin, word.forms))
    return word


@lru_cache(maxsize=200_000)
def prepare(name: str, *, joined: bool = False) -> tuple[tuple[Word, ...], tuple[Word, ...]]:
    """Return the words that identify the person, and the patronymics, which only help."""
    parsed = parse_name(name)
    is_arabic = parsed.script is Script.ARABIC and not _ALL_VOWELS.search(name)
    words: list[Word] = []
    fathers: list[Word] = []
    for token in parsed.tokens:
        if token.role == "patronymic" and parsed.given and parsed.family:
            fathers.append(_father(token.text, token.is_initial, is_arabic))
        else:
            pieces = _ARTICLE.sub("", token.text).replace("-", "" if joined else " ").split()
            bare = [_ARABIC_ARTICLE.sub("", piece) for piece in pieces] if is_arabic else pieces
            words += [read_word(piece, token.role, token.is_initial, is_arabic) for piece in bare]
    return _essential(words), tuple(word for word in fathers if word.forms)


def _essential(words: list[Word]) -> tuple[Word, ...]:
    """Drop articles and titles, while two words remain."""
    named = [word for word in words if word.forms]
    kept = [word for word in named if word.text.casefold().rstrip(".") not in _ARTICLES | _TITLES]
    return tuple(kept if len(kept) >= 2 else named)


Prepared = tuple[tuple[Word, ...], tuple[Word, ...]]
