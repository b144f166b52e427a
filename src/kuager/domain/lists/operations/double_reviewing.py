"""Blind double review: drawing a sample, answering without seeing, deciding between two who differ."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import Detail, record_event
from kuager.domain.lists.models import BlindAnswer, CandidatePair, DoubleReview, LinkRun, SampledPair
from kuager.domain.lists.operations.reviewing import settle_pair
from kuager.domain.lists.queries.double_reviews import knows_pair
from kuager.domain.lists.queries.sampling import draw_sample
from kuager.domain.lists.rules import double_review as rules
from kuager.domain.lists.terms import SampleState
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.register import operations as register


@transaction.atomic
def draw_double_review(
    *, run: LinkRun, size: int, seed: int, threshold: float = 0.5, by: User, at: datetime
) -> DoubleReview:
    """Draw pairs of a run for two blind reviewers each; size, seed and threshold draw the same ones again.

    Raises
    ------
    BadInputError
        The run has no pair, or the size or threshold is out of range.
    """
    rules.check_may_draw(by, size=size, threshold=threshold)
    drawn = draw_sample(run, size=size, seed=seed, threshold=threshold)
    if not drawn:
        raise BadInputError("this run has no pair to judge; compare lists that overlap")
    review = DoubleReview.objects.create(
        run=run, size=size, seed=seed, threshold=threshold, drawn_by=by, drawn_at=at
    )
    SampledPair.objects.bulk_create(
        SampledPair(
            review=review,
            record_a_id=one.record_a,
            record_b_id=one.record_b,
            position=position,
            stratum=one.stratum,
            stands_for=one.stands_for,
            is_linked=one.is_linked,
        )
        for position, one in enumerate(drawn, start=1)
    )
    _record("draw_double_review", f"DoubleReview:{review.pk}", by, at, size=len(drawn), seed=seed)
    return review


@transaction.atomic
def answer_blindly(
    *, sampled: SampledPair, verdict: Verdict | str, explanation: str = "", by: User, at: datetime
) -> SampledPair:
    """Say same, different or unsure of a sampled pair. Where both reviewers agree, it becomes a judgement."""
    sampled = SampledPair.objects.select_for_update(no_key=True).get(pk=sampled.pk)
    answers = _answers(sampled)
    rules.check_may_answer(
        by,
        state=sampled.state,
        answered_by={one.reviewer_id for one in answers},
        knows_pair=knows_pair(by, sampled),
    )
    answers.append(_answer(sampled, verdict, explanation, by=by, at=at))
    _move(sampled, answers, at=at)
    if sampled.state == SampleState.AGREED:
        _judge(sampled, answers, at=at)
    _record("answer_blindly", f"SampledPair:{sampled.pk}", by, at, verdict=str(verdict), state=sampled.state)
    return sampled


@transaction.atomic
def decide_between(
    *, sampled: SampledPair, verdict: Verdict | str, explanation: str, by: User, at: datetime
) -> SampledPair:
    """Decide, as the third person and with a reason, where two reviewers differ; it becomes a judgement."""
    sampled = SampledPair.objects.select_for_update(no_key=True).get(pk=sampled.pk)
    answers = _answers(sampled)
    answered_by = {one.reviewer_id for one in answers}
    rules.check_may_decide(by, state=sampled.state, answered_by=answered_by, reason=explanation)
    decision = _answer(sampled, verdict, explanation, by=by, at=at, is_deciding=True)
    _move(sampled, [*answers, decision], at=at)
    _judge(sampled, [decision], at=at)
    _record("decide_between", f"SampledPair:{sampled.pk}", by, at, verdict=str(verdict))
    return sampled


@transaction.atomic
def take_back_answer(*, by: User, at: datetime) -> SampledPair | None:
    """Take back this reviewer's last blind answer while its pair is not settled; None when there is none."""
    check_may(by, Capability.JUDGE)
    mine = BlindAnswer.objects.select_for_update(no_key=True).filter(
        reviewer=by, ended_at__isnull=True, is_deciding=False, sampled__settled_at__isnull=True
    )
    last = mine.select_related("sampled").order_by("-answered_at", "-id").first()
    if last is None:
        return None
    last.ended_at = at
    last.save(update_fields=["ended_at"])
    _move(last.sampled, _answers(last.sampled), at=at)
    _record("take_back_answer", f"SampledPair:{last.sampled_id}", by, at, verdict=last.verdict)
    return last.sampled


def _answers(sampled: SampledPair) -> list[BlindAnswer]:
    answers = BlindAnswer.objects.filter(sampled=sampled, ended_at__isnull=True)
    return list(answers.select_related("reviewer").order_by("id"))


def _answer(
    sampled: SampledPair,
    verdict: Verdict | str,
    explanation: str,
    *,
    by: User,
    at: datetime,
    is_deciding: bool = False,
) -> BlindAnswer:
    return BlindAnswer.objects.create(
        sampled=sampled,
        reviewer=by,
        verdict=Verdict(verdict),
        explanation=explanation,
        is_deciding=is_deciding,
        answered_at=at,
    )


def _move(sampled: SampledPair, answers: Sequence[BlindAnswer], *, at: datetime) -> None:
    """Bring the state of a pair up to date with its answers."""
    blind = [str(one.verdict) for one in answers if not one.is_deciding]
    decision = next((str(one.verdict) for one in answers if one.is_deciding), "")
    sampled.state, sampled.verdict = rules.state_after(blind, decision)
    sampled.settled_at = at if sampled.verdict else None
    sampled.save(update_fields=["state", "verdict", "settled_at"])


def _judge(sampled: SampledPair, answers: Sequence[BlindAnswer], *, at: datetime) -> None:
    """Make judgements of the answers that settled a pair, each in the name of whoever gave it."""
    pair = CandidatePair.objects.filter(
        run=sampled.review.run_id, record_a=sampled.record_a_id, record_b=sampled.record_b_id
    ).first()
    for answer in answers:
        if may(answer.reviewer, Capability.JUDGE):
            register.judge(
                record_a=sampled.record_a_id,
                record_b=sampled.record_b_id,
                verdict=answer.verdict,
                explanation=answer.explanation,
                score=pair.probability if pair else None,
                method=Method.REVIEW,
                by=answer.reviewer,
                at=at,
            )
    settle_pair(sampled.record_a_id, sampled.record_b_id)


def _record(action: str, target: str, by: User, at: datetime, **detail: Detail) -> None:
    record_event(action=f"lists.{action}", actor=by, target=f"lists.{target}", at=at, reason="", **detail)
