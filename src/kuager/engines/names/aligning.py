"""Put the words of two names side by side, in the best of all orders, and say how alike they are.

Promises: symmetric up to the exchange of left and right; each word is used once.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import permutations

from kuager.engines.names.distances import likeness, likeness_at_most, outline
from kuager.engines.names.letters import VOWELS
from kuager.engines.names.parsing import parse_name
from kuager.engines.names.scripts import Script, detect_script
from kuager.engines.names.skeletons import family_stem, patronymic_stem, skeletons
from kuager.engines.names.variants import has_kin, kinship

_UNMATCHED_COST = 0.08
_ALONE_COST = 0.25
_STEM_COST = 0.06
_STEM_FROM = 0.9
_INITIAL_AGREES = 0.85
_MAX_WORDS = 5
_FORM_OF_NAME = {"certain": 0.86, "ambiguous": 0.78}
_JOINED_MUST_REACH = 0.86
_JOINED_COST = 0.02
# Titles are not names; they are dropped while two words remain.
_TITLES = frozenset({"mr", "mrs", "ms", "dr", "prof", "president", "sheikh", "shaikh", "sheik", "шейх", "президент"})
# The Arabic article, alone or before a hyphen and with its last sound changed by the next.
_ARTICLES = frozenset({"al", "el", "ul", "аль", "эль", "ال"})
_ARTICLE = re.compile(
    r"(?<![^\s-])(?:[aeu](?:l|r|sh?|n|dh?|z|th?)|[аэу](?:ль?|р|с|ш|н|д|з|т))[-\u2010](?=\w)", re.IGNORECASE
)
_CHILD_OF = re.compile(r"^(?:(?:bin|ibn|bint|ben|бин|ибн|бинт|بن|ابن|بنت)\s+)+", re.IGNORECASE)
_ARABIC_ARTICLE = re.compile(r"^ال(?=...)|(?<=عبد)ال")
# Abdul-, Abdel-, Abdur- and Abdi- before a consonant, and -uddin, -eddin, -al-Din after one, are one name each.
_SERVANT = re.compile(r"^abd[aeiou]l?(?=[^aeiou]..)")
_FAITH = re.compile(r"(?<=..)[aeiou][lt]?din$")
_DEVOWEL = str.maketrans("", "", "".join(VOWELS))


@dataclass(frozen=True, slots=True)
class AlignedWord:
    """One word of each name; "" where the other name has no counterpart."""

    role: str
    left: str
    right: str
    likeness: float
    is_initial: bool = False
    crosses_arabic: bool = False
    crosses_roles: bool = False


@dataclass(frozen=True, slots=True)
class Alignment:
    """The raw score of two names (about 0 to 1), the words side by side, and how many were matched."""

    score: float
    parts: tuple[AlignedWord, ...]
    matched: int


class _Word:
    """A word with its folded forms. One object for one text and role, so that caches are quick."""

    __slots__ = ("forms", "has_kin", "is_arabic", "is_initial", "outlines", "role", "stems", "text")

    def __init__(self, text: str, role: str, *, is_initial: bool = False) -> None:
        self.text = text
        self.role = role
        self.is_initial = is_initial
        self.forms = tuple(dict.fromkeys(map(_fold_compound, skeletons(text))))
        stems = [family_stem(form) or patronymic_stem(form) for form in self.forms]
        self.stems = tuple(stem for stem in stems if stem)
        self.is_arabic = detect_script(text) is Script.ARABIC
        self.has_kin = any(map(has_kin, self.forms))
        self.outlines = tuple(dict.fromkeys(outline(form) for form in self.forms + self.stems))


@lru_cache(maxsize=400_000)
def _word(text: str, role: str, is_initial: bool) -> _Word:
    return _Word(text, role, is_initial=is_initial)


def _fold_compound(form: str) -> str:
    """Let the spellings of the Arabic article inside a name fall together: Abdurrahman, Abdel Rahman."""
    return _FAITH.sub("din", _SERVANT.sub("abd", form))


@lru_cache(maxsize=200_000)
def _father(text: str, is_initial: bool) -> _Word:
    word = _Word(text, "patronymic", is_initial=is_initial)
    bare = _CHILD_OF.sub("", text).replace(" ", "")
    word.forms = tuple(patronymic_stem(form) or form for form in skeletons(bare))
    word.stems = ()
    word.outlines = tuple(dict.fromkeys(outline(form) for form in word.forms))
    word.has_kin = any(map(has_kin, word.forms))
    return word


@lru_cache(maxsize=200_000)
def _prepare(name: str, *, joined: bool = False) -> tuple[tuple[_Word, ...], tuple[_Word, ...]]:
    """Return the words that identify the person, and the patronymics, which only help."""
    parsed = parse_name(name)
    words: list[_Word] = []
    fathers: list[_Word] = []
    for token in parsed.tokens:
        if token.role == "patronymic" and parsed.given and parsed.family:
            fathers.append(_father(token.text, token.is_initial))
        else:
            pieces = _ARTICLE.sub("", token.text).replace("-", "" if joined else " ").split()
            words += [
                _word(_ARABIC_ARTICLE.sub("", piece), token.role, token.is_initial)
                for piece in pieces
            ]
    return _essential(words), tuple(word for word in fathers if word.forms)


def _essential(words: list[_Word]) -> tuple[_Word, ...]:
    """Drop articles and titles, while two words remain."""
    named = [word for word in words if word.forms]
    kept = [word for word in named if word.text.casefold().rstrip(".") not in _ARTICLES | _TITLES]
    return tuple(kept if len(kept) >= 2 else named)


@lru_cache(maxsize=2_000_000)
def _word_likeness(left: _Word, right: _Word) -> float:
    if left.is_initial or right.is_initial:
        return _initial_likeness(left, right)
    best = max([likeness(one, other) for one in left.forms for other in right.forms])
    if best < 0.95 and (left.stems or right.stems):
        ones, others = left.stems or left.forms, right.stems or right.forms
        for one in ones:
            for other in others:
                if likeness_at_most(outline(one), outline(other)) >= _STEM_FROM:
                    stem = likeness(one, other)
                    best = max(best, stem - _STEM_COST) if stem >= _STEM_FROM else best
    if best < 0.9:
        best = max(best, _special_likeness(left, right))
    return best


def _special_likeness(left: _Word, right: _Word) -> float:
    """Try what sounds alone do not tell: short forms, с followed by х, vowels that Arabic leaves out."""
    best = 0.0
    for one in left.forms:
        for other in right.forms:
            if left.has_kin and right.has_kin and (known := kinship(one, other)):
                best = max(best, _FORM_OF_NAME[known])
            if ("sh" in one) != ("sh" in other):
                best = max(best, likeness(one.replace("sh", "w"), other.replace("sh", "w")))
    if left.is_arabic != right.is_arabic:
        best = max(best, _without_vowels(left, right))
    return best


def _without_vowels(left: _Word, right: _Word) -> float:
    """Compare consonants only: Arabic letters leave most vowels out."""
    bare = [[form.translate(_DEVOWEL) for form in word.forms] for word in (left, right)]
    if min(map(len, bare[0] + bare[1])) < 3:
        return 0.0
    return max(likeness(one, other) for one in bare[0] for other in bare[1]) - 2 * _STEM_COST


def _initial_likeness(left: _Word, right: _Word) -> float:
    firsts = {form[0] for form in left.forms}, {form[0] for form in right.forms}
    fits = firsts[0] & firsts[1] or (firsts[0] & {"e", "i"} and firsts[1] & {"e", "i"})
    return _INITIAL_AGREES if fits else 0.0


def _align(
    fewer: tuple[_Word, ...], more: tuple[_Word, ...]
) -> tuple[float, tuple[int, ...], list[list[float]]]:
    table = [[_word_likeness(one, other) for other in more] for one in fewer]
    count = len(fewer)
    cost = _UNMATCHED_COST * (len(more) - count) + (_ALONE_COST if count < 2 else 0.0)
    best, chosen = -9.0, tuple(range(count))
    orders = _orders(len(more), count) if len(more) <= _MAX_WORDS else (_greedy_order(table),)
    for order in orders:
        values = [row[column] for row, column in zip(table, order, strict=True)]
        score = 0.5 * min(values) + 0.5 * sum(values) / count - cost
        if score > best:
            best, chosen = score, order
    return best, chosen, table


def _greedy_order(table: list[list[float]]) -> tuple[int, ...]:
    """Pair the likeliest words first: for names too long to try every order."""
    cells = sorted(
        ((-value, row, column) for row, values in enumerate(table) for column, value in enumerate(values))
    )
    chosen: dict[int, int] = {}
    for _, row, column in cells:
        if row not in chosen and column not in chosen.values():
            chosen[row] = column
    return tuple(chosen[row] for row in range(len(table)))


@lru_cache(maxsize=64)
def _orders(places: int, count: int) -> tuple[tuple[int, ...], ...]:
    return tuple(permutations(range(places), count))


def _father_adjustment(alike: float) -> float:
    """Fathers that agree add little, fathers that differ take much away."""
    return 0.05 * (alike - 0.6) if alike >= 0.6 else -0.35 * (0.75 - alike)


def _aligned(left: _Word, right: _Word, alike: float, *, swapped: bool) -> AlignedWord:
    if swapped:
        left, right = right, left
    role = (
        left.role if left.role == right.role else "family" if "family" in (left.role, right.role) else "given"
    )
    return AlignedWord(
        role,
        left.text,
        right.text,
        alike,
        is_initial=left.is_initial or right.is_initial,
        crosses_arabic=left.is_arabic != right.is_arabic,
        crosses_roles={left.role, right.role} == {"family", "given"},
    )


def _alone(word: _Word, *, swapped: bool) -> AlignedWord:
    left, right = ("", word.text) if not swapped else (word.text, "")
    return AlignedWord(word.role, left, right, 0.0)


# Where the bound is below this, the exact likeness is not worth its time.
_SURELY_FAR = 0.55


@lru_cache(maxsize=1_000_000)
def _ceiling(left: _Word, right: _Word) -> float:
    """Return a likeness that two words cannot exceed; mostly their likeness itself."""
    if not (left.is_initial or right.is_initial or left.is_arabic or right.is_arabic):
        bound = max([likeness_at_most(one, other) for one in left.outlines for other in right.outlines])
        if bound < _SURELY_FAR and not (left.has_kin and right.has_kin):
            return bound
    return _word_likeness(left, right)


def may_reach(a: str, b: str, score: float) -> bool:
    """Return False when the two names cannot reach this raw score; True promises nothing."""
    if _prepared_may_reach(_prepare(a), _prepare(b), score):
        return True
    if "-" not in a and "-" not in b:
        return False
    return _prepared_may_reach(_prepare(a, joined=True), _prepare(b, joined=True), score)


def _prepared_may_reach(one: "_Prepared", other: "_Prepared", score: float) -> bool:
    (fewer, fathers), (more, more_fathers) = (one, other) if len(one[0]) <= len(other[0]) else (other, one)
    if not fewer:
        return False
    best = [max([_ceiling(word, candidate) for candidate in more]) for word in fewer]
    missing = len(more) - len(fewer)
    # Fathers that agree add 0.02 each.
    gain = 0.02 * min(len(fathers), len(more_fathers)) - _UNMATCHED_COST * missing
    if 0.5 * min(best) + 0.5 * sum(best) / len(best) + gain >= score - 1e-9:
        return True
    return missing > 0 and _run_together(more, fewer) is not None


def align_names(a: str, b: str) -> Alignment:
    """Put the words of two names side by side and score them."""
    best = _align_prepared(_prepare(a), _prepare(b), a > b)
    if "-" in a or "-" in b:
        # One speller writes a double name with a hyphen, another as one word.
        joined = _align_prepared(_prepare(a, joined=True), _prepare(b, joined=True), a > b)
        best = joined if joined.score > best.score else best
    if best.score < _JOINED_MUST_REACH and best.parts:
        best = max(best, _align_run_together(a, b), key=lambda alignment: alignment.score)
    return best


def _run_together(longer: tuple[_Word, ...], shorter: tuple[_Word, ...]) -> tuple[_Word, ...] | None:
    """Join two neighbours of the longer name where that makes a word of the shorter one."""
    for place in range(len(longer) - 1):
        first, second = longer[place], longer[place + 1]
        if first.is_initial or second.is_initial:
            continue
        whole = _word(first.text + second.text, first.role, False)
        if any(_word_likeness(whole, word) >= _JOINED_MUST_REACH for word in shorter):
            return (*longer[:place], whole, *longer[place + 2 :])
    return None


def _align_run_together(a: str, b: str) -> Alignment:
    """Align again where one speller wrote as one word what another wrote as two."""
    left, right = _prepare(a), _prepare(b)
    if len(left[0]) == len(right[0]):
        return Alignment(0.0, (), 0)
    longer, shorter = (left, right) if len(left[0]) > len(right[0]) else (right, left)
    joined = _run_together(longer[0], shorter[0])
    if joined is None:
        return Alignment(0.0, (), 0)
    changed = (joined, longer[1])
    pair = (changed, right) if longer is left else (left, changed)
    found = _align_prepared(*pair, a > b)
    # Two words written as one are two words that agree.
    cost = _JOINED_COST - (_ALONE_COST if len(joined) == 1 else 0.0)
    return Alignment(found.score - cost, found.parts, found.matched + 1)


_Prepared = tuple[tuple[_Word, ...], tuple[_Word, ...]]


def _align_prepared(left: _Prepared, right: _Prepared, is_later: bool) -> Alignment:
    """Align; ``is_later`` settles which side leads among equals, so that the answer is symmetric."""
    swapped = (len(left[0]), is_later) > (len(right[0]), not is_later)
    (fewer, fathers_a), (more, fathers_b) = (right, left) if swapped else (left, right)
    if not fewer:
        return Alignment(0.0, (), 0)
    score, order, table = _align(fewer, more)
    parts = [
        _aligned(fewer[row], more[column], table[row][column], swapped=swapped)
        for row, column in enumerate(order)
    ]
    parts += [_alone(word, swapped=swapped) for place, word in enumerate(more) if place not in order]
    if fathers_a and fathers_b:
        # Arabic names tell father and grandfather: each generation has to fit.
        for one, other in zip(fathers_a, fathers_b, strict=False):
            alike = _word_likeness(one, other)
            score += _father_adjustment(alike)
            parts.append(_aligned(one, other, alike, swapped=swapped))
    return Alignment(score, tuple(parts), len(fewer))
