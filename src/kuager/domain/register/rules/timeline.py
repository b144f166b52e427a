"""From assertions to a timeline: which status a person had from when until when.

Rules, in words: on each axis the assertion that began last holds; of several that began on one day, the
better verified, then the later told. Whoever is dead stays dead, from the first day on which a source in
force says it had happened; custody and health end with death, the legal case may go on. Before the first
status, and where a source ends a status and nothing follows, the answer is "unknown".

Promises: the result does not depend on the order of the facts; spells follow one another without gap or
overlap, the last one lasts for ever; neighbours differ.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import NamedTuple

from kuager.domain.register.rules.facts import Fact, Spell
from kuager.domain.register.rules.transitions import summary
from kuager.domain.register.terms import FOREVER_DAY, Axis, Status

_VERIFIED = {"reported": 0, "corroborated": 1, "verified": 2}
_GRAVITY = {status: place for place, status in enumerate(Status.values)}
_AXES = (Axis.FATE.value, Axis.CUSTODY.value, Axis.HEALTH.value, Axis.LEGAL.value)
_UNKNOWN = Status.UNKNOWN.value
_DEAD = Status.DEAD.value


class Step(NamedTuple):
    """From a day on, one axis has a status (until the next step)."""

    since: date
    status: str
    place_id: int | None
    assertion_id: int


def death_day(facts: Iterable[Fact]) -> date | None:
    """Return the first day on which the person was dead, as far as any source in force says."""
    return min((fact.since for fact in facts if fact.status == _DEAD), default=None)


def in_order(facts: Iterable[Fact]) -> list[Fact]:
    """Sort so that, of facts about one day, the one that holds comes last."""
    return sorted(
        facts,
        key=lambda fact: (
            fact.since,
            _VERIFIED[fact.verification],
            fact.told_on,
            _GRAVITY[fact.status],
            fact.place_id or 0,
            -fact.assertion_id,
        ),
    )


def axis_steps(facts: Sequence[Fact], *, ends: date | None) -> list[Step]:
    """Return the steps of one axis; ``ends`` is the day of death on axes that end with it."""
    holding = {fact.since: fact for fact in in_order(facts) if ends is None or fact.since < ends}
    days = sorted(holding)
    steps: list[Step] = []
    for place, day in enumerate(days):
        fact = holding[day]
        steps.append(Step(day, fact.status, fact.place_id, fact.assertion_id))
        following = days[place + 1] if place + 1 < len(days) else FOREVER_DAY
        until = fact.until if fact.until is not None and fact.until > day else FOREVER_DAY
        if ends is not None:
            until = min(until, ends)
        if until < following:
            steps.append(Step(until, _UNKNOWN, None, fact.assertion_id))
    return steps


def resolve_timeline(facts: Sequence[Fact], *, first_told: date) -> list[Spell]:
    """Return the whole timeline of one person, from the first day anything is known of."""
    died = death_day(facts)
    axes = [_resolve_axis(axis, facts, died) for axis in _AXES]
    days = sorted({step.since for steps in axes for step in steps} | {_first_day(axes, first_told)})
    spells: list[Spell] = []
    now = [Step(days[0], _UNKNOWN, None, 0)] * len(_AXES)
    positions = [0] * len(_AXES)
    for place, day in enumerate(days):
        for axis, steps in enumerate(axes):
            while positions[axis] < len(steps) and steps[positions[axis]].since <= day:
                now[axis] = _continued(now[axis], steps[positions[axis]])
                positions[axis] += 1
        until = days[place + 1] if place + 1 < len(days) else FOREVER_DAY
        _extend(spells, _spell(day, until, now))
    return spells


def _first_day(axes: Sequence[Sequence[Step]], first_told: date) -> date:
    return min([first_told, *(steps[0].since for steps in axes if steps)])


def _resolve_axis(axis: str, facts: Sequence[Fact], died: date | None) -> list[Step]:
    own = [fact for fact in facts if fact.axis == axis]
    if not own:
        return []
    if axis == _AXES[0] and died is not None:
        before = [fact for fact in own if fact.since < died and fact.status != _DEAD]
        deaths = in_order(fact for fact in own if fact.status == _DEAD and fact.since == died)
        place = next(
            (fact.place_id for fact in in_order(own) if fact.status == _DEAD and fact.place_id), None
        )
        end = Step(died, _DEAD, deaths[-1].place_id or place, deaths[-1].assertion_id)
        return [*(step for step in axis_steps(before, ends=None) if step.since < died), end]
    return axis_steps(own, ends=None if axis == Axis.LEGAL else died)


def _continued(before: Step, step: Step) -> Step:
    """Keep the place when a source confirms a status without saying where."""
    if step.place_id is None and step.status == before.status:
        return step._replace(place_id=before.place_id)
    return step


def _spell(day: date, until: date, now: Sequence[Step]) -> Spell:
    fate, custody, health, legal = now
    status = summary(fate.status, custody.status, health.status)
    decisive = next((step for step in now if step.status == status), max(now, key=lambda step: step.since))
    # A place belongs to the status it was told with; else to the last thing told with a place.
    place = (
        decisive.place_id
        or max(((step.since, step.place_id) for step in now if step.place_id), default=(day, None))[1]
    )
    cause = f"assertion:{decisive.assertion_id}" if decisive.assertion_id else ""
    return Spell(day, until, status, fate.status, custody.status, health.status, legal.status, place, cause)


def _extend(spells: list[Spell], spell: Spell) -> None:
    """Add a spell, or lengthen the last one when nothing changed."""
    if spells and spells[-1][2:8] == spell[2:8]:
        spells[-1] = spells[-1]._replace(until=spell.until)
    else:
        spells.append(spell)
