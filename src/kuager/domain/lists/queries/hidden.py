"""Pairs that the ordinary queue must not show: those that a blind double review has not settled."""

from django.db.models import Exists, OuterRef, QuerySet

from kuager.domain.lists.models import CandidatePair, SampledPair
from kuager.domain.lists.rules.double_review import SETTLED


def without_blind(pairs: QuerySet[CandidatePair]) -> QuerySet[CandidatePair]:
    """Leave out pairs under a blind double review: their score would tell its reviewers what to say."""
    sampled = SampledPair.objects.filter(record_a=OuterRef("record_a"), record_b=OuterRef("record_b"))
    return pairs.exclude(Exists(sampled.exclude(state__in=SETTLED)))
