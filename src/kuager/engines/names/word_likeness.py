"""Say how alike two words of names are: by sound, by stem, by short form, by initial, without vowels.

Promises: symmetric; ``words_many`` gives the same numbers for many pairs.
"""

from rapidfuzz.distance import OSA

from kuager.engines.names.distances import likeness, unwritten_likeness
from kuager.engines.names.variants import is_familiar, kinship
from kuager.engines.names.words import Word

STEM_COST = 0.06
STEM_FROM = 0.9
STEMS_BELOW, SPECIALS_BELOW = 0.95, 0.9
INITIAL_AGREES = 0.85
# Marcon for Macron is a slip of the fingers.
_LETTERS_EXCHANGED = 0.9
_FORM_OF_NAME = {"certain": 0.9, "ambiguous": 0.78}
_MOST_KNOWN = 500_000

_known: dict[tuple[Word, Word], float] = {}


def remember(left: Word, right: Word, alike: float) -> None:
    """Keep how alike two words are, so that it need not be found again."""
    if len(_known) >= _MOST_KNOWN:
        _known.clear()
    _known[left, right] = alike


def forget() -> None:
    """Forget how alike words are: for benchmarks."""
    _known.clear()


def word_likeness(left: Word, right: Word) -> float:
    """Return how alike two words are, 0 to 1."""
    alike = _known.get((left, right))
    if alike is None:
        alike = compare_words(left, right)
        remember(left, right, alike)
    return alike


def compare_words(left: Word, right: Word) -> float:
    """Return how alike two words are, found anew."""
    if left.is_initial or right.is_initial:
        return _initial_likeness(left, right)
    best = max([likeness(one, other) for one in left.forms for other in right.forms])
    if best < STEMS_BELOW and (left.stems or right.stems):
        best = max(best, _stem_likeness(left, right))
    if best < SPECIALS_BELOW and left.is_arabic != right.is_arabic:
        best = max(best, _unwritten(left, right) if left.is_arabic else _unwritten(right, left))
    if best < SPECIALS_BELOW:
        best = max(best, special_likeness(left, right))
    return best


def _stem_likeness(left: Word, right: Word) -> float:
    """Compare surnames without their endings, which come and go with fashion."""
    ones, others = left.stems or left.forms, right.stems or right.forms
    best = max([likeness(one, other) for one in ones for other in others])
    return best - STEM_COST if best >= STEM_FROM else 0.0


def _unwritten(arabic: Word, full: Word) -> float:
    """Compare a word in Arabic letters, which leave most vowels out, with one that has them all."""
    return max(unwritten_likeness(one, other) for one in arabic.forms for other in full.forms)


def special_likeness(left: Word, right: Word) -> float:
    """Try what sounds alone do not tell: exchanged letters, short forms, and с followed by х."""
    best = 0.0
    if left.letters and left.letters == right.letters and OSA.distance(left.forms[0], right.forms[0]) == 1:
        best = _LETTERS_EXCHANGED
    form = form_of_name(left, right)
    if form:
        best = max(best, _FORM_OF_NAME[form])
    if (left.has_sh & 1 and right.has_sh & 2) or (left.has_sh & 2 and right.has_sh & 1):
        ones, others = ([form.replace("sh", "w") for form in word.forms] for word in (left, right))
        best = max(best, *[likeness(one, other) for one in ones for other in others])
    return best


def form_of_name(left: Word, right: Word) -> str:
    """Return "certain" or "ambiguous" when one word is or may be a form of the other, else ""."""
    if left.is_initial or right.is_initial:
        return ""
    found = ""
    may_be = left.is_respectful or right.is_respectful or left.root == right.root
    for one in left.forms:
        for other in right.forms:
            if left.has_kin and right.has_kin and (known := kinship(one, other)):
                found = known if found != "certain" else found
            if not found and may_be and is_familiar(one, other):
                found = "ambiguous"
    return found


def _initial_likeness(left: Word, right: Word) -> float:
    return INITIAL_AGREES if left.beginnings & right.beginnings else 0.0
