"""Read the words of a name for comparison: titles and articles dropped, compounds folded, fathers apart.

Promises: one object for one text and part, so that what is known of two words is found again at once.
"""

import re
from functools import lru_cache

from kuager.engines.names.distances import LONGEST
from kuager.engines.names.parsing import SEPARATE_ENDINGS, Reading, Role, read_name
from kuager.engines.names.scripts import Script
from kuager.engines.names.skeletons import (
    family_stem,
    masculine,
    names_daughter,
    patronymic_stem,
    skeletons,
)
from kuager.engines.names.variants import has_kin, respected, root

# Titles and words for a clan are not names; they are dropped while two words remain.
_TITLES = frozenset({
    "mr", "mrs", "ms", "dr", "prof", "president", "sheikh", "shaikh", "sheik", "шейх", "президент", "мырза",
    "ханым", "руы", "руынан", "рода", "clan", "tribe", "г-н", "г-жа",
})  # fmt: skip
# The Arabic article, alone or before a hyphen and with its last sound changed by the next.
_ARTICLES = frozenset({"al", "el", "ul", "аль", "эль", "ال"})
_ARTICLE = re.compile(
    r"(?<![^\s-])(?:[aeu](?:l|r|sh?|n|dh?|z|th?)|[аэу](?:ль?|р|с|ш|н|д|з|т))[-\u2010](?=\w)", re.IGNORECASE
)
_CHILD_OF = re.compile(r"^(?:(?:bin|ibn|bint|ben|бин|ибн|бинт|بن|ابن|بنت)\s+)+", re.IGNORECASE)
_DAUGHTER_OF = re.compile(r"^(?:bint|бинт|بنت)\s", re.IGNORECASE)
_ARABIC_ARTICLE = re.compile(r"^ال(?=...)|(?<=عبد)ال")
# Kazakh and Uyghur write every vowel with Arabic letters of their own; Arabic leaves most of them out.
_ALL_VOWELS = re.compile("[ەۇۆۈۋېى]")
_FINAL_YA = re.compile(r"ى(?!\w)")
# Abdul-, Abdel-, Abdur- and Abdi- before a consonant are one beginning, -uddin, -eddin and -al-Din one end.
_SERVANT = re.compile(r"^abd[aeiou]l?(?=[^aeiou]..)")
_FAITH = re.compile(r"(?<=..)[aeiou][lt]?din$")
# Two letters exchanged in a shorter word may be another name.
_LONG_ENOUGH = 5


class Word:
    """A word with its folded forms; ``is_arabic`` when its vowels are not written.

    ``is_feminine`` tells the ending of a family name or of a patronymic, None where there is none.
    """

    __slots__ = (
        "beginnings",
        "forms",
        "has_kin",
        "has_sh",
        "is_arabic",
        "is_feminine",
        "is_initial",
        "is_long",
        "is_respectful",
        "letters",
        "role",
        "root",
        "stems",
        "text",
    )

    def __init__(self, text: str, role: str, *, is_initial: bool, is_arabic: bool) -> None:
        self.text = text
        self.role = role
        self.is_initial = is_initial
        self.is_arabic = is_arabic
        self.forms = _fold_compounds(skeletons(text))
        stems = [
            patronymic_stem(form) or family_stem(form) for form in self.forms if _may_have_stem(form, role)
        ]
        self.stems = tuple([stem for stem in stems if stem])
        self._learn_forms()
        self.is_feminine: bool | None = None
        if self.stems:
            self.is_feminine = masculine(self.forms[0]) != self.forms[0]

    def _learn_forms(self) -> None:
        forms = self.forms
        # A bit for each letter that a form of the word begins with; e and i share one.
        self.beginnings = 0
        for form in forms:
            self.beginnings |= 1 << (ord("i" if form[0] == "e" else form[0]) - 97)
        # Too long for a table of words; a word without letters is none.
        self.is_long = not forms or max([len(form) for form in forms]) > LONGEST
        self.letters = "".join(sorted(forms[0])) if forms and len(forms[0]) >= _LONG_ENOUGH else ""
        self.has_kin = any([has_kin(form) for form in forms])
        self.root = root(forms[0]) if forms else ""
        self.is_respectful = any([respected(form) for form in forms])
        # 1 for с and х side by side, 2 for ш, which some spellers write alike.
        text = " ".join(forms)
        self.has_sh = ("sh" in text) + 2 * ("w" in text)

    def marks(self) -> tuple[int, int, int, int]:
        """Return what a table of words needs to know: flags, first letters, and signs of root and letters.

        Equal roots and equal letters have equal signs; other words have the same by chance at most.
        """
        flags = self.is_initial | self.is_arabic << 1 | bool(self.stems) << 2 | self.has_kin << 3
        flags |= self.is_respectful << 4 | self.has_sh << 5
        return flags, self.beginnings, hash(self.root), hash(self.letters or self.text)


@lru_cache(maxsize=400_000)
def read_word(text: str, role: str, is_initial: bool, is_arabic: bool) -> Word:
    """Return a word of a name, always the same object for the same word."""
    return Word(text, role, is_initial=is_initial, is_arabic=is_arabic)


def _may_have_stem(form: str, role: str) -> bool:
    """Return whether an ending is one of a family name: Мадина is a given name, not a woman of the Мад."""
    return role != "given" or form.endswith(
        ("ov", "ev", "ova", "eva", "ski", "ska", "uli", "kizi", "ovna", "oviq")
    )


def _fold_compounds(forms: tuple[str, ...]) -> tuple[str, ...]:
    if not any([form.startswith("abd") or form.endswith("din") for form in forms]):
        return forms
    return tuple(dict.fromkeys(map(_fold_compound, forms)))


def _fold_compound(form: str) -> str:
    """Let the spellings of the Arabic article inside a name fall together: Abdurrahman, Abdel Rahman."""
    if form.startswith("abd"):
        form = _SERVANT.sub("abd", form)
    return _FAITH.sub("din", form) if form.endswith("din") else form


@lru_cache(maxsize=200_000)
def read_father(text: str, is_initial: bool, is_arabic: bool) -> Word:
    """Return the father's name inside a patronymic."""
    word = Word(text, "patronymic", is_initial=is_initial, is_arabic=is_arabic)
    bare = _CHILD_OF.sub("", text).replace(" ", "")
    folded = skeletons(bare)
    stems = [stem for form in folded if (stem := patronymic_stem(form))]
    word.forms = tuple(dict.fromkeys(stems or folded))
    word.stems = ()
    word._learn_forms()
    word.is_feminine = None
    if any(patronymic_stem(form) for form in folded):
        word.is_feminine = any(map(names_daughter, folded))
    elif bare != text:
        word.is_feminine = _DAUGHTER_OF.match(text) is not None
    return word


class Prepared:
    """The words that identify a person, and the fathers, who only help.

    ``given`` and ``father`` stand for "Given Patronymic" and "Family Given Patronymic", which have no other
    words in common than these two; ``parts`` tells which of the three the name has, such as "gp" or "fgp".
    """

    __slots__ = ("father", "fathers", "given", "is_long", "order_is_certain", "parts", "words")

    def __init__(self, words: tuple[Word, ...], fathers: tuple[Word, ...]) -> None:
        self.words = words
        self.fathers = fathers
        self.given: Word | None = None
        self.father: Word | None = None
        self.parts = ""
        self.order_is_certain = False
        self.is_long = any([word.is_long for word in words]) or any([word.is_long for word in fathers])


@lru_cache(maxsize=200_000)
def prepare(name: str, *, joined: bool = False) -> Prepared:
    """Return the words of a name; ``joined`` reads a double name with a hyphen as one word."""
    reading = read_name(name)
    is_arabic = reading.script is Script.ARABIC and not _ALL_VOWELS.search(_FINAL_YA.sub("", name))
    words: list[Word] = []
    fathers: list[Word] = []
    has_family = "given" in reading.roles and "family" in reading.roles
    for text, role, is_initial in zip(reading.words, reading.roles, reading.initials, strict=True):
        if has_family and role == "patronymic":
            fathers.append(read_father(text, is_initial, is_arabic))
        elif is_arabic or "-" in text or " " in text or "\u2010" in text:
            words += _read_token(text, role, is_initial, is_arabic, joined)
        else:
            words.append(read_word(text, role, is_initial, is_arabic))
    prepared = Prepared(_essential(words), tuple([word for word in fathers if word.forms]))
    prepared.order_is_certain = reading.order_is_certain
    _learn_parts(prepared, reading, is_arabic)
    return prepared


def _read_token(text: str, role: Role, is_initial: bool, is_arabic: bool, joined: bool) -> list[Word]:
    if "-" in text or "\u2010" in text:
        text = _ARTICLE.sub("", text).replace("-", "" if joined else " ")
    if role == "patronymic":
        text = _CHILD_OF.sub("", text)
    pieces = text.split()
    if is_arabic:
        pieces = [_ARABIC_ARTICLE.sub("", piece) for piece in pieces]
    elif role == "patronymic" or _ends_apart(pieces):
        pieces = ["".join(pieces)]
    return [read_word(piece, role, is_initial, is_arabic) for piece in pieces]


def _ends_apart(pieces: list[str]) -> bool:
    """Return whether an ending of a patronymic is written as a word: Токтар уулу."""
    return len(pieces) == 2 and bool(set(skeletons(pieces[1])) & SEPARATE_ENDINGS)


def _learn_parts(prepared: Prepared, reading: Reading, is_arabic: bool) -> None:
    """Note given name and father where a name of two or three words leaves no doubt about them."""
    prepared.parts = "" if True in reading.initials else _clear_parts(reading.roles, reading.order_is_certain)
    if not prepared.parts:
        return
    prepared.given = read_word(reading.words[reading.roles.index("given")], "given", False, is_arabic)
    prepared.is_long |= prepared.given.is_long
    if "p" in prepared.parts:
        prepared.father = read_father(reading.words[reading.roles.index("patronymic")], False, is_arabic)


@lru_cache(maxsize=1000)
def _clear_parts(roles: tuple[Role, ...], is_certain: bool) -> str:
    parts = "".join(sorted([role[0] for role in roles]))
    return parts if parts in ("gp", "fgp") or (parts == "fg" and is_certain) else ""


def _essential(words: list[Word]) -> tuple[Word, ...]:
    """Drop articles and titles, while two words remain."""
    named = [word for word in words if word.forms]
    if len(named) < 3:
        return tuple(named)
    kept = [word for word in named if word.text.casefold().rstrip(".") not in _ARTICLES | _TITLES]
    return tuple(kept if len(kept) >= 2 else named)
