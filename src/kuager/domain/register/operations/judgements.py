"""Who is who, with everything that follows for the register in the same transaction."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.people import operations as people
from kuager.domain.people.models import Judgement, Record
from kuager.domain.people.operations.assignments import Pair
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.register.operations.derivation import derive


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
) -> Judgement:
    """Say whether two records are the same person, and bring the register up to date."""
    outcome = people.judge(
        record_a=record_a,
        record_b=record_b,
        verdict=verdict,
        explanation=explanation,
        score=score,
        method=method,
        by=by,
        at=at,
    )
    number = outcome.judgement_ids[0] if outcome.judgement_ids else 0
    derive(outcome.person_ids, at=at, cause=f"judgement:{number}")
    return Judgement.objects.get(pk=number)


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
) -> int:
    """Judge many pairs alike; return how many. Pairs that somebody has reviewed are left as they are."""
    outcome = people.judge_many(
        pairs=pairs, verdict=verdict, method=method, explanation=explanation, scores=scores, by=by, at=at
    )
    if outcome.judgement_ids:
        derive(outcome.person_ids, at=at, cause=f"judgement:{outcome.judgement_ids[0]}")
    return len(outcome.judgement_ids)


@transaction.atomic
def undo_judgement(*, judgement: Judgement | int, reason: str, by: User, at: datetime) -> None:
    """Take a judgement back; clusters and counts become what they would be without it."""
    number = judgement if isinstance(judgement, int) else judgement.pk
    undo_judgements(judgement_ids=[number], reason=reason, by=by, at=at)


@transaction.atomic
def undo_judgements(*, judgement_ids: Collection[int], reason: str, by: User, at: datetime) -> int:
    """Take several judgements back; return how many."""
    if not judgement_ids:
        return 0
    outcome = people.undo_judgements(judgement_ids=judgement_ids, reason=reason, by=by, at=at)
    derive(outcome.person_ids, at=at, cause=f"undo:{min(judgement_ids)}")
    return len(outcome.judgement_ids)
