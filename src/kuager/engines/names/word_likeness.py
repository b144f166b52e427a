"""Say how alike two words of names are: by sound, by stem, by short form, by initial, without vowels.

Promises: symmetric; ``word_ceiling`` is never below ``word_likeness``.
"""

from functools import lru_cache

from kuager.engines.names.distances import likeness, likeness_at_most, outline
from kuager.engines.names.letters import VOWELS
from kuager.engines.names.variants import kinship
from kuager.engines.names.words import Word

_STEM_COST = 0.06
_STEM_FROM = 0.9
_INITIAL_AGREES = 0.85
_FORM_OF_NAME = {"certain": 0.86, "ambiguous": 0.78}
_DEVOWEL = str.maketrans("", "", "".join(VOWELS))


@lru_cache(maxsize=500_000)
def word_likeness(left: Word, right: Word) -> float:
    """Return how alike two words are, 0 to 1."""
    if left.is_initial or right.is_initial:
        return _initial_likeness(left, right)
    best = max([likeness(one, other) for one in left.forms for other in right.forms])
    if best < 0.95 and (left.stems or right.stems):
        best = max(best, _stem_likeness(left, right))
    if best < 0.9:
        best = max(best, _special_likeness(left, right))
    return best


def _stem_likeness(left: Word, right: Word) -> float:
    """Compare surnames without their endings, which come and go with fashion."""
    best = 0.0
    for one in left.stems or left.forms:
        for other in right.stems or right.forms:
            if likeness_at_most(outline(one), outline(other)) >= _STEM_FROM:
                best = max(best, likeness(one, other))
    return best - _STEM_COST if best >= _STEM_FROM else 0.0


def _special_likeness(left: Word, right: Word) -> float:
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


def _without_vowels(left: Word, right: Word) -> float:
    """Compare consonants only: Arabic letters leave most vowels out."""
    bare = [[form.translate(_DEVOWEL) for form in word.forms] for word in (left, right)]
    if min(map(len, bare[0] + bare[1])) < 3:
        return 0.0
    return max(likeness(one, other) for one in bare[0] for other in bare[1]) - 2 * _STEM_COST


def _initial_likeness(left: Word, right: Word) -> float:
    firsts = {form[0] for form in left.forms}, {form[0] for form in right.forms}
    fits = firsts[0] & firsts[1] or (firsts[0] & {"e", "i"} and firsts[1] & {"e", "i"})
    return _INITIAL_AGREES if fits else 0.0


# Where the bound is below this, the exact likeness is not worth its time.
_SURELY_FAR = 0.55


@lru_cache(maxsize=500_000)
def word_ceiling(left: Word, right: Word) -> float:
    """Return a likeness that two words cannot exceed; mostly their likeness itself."""
    if not (left.is_initial or right.is_initial or left.is_arabic or right.is_arabic):
        bound = max([likeness_at_most(one, other) for one in left.outlines for other in right.outlines])
        if bound < _SURELY_FAR and not (left.has_kin and right.has_kin):
            return bound
    return word_likeness(left, right)
