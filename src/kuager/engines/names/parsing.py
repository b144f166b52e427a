"""Tell given name, family name and patronymic apart, in any order and spelling.

Promises: every word of the name appears in exactly one token, in its order. Where the order cannot be known
from the name itself (two words, neither with an ending), the usual order of the script is taken and
``order_is_certain`` is false.
"""

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal, NamedTuple

from kuager.engines.names.scripts import Script, repair_look_alikes, script_of
from kuager.engines.names.skeletons import patronymic_stem, skeletons

Role = Literal["given", "family", "patronymic", "other"]

_WORD = re.compile(r"[^\s,;.\"«»“”()/\d]+(\.)?")
_FAMILY_SIGN = re.compile(
    r"(?:[оеё]в|[ыиі]н|ск[ии]й|[оеё]ва|[ыиі]на|ск[аыо]я|енко|enko|[oe][vw]|[oe][vw]a|[oe]ff|وف|يف|وۆ|ەۆ|وۆا|ەۆا|وڤ|sk[iy]y?|skaya|zod[ae]h?|зода)$"
)
SEPARATE_ENDINGS = frozenset({"ogli", "oglu", "oglo", "kizi", "gizi", "uli", "ulu"})
_CHILD_OF = frozenset({"bin", "ibn", "bint", "ben", "бин", "ибн", "бинт", "بن", "ابن", "بنت"})
_JOINED_FORWARD = frozenset({
    "abu", "abd", "abdul", "abdel", "al", "el", "ul", "um", "umm", "van", "von", "de", "da", "di", "la",
    "ابو", "أبو", "عبد", "ام", "أم", "абу", "абд", "аль", "эль",
})  # fmt: skip
_JOINED_BACK = frozenset({"الدين", "الله", "al-din", "el-din", "eldin", "eddin", "uddin", "ад-дин", "allah"})

_JOINERS = _CHILD_OF | _JOINED_FORWARD | _JOINED_BACK


@dataclass(frozen=True, slots=True)
class NameToken:
    """One word of a name as written, and the part it plays."""

    text: str
    role: Role
    is_initial: bool = False


@dataclass(frozen=True, slots=True)
class PersonName:
    """A name taken apart. Parts are as written; "" means the name does not give that part."""

    given: str
    family: str
    patronymic: str
    tokens: tuple[NameToken, ...]
    script: Script
    order_is_certain: bool


class _Signs(NamedTuple):
    """What one word tells by itself."""

    is_patronymic: bool
    may_join: bool
    is_initial: bool
    ends_like_family: bool


@lru_cache(maxsize=200_000)
def _signs(word: str) -> _Signs:
    folded, bare = skeletons(word), _bare(word)
    # al-Mawsuli tells a place, not a father.
    is_place = bare.startswith(("al-", "el-", "аль-", "эль-"))
    return _Signs(
        not is_place and any([patronymic_stem(skeleton) is not None for skeleton in folded]),
        bare in _JOINERS or (folded != () and folded[0] in SEPARATE_ENDINGS),
        _is_initial(word),
        _FAMILY_SIGN.search(bare) is not None,
    )


def _bare(word: str) -> str:
    return word.casefold().rstrip(".").lstrip("'‘’ʻʿ")


def _join_words(words: list[str]) -> tuple[list[str], set[int]]:
    """Put split words together; also return which of the results are patronymics beyond doubt."""
    if not any([_signs(word).may_join for word in words]):
        return words, set()
    joined: list[str] = []
    patronymics: set[int] = set()
    forward = ""
    child_of = False
    for word in words:
        bare = _bare(word)
        if bare in _JOINED_BACK and joined and not forward:
            joined[-1] = f"{joined[-1]} {word}"
        elif bare in _CHILD_OF and joined:
            child_of = True
            forward = f"{forward}{word} "
        elif joined and skeletons(word)[:1] and skeletons(word)[0] in SEPARATE_ENDINGS:
            joined[-1] = f"{joined[-1]} {word}"
            patronymics.add(len(joined) - 1)
        elif bare in _JOINED_FORWARD:
            forward = f"{forward}{word} "
        else:
            if child_of:
                patronymics.add(len(joined))
            joined.append(forward + word)
            forward, child_of = "", False
    if forward:
        joined.append(forward.strip())
    return joined, patronymics


def _looks_like_family(word: str, all_upper: bool) -> bool:
    if not all_upper and len(word) > 2 and word.isupper():
        return True
    return _signs(word).ends_like_family


def _place_pair(words: list[str], script: Script, has_patronymic: bool) -> tuple[int, int, bool]:
    """Return positions of family and given name among two or more words, and whether that is certain."""
    all_upper = all([word.isupper() for word in words])
    initials = [index for index, word in enumerate(words) if _signs(word).is_initial]
    signs = [index for index, word in enumerate(words) if _looks_like_family(word, all_upper)]
    full = [index for index in range(len(words)) if index not in initials]
    if initials and len(full) == 1:
        return full[0], initials[0], True
    if len(signs) == 1:
        family = signs[0]
        given = 0 if family else 1
        return family, given, True
    first_is_family = script is Script.CYRILLIC or has_patronymic
    return (0, 1, False) if first_is_family else (len(words) - 1, 0, False)


def _is_initial(word: str) -> bool:
    if len(word) > 3:
        return False
    bare = word.rstrip(".")
    return len(bare) == 1 or (word.endswith(".") and len(bare) <= 2)


def _assign(words: list[str], patronymics: set[int], script: Script) -> tuple[list[Role], bool]:
    roles: list[Role] = ["patronymic" if index in patronymics else "other" for index in range(len(words))]
    rest = [index for index in range(len(words)) if index not in patronymics]
    if len(rest) == 1:
        # "Given Patronymic"; a patronymic alone before a name serves as a family name.
        roles[rest[0]] = "given"
        if rest[0] and len(words) == 2:
            roles[0] = "family"
        return roles, bool(patronymics) and rest[0] == 0
    if not rest:
        if len(words) > 1:
            roles[0] = "family"
        return roles, False
    first_patronymic = min(patronymics, default=-1)
    if patronymics and len(rest) == 2 and first_patronymic in (1, 2):
        # Family Given Patronymic, or Given Patronymic Family.
        family, given = (rest[0], rest[1]) if first_patronymic == 2 else (rest[1], rest[0])
        is_certain = True
    else:
        family_at, given_at, is_certain = _place_pair([words[i] for i in rest], script, bool(patronymics))
        family, given = rest[family_at], rest[given_at]
    roles[family], roles[given] = "family", "given"
    if script is Script.ARABIC and not patronymics:
        roles = ["patronymic" if role == "other" else role for role in roles]
    return roles, is_certain


def _part(tokens: tuple[NameToken, ...], role: Role) -> str:
    return " ".join(token.text for token in tokens if token.role == role)


def _with_comma(before: str, after: str, script: Script) -> tuple[NameToken, ...]:
    words, known = _join_words([match.group() for match in _WORD.finditer(after)])
    patronymics = known | {index for index, word in enumerate(words) if index and _signs(word).is_patronymic}
    tokens = [NameToken(match.group(), "family") for match in _WORD.finditer(before)]
    given_seen = False
    for index, word in enumerate(words):
        role: Role = "patronymic" if index in patronymics else "other" if given_seen else "given"
        given_seen = given_seen or role == "given"
        tokens.append(NameToken(word, role, _signs(word).is_initial))
    return tuple(tokens)


def _without_comma(text: str, script: Script) -> tuple[tuple[NameToken, ...], bool]:
    words, known = _join_words([match.group() for match in _WORD.finditer(text)])
    patronymics = known | {index for index, word in enumerate(words) if _signs(word).is_patronymic}
    if not words:
        return (), False
    roles, is_certain = _assign(words, patronymics, script)
    tokens = tuple(
        [NameToken(word, role, _signs(word).is_initial) for word, role in zip(words, roles, strict=True)]
    )
    return tokens, is_certain


def _last_initial_is_patronymic(tokens: tuple[NameToken, ...]) -> tuple[NameToken, ...]:
    """Read "Family Given P.": the initial at the end stands for the father."""
    if [token.role for token in tokens] != ["family", "given", "other"] or not tokens[2].is_initial:
        return tokens
    return (*tokens[:2], replace(tokens[2], role="patronymic"))


def _second_initial_is_patronymic(tokens: tuple[NameToken, ...]) -> tuple[NameToken, ...]:
    """Read "Family G. P." and "G. P. Family": the initial after the given one stands for the father."""
    given = [index for index, token in enumerate(tokens) if token.role == "given" and token.is_initial]
    if not given or given[0] + 1 >= len(tokens) or _part(tokens, "patronymic"):
        return tokens
    following = tokens[given[0] + 1]
    if following.role != "other" or not following.is_initial:
        return tokens
    changed = replace(following, role="patronymic")
    return (*tokens[: given[0] + 1], changed, *tokens[given[0] + 2 :])


@lru_cache(maxsize=200_000)
def parse_name(text: str) -> PersonName:
    """Take a name apart.

    >>> name = parse_name("Нұрова Әсел Серікқызы")
    >>> (name.family, name.given, name.patronymic) == ("Нұрова", "Әсел", "Серікқызы")
    True
    """
    whole = repair_look_alikes(text)
    script = script_of(whole)
    before, comma, after = whole.partition(",")
    if comma and before.strip() and after.strip():
        tokens, is_certain = _with_comma(before, after, script), True
    else:
        tokens, is_certain = _without_comma(whole, script)
    tokens = _last_initial_is_patronymic(_second_initial_is_patronymic(tokens))
    return PersonName(
        given=_part(tokens, "given"),
        family=_part(tokens, "family"),
        patronymic=_part(tokens, "patronymic"),
        tokens=tokens,
        script=script,
        order_is_certain=is_certain,
    )
