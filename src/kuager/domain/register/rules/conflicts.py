"""What stands against what: listed for a person to look at, never resolved silently.

Promise: the result does not depend on the order of the facts.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from kuager.domain.register.rules.facts import Fact, Told, as_described_now
from kuager.domain.register.rules.timeline import death_day, in_order
from kuager.domain.register.rules.transitions import TRANSITIONS
from kuager.domain.register.terms import Axis, ConflictKind, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Conflict:
    """Two or more things that cannot all be true. ``axis`` is an axis, or ``sex``, ``age``, ``judgement``."""

    kind: ConflictKind
    axis: str
    assertion_ids: tuple[int, ...] = ()
    record_ids: tuple[int, ...] = ()


def find_conflicts(facts: Sequence[Fact], told: Sequence[Told]) -> list[Conflict]:
    """Return what contradicts itself among the assertions in force and the active records of one person."""
    conflicts: list[Conflict] = []
    if len(facts) > 1:
        conflicts += _after_death(facts)
        for axis in Axis.values:
            conflicts += _disagreements([fact for fact in facts if fact.axis == axis], axis)
    if len(told) > 1:
        conflicts += _records_disagree(as_described_now(told))
    return conflicts


def _after_death(facts: Sequence[Fact]) -> Iterable[Conflict]:
    died = death_day(facts)
    if died is None:
        return
    for fact in in_order(facts):
        # What is told of a later day contradicts the death; the legal case of the dead may go on.
        begins = fact.since_earliest or fact.since
        if fact.status != Status.DEAD and fact.axis != Axis.LEGAL and begins > died:
            deaths = tuple(other.assertion_id for other in facts if other.status == Status.DEAD)
            yield Conflict(
                kind=ConflictKind.STATUS_AFTER_DEATH,
                axis=fact.axis,
                assertion_ids=(fact.assertion_id, *sorted(deaths)),
            )


def _disagreements(facts: Sequence[Fact], axis: str) -> Iterable[Conflict]:
    ordered = in_order(facts)
    for before, after in pairwise(ordered):
        if before.status == after.status or Status.DEAD in (before.status, after.status):
            continue
        same_day = before.since == after.since and _must_clash(before, after)
        if same_day or Status(after.status) not in TRANSITIONS[Status(before.status)]:
            yield Conflict(
                kind=ConflictKind.SOURCES_DISAGREE,
                axis=axis,
                assertion_ids=tuple(sorted((before.assertion_id, after.assertion_id))),
            )


def _must_clash(one: Fact, other: Fact) -> bool:
    """Tell whether two statuses of one day cannot have followed one another: neither day is in doubt."""
    return one.since == (one.since_earliest or one.since) and other.since == (
        other.since_earliest or other.since
    )


def _records_disagree(told: Sequence[Told]) -> Iterable[Conflict]:
    records = tuple(sorted(record.record_id for record in told))
    if len({record.sex for record in told if record.sex}) > 1:
        yield Conflict(kind=ConflictKind.SOURCES_DISAGREE, axis="sex", record_ids=records)
    lowest = max((record.age_min for record in told if record.age_min is not None), default=None)
    highest = min((record.age_max for record in told if record.age_max is not None), default=None)
    # Lists count the year begun as lived, and time passes between lists: a year more or less is no conflict.
    if lowest is not None and highest is not None and lowest > highest + 2:
        yield Conflict(kind=ConflictKind.SOURCES_DISAGREE, axis="age", record_ids=records)
