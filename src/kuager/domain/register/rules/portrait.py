"""What the active records of one person come to: the name to show, sex, age, category, sources.

Promise: the result does not depend on the order of the records.
"""

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from kuager.core.ages import age_group
from kuager.domain.register.rules.facts import Told, as_described_now

_SCRIPTS = {"cyrillic": 0, "latin": 1, "arabic": 2}


class Portrait(NamedTuple):
    """The person as all sources together describe it."""

    name: str
    other_names: str
    sex: str
    age_min: int | None
    age_max: int | None
    age_group: str
    category: str
    record_count: int
    publisher_ids: frozenset[int]
    independent_count: int
    may_publish: bool


def choose_name(told: Sequence[Told]) -> str:
    """Prefer the fullest Cyrillic name, then the fullest in another script: words first, then letters."""
    return min(told, key=_name_rank).name


def _name_rank(record: Told) -> tuple[int, int, int, str]:
    words = record.name.split()
    # An initial is no word; capitals throughout are how forms shout, and read worse.
    full = sum(len(word.rstrip(".")) > 1 for word in words)
    return _SCRIPTS.get(record.script, 3), -full, -len(record.name), record.name


def paint(told: Sequence[Told]) -> Portrait:
    """Describe a person by all active records, as each list describes the person in its newest edition."""
    told = as_described_now(told)
    if len(told) == 1:
        return _paint_one(told[0])
    name = choose_name(told)
    others = sorted({record.name for record in told} - {name})
    lowest = max((record.age_min for record in told if record.age_min is not None), default=None)
    highest = min((record.age_max for record in told if record.age_max is not None), default=None)
    if lowest is not None and highest is not None and lowest > highest:
        # They contradict each other: everything that any source says stays possible.
        lowest = min(record.age_min for record in told if record.age_min is not None)
        highest = max(record.age_max for record in told if record.age_max is not None)
    return Portrait(
        name=name,
        other_names="\n".join(others),
        sex=_majority([record.sex for record in told]),
        age_min=lowest,
        age_max=highest,
        age_group=age_group(lowest, highest),
        category=_most_frequent([record.category for record in told]),
        record_count=len(told),
        publisher_ids=frozenset(record.publisher_id for record in told),
        independent_count=len({record.origin for record in told}),
        may_publish=any(record.may_publish for record in told),
    )


def _paint_one(record: Told) -> Portrait:
    return Portrait(
        record.name,
        "",
        record.sex,
        record.age_min,
        record.age_max,
        age_group(record.age_min, record.age_max),
        record.category,
        1,
        frozenset((record.publisher_id,)),
        1,
        record.may_publish,
    )


def _majority(sexes: Sequence[str]) -> str:
    counts = Counter(sex for sex in sexes if sex)
    return next((sex for sex, count in counts.items() if 2 * count > counts.total()), "")


def _most_frequent(categories: Sequence[str]) -> str:
    counts = Counter(category for category in categories if category)
    return min(counts, key=lambda category: (-counts[category], category), default="")
