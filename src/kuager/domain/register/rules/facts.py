"""What is in force about one person, as the rules see it: plain values, no tables.

A :class:`Fact` is an assertion in force, a :class:`Told` an active record. Everything the register derives
depends on these two only, and not on their order.
"""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple


class Fact(NamedTuple):
    """An assertion in force; it counts from ``since`` on, and from ``until`` on no longer."""

    assertion_id: int
    record_id: int
    axis: str
    status: str
    since: date
    since_earliest: date | None
    until: date | None
    told_on: date
    verification: str
    place_id: int | None


class Told(NamedTuple):
    """What an active record says of the person, and which publisher stands behind it.

    ``is_replaced``: a newer edition of the same list describes the person anew. What the older one asserted
    stays in force, how it described the person does not.
    """

    record_id: int
    name: str
    script: str
    sex: str
    age_min: int | None
    age_max: int | None
    category: str
    told_on: date
    home_place_id: int | None
    publisher_id: int
    origin: str
    may_publish: bool
    is_replaced: bool = False


def as_described_now(told: Sequence[Told]) -> list[Told]:
    """Return the records that describe the person today: all but those a newer edition replaced."""
    return [record for record in told if not record.is_replaced] or list(told)


class Spell(NamedTuple):
    """From ``since`` until ``until`` the person stood so on every axis."""

    since: date
    until: date
    status: str
    fate: str
    custody: str
    health: str
    legal: str
    place_id: int | None
    cause: str
