"""What linking found: runs, their draws and audits, and pairs for people to judge."""

from django.db import models

from kuager.core.privacy import private
from kuager.domain.accounts.models import User
from kuager.domain.lists.models.editions import CasualtyList
from kuager.domain.lists.terms import AskedFor, LinkState, PairState, SkipReason
from kuager.domain.people.models import Record


class LinkRun(models.Model):
    """One run of the linkage engine over the active records of some lists.

    ``trained`` is the model the pairs were scored with, as text, and ``doubt`` what is not known of its
    weights; a run that is not full took both from the run ``previous`` and compared only what had changed
    since (``changes`` says what). ``expected`` are false and missed links and persons to expect, ``blocking``
    the kinds of key that chose pairs, ``kept_apart`` likely pairs left in different persons and why. None of
    them holds a name of a person. ``claim`` is a random word of whoever computes it, as for estimates.
    """

    lists = models.ManyToManyField(CasualtyList, related_name="link_runs")
    engine = models.CharField(max_length=20)
    version = models.CharField(max_length=20)
    settings = models.JSONField(default=dict)
    known_at = models.DateTimeField()
    record_count = models.PositiveIntegerField(default=0)
    pair_count = models.PositiveIntegerField(default=0)
    run_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="followed_by")
    is_full = models.BooleanField(default=True)
    trained = models.TextField(blank=True)
    doubt = models.JSONField(default=dict)
    blocking = models.JSONField(default=dict)
    expected = models.JSONField(default=dict)
    kept_apart = models.JSONField(default=dict)
    changes = models.JSONField(default=dict)
    state = models.CharField(max_length=7, choices=LinkState)
    progress = models.FloatField(default=0.0)
    progress_of = models.CharField(max_length=200, blank=True)
    progress_at = models.DateTimeField(null=True)
    is_stop_asked = models.BooleanField(default=False)
    claim = models.CharField(max_length=32, blank=True)
    failure = models.TextField(blank=True)
    seconds = models.FloatField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: a run that has ended says when, one that failed says why."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state__in=[LinkState.WAITING, LinkState.RUNNING], ended_at__isnull=True)
                | models.Q(
                    state__in=[LinkState.DONE, LinkState.STOPPED, LinkState.FAILED], ended_at__isnull=False
                ),
                name="link_run_ends_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=LinkState.FAILED) | ~models.Q(failure=""),
                name="link_run_fails_in_words",
            ),
            models.CheckConstraint(
                condition=models.Q(is_full=True) | models.Q(previous__isnull=False),
                name="link_run_follows_one",
            ),
        )

    privacy = private(
        "id",
        "engine",
        "version",
        "settings",
        "known_at",
        "record_count",
        "pair_count",
        "run_by",
        "asked_at",
        "previous",
        "is_full",
        "trained",
        "doubt",
        "blocking",
        "expected",
        "kept_apart",
        "changes",
        "state",
        "progress",
        "progress_of",
        "progress_at",
        "is_stop_asked",
        "claim",
        "failure",
        "seconds",
        "ended_at",
    )


class LinkDraws(models.Model):
    """Draws of who is who of a run: at least a hundred partitions of its records into persons.

    ``packed`` is written and read by ``engines.linkage.drawing.packed_draws``; ``digest`` is its SHA-256.
    Never changed, so that an estimate made from them can be computed again for ever.
    """

    run = models.OneToOneField(LinkRun, on_delete=models.PROTECT, related_name="draws")
    draws = models.PositiveIntegerField()
    seed = models.PositiveIntegerField()
    packed = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        """Constraints live in the database."""

        constraints = (
            models.CheckConstraint(condition=models.Q(draws__gte=100), name="link_draws_are_a_hundred"),
        )

    privacy = private("id", "run", "draws", "seed", "packed", "digest")


class LinkAudit(models.Model):
    """What linking everything anew would say beside a run that compared only what had changed.

    ``differing`` lists pairs that only one of the two puts together, by numbers of records, as many as are
    worth showing. Nothing is merged or split by it.
    """

    run = models.ForeignKey(LinkRun, on_delete=models.PROTECT, related_name="audits")
    made_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    only_kept = models.PositiveIntegerField()
    only_anew = models.PositiveIntegerField()
    in_both = models.PositiveIntegerField()
    differing = models.JSONField(default=list)
    seconds = models.FloatField(null=True)

    class Meta:
        """Constraints live in the database."""

        constraints = (models.UniqueConstraint(fields=["run", "made_at"], name="link_audit_at_a_time"),)

    privacy = private(
        "id", "run", "made_by", "made_at", "only_kept", "only_anew", "in_both", "differing", "seconds"
    )


class CandidatePair(models.Model):
    """Two records that a run thinks may be one person, with the reason for the score per field.

    ``review_rank`` counts from 1 for the pair whose answer teaches most; empty for pairs that are asked only
    after these. ``information`` is how many pairs of records the answer is expected to set right, and
    ``asked_for`` with ``asked_number`` say why (so many rivals, so many records in the group …).
    """

    run = models.ForeignKey(LinkRun, on_delete=models.PROTECT, related_name="pairs")
    record_a = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    record_b = models.ForeignKey(Record, on_delete=models.PROTECT, related_name="+")
    probability = models.FloatField()
    match_weight = models.FloatField()
    reasons = models.JSONField(default=list)
    state = models.CharField(max_length=9, choices=PairState, default=PairState.OPEN)
    review_rank = models.PositiveIntegerField(null=True)
    information = models.FloatField(default=0.0, db_default=0.0)
    asked_for = models.CharField(max_length=8, choices=AskedFor, blank=True, default="", db_default="")
    asked_number = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        """Constraints live in the database."""

        indexes = (
            models.Index(fields=["state", "probability"], name="pair_queue"),
            models.Index(fields=["run", "review_rank"], name="pair_review_order"),
        )
        constraints = (
            models.UniqueConstraint(fields=["run", "record_a", "record_b"], name="pair_once_a_run"),
            models.CheckConstraint(
                condition=models.Q(record_a__lt=models.F("record_b")), name="pair_in_order"
            ),
        )

    privacy = private(
        "id",
        "run",
        "record_a",
        "record_b",
        "probability",
        "match_weight",
        "reasons",
        "state",
        "review_rank",
        "information",
        "asked_for",
        "asked_number",
    )


class SkippedPair(models.Model):
    """A pair that a reviewer left to later or to somebody else, and why."""

    pair = models.ForeignKey(CandidatePair, on_delete=models.PROTECT, related_name="skips")
    reviewer = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.CharField(max_length=6, choices=SkipReason)
    skipped_at = models.DateTimeField()

    privacy = private("id", "pair", "reviewer", "reason", "skipped_at")
