"""What changed from one snapshot to the next, and through which acts in the register."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TypeVar

from django.db.models import Model, QuerySet

from kuager.core.digest import JsonValue
from kuager.domain.lists.models import ListEdition
from kuager.domain.people.models import Judgement
from kuager.domain.publication.models import Snapshot, SnapshotFigure, SnapshotPerson
from kuager.domain.publication.queries.content import moment_text
from kuager.domain.publication.queries.figures import Figure
from kuager.domain.publication.queries.published_people import PublishedPerson
from kuager.domain.register.models import StatusAssertion

# A difference lists at most so many people by code; the numbers are always complete.
MAX_CODES = 200

Row = TypeVar("Row", bound=Model)


def describe_difference(
    previous: Snapshot | None,
    *,
    figures: Iterable[Figure],
    people: Iterable[PublishedPerson],
    known_at: datetime,
) -> dict[str, JsonValue]:
    """Return the changed figures, the people by code, and the reasons; empty for the first snapshot."""
    if previous is None:
        return {}
    new_values = {figure.key: figure.value for figure in figures}
    old_values = dict(SnapshotFigure.objects.filter(snapshot=previous).values_list("key", "value"))
    new_people = {str(person.content["code"]): person.digest for person in people}
    old_people = dict(SnapshotPerson.objects.filter(snapshot=previous).values_list("code", "digest"))
    return {
        "previous": previous.number,
        "as_of": previous.as_of.isoformat(),
        "known_at": moment_text(previous.known_at),
        "figures": _changed_figures(old_values, new_values),
        "people": _changed_people(old_people, new_people),
        "reasons": _reasons(previous.known_at, known_at),
    }


def _changed_figures(old: Mapping[str, int], new: Mapping[str, int]) -> list[JsonValue]:
    changed: list[JsonValue] = [
        {"key": key, "old": old.get(key, 0), "new": new.get(key, 0)}
        for key in sorted({*old, *new})
        if old.get(key, 0) != new.get(key, 0)
    ]
    return changed


def _changed_people(old: Mapping[str, str], new: Mapping[str, str]) -> dict[str, JsonValue]:
    added = sorted(new.keys() - old.keys())
    removed = sorted(old.keys() - new.keys())
    changed = sorted(code for code in new.keys() & old.keys() if new[code] != old[code])
    return {
        "added_count": len(added),
        "removed_count": len(removed),
        "changed_count": len(changed),
        "added": added[:MAX_CODES],
        "removed": removed[:MAX_CODES],
        "changed": changed[:MAX_CODES],
    }


def _reasons(start: datetime, end: datetime) -> dict[str, JsonValue]:
    """Count the acts of the register between two moments: after ``start``, up to and with ``end``."""
    assertions = StatusAssertion.objects.all()
    judgements = Judgement.objects.all()
    editions = ListEdition.objects.all()
    counts = {
        "assertions": _between(assertions, "known_at", start, end),
        "approvals": _between(assertions, "approved_at", start, end),
        "corrections": _between(assertions, "superseded_at", start, end),
        "judgements": _between(judgements, "decided_at", start, end),
        "judgements_ended": _between(judgements, "ended_at", start, end),
        "imports": _between(editions, "applied_at", start, end),
        "imports_undone": _between(editions, "undone_at", start, end),
    }
    return dict(counts)


def _between(rows: QuerySet[Row], field: str, start: datetime, end: datetime) -> int:
    return rows.filter(**{f"{field}__gt": start, f"{field}__lte": end}).count()
