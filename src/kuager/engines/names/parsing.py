"""Tell given name, family name and patronymic apart, in any order and spelling.

Promises: every word of the name appears in exactly one token, in its order. Where the order cannot be known
from the name itself (two words, neither with an ending), the usual order of the script is taken and
``order_is_certain`` is false.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal, NamedTuple

from kuager.engines.names.scripts import Script, repair_look_alikes, script_of
from kuager.engines.names.skeletons import patronymic_stem, skeletons

Role = Literal["given", "family", "patronymic", "other"]

_WORD = re.compile(r"[^\s,;.\"«»“”()/\d]+(\.)?")
# Most names of a Cyrillic register: nothing to repair, nothing to part the words but spaces.
_ONLY_CYRILLIC = re.compile(
    "[\u0400-\u0482\u048a-\u052f -]*[\u0400-\u0482\u048a-\u052f][\u0400-\u0482\u048a-\u052f -]*"
)
_BREAK = re.compile(r"[,;.\"«»“”()/\d]")
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


class Reading(NamedTuple):
    """The words of a name and the part each plays, without the rest of a :class:`PersonName`."""

    words: tuple[str, ...]
    roles: tuple[Role, ...]
    initials: tuple[bool, ...]
    script: Script
    order_is_certain: bool


class _Signs(NamedTuple):
    """What one word tells by itself."""

    is_patronymic: bool
    may_join: bool
    is_initial: bool
    ends_like_family: bool
    is_upper: bool
    is_long_upper: bool


@lru_cache(maxsize=200_000)
def _signs(word: str) -> _Signs:
    folded, bare = skeletons(word), _bare(word)
    # al-Mawsuli tells a place, not a father.
    is_place = bare.startswith(("al-", "el-", "аль-", "эль-"))
    is_upper = word.isupper()
    return _Signs(
        not is_place and any([patronymic_stem(skeleton) is not None for skeleton in folded]),
        bare in _JOINERS or (folded != () and folded[0] in SEPARATE_ENDINGS),
        _is_initial(word),
        _FAMILY_SIGN.search(bare) is not None,
        is_upper,
        is_upper and len(word) > 2,
    )


def _bare(word: str) -> str:
    return word.casefold().rstrip(".").lstrip("'‘’ʻʿ")


def _join_words(words: list[str]) -> tuple[list[str], set[int]]:
    """Put split words together; also return which of the results are patronymics beyond doubt."""
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


def _place_pair(signs: list[_Signs], script: Script, has_patronymic: bool) -> tuple[int, int, bool]:
    """Return positions of family and given name among two or more words, and whether that is certain."""
    all_upper = all([sign.is_upper for sign in signs])
    initials = [index for index, sign in enumerate(signs) if sign.is_initial]
    full = [index for index in range(len(signs)) if index not in initials]
    if initials and len(full) == 1:
        return full[0], initials[0], True
    families = [
        index
        for index, sign in enumerate(signs)
        if sign.ends_like_family or (sign.is_long_upper and not all_upper)
    ]
    if len(families) == 1:
        return families[0], 0 if families[0] else 1, True
    first_is_family = script is Script.CYRILLIC or has_patronymic
    return (0, 1, False) if first_is_family else (len(signs) - 1, 0, False)


def _is_initial(word: str) -> bool:
    if len(word) > 3:
        return False
    bare = word.rstrip(".")
    return len(bare) == 1 or (word.endswith(".") and len(bare) <= 2)


@lru_cache(maxsize=10_000)
def _assign(signs: tuple[_Signs, ...], script: Script) -> tuple[tuple[Role, ...], tuple[bool, ...], bool]:
    """Return the part of each word, which words are initials, and whether the parts are certain."""
    roles, is_certain = _assign_roles(signs, script)
    return roles, tuple([sign.is_initial for sign in signs]), is_certain


def _assign_roles(signs: tuple[_Signs, ...], script: Script) -> tuple[tuple[Role, ...], bool]:
    patronymics = [index for index, sign in enumerate(signs) if sign.is_patronymic]
    roles: list[Role] = ["patronymic" if sign.is_patronymic else "other" for sign in signs]
    rest = [index for index in range(len(signs)) if index not in patronymics]
    if len(rest) == 1:
        # "Given Patronymic"; a patronymic alone before a name serves as a family name.
        roles[rest[0]] = "given"
        if rest[0] and len(signs) == 2:
            roles[0] = "family"
        return tuple(roles), bool(patronymics) and rest[0] == 0
    if not rest:
        if len(signs) > 1:
            roles[0] = "family"
        return tuple(roles), False
    first_patronymic = min(patronymics, default=-1)
    if patronymics and len(rest) == 2 and first_patronymic in (1, 2):
        # Family Given Patronymic, or Given Patronymic Family.
        family, given = (rest[0], rest[1]) if first_patronymic == 2 else (rest[1], rest[0])
        is_certain = True
    else:
        family_at, given_at, is_certain = _place_pair([signs[i] for i in rest], script, bool(patronymics))
        family, given = rest[family_at], rest[given_at]
    roles[family], roles[given] = "family", "given"
    if script is Script.ARABIC and not patronymics:
        roles = ["patronymic" if role == "other" else role for role in roles]
    return _read_initials(signs, roles), is_certain


def _read_initials(signs: tuple[_Signs, ...], roles: list[Role]) -> tuple[Role, ...]:
    """Read the initial of the father in "Family G. P.", "G. P. Family" and "Family Given P."."""
    given = roles.index("given") if "given" in roles else len(roles)
    after = given + 1
    if (
        after < len(roles)
        and roles[after] == "other"
        and signs[after].is_initial
        and "patronymic" not in roles
    ):
        ends_name = roles == ["family", "given", "other"]
        if signs[given].is_initial or ends_name:
            roles[after] = "patronymic"
    return tuple(roles)


def _split(text: str) -> list[str]:
    return [found.group() for found in _WORD.finditer(text)] if _BREAK.search(text) else text.split()


def _with_comma(before: str, after: str, script: Script) -> Reading:
    words, known = _join_words(_split(after))
    families = _split(before)
    roles: list[Role] = ["family"] * len(families)
    for index, word in enumerate(words):
        if index in known or (index and _signs(word).is_patronymic):
            roles.append("patronymic")
        else:
            roles.append("other" if "given" in roles else "given")
    signs = tuple([_signs(word) for word in (*families, *words)])
    initials = tuple([sign.is_initial for sign in signs])
    return Reading((*families, *words), _read_initials(signs, roles), initials, script, True)


def _without_comma(text: str, script: Script) -> Reading:
    words = _split(text)
    signs = [_signs(word) for word in words]
    if any([sign.may_join for sign in signs]):
        words, known = _join_words(words)
        signs = [_signs(word) for word in words]
        signs = [sign._replace(is_patronymic=True) if at in known else sign for at, sign in enumerate(signs)]
    if not words:
        return Reading((), (), (), script, False)
    roles, initials, is_certain = _assign(tuple(signs), script)
    return Reading(tuple(words), roles, initials, script, is_certain)


def read_name(text: str) -> Reading:
    """Return the words of a name with their parts: what ``parse_name`` tells, quicker."""
    if _ONLY_CYRILLIC.fullmatch(text):
        return _without_comma(text, Script.CYRILLIC)
    whole = repair_look_alikes(text)
    script = script_of(whole)
    if "," in whole:
        before, _, after = whole.partition(",")
        if before.strip() and after.strip():
            return _with_comma(before, after, script)
    return _without_comma(whole, script)


@lru_cache(maxsize=100_000)
def parse_name(text: str) -> PersonName:
    """Take a name apart.

    >>> name = parse_name("Нұрова Әсел Серікқызы")
    >>> (name.family, name.given, name.patronymic) == ("Нұрова", "Әсел", "Серікқызы")
    True
    """
    reading = read_name(text)
    tokens = tuple(
        [
            NameToken(word, role, is_initial)
            for word, role, is_initial in zip(reading.words, reading.roles, reading.initials, strict=True)
        ]
    )
    given, family, patronymic = (
        " ".join([token.text for token in tokens if token.role == role])
        for role in ("given", "family", "patronymic")
    )
    return PersonName(given, family, patronymic, tokens, reading.script, reading.order_is_certain)
