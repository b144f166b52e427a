"""Reading who is who: the records of a person, what was judged of them, and what contradicts itself."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import F, Q, QuerySet

from kuager.domain.people import rules
from kuager.domain.people.models import Assignment, Judgement, Record
from kuager.domain.people.rules.clusters import PairVerdict, needs_second_reviewer
from kuager.domain.people.terms import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """What was ever judged of a person's records, and when each record came and went."""

    judgements: tuple[Judgement, ...]
    assignments: tuple[Assignment, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A person whose records are linked, while somebody says that two of them are different people."""

    person_id: int
    judgement_id: int
    record_ids: tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class PairState:
    """What the judgements in force say of one pair, and whether a second reviewer is asked for."""

    verdict: PairVerdict
    judgements: tuple[Judgement, ...]
    needs_second: bool


def cluster(person_id: int, *, known_at: datetime | None = None) -> list[Record]:
    """Return the active records of a person, as known now or at a moment."""
    assignments = assigned_at(known_at).filter(person=person_id)
    return list(
        Record.objects.filter(pk__in=assignments.values("record"))
        .select_related("citation__source__publisher", "consent", "home_place")
        .order_by("pk")
    )


def assigned_at(known_at: datetime | None) -> QuerySet[Assignment]:
    """Return the assignments that held at a moment, or hold now."""
    if known_at is None:
        return Assignment.objects.filter(known_until__isnull=True)
    return Assignment.objects.filter(known_from__lte=known_at).filter(
        Q(known_until__isnull=True) | Q(known_until__gt=known_at)
    )


def judged_at(known_at: datetime | None) -> QuerySet[Judgement]:
    """Return the judgements that were in force at a moment, or are now."""
    if known_at is None:
        return Judgement.objects.filter(ended_at__isnull=True)
    return Judgement.objects.filter(decided_at__lte=known_at).filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=known_at)
    )


def history(person_id: int) -> History:
    """Return everything judged of the records that are or ever were this person's, the latest first."""
    records = Assignment.objects.filter(person=person_id).values("record")
    judgements = (
        Judgement.objects.filter(Q(record_a__in=records) | Q(record_b__in=records))
        .select_related("record_a", "record_b", "author", "ended_by")
        .order_by("-decided_at", "-pk")
    )
    assignments = Assignment.objects.filter(person=person_id).select_related("record")
    return History(
        judgements=tuple(judgements), assignments=tuple(assignments.order_by("-known_from", "-pk"))
    )


def contradictions(*, known_at: datetime | None = None) -> list[Contradiction]:
    """List pairs said to be different people whose records are nevertheless one person.

    A pair that one reviewer calls the same and another different is disputed; it is listed too as soon as
    other judgements link the two.
    """
    apart = judged_at(known_at).filter(verdict=Verdict.DIFFERENT)
    assigned = assigned_at(known_at)
    sides = (
        assigned.filter(record__in=apart.values("record_a")),
        assigned.filter(record__in=apart.values("record_b")),
    )
    person = dict(sides[0].values_list("record_id", "person_id")) | dict(
        sides[1].values_list("record_id", "person_id")
    )
    rows = apart.order_by("pk").values_list("pk", "record_a_id", "record_b_id")
    return [
        Contradiction(person_id=person[a], judgement_id=number, record_ids=(a, b))
        for number, a, b in rows
        if a in person and person[a] == person.get(b)
    ]


def pair_state(record_a_id: int, record_b_id: int) -> PairState:
    """Return what is said of two records now."""
    low, high = sorted((record_a_id, record_b_id))
    judgements = tuple(
        judged_at(None)
        .filter(record_a=low, record_b=high)
        .select_related("author")
        .order_by("decided_at", "pk")
    )
    verdicts = [judgement.verdict for judgement in judgements]
    return PairState(
        verdict=rules.pair_verdict(verdicts),
        judgements=judgements,
        needs_second=needs_second_reviewer(verdicts),
    )


def persons_of(record_ids: list[int]) -> dict[int, int]:
    """Return the person each active record belongs to."""
    rows = Assignment.objects.filter(record__in=record_ids, known_until__isnull=True)
    return dict(rows.values_list("record_id", "person_id").order_by(F("record_id")))
