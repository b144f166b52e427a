"""What happened to a person when, one stretch per axis: valid time, apart from when we learnt it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kuager.domain.register.terms import Axis
from kuager.interfaces.desk.status_choices import status_word

if TYPE_CHECKING:
    from kuager.domain.register.queries import TimelineStep


@dataclass(frozen=True, kw_only=True)
class SpellView:
    """A stretch of a person's life on one axis."""

    axis: str
    status: str
    days: str
    place: str


def spells(steps: Iterable["TimelineStep"], places: Mapping[int, str]) -> list[SpellView]:
    """Return the stretches of each axis as they began; equal neighbours are one stretch."""
    steps = sorted(steps, key=lambda step: step.since)
    found: list[tuple[date, SpellView]] = []
    for axis in Axis:
        found += _spells_of(axis, steps, places)
    return [spell for _, spell in sorted(found, key=lambda pair: pair[0])]


def _spells_of(
    axis: Axis, steps: Sequence["TimelineStep"], places: Mapping[int, str]
) -> Iterable[tuple[date, SpellView]]:
    runs: list[list[TimelineStep]] = []
    for step in steps:
        joins = runs and runs[-1][-1].until == step.since and _on(axis, runs[-1][-1]) == _on(axis, step)
        if joins:
            runs[-1].append(step)
        else:
            runs.append([step])
    for run in runs:
        status = _on(axis, run[0])
        if status not in ("", "unknown"):
            place = next((places.get(step.place_id, "") for step in run if step.place_id), "")
            yield (
                run[0].since,
                SpellView(
                    axis=str(axis.label),
                    status=status_word(status),
                    days=_days(run[0].since, run[-1].until),
                    place=place,
                ),
            )


def _on(axis: Axis, step: "TimelineStep") -> str:
    return {Axis.FATE: step.fate, Axis.CUSTODY: step.custody, Axis.HEALTH: step.health}.get(axis, step.legal)


def _days(since: date, until: date | None) -> str:
    if until is None:
        return gettext("since %(day)s") % {"day": since.isoformat()}
    last = until - timedelta(days=1)
    return gettext("%(first)s to %(last)s") % {"first": since.isoformat(), "last": last.isoformat()}
