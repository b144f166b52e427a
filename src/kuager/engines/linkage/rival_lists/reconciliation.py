"""What a reconciliation says: lists row by row, persons by the lists they stand on, contradictions, doubts.

Promises: plain values, the same as JSON whichever machine writes it; the digest covers all but the names.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.engines.linkage.rival_lists.bridges import Bridge, Interval, Size

FORMAT = "kuager-reconciliation-1"

Key = tuple[str, str]
Person = tuple[Key, ...]


@dataclass(frozen=True, slots=True)
class Said:
    """A status that a row gives, and the day from which; None where the row does not say."""

    status: str
    day: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAccount:
    """One list, row by row.

    Attributes
    ----------
    size
        Its figures.
    unnamed
        Ids of the rows that name nobody.
    repeats
        Ids of the rows whose person stands on the list before, each with the id of the first such row.
    persons
        Distinct persons among the rows with a name.
    interval
        The same over the draws, 95 %; None without draws.
    """

    size: Size
    unnamed: tuple[str, ...]
    repeats: tuple[tuple[str, str], ...]
    persons: int
    interval: Interval | None = None

    @property
    def name(self) -> str:
        """The list's name."""
        return self.size.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Combination:
    """Persons on exactly these lists."""

    lists: tuple[str, ...]
    people: tuple[Person, ...]
    interval: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Clash:
    """A person of whom two rows say what cannot both be true.

    ``may_follow`` when the days given allow that the one came after the other.
    """

    left: Key
    right: Key
    left_said: Said
    right_said: Said
    may_follow: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenPair:
    """Two rows of which it is not settled whether they are one person.

    ``effect``: ``one-fewer`` (counted as two now), ``one-more`` (as one now), or ``unnamed`` (a row without a
    name may be this person).
    """

    left: Key
    right: Key
    probability: float
    effect: str


@dataclass(frozen=True, kw_only=True)
class Reconciliation:
    """Why some lists give the numbers they give.

    Attributes
    ----------
    lists, combinations, clashes, open_pairs
        See there.
    bridges
        One for each two lists, the earlier list first.
    names
        The name that each row shows; "" for none.
    draws
        How many draws of who is who the intervals rest on; 0 for none.
    persons_interval
        95 % of the draws of ``persons``; None without draws.
    """

    lists: tuple[ListAccount, ...]
    combinations: tuple[Combination, ...]
    clashes: tuple[Clash, ...]
    open_pairs: tuple[OpenPair, ...]
    bridges: tuple[Bridge, ...]
    names: Mapping[Key, str] = field(default_factory=dict)
    draws: int = 0
    persons_interval: Interval | None = None

    @cached_property
    def persons(self) -> int:
        """Distinct persons with a name on all lists together."""
        return sum(len(one.people) for one in self.combinations)

    def only_on(self, name: str) -> tuple[Person, ...]:
        """Return the persons on this list and on no other."""
        return next((one.people for one in self.combinations if one.lists == (name,)), ())

    def to_json(self, *, with_names: bool = True) -> dict[str, JsonValue]:
        """Return everything as JSON; without names rows are told by list and id alone."""
        names: dict[str, JsonValue] = {
            account.name: {key: shown for (name, key), shown in self.names.items() if name == account.name}
            for account in self.lists
        }
        document: dict[str, JsonValue] = {
            "format": FORMAT,
            "lists": [_list_json(account) for account in self.lists],
            "persons": self.persons,
            "persons_interval": self.persons_interval,
            "combinations": [_combination_json(one) for one in self.combinations],
            "bridges": [_bridge_json(one) for one in self.bridges],
            "clashes": [_clash_json(one) for one in self.clashes],
            "open_pairs": [_pair_json(one) for one in self.open_pairs],
            "draws": self.draws,
        }
        return document | {"names": names} if with_names else document

    @cached_property
    def digest(self) -> str:
        """SHA-256 of everything but the names: who computes it again compares 64 letters."""
        return sha256_hex(canonical_json(self.to_json(with_names=False)))


def _list_json(account: ListAccount) -> JsonValue:
    size = account.size
    return {
        "list": size.name,
        "claimed": size.claimed,
        "rows": size.rows,
        "named": size.named,
        "unnamed": list(account.unnamed),
        "repeats": [{"id": again, "of": first} for again, first in account.repeats],
        "persons": account.persons,
        "interval": account.interval,
    }


def _combination_json(one: Combination) -> JsonValue:
    return {
        "lists": list(one.lists),
        "persons": len(one.people),
        "interval": one.interval,
        "people": [[list(key) for key in person] for person in one.people],
    }


def _bridge_json(one: Bridge) -> JsonValue:
    return {
        "from": one.start,
        "to": one.end,
        "from_number": one.from_number,
        "to_number": one.to_number,
        "both": one.both,
        "both_interval": one.both_interval,
        "steps": [
            {"code": step.code, "list": step.list_name, "change": step.change, "interval": step.interval}
            for step in one.steps
        ],
    }


def _clash_json(one: Clash) -> JsonValue:
    return {
        "left": list(one.left),
        "right": list(one.right),
        "left_status": one.left_said.status,
        "right_status": one.right_said.status,
        "left_day": one.left_said.day.isoformat() if one.left_said.day else None,
        "right_day": one.right_said.day.isoformat() if one.right_said.day else None,
        "may_follow": one.may_follow,
    }


def _pair_json(one: OpenPair) -> JsonValue:
    return {
        "left": list(one.left),
        "right": list(one.right),
        "probability": one.probability,
        "effect": one.effect,
    }
