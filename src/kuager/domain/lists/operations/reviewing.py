"""Judging one pair, and taking the last judgement back."""

from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from kuager.core.errors import RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CandidatePair, SampledPair, SkippedPair
from kuager.domain.lists.rules.double_review import SETTLED
from kuager.domain.lists.rules.pairs import TAKEN_BACK_BY_REVIEWER, state_of
from kuager.domain.lists.terms import SkipReason
from kuager.domain.people.models import Judgement
from kuager.domain.people.queries import pair_state
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.register import operations as register


@transaction.atomic
def review_pair(
    *, pair: CandidatePair, verdict: Verdict | str, explanation: str = "", by: User, at: datetime
) -> CandidatePair:
    """Judge one pair: same, different or unsure. *Unsure* asks for a second reviewer.

    Somebody who judges a pair again changes their mind: their earlier judgement ends.

    Raises
    ------
    RefusedError
        The pair is in a blind double review that is not settled: it is answered there, without the score.
    """
    check_may(by, Capability.JUDGE)
    _check_not_blind(pair)
    pair = CandidatePair.objects.select_related("record_a", "record_b").get(pk=pair.pk)
    register.judge(
        record_a=pair.record_a,
        record_b=pair.record_b,
        verdict=Verdict(verdict),
        explanation=explanation,
        score=pair.probability,
        method=Method.REVIEW,
        by=by,
        at=at,
    )
    settle_pair(pair.record_a_id, pair.record_b_id)
    target = f"lists.CandidatePair:{pair.pk}"
    record_event(action="lists.review_pair", actor=by, target=target, at=at, verdict=Verdict(verdict).value)
    pair.refresh_from_db(fields=["state"])
    return pair


@transaction.atomic
def skip_pair(*, pair: CandidatePair, reason: SkipReason | str, by: User, at: datetime) -> SkippedPair:
    """Leave a pair to later or to somebody else, and say why; the queue does not ask again before others."""
    check_may(by, Capability.JUDGE)
    skipped = SkippedPair.objects.create(pair=pair, reviewer=by, reason=SkipReason(reason), skipped_at=at)
    target = f"lists.CandidatePair:{pair.pk}"
    record_event(action="lists.skip_pair", actor=by, target=target, at=at, why=skipped.reason)
    return skipped


@transaction.atomic
def undo_review(*, by: User, at: datetime) -> CandidatePair | None:
    """Take back the last judgement of this reviewer and return its pair; None when there is none.

    What a blind double review settled is not of one person alone, and is not taken back here.
    """
    check_may(by, Capability.JUDGE)
    settled = SampledPair.objects.filter(
        record_a=OuterRef("record_a"), record_b=OuterRef("record_b"), settled_at=OuterRef("decided_at")
    )
    mine = Judgement.objects.filter(author=by, method=Method.REVIEW, ended_at__isnull=True)
    mine = mine.exclude(Exists(settled))
    last = mine.order_by("-decided_at", "-id").first()
    if last is None:
        return None
    register.undo_judgement(judgement=last, reason=TAKEN_BACK_BY_REVIEWER, by=by, at=at)
    settle_pair(last.record_a_id, last.record_b_id)
    pairs = CandidatePair.objects.filter(record_a=last.record_a_id, record_b=last.record_b_id)
    pair = pairs.select_related("record_a", "record_b").order_by("-run_id").first()
    target = f"people.Judgement:{last.pk}"
    record_event(action="lists.undo_review", actor=by, target=target, at=at)
    return pair


@transaction.atomic
def take_back_judgement(*, judgement: Judgement | int, reason: str, by: User, at: datetime) -> None:
    """Undo one judgement with a reason; its pair waits in the queue again unless others judged it too."""
    number = judgement if isinstance(judgement, int) else judgement.pk
    register.undo_judgement(judgement=number, reason=reason, by=by, at=at)
    undone = Judgement.objects.get(pk=number)
    settle_pair(undone.record_a_id, undone.record_b_id)


def settle_pair(record_a_id: int, record_b_id: int) -> None:
    """Bring the state of this pair in every run up to date with what is judged of it now."""
    low, high = sorted((record_a_id, record_b_id))
    verdicts = [judgement.verdict for judgement in pair_state(low, high).judgements]
    CandidatePair.objects.filter(record_a=low, record_b=high).update(state=state_of(verdicts))


def _check_not_blind(pair: CandidatePair) -> None:
    waiting = SampledPair.objects.filter(record_a=pair.record_a_id, record_b=pair.record_b_id)
    if waiting.exclude(state__in=SETTLED).exists():
        raise RefusedError(
            "this pair is in a blind double review: answer it there, without the score and without seeing "
            "what anybody else said"
        )
