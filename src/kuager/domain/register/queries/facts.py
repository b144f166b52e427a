"""Reading what is in force about many persons at once: the rules turn it into spells and entries."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

from kuager.domain.people.models import Assignment, Judgement
from kuager.domain.people.queries.identifiers import among
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.register.models import StatusAssertion
from kuager.domain.register.rules.facts import Fact, Told
from kuager.domain.sources.queries import derived_origins
from kuager.domain.sources.rules import origin_of
from kuager.domain.sources.terms import ConsentGiven, Purpose

_TOLD = (
    "person_id",
    "record_id",
    "record__name",
    "record__script",
    "record__sex",
    "record__age_min",
    "record__age_max",
    "record__category",
    "record__told_on",
    "record__home_place_id",
    "record__citation__source__publisher_id",
    "record__citation__source__publisher__origin_group",
    "record__citation__source_id",
    "record__consent__purpose",
    "record__consent__given",
    "record__consent__withdrawn_at",
    "record__consent__expires_on",
)
_FACT = (
    "record__assignments__person_id",
    "needs_approval",
    "approved_at",
    "id",
    "record_id",
    "axis",
    "status",
    "since_latest",
    "since_earliest",
    "until_latest",
    "told_on",
    "verification",
    "place_id",
)


@dataclass(slots=True)
class Known:
    """What is in force about some persons. A person without ``told`` is out of the register."""

    told: dict[int, list[Told]] = field(default_factory=lambda: defaultdict(list))
    facts: dict[int, list[Fact]] = field(default_factory=lambda: defaultdict(list))
    pending: Counter[int] = field(default_factory=Counter)
    contradicted: set[int] = field(default_factory=set)


def load_known(person_ids: Sequence[int], *, on: date) -> Known:
    """Read the active records, the assertions in force and the contradictions of these persons.

    ``on`` is the day on which consent has to be in force.
    """
    known = Known()
    _load_told(known, person_ids, on)
    _mark_replaced(known)
    _load_facts(known, person_ids)
    _load_contradictions(known)
    return known


def _load_told(known: Known, person_ids: Sequence[int], on: date) -> None:
    rows = Assignment.objects.filter(person__in=among(person_ids), known_until__isnull=True).values_list(
        *_TOLD
    )
    derived = derived_origins()
    for person, *values, group, source, purpose, given, withdrawn, expires in rows:
        may = purpose is not None and consents(purpose, given, withdrawn is not None, expires, on)
        # Publishers of one origin group, and copies of one source, count as one independent source.
        origin = derived.get(source) or origin_of(values[-1], group)
        known.told[person].append(Told._make((*values, origin, may, False)))


def _mark_replaced(known: Known) -> None:
    """Mark records that a newer edition of their list describes anew; only persons of several have any."""
    several = {person: told for person, told in known.told.items() if len(told) > 1}
    if not several:
        return
    records = [record.record_id for told in several.values() for record in told]
    links = Judgement.objects.filter(
        record_a__in=among(records), method=Method.EDITION, verdict=Verdict.SAME, ended_at__isnull=True
    )
    newer = dict(links.values_list("record_a_id", "record_b_id"))
    active = set(records)
    for person, told in several.items():
        known.told[person] = [
            record._replace(is_replaced=newer.get(record.record_id) in active) for record in told
        ]


def consents(purpose: str, given: str, is_withdrawn: bool, expires_on: date | None, on: date) -> bool:
    """Tell whether a consent allows publication on a day."""
    covers = purpose == Purpose.PUBLICATION or given == ConsentGiven.ALREADY_PUBLIC
    return covers and not is_withdrawn and (expires_on is None or expires_on > on)


def _load_facts(known: Known, person_ids: Sequence[int]) -> None:
    rows = StatusAssertion.objects.filter(
        record__assignments__person__in=among(person_ids),
        record__assignments__known_until__isnull=True,
        superseded_at__isnull=True,
    ).values_list(*_FACT)
    for person, needs_approval, approved_at, *values in rows:
        if needs_approval and approved_at is None:
            known.pending[person] += 1
        else:
            known.facts[person].append(Fact(*values))


def _load_contradictions(known: Known) -> None:
    """Look only at persons of several records: nobody contradicts himself alone."""
    person_of = {
        record.record_id: person for person, told in known.told.items() if len(told) > 1 for record in told
    }
    if not person_of:
        return
    apart = Judgement.objects.filter(
        record_a__in=among(list(person_of)), verdict=Verdict.DIFFERENT, ended_at__isnull=True
    ).values_list("record_a_id", "record_b_id")
    known.contradicted |= {person_of[a] for a, b in apart if person_of[a] == person_of.get(b)}
