"""Which alphabet a name is written in, and letters of one alphabet that pass for another.

Promises: the answer depends on the letters only. A word that mixes Cyrillic and Latin look-alikes, as
typing on two keyboards produces, is put back into one alphabet before anything else reads it.
"""

import re
import unicodedata
from enum import Enum


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
_TO_CYRILLIC = str.maketrans(_LOOK_ALIKES)
_TO_LATIN = str.maketrans({cyrillic: latin for latin, cyrillic in _LOOK_ALIKES.items()})


_LETTERS = {
    Script.CYRILLIC: re.compile("[\u0400-\u052f]"),
    Script.LATIN: re.compile("[A-Za-z\u00c0-\u024f\u0259\u1e00-\u1eff]"),
    Script.ARABIC: re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]"),
}
_CYRILLIC, _LATIN = _LETTERS[Script.CYRILLIC], _LETTERS[Script.LATIN]


# A zero or a one between letters is a slip, or a trick, for a letter.
_DIGIT_INSIDE = re.compile(r"(?<=[^\W\d_])[01](?=[^\W\d_])")


_DIGIT = re.compile("[01]")


def _letter_for_digit(found: re.Match[str]) -> str:
    before = found.string[found.start() - 1]
    if _CYRILLIC.match(before):
        return "о" if found.group() == "0" else "і"
    return "o" if found.group() == "0" else "i"


def repair_look_alikes(text: str) -> str:
    """Return the text, composed, with every word in one alphabet where look-alike letters allow it.

    >>> repair_look_alikes("Cерік") == "Серік"
    True
    """
    if text.isascii() and not _DIGIT.search(text):
        return text
    composed = text if unicodedata.is_normalized("NFC", text) else unicodedata.normalize("NFC", text)
    if _DIGIT.search(composed):
        composed = _DIGIT_INSIDE.sub(_letter_for_digit, composed)
    if not (_CYRILLIC.search(composed) and _LATIN.search(composed)):
        return composed
    # Letters that pass for no other tell in which alphabet the text was meant.
    latin, cyrillic = (
        len(letters.findall(composed.translate(table)))
        for letters, table in ((_LATIN, _TO_CYRILLIC), (_CYRILLIC, _TO_LATIN))
    )
    return " ".join([_repair_word(word, cyrillic - latin) for word in composed.split()])


def _repair_word(word: str, meant: int) -> str:
    """Put a word into one alphabet; ``meant`` is above 0 where the whole text speaks for Cyrillic."""
    cyrillic, latin = len(_CYRILLIC.findall(word)), len(_LATIN.findall(word))
    if not cyrillic or not latin:
        return word
    in_cyrillic, in_latin = word.translate(_TO_CYRILLIC), word.translate(_TO_LATIN)
    whole = [in_cyrillic] if not _LATIN.search(in_cyrillic) else []
    whole += [in_latin] if not _CYRILLIC.search(in_latin) else []
    if len(whole) == 2:
        is_latin = meant < 0 or (meant == 0 and latin > cyrillic)
        return in_latin if is_latin else in_cyrillic
    return whole[0] if whole else word


def detect_script(text: str) -> Script:
    """Return the alphabet of the text; ``MIXED`` when whole words stand in different ones.

    >>> detect_script("Әсел Nurova").value
    'mixed'
    """
    return script_of(repair_look_alikes(text))


def script_of(repaired: str) -> Script:
    """Return the alphabet of a text whose look-alikes are put right."""
    found = [script for script, letters in _LETTERS.items() if letters.search(repaired)]
    if not found:
        return Script.OTHER
    return found[0] if len(found) == 1 else Script.MIXED
