"""What a register stores with each name so that any spelling finds it again.

Promises: the same name gives the same keys in every release with the same ``KEYS_VERSION``; two
spellings that differ only in script or transliteration share a key.
"""

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from kuager.engines.names.parsing import Role, parse_name
from kuager.engines.names.skeletons import family_stem, masculine, patronymic_stem, skeletons

# Raised whenever a change of the folding changes stored keys; see the changelog. A register whose keys are of
# an older version finds less: ``kuager register reindex`` writes them anew.
KEYS_VERSION = 2

_MAX_KEYS_PER_WORD = 3


@dataclass(frozen=True, slots=True)
class SearchKey:
    """One folded form under which a record is found, and the part of the name it comes from."""

    key: str
    role: Literal["given", "family", "patronymic", "other"]


@lru_cache(maxsize=400_000)
def _word_keys(text: str, role: Role) -> tuple[SearchKey, ...]:
    keys: list[str] = []
    for word in text.replace("-", " ").split():
        folded = skeletons(word)[:_MAX_KEYS_PER_WORD]
        if role == "patronymic":
            folded = tuple(patronymic_stem(skeleton) or skeleton for skeleton in folded)
        keys.extend(masculine(skeleton) for skeleton in folded)
    return tuple(SearchKey(key, role) for key in dict.fromkeys(keys))


def search_keys(name: str) -> tuple[SearchKey, ...]:
    """Return the keys under which a record with this name is stored.

    >>> [key.key for key in search_keys("Нұрова Әсел Серікқызы")]
    ['nurov', 'asel', 'serik']
    """
    keys: list[SearchKey] = []
    for token in parse_name(name).tokens:
        if not token.is_initial:
            keys.extend(_word_keys(token.text, token.role))
    return tuple(dict.fromkeys(keys))


@lru_cache(maxsize=50_000)
def _query_word(word: str) -> tuple[str, ...]:
    alternatives: list[str] = []
    for skeleton in skeletons(word):
        alternatives.append(masculine(skeleton))
        alternatives.append(patronymic_stem(skeleton) or "")
    alternatives += [stem for skeleton in skeletons(word) if len(stem := family_stem(skeleton) or "") >= 4]
    return tuple(dict.fromkeys(alternative for alternative in alternatives if alternative))


def query_keys(text: str) -> list[tuple[str, ...]]:
    """Return, for each typed word, the alternative keys to look up, likeliest first.

    >>> query_keys("Жагилтаров")
    [('jagiltarov', 'jagiltar')]
    """
    words = text.replace("-", " ").replace(",", " ").replace(".", " ").split()
    return [keys for word in words if (keys := _query_word(word))]
