"""Which alphabet a name is written in, and letters of one alphabet that pass for another.

Promises: the answer depends on the letters only. A word that mixes Cyrillic and Latin look-alikes, as
typing on two keyboards produces, is put back into one alphabet before anything else reads it.
"""

import re
import unicodedata
from enum import Enum
from functools import lru_cache


class Script(Enum):
    """The alphabet of a text."""

    CYRILLIC = "cyrillic"
    LATIN = "latin"
    ARABIC = "arabic"
    MIXED = "mixed"
    OTHER = "other"


# Pairs that look alike in print. The Latin letter stands first.
_LOOK_ALIKES = {
    "a": "а", "c": "с", "e": "е", "o": "о", "p": "р", "x": "х", "y": "у", "i": "і", "h": "һ", "ə": "ә",
    "j": "ј", "s": "ѕ", "A": "А", "B": "В", "C": "С", "E": "Е", "H": "Н", "I": "І", "K": "К", "M": "М",
    "O": "О", "P": "Р", "T": "Т", "X": "Х", "Y": "У", "Ə": "Ә", "k": "к", "ë": "ё", "Ë": "Ё",
}  # fmt: skip
_CYRILLIC_WORDS = re.compile("[\u0400-\u0481\u048a-\u052f](?:[ -]*[\u0400-\u0481\u048a-\u052f])*")
_TO_CYRILLIC = str.maketrans(_LOOK_ALIKES)
_TO_LATIN = str.maketrans({cyrillic: latin for latin, cyrillic in _LOOK_ALIKES.items()})


def _letter_script(letter: str) -> Script:
    if "\u0400" <= letter <= "\u052f":
        return Script.CYRILLIC
    if "\u0600" <= letter <= "\u06ff" or "\u0750" <= letter <= "\u077f" or "\ufb50" <= letter <= "\ufeff":
        return Script.ARABIC
    if letter < "\u0250" or letter == "ə" or "\u1e00" <= letter <= "\u1eff":
        return Script.LATIN
    return Script.OTHER


def _count(text: str) -> dict[Script, int]:
    if _CYRILLIC_WORDS.fullmatch(text):
        # By far the commonest case, and a letter at a time is slow.
        return {Script.CYRILLIC: len(text)}
    counts: dict[Script, int] = {}
    for letter in text:
        if letter.isalpha():
            script = _letter_script(letter)
            counts[script] = counts.get(script, 0) + 1
    return counts


@lru_cache(maxsize=100_000)
def repair_look_alikes(text: str) -> str:
    """Return the text, composed, with every word in one alphabet where look-alike letters allow it.

    >>> repair_look_alikes("Cерік") == "Серік"
    True
    """
    composed = unicodedata.normalize("NFC", text)
    if composed.isascii():
        return composed
    return " ".join(_repair_word(word) for word in composed.split())


def _repair_word(word: str) -> str:
    counts = _count(word)
    cyrillic, latin = counts.get(Script.CYRILLIC, 0), counts.get(Script.LATIN, 0)
    if not cyrillic or not latin:
        return word
    candidates = [word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)]
    if cyrillic < latin:
        candidates.reverse()
    whole = [candidate for candidate in candidates if len(_count(candidate)) == 1]
    return whole[0] if whole else word


def detect_script(text: str) -> Script:
    """Return the alphabet of the text; ``MIXED`` when whole words stand in different ones.

    >>> detect_script("Әсел Nurova").value
    'mixed'
    """
    counts = _count(repair_look_alikes(text))
    if not counts:
        return Script.OTHER
    return next(iter(counts)) if len(counts) == 1 else Script.MIXED
