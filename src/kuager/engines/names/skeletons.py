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
    ARABIC_GROUPS,
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
_APOSTROPHES = str.maketrans("’‘ʼʻ`´ʹ", "'" * 7)
# At most so many readings of one word.
_MOST_READINGS = 12


class _Sounds(dict[int, str]):
    """The sound of each letter, for ``str.translate``; a letter it does not know is asked for once."""

    def __init__(self, known: dict[str, str]) -> None:
        super().__init__({ord(letter): sound for letter, sound in known.items()})

    def __missing__(self, code: int) -> str:
        self[code] = sound = self.unknown(chr(code))
        return sound

    def unknown(self, letter: str) -> str:
        """Return the sound of a letter that stands in no table: none."""
        del letter
        return ""


class _LatinSounds(_Sounds):
    """Latin letters: without its accent, every letter is known."""

    def unknown(self, letter: str) -> str:
        """Return the sound of the bare letter."""
        bare = unicodedata.normalize("NFD", letter)[0]
        return LATIN_LETTERS.get(bare, bare if "a" <= bare <= "z" else "")


# A group is first replaced by one private character, so that its sounds are not read again as letters.
_PRIVATE = [chr(0xE000 + place) for place in range(len(LATIN_GROUPS))]
_AZERBAIJANI_Q = chr(0xE000 + len(LATIN_GROUPS))
_AFTER_CONSONANT = "(?<=[b-df-hj-np-tv-xzçğşñńǵśćžšč'])"
_GROUP_PATTERN = re.compile(
    "|".join(
        "("
        + group.replace("<", _AFTER_CONSONANT)
        .replace("ei>", "(?=[ei])")
        .replace("-h", "(?!h)")
        .replace("-v", "(?!v)")
        + ")"
        for group, _ in LATIN_GROUPS
    )
)
_LATIN = _LatinSounds(
    LATIN_LETTERS
    | {private: sound for private, (_, sound) in zip(_PRIVATE, LATIN_GROUPS, strict=True)}
    | {_AZERBAIJANI_Q: "L"}
)
_CYRILLIC = _Sounds(CYRILLIC)
_ARABIC = _Sounds(ARABIC | {sound: sound for sound in (*ARABIC_READINGS, *ARABIC_GROUPS.values())})
_FURTHER = _Sounds(FURTHER)
_IS_FURTHER = re.compile("[" + "".join(FURTHER) + "]")
_IS_CYRILLIC = re.compile("[\u0400-\u052f]")
_IS_ARABIC = re.compile("[\u0600-\u06ff]")
# ь, ъ or и before я is a syllable of its own: Наталья and Наталия, but Аля is not Алия.
_CYRILLIC_SYLLABLE = re.compile("[ьъ](?=[яю])")

_ACCENTS = re.compile("[\u0300-\u036f]")
_GLIDE = re.compile("(?<=[b-df-hj-np-tv-xz])y(?=[aou])")
_NOT_PLAIN = re.compile("[^a-z]")
# Doubled sounds fall together, but not where a father's name in -к meets -қызы.
_REPEATED = re.compile(r"(.)\1+(?!izi$)")

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
    """Turn the glide into a vowel, or drop it between consonant and vowel, and drop doubled sounds."""
    if "y" in sounds:
        sounds = _GLIDE.sub("", sounds).replace("iy", "i").replace("yi", "i").replace("y", "i")
    if "i" in sounds:
        sounds = sounds.replace("ie", "e").replace("iu", "u").replace("io", "o")
    if not (sounds.isascii() and sounds.isalpha() and sounds.islower()):
        sounds = _NOT_PLAIN.sub("", sounds)
    return _REPEATED.sub(r"\1", sounds) if _REPEATED.search(sounds) else sounds


def _read(sounds: str, readings: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Spell out a word in every reading; one speller reads one letter one way all through the word."""
    doubtful = dict.fromkeys(sound for sound in sounds if sound in readings)
    spelled = [sounds]
    for letter in doubtful:
        ways = readings[letter]
        if len(spelled) * len(ways) > _MOST_READINGS:
            ways = ways[:1]
        spelled = [word.replace(letter, way) for word, way in product(spelled, ways)]
    return tuple(spelled)


def _lower(word: str) -> str:
    if word.isascii():
        return word.translate(_APOSTROPHES).lower()
    # Turkish and Azerbaijani write a dotless capital I for ı; elsewhere I is i.
    dotless = "ı" if "I" in word and _TURKIC.search(word.replace("I", "")) else "i"
    return word.translate(_APOSTROPHES).replace("İ", "i").replace("I", dotless).casefold()


def _private(found: re.Match[str]) -> str:
    return _PRIVATE[(found.lastindex or 1) - 1]


def _latin_readings(word: str) -> tuple[str, ...]:
    if "ə" in word:
        # Azerbaijani q is a г.
        word = word.replace("q", _AZERBAIJANI_Q)
    sounds = _GROUP_PATTERN.sub(_private, word).translate(_LATIN)
    return (sounds,) if sounds.islower() else _read(sounds, LATIN_READINGS)


def _arabic_readings(word: str) -> tuple[str, ...]:
    # A final ha and a final ta marbuta are written for each other.
    if word.endswith("ه") and len(word) > 2:
        word = word[:-1] + "ة"
    # Alif before waw, and below hamza before ya, only carries the vowel.
    if word.startswith(("أو", "او", "إي")):
        word = word[1:]
    for group, sound in ARABIC_GROUPS.items():
        word = word.replace(group, sound)
    return _read(word.translate(_ARABIC), ARABIC_READINGS)


@lru_cache(maxsize=400_000)
def skeletons(token: str) -> tuple[str, ...]:
    """Return the possible sound skeletons of one word, likeliest first; empty when it has no letters.

    >>> skeletons("Серік"), skeletons("Serik")
    (('serik',), ('serik',))
    """
    word = _lower(repair_look_alikes(token))
    if word.isascii():
        readings = _latin_readings(word)
    elif _IS_CYRILLIC.search(word):
        plain = word.replace("дж", "ж").replace("тс", "ц")
        if "ь" in plain or "ъ" in plain:
            plain = _CYRILLIC_SYLLABLE.sub("и", plain)
        readings = (plain.translate(_CYRILLIC),)
    elif _IS_ARABIC.search(word):
        readings = _arabic_readings(word)
    elif _IS_FURTHER.search(word):
        # Greek writes u with two letters; the Georgian one stands for it here.
        plain = _ACCENTS.sub("", unicodedata.normalize("NFD", word)).replace("ου", "უ")
        readings = (plain.translate(_FURTHER),)
    else:
        readings = _latin_readings(word)
    if len(readings) == 1:
        only = _finish(readings[0])
        return (only,) if only else ()
    return tuple(dict.fromkeys(skeleton for skeleton in map(_finish, readings) if skeleton))


@lru_cache(maxsize=200_000)
def patronymic_stem(skeleton: str) -> str | None:
    """Return the father's name inside a patronymic's skeleton, or None when it has no such ending.

    >>> patronymic_stem(skeletons("Серікұлы")[0]), patronymic_stem(skeletons("Serikovich")[0])
    ('serik', 'serik')
    """
    found = _PATRONYMIC.match(skeleton)
    return found.group(1) if found else None


_DAUGHTER = re.compile(r"(?:kizi|gizi|kiz|giz|ovna|evna|ivna|iqna)$")


def names_daughter(skeleton: str) -> bool:
    """Return whether a patronymic's skeleton ends as a daughter's (-қызы, -овна), not as a son's.

    >>> names_daughter("serikizi"), names_daughter("serikuli")
    (True, False)
    """
    return _DAUGHTER.search(skeleton) is not None


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
