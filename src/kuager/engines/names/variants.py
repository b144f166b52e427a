"""Which given names are short or respectful forms of which, from a small table with sources.

Promises: the table ``given_names.csv`` names the source of every row; a form that stands for more than one
full name (Саша, Слава, Баке) or is a form of respect is ambiguous and never settles anything. Forms of
affection and respect follow rules (-жан, -бай, -ке, -еке) and are always ambiguous.
"""

import csv
import re
from collections import defaultdict
from functools import lru_cache
from importlib.resources import files
from typing import Literal

from kuager.engines.names.skeletons import skeletons

Kinship = Literal["certain", "ambiguous"]


@lru_cache(maxsize=1)
def _table() -> dict[tuple[str, str], Kinship]:
    """Return, for the skeletons of a full name and of its form, how certain the form is."""
    text = files("kuager.engines.names").joinpath("given_names.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(text.splitlines()))
    full_names: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        full_names[row["form"]].add(row["full"])
    table: dict[tuple[str, str], Kinship] = {}
    for row in rows:
        is_certain = row["kind"] == "short" and len(full_names[row["form"]]) == 1
        for full in skeletons(row["full"]):
            for form in skeletons(row["form"]):
                pair = (full, form) if full <= form else (form, full)
                table[pair] = "certain" if is_certain else "ambiguous"
    return table


def kinship(left: str, right: str) -> Kinship | None:
    """Return whether one skeleton is a known form of the other, and how surely; None when it is not.

    >>> kinship("dima", "dmitri"), kinship("sawa", "aleksandr"), kinship("dima", "oleg")
    ('certain', 'ambiguous', None)
    """
    return _table().get((left, right) if left <= right else (right, left))


# Серікжан, Нұрбай: an ending of affection, or a name of its own.
_AFFECTION = re.compile(r"^(.{3,}?)(?:jan|bai)$")
# Секе (Серік), Нұреке (Нұрлан): the beginning of the name and an ending of respect.
_RESPECT = re.compile(r"^(.{2,4}?)[ea]?k[ea]n?$")


def root(skeleton: str) -> str:
    """Return a given name without an ending of affection (-жан, -бай).

    >>> root("serikjan"), root("serik")
    ('serik', 'serik')
    """
    if not skeleton.endswith(("jan", "bai")):
        return skeleton
    found = _AFFECTION.match(skeleton)
    return found.group(1) if found else skeleton


def respected(skeleton: str) -> str:
    """Return the beginning of the name that a form of respect (-ке, -еке) stands for, or "" if it is none.

    >>> respected("seke"), respected("nureke"), respected("serik")
    ('se', 'nur', '')
    """
    if not skeleton.endswith(("ke", "ka", "ken", "kan")):
        return ""
    found = _RESPECT.match(skeleton)
    return found.group(1) if found else ""


def is_familiar(left: str, right: str) -> bool:
    """Return whether one skeleton may be a form of affection or respect of the other.

    >>> is_familiar("serikjan", "serik"), is_familiar("seke", "serik"), is_familiar("berik", "serik")
    (True, True, False)
    """
    if left == right:
        return False
    if root(left) == right or root(right) == left:
        return True
    return any(
        stem and full.startswith(stem) and len(full) > len(stem) + 1
        for stem, full in ((respected(left), right), (respected(right), left))
    )


@lru_cache(maxsize=1)
def _certain() -> dict[str, tuple[str, ...]]:
    kin: dict[str, set[str]] = defaultdict(set)
    for (one, other), how in _table().items():
        if how == "certain":
            kin[one].add(other)
            kin[other].add(one)
    return {skeleton: tuple(sorted(others)) for skeleton, others in kin.items()}


def certain_kin(skeleton: str) -> tuple[str, ...]:
    """Return the skeletons of the names of which this is surely a form, or which are surely forms of it.

    >>> "dmitri" in certain_kin("dima"), certain_kin("sawa")
    (True, ())
    """
    return _certain().get(skeleton, ())


@lru_cache(maxsize=1)
def _known() -> frozenset[str]:
    return frozenset(skeleton for pair in _table() for skeleton in pair)


def has_kin(skeleton: str) -> bool:
    """Return whether the table knows another form of this name."""
    return skeleton in _known()
