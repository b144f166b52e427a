"""Places under one name, through renamings and in their regions.

Promises: a town keeps one name whatever it was called (Шевченко is Aktau, Целиноград and Nur-Sultan are
Astana); a town that is known brings its region, and the region it lay in before the changes of 2018 and 2022;
an unknown place keeps its own name, folded by sound. The table ``places.csv`` is that of the places room
without coordinates; districts and villages are not in it.
"""

import csv
import re
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from kuager.engines.names import skeletons

# Two or three letters are a code of a region, not a word to be folded.
_CODE_LENGTH = 3
_PIECES = re.compile(r"[,;/()]")
_TOWN_WORDS = frozenset((
    "г", "гор", "город", "городе", "қ", "қала", "қаласы", "city", "town", "с", "село", "ауыл", "ауылы", "аул",
    "п", "пос", "поселок", "посёлок", "кенті", "кент", "village", "township", "settlement",
))  # fmt: skip
_REGION_WORDS = frozenset(("обл", "область", "области", "облысы", "region", "oblast", "oblysy", "province"))


@dataclass(frozen=True, slots=True)
class FoldedPlace:
    """Where something was: a place, its region, and the region as it was bounded before 2018 and 2022."""

    place: str | None = None
    region: str | None = None
    region_before: str | None = None


@dataclass(frozen=True, slots=True)
class _Known:
    place: FoldedPlace
    kind: Literal["region", "city", "town"]


def folded_words(text: str) -> str | None:
    """Return the sounds of the words of a name; short codes stay as they are."""
    if len(text) <= _CODE_LENGTH:
        return text.casefold() or None
    words = text.replace("-", " ").split()
    return " ".join(skeletons(word)[0] for word in words if skeletons(word)) or None


def _without_kind(text: str) -> tuple[str, str | None]:
    """Take words such as "г." or "область" off a name; say which kind of place they mean."""
    rest, kind = [], None
    for word in text.replace("-", " ").split():
        plain = word.casefold().strip(".")
        if plain in _REGION_WORDS:
            kind = "region"
        elif plain in _TOWN_WORDS:
            kind = kind or "town"
        else:
            rest.append(word.strip("."))
    return " ".join(rest), kind


@lru_cache(maxsize=1)
def _gazetteer() -> dict[tuple[str, bool], _Known]:
    """Return the known places by folded name, and whether the name is that of a region."""
    text = files("kuager.engines.linkage.reading").joinpath("places.csv").read_text(encoding="utf-8")
    found: dict[tuple[str, bool], _Known] = {}
    for row in csv.DictReader(text.splitlines()):
        kind = row["kind"]
        name = None if kind == "region" else row["place"]
        known = _Known(FoldedPlace(name, row["region"], row["region_before"]), kind)  # type: ignore[arg-type]  # three words in a file of ours
        for spelling in row["names"].split("|"):
            key = (_key(_without_kind(spelling)[0]), kind == "region")
            found.setdefault(key, known)
    return found


def _key(text: str) -> str:
    return (folded_words(text) or "").replace(" ", "")


def _find(piece: str) -> FoldedPlace | None:
    rest, kind = _without_kind(piece)
    key = _key(rest)
    known = _gazetteer().get((key, kind == "region")) or (
        _gazetteer().get((key, True)) if kind is None else None
    )
    return known.place if known else None


@lru_cache(maxsize=100_000)
def fold_place(text: str, region: str = "") -> FoldedPlace:
    """Fold what a list says of a place and of its region.

    >>> fold_place("г. Шевченко") == fold_place("Aktau")
    True
    >>> fold_place("Талдықорған").region, fold_place("Талдықорған").region_before
    ('zhetysu', 'almaty_region')
    """
    pieces = [piece.strip() for piece in _PIECES.split(text)]
    found = [place for piece in pieces if (place := _find(piece))]
    given = _find(region) or FoldedPlace(None, folded_words(region), folded_words(region))
    towns = [place for place in found if place.place]
    if towns:
        return towns[0]
    unknown = [piece for piece in pieces if not _find(piece)]
    within = found[0] if found else given
    own = folded_words(" ".join(unknown) if found else text)
    return FoldedPlace(own or within.place, within.region, within.region_before)
