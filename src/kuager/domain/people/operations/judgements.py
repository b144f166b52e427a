"""Saying who is who, and taking it back."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError, InvalidTransitionError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.people.models import Judgement, Record
from kuager.domain.people.operations.assignments import Pair, chunks, reassign
from kuager.domain.people.operations.bulk import insert_rows, refresh_statistics, reserve_ids
from kuager.domain.people.queries.identifiers import among
from kuager.domain.people.rules.clusters import SUPERSEDED
from kuager.domain.people.terms import Method, Verdict

FIELDS = (
    "id",
    "record_a",
    "record_b",
    "verdict",
    "method",
    "score",
    "explanation",
    "author",
    "decided_at",
    "ended_at",
    "ended_by",
    "end_reason",
    "restores",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgementOutcome:
    """What was judged or undone, and the persons the register has to derive again."""

    judgement_ids: tuple[int, ...]
    person_ids: frozenset[int]


@transaction.atomic
def judge(  # noqa: PLR0913  # keyword-only
    *,
    record_a: Record | int,
    record_b: Record | int,
    verdict: Verdict | str,
    explanation: str,
    score: float | None = None,
    method: Method | str = Method.REVIEW,
    by: User,
    at: datetime,
) -> JudgementOutcome:
    """Say whether two records are the same person; an earlier judgement of the same author ends."""
    check_may(by, Capability.JUDGE)
    pair = _ordered(_record_id(record_a), _record_id(record_b))
    outcome = _judge_pairs(
        [pair],
        scores=[score],
        verdict=Verdict(verdict),
        method=Method(method),
        explanation=explanation,
        by=by,
        at=at,
    )
    target = f"people.Judgement:{outcome.judgement_ids[0]}"
    record_event(
        action="people.judge", actor=by, target=target, at=at, verdict=str(verdict), method=str(method)
    )
    return outcome


@transaction.atomic
def judge_many(  # noqa: PLR0913  # keyword-only
    *,
    pairs: Sequence[Pair],
    verdict: Verdict | str,
    method: Method | str,
    explanation: str,
    scores: Sequence[float | None] | None = None,
    by: User,
    at: datetime,
) -> JudgementOutcome:
    """Judge many pairs alike, such as the links of a run above a threshold."""
    check_may(by, Capability.JUDGE)
    given = scores if scores is not None else [None] * len(pairs)
    scored = {_ordered(*pair): score for pair, score in zip(pairs, given, strict=True)}
    outcome = _judge_pairs(
        list(scored),
        scores=list(scored.values()),
        verdict=Verdict(verdict),
        method=Method(method),
        explanation=explanation,
        by=by,
        at=at,
    )
    record_event(
        action="people.judge_many",
        actor=by,
        target="people.Judgement",
        at=at,
        verdict=str(verdict),
        method=str(method),
        count=len(scored),
    )
    return outcome


@transaction.atomic
def undo_judgement(*, judgement: Judgement | int, reason: str, by: User, at: datetime) -> JudgementOutcome:
    """Take one judgement back; clusters become what they would be without it."""
    number = judgement if isinstance(judgement, int) else judgement.pk
    return undo_judgements(judgement_ids=[number], reason=reason, by=by, at=at)


@transaction.atomic
def undo_judgements(
    *, judgement_ids: Collection[int], reason: str, by: User, at: datetime
) -> JudgementOutcome:
    """Take judgements back, all in force; a reason is required."""
    check_may(by, Capability.JUDGE)
    if not reason.strip():
        raise BadInputError("expected a reason: say why the judgement is taken back")
    touched: set[int] = set()
    for chunk in chunks(judgement_ids):
        rows = Judgement.objects.select_for_update(no_key=True).filter(
            pk__in=among(chunk), ended_at__isnull=True
        )
        found = list(rows.values_list("record_a_id", "record_b_id", "decided_at"))
        if len(found) != len(chunk):
            raise InvalidTransitionError("this judgement is not in force any more; reload the page")
        if any(decided > at for _, _, decided in found):
            raise RefusedError("a judgement cannot be taken back before it was made")
        rows.update(ended_at=at, ended_by=by, end_reason=reason[:200])
        _bring_back(chunk, at=at)
        touched |= {record for a, b, _ in found for record in (a, b)}
    cause = f"undo:{min(judgement_ids)}"
    persons = reassign(touched, cause=cause, at=at)
    record_event(
        action="people.undo_judgement",
        actor=by,
        target=f"people.Judgement:{min(judgement_ids)}",
        at=at,
        reason=reason,
        count=len(judgement_ids),
    )
    return JudgementOutcome(judgement_ids=tuple(sorted(judgement_ids)), person_ids=frozenset(persons))


def _judge_pairs(  # noqa: PLR0913  # keyword-only
    pairs: Sequence[Pair],
    *,
    scores: Sequence[float | None],
    verdict: Verdict,
    method: Method,
    explanation: str,
    by: User,
    at: datetime,
) -> JudgementOutcome:
    records = {record for pair in pairs for record in pair}
    _check_records(records)
    if method != Method.REVIEW:
        pairs, scores = _without_reviewed(pairs, scores)
    _end_earlier(set(pairs), by=by, at=at)
    numbers = reserve_ids(Judgement, len(pairs))
    insert_rows(
        Judgement,
        FIELDS,
        (
            (number, a, b, str(verdict), str(method), score, explanation, by.pk, at, None, None, "", None)
            for number, (a, b), score in zip(numbers, pairs, scores, strict=True)
        ),
    )
    refresh_statistics(len(pairs), Judgement)
    cause = f"judgement:{numbers[0]}" if pairs else ""
    return JudgementOutcome(
        judgement_ids=tuple(numbers), person_ids=frozenset(reassign(records, cause=cause, at=at))
    )


def _without_reviewed(
    pairs: Sequence[Pair], scores: Sequence[float | None]
) -> tuple[list[Pair], list[float | None]]:
    """Leave out pairs that somebody compared with their own eyes: no bulk act overrides a review."""
    reviewed: set[Pair] = set()
    for chunk in chunks({a for a, _ in pairs}):
        rows = Judgement.objects.filter(
            record_a__in=among(chunk), method=Method.REVIEW, ended_at__isnull=True
        )
        reviewed |= set(rows.values_list("record_a_id", "record_b_id"))
    left = [(pair, score) for pair, score in zip(pairs, scores, strict=True) if pair not in reviewed]
    return [pair for pair, _ in left], [score for _, score in left]


def _bring_back(judgement_ids: Sequence[int], *, at: datetime) -> None:
    """Put back in force what the undone judgements had superseded."""
    for undone in Judgement.objects.filter(pk__in=judgement_ids).select_related("restores"):
        origin = undone
        while origin.restores is not None:
            origin = origin.restores
        earlier = (
            Judgement.objects.filter(
                record_a=undone.record_a_id,
                record_b=undone.record_b_id,
                author=undone.author_id,
                ended_at=origin.decided_at,
                end_reason=SUPERSEDED,
                pk__lt=origin.pk,
            )
            .order_by("-pk")
            .first()
        )
        if earlier is not None:
            number, earlier.pk = earlier.pk, None
            earlier.decided_at, earlier.ended_at, earlier.ended_by, earlier.end_reason = at, None, None, ""
            earlier.restores_id = number
            earlier.save(force_insert=True)


def _end_earlier(pairs: set[Pair], *, by: User, at: datetime) -> None:
    """End what this author said of these pairs before."""
    for chunk in chunks({a for a, _ in pairs}):
        rows = Judgement.objects.filter(record_a__in=among(chunk), author=by, ended_at__isnull=True)
        ended = [
            (number, decided)
            for number, a, b, decided in rows.values_list("id", "record_a_id", "record_b_id", "decided_at")
            if (a, b) in pairs
        ]
        if any(decided > at for _, decided in ended):
            raise RefusedError("the same author judged this pair later; what is known is only ever added to")
        for numbers in chunks(number for number, _ in ended):
            Judgement.objects.filter(pk__in=among(numbers)).update(
                ended_at=at, ended_by=by, end_reason=SUPERSEDED
            )


def _check_records(records: set[int]) -> None:
    known = sum(Record.objects.filter(pk__in=among(chunk)).count() for chunk in chunks(records))
    if known != len(records):
        raise BadInputError("expected identifiers of two records that exist")


def _ordered(one: int, other: int) -> Pair:
    if one == other:
        raise BadInputError("expected two different records to compare")
    return (one, other) if one < other else (other, one)


def _record_id(record: Record | int) -> int:
    return record if isinstance(record, int) else record.pk
