"""Samples of pairs that two people judge without seeing each other."""

from django.db import models

from kuager.core.privacy import private
from kuager.domain.accounts.models import User
from kuager.domain.lists.models.link_runs import LinkRun
from kuager.domain.lists.terms import SampleState
from kuager.domain.people.models import Record
from kuager.domain.people.terms import Verdict


class DoubleReview(models.Model):
    """A sample of a run's pairs that two people judge blindly, so that the run's quality can be measured.

    ``size`` and ``seed`` draw the same sample again from the pairs of the run. ``threshold`` (0..1) is the
    probability from which on the pairs count as links of the run.
    """

    run = models.ForeignKey(LinkRun, on_delete=models.PROTECT, related_name="double_reviews")
    size = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    threshold = models.FloatField()
    drawn_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()

    privacy = private("id", "run", "size", "seed", "threshold", "drawn_by", "drawn_at")


class SampledPair(models.Model):
    """One pair of a blind double review.

    It names records, not a pair of the run: a chain of links can put two records together that the run did
    not report as a pair. ``position`` is its place in the order in which it is given out, which says nothing
    of its probability. ``stands_for`` is how many pairs of the run it represents, ``is_linked`` whether the
    links of the run put the two together. ``verdict`` is what both said or a third person decided; empty,
    with ``settled_at``, until then.
    """

    review = models.ForeignKey(DoubleReview, on_delete=models.PROTECT, related_name="pairs")
    record_a = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    record_b = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    position = models.PositiveIntegerField()
    stratum = models.CharField(max_length=60)
    stands_for = models.FloatField()
    is_linked = models.BooleanField()
    state = models.CharField(max_length=7, choices=SampleState, default=SampleState.FIRST)
    verdict = models.CharField(max_length=9, choices=Verdict, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: a pair is settled with a verdict, at a moment."""

        constraints = (
            models.UniqueConstraint(fields=["review", "record_a", "record_b"], name="pair_sampled_once"),
            models.UniqueConstraint(fields=["review", "position"], name="sample_in_order"),
            models.CheckConstraint(
                condition=models.Q(record_a__lt=models.F("record_b")), name="sampled_pair_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[SampleState.AGREED, SampleState.DECIDED], settled_at__isnull=False
                )
                & ~models.Q(verdict="")
                | models.Q(
                    state__in=[SampleState.FIRST, SampleState.SECOND, SampleState.THIRD],
                    settled_at__isnull=True,
                    verdict="",
                ),
                name="sampled_pair_settled_in_words",
            ),
        )

    privacy = private(
        "id",
        "review",
        "record_a",
        "record_b",
        "position",
        "stratum",
        "stands_for",
        "is_linked",
        "state",
        "verdict",
        "settled_at",
    )


class BlindAnswer(models.Model):
    """What one reviewer said of a sampled pair without knowing what anybody else, or the machine, thinks.

    ``is_deciding`` marks the third person's, who read the reasons of the two. Taken back, never deleted.
    """

    sampled = models.ForeignKey(SampledPair, on_delete=models.PROTECT, related_name="answers")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    is_deciding = models.BooleanField(default=False)
    verdict = models.CharField(max_length=9, choices=Verdict)
    explanation = models.TextField(blank=True)
    answered_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: nobody answers the same pair twice, one third person decides."""

        constraints = (
            models.UniqueConstraint(
                fields=["sampled", "reviewer"],
                condition=models.Q(ended_at__isnull=True),
                name="blind_answer_once",
            ),
            models.UniqueConstraint(
                fields=["sampled"],
                condition=models.Q(ended_at__isnull=True, is_deciding=True),
                name="blind_decision_once",
            ),
        )

    privacy = private(
        "id",
        "sampled",
        "reviewer",
        "is_deciding",
        "verdict",
        "explanation",
        "answered_at",
        "ended_at",
    )
