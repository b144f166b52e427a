"""Fold a word of a name to the sounds it stands for, whatever the alphabet and the speller's habit.

Promises: the same word always folds to the same skeletons; a skeleton is made of lower-case ASCII letters;
spellings that differ only by a known transliteration share at least one skeleton. A skeleton is for finding
and comparing, never for showing.

>>> set(skeletons("Jagiltarov")) & set(skeletons("Жағылтаров")) != set()
True
"""

import re
import unicodedata
from functools import lru_cache
from itertools import product

from kuager.engines.names.letters import (
    ARABIC,
    ARABIC_READINGS,
    CYRILLIC,
    FURTHER,
    LATIN_GROUPS,
    LATIN_LETTERS,
    LATIN_READINGS,
    VOWELS,
)
from kuager.engines.names.scripts import repair_look_alikes

_TURKIC = re.compile("[əğışçöü]", re.IGNORECASE)
_GROUP = re.compile("|".join([*(group for group, _ in LATIN_GROUPS), "."]), re.DOTALL)
_CYRILLIC_LETTER = re.compile("дж|тс|.", re.DOTALL)
_GROUP_SOUND = dict(LATIN_GROUPS)
_GLIDES = (("iy", "i"), ("yi", "i"), ("y", "i"), ("ie", "e"), ("ia", "a"), ("iu", "u"), ("io", "o"))
# Doubled sounds fall together, but not where a father's name in -к meets -қызы.
_REPEATED = re.compile(r"(.)\1+(?!izi$)")
_APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻ`´ʹ"), "'")
_NOT_PLAIN = re.compile("[^a-z]")

# Patronymic endings in the plain alphabet: -ұлы, -қызы, оглы, -ович, -овна, -ична.
_PATRONYMIC = re.compile(
    r"^(.{2,}?)(uli|ulu|ogli|oglu|oglo|kizi|gizi|kiz|giz|ovi[qckt]i?|evi[qckt]i?|oviqi|evna|ovna|ivna|iqna|iovna)$"
)
# Surname endings, with the feminine forms and the suffixes that come and go with fashion.
_FAMILY_ENDING = re.compile(
    r"^(.{2,}?)(ovski|evski|ovska|evska|ska|skaa|skai|ski|ova|eva|ov|ev|of|ef|ina|ena|in|en|li|lu|zoda|zada|i)$"
)
_FEMININE = re.compile(r"^(.{2,})(ov|ev|in|sk)(a|aa|ai)$")


def _finish(sounds: str) -> str:
    for glide, vowel in _GLIDES:
        sounds = sounds.replace(glide, vowel)
    return _REPEATED.sub(r"\1", _NOT_PLAIN.sub("", sounds))


def _latin_letter(letter: str) -> str:
    if letter in LATIN_LETTERS:
        return LATIN_LETTERS[letter]
    bare = unicodedata.normalize("NFD", letter)[0]
    return LATIN_LETTERS.get(bare, bare)


def _split_latin(word: str) -> list[str]:
    return [_GROUP_SOUND.get(group) or _latin_letter(group) for group in _GROUP.findall(word)]


def _split_arabic(word: str) -> list[str]:
    # A final ha and a final ta marbuta are written for each other.
    sounds = [ARABIC.get(letter, letter) for letter in word]
    return [*sounds[:-1], "a"] if word.endswith("ه") and len(word) > 2 else sounds


def _read(sounds: list[str], readings: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Spell out a word in every reading; one speller reads one letter one way all through the word."""
    doubtful = list(dict.fromkeys(sound for sound in sounds if sound in readings))[:3]
    spelled = []
    for choice in product(*(readings[letter] for letter in doubtful)):
        chosen = dict(zip(doubtful, choice, strict=True))
        spelled.append("".join(chosen.get(sound, sound) for sound in sounds))
    return tuple(spelled)


def _lower(word: str) -> str:
    # Turkish and Azerbaijani write a dotless capital I for ı; elsewhere I is i.
    dotless = "ı" if _TURKIC.search(word.replace("I", "")) else "i"
    return word.translate(_APOSTROPHES).replace("İ", "i").replace("I", dotless).casefold()


@lru_cache(maxsize=400_000)
def skeletons(token: str) -> tuple[str, ...]:
    """Return the possible sound skeletons of one word, likeliest first; empty when it has no letters.

    >>> skeletons("Серік"), skeletons("Serik")
    (('serik',), ('serik',))
    """
    word = _lower(repair_look_alikes(token))
    if any("\u0400" <= letter <= "\u052f" for letter in word):
        readings: tuple[str, ...] = (
            "".join(CYRILLIC.get(letter, "") for letter in _CYRILLIC_LETTER.findall(word)),
        )
    elif any("\u0600" <= letter <= "\u06ff" for letter in word):
        readings = _read(_split_arabic(word), ARABIC_READINGS)
    elif any(letter in FURTHER for letter in word):
        plain = unicodedata.normalize("NFD", word)
        readings = ("".join(FURTHER.get(letter, "") for letter in plain).replace("ou", "u"),)
    else:
        readings = _read(_split_latin(word), LATIN_READINGS)
    return tuple(dict.fromkeys(skeleton for skeleton in map(_finish, readings) if skeleton))


@lru_cache(maxsize=200_000)
def patronymic_stem(skeleton: str) -> str | None:
    """Return the father's name inside a patronymic's skeleton, or None when it has no such ending.

    >>> patronymic_stem(skeletons("Серікұлы")[0]), patronymic_stem(skeletons("Serikovich")[0])
    ('serik', 'serik')
    """
    found = _PATRONYMIC.match(skeleton)
    return found.group(1) if found else None


@lru_cache(maxsize=200_000)
def family_stem(skeleton: str) -> str | None:
    """Return a surname's skeleton without its ending (-ов, -ова, -ин, -ский, -и), or None without one."""
    found = _FAMILY_ENDING.match(skeleton)
    return found.group(1) if found else None


@lru_cache(maxsize=200_000)
def masculine(skeleton: str) -> str:
    """Return the masculine form of a surname's skeleton: ``ahmetova`` and ``ahmetov`` are one family."""
    found = _FEMININE.match(skeleton)
    if not found:
        return skeleton
    return found.group(1) + ("ski" if found.group(2) == "sk" else found.group(2))


# Sounds that spellers confuse fall together; vowels vanish after the first sound.
_CLASSES = str.maketrans("hgqcwzfpdvj", "kkssssbbtbs")


@lru_cache(maxsize=400_000)
def consonants(skeleton: str) -> str:
    """Return the coarse consonants of a skeleton, for candidate search.

    >>> consonants(skeletons("Suleiman")[0]) == consonants(skeletons("Sulaimon")[0])
    True
    """
    # A final h after a vowel is a habit of English spelling.
    first, rest = skeleton[:1], skeleton[1:].removesuffix("h")
    head = "a" if first in VOWELS else first
    folded = (head + "".join(letter for letter in rest if letter not in VOWELS)).translate(_CLASSES)
    return _REPEATED.sub(r"\1", folded)
