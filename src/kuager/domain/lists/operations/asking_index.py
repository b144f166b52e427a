"""Asking whom a report may be about, with everything it says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kuager.domain.lists.operations.indexing import BROKEN, catch_up, log, open_index
from kuager.domain.lists.queries.membership import persons_of_records
from kuager.domain.lists.rules.linking import FRAME, Report, report_row
from kuager.domain.people.models import Record
from kuager.domain.places.queries import place_index
from kuager.domain.register.models import Entry
from kuager.engines.linkage.incremental import Candidate

# Stands for the list of a report that is on none.
_REPORT = "report"
_ASKED_FOR = 60
_LEAST = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class LikelyPerson:
    """A person of the register whom a report may be about.

    ``probability`` (0..1) and ``reasons`` (field, level of agreement, weight in bits) are those of the record
    that fits best; ``record_name`` is how that record spells the name.
    """

    entry: Entry
    code: str
    probability: float
    reasons: tuple[Mapping[str, object], ...]
    record_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Likely:
    """Whom a report may be about, the likeliest first; ``is_current`` unless newer records lack."""

    people: tuple[LikelyPerson, ...]
    is_current: bool


def likely_people(report: Report, *, folder: Path, limit: int = 20) -> Likely | None:
    """Look a report up in the match index with all it says; None where there is no index to ask.

    Nothing is linked or written in the register.
    """
    index = open_index(folder)
    if index is None:
        return None
    row = dict(zip(FRAME, report_row(report, place_index()), strict=True))
    try:
        with index:
            is_current = catch_up(index)
            found = index.candidates(_REPORT, row, limit=_ASKED_FOR)
    except BROKEN as error:
        log.warning("the match index could not be asked (%s)", type(error).__name__)
        return None
    people = _people([one for one in found if one.probability >= _LEAST])
    return Likely(people=tuple(people[:limit]), is_current=is_current)


def _people(found: Sequence[Candidate]) -> list[LikelyPerson]:
    """Give each person once, with the record that fits best; who left the register is left out."""
    persons = persons_of_records([int(one.id) for one in found])
    best: dict[int, Candidate] = {}
    for one in found:
        if int(one.id) in persons:
            best.setdefault(persons[int(one.id)][0], one)
    entries = Entry.objects.select_related("person", "place", "region").in_bulk(list(best))
    names = dict(
        Record.objects.filter(pk__in=[int(one.id) for one in best.values()]).values_list("pk", "name")
    )
    return [
        LikelyPerson(
            entry=entries[person],
            code=persons[int(one.id)][1],
            probability=one.probability,
            reasons=one.reasons,
            record_name=names.get(int(one.id), ""),
        )
        for person, one in best.items()
        if person in entries
    ]
