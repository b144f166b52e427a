"""Blind double reviews: what waits for whom, and which pairs may not be shown elsewhere meanwhile."""

from collections import Counter
from dataclasses import dataclass

from django.db.models import Count, Exists, OuterRef, Q, QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.models import User
from kuager.domain.lists.models import BlindAnswer, CandidatePair, DoubleReview, LinkRun, SampledPair
from kuager.domain.lists.queries.answers import FieldComparison, PairSide
from kuager.domain.lists.queries.reviewing import FIELDS, said_by, side_of
from kuager.domain.lists.rules.double_review import OPEN, SETTLED
from kuager.domain.lists.terms import SampleState
from kuager.domain.people.models import Judgement
from kuager.domain.people.terms import Method


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleProgress:
    """How far a double review is; ``mine`` and ``to_decide`` wait for the asking user."""

    review: DoubleReview
    total: int
    first: int
    second: int
    third: int
    settled: int
    mine: int
    to_decide: int

    @property
    def is_done(self) -> bool:
        """Whether every pair is settled."""
        return self.settled == self.total


@dataclass(frozen=True, slots=True, kw_only=True)
class BlindPage:
    """Two records as their sources describe them: no score, no weight, nobody's verdict.

    ``number`` is how many of ``total`` pairs this reviewer has answered, this one included.
    """

    sampled: SampledPair
    a: PairSide
    b: PairSide
    fields: tuple[FieldComparison, ...]
    number: int
    total: int


def get_double_review(review_id: int) -> DoubleReview:
    """Return one double review with its run; raises NotFoundError."""
    try:
        return DoubleReview.objects.select_related("run", "drawn_by").get(pk=review_id)
    except DoubleReview.DoesNotExist:
        raise NotFoundError(f"there is no double review {review_id}") from None


def get_sampled_pair(sampled_id: int) -> SampledPair:
    """Return one pair of a double review; raises NotFoundError."""
    try:
        return SampledPair.objects.select_related("review__run", "record_a", "record_b").get(pk=sampled_id)
    except SampledPair.DoesNotExist:
        raise NotFoundError(f"there is no sampled pair {sampled_id}") from None


def list_double_reviews(run: LinkRun | None = None) -> QuerySet[DoubleReview]:
    """Double reviews of a run or of all, newest first (lazy queryset, run joined)."""
    reviews = DoubleReview.objects.select_related("run", "drawn_by").order_by("-id")
    return reviews if run is None else reviews.filter(run=run)


def sample_progress(review: DoubleReview, user: User) -> SampleProgress:
    """Return how far a double review is, and what of it waits for this user."""
    counted = SampledPair.objects.filter(review=review).values_list("state").annotate(n=Count("id"))
    states: Counter[str] = Counter(dict(counted))
    return SampleProgress(
        review=review,
        total=sum(states.values()),
        first=states[SampleState.FIRST],
        second=states[SampleState.SECOND],
        third=states[SampleState.THIRD],
        settled=sum(states[state] for state in SETTLED),
        mine=_for_answering(user, review).count(),
        to_decide=_for_deciding(user, review).count(),
    )


def next_blind_pair(user: User, review: DoubleReview) -> SampledPair | None:
    """Return the pair this user should answer next, in the order of the draw; None when none waits."""
    return _for_answering(user, review).order_by("position").first()


def next_difference(user: User, review: DoubleReview) -> SampledPair | None:
    """Return a pair on which two others differ and this user may decide; None when there is none."""
    return _for_deciding(user, review).order_by("position").first()


def blind_page(sampled: SampledPair, user: User) -> BlindPage:
    """Return what the sources say of both records, side by side, and nothing else."""
    a, b = side_of(sampled.record_a_id), side_of(sampled.record_b_id)
    said = said_by(a), said_by(b)
    fields = [
        FieldComparison(field=name, value_a=said[0].get(name, ""), value_b=said[1].get(name, ""))
        for name in FIELDS
        if said[0].get(name) or said[1].get(name)
    ]
    mine = BlindAnswer.objects.filter(sampled__review=sampled.review_id, reviewer=user, ended_at__isnull=True)
    answered = mine.exclude(is_deciding=True).count()
    return BlindPage(
        sampled=sampled,
        a=a,
        b=b,
        fields=tuple(fields),
        number=answered + 1,
        total=answered + _for_answering(user, sampled.review).count(),
    )


def blind_answers(sampled: SampledPair) -> list[BlindAnswer]:
    """Return the answers in force, the two blind ones first; for the third person, never for the two."""
    answers = BlindAnswer.objects.filter(sampled=sampled, ended_at__isnull=True).select_related("reviewer")
    return list(answers.order_by("is_deciding", "id"))


def sampled_pair_of(pair: CandidatePair) -> SampledPair | None:
    """Return the unsettled place of a pair in a double review; None when it may be shown to everybody."""
    found = SampledPair.objects.filter(record_a=pair.record_a_id, record_b=pair.record_b_id)
    return found.exclude(state__in=SETTLED).order_by("-id").first()


def knows_pair(user: User, sampled: SampledPair) -> bool:
    """Whether this user has ever compared the two records, so that their answer would not be blind."""
    compared = Judgement.objects.filter(record_a=sampled.record_a_id, record_b=sampled.record_b_id)
    return compared.filter(author=user, method=Method.REVIEW).exists()


def _for_answering(user: User, review: DoubleReview) -> QuerySet[SampledPair]:
    return _not_by(user, SampledPair.objects.filter(review=review, state__in=OPEN))


def _for_deciding(user: User, review: DoubleReview) -> QuerySet[SampledPair]:
    answered = BlindAnswer.objects.filter(sampled=OuterRef("pk"), reviewer=user, ended_at__isnull=True)
    waiting = SampledPair.objects.filter(review=review, state=SampleState.THIRD)
    return waiting.exclude(Exists(answered))


def _not_by(user: User, pairs: QuerySet[SampledPair]) -> QuerySet[SampledPair]:
    """Leave out what this user has answered, and what they have judged before."""
    answered = BlindAnswer.objects.filter(sampled=OuterRef("pk"), reviewer=user, ended_at__isnull=True)
    judged = Judgement.objects.filter(
        record_a=OuterRef("record_a"), record_b=OuterRef("record_b"), author=user, method=Method.REVIEW
    )
    return pairs.filter(~Q(Exists(answered)), ~Q(Exists(judged)))
