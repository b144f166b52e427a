"""Tables of lists: the frozen rows other people published, and what linking and estimating made of them."""

from django.db import models

from kuager.core.privacy import private, public
from kuager.domain.accounts.models import User
from kuager.domain.lists.terms import (
    AskedFor,
    EditionState,
    EstimateState,
    LinkState,
    MatchedBy,
    PairState,
    RowChange,
    SampleState,
    SkipReason,
    Strata,
)
from kuager.domain.people.models import Record
from kuager.domain.people.terms import Verdict
from kuager.domain.register.terms import Status
from kuager.domain.sources.models import Publisher, Source


class CasualtyList(models.Model):
    """A list that somebody publishes, in one or more dated editions.

    ``default_status`` is what everybody on it is said to be when it has no status column. ``is_clean``
    promises that nobody stands on it twice; ``is_public`` says that its publisher has made the names public.
    ``built_from`` declares that it was made from another list, so that no estimate treats the two as
    independent; ``cannot_contain`` says in words which people can never stand on it (a list of hospitals:
    those who died at home), so that no estimate takes their absence for chance.
    """

    publisher = models.ForeignKey(Publisher, on_delete=models.PROTECT, related_name="lists")
    title = models.CharField(max_length=200)
    scope = models.TextField(blank=True)
    default_status = models.CharField(max_length=12, choices=Status, blank=True)
    is_clean = models.BooleanField(default=False)
    is_public = models.BooleanField(default=False)
    built_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="built_into")
    cannot_contain = models.CharField(max_length=200, blank=True)

    class Meta:
        """Constraints live in the database."""

        constraints = (models.UniqueConstraint(fields=["publisher", "title"], name="list_titled_once"),)

    privacy = public(
        "id",
        "publisher",
        "title",
        "scope",
        "default_status",
        "is_clean",
        "is_public",
        "built_from",
        "cannot_contain",
    )


class ListEdition(models.Model):
    """One dated edition: a file as it came, how it was read, and how far it got.

    ``header`` and ``mapping`` say how columns were read. ``counts`` is how many rows were added, changed,
    unchanged, removed and rejected when it was applied. With ``keep_removed`` nobody leaves the register
    because a newer edition does not have them any more.
    """

    casualty_list = models.ForeignKey(CasualtyList, on_delete=models.PROTECT, related_name="editions")
    as_of = models.DateField()
    stated_total = models.PositiveIntegerField(null=True)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="editions")
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="next_editions")
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    sheet = models.CharField(max_length=200, blank=True)
    header_row = models.PositiveIntegerField(default=1)
    header = models.JSONField(default=list)
    mapping = models.JSONField(default=dict)
    state = models.CharField(max_length=9, choices=EditionState, default=EditionState.STAGING)
    rows_staged = models.PositiveIntegerField(default=0)
    rows_rejected = models.PositiveIntegerField(default=0)
    last_row_number = models.PositiveIntegerField(default=0)
    keep_removed = models.BooleanField(default=False)
    counts = models.JSONField(default=dict)
    staged_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    staged_at = models.DateTimeField()
    applied_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    applied_at = models.DateTimeField(null=True)
    undone_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    undone_at = models.DateTimeField(null=True)
    undo_reason = models.TextField(blank=True)

    class Meta:
        """Constraints live in the database: the same file is one edition only, unless it was given up."""

        constraints = (
            models.UniqueConstraint(
                fields=["casualty_list", "file_digest", "sheet"],
                condition=models.Q(state__in=["staging", "staged", "applied"]),
                name="edition_imported_once",
            ),
        )

    privacy = public(
        "id", "casualty_list", "as_of", "stated_total", "source", "previous", "file_digest"
    ) | private(
        "file_name",
        "sheet",
        "header_row",
        "header",
        "mapping",
        "state",
        "rows_staged",
        "rows_rejected",
        "last_row_number",
        "keep_removed",
        "counts",
        "staged_by",
        "staged_at",
        "applied_by",
        "applied_at",
        "undone_by",
        "undone_at",
        "undo_reason",
    )


class ListRow(models.Model):
    """One row, frozen: the raw cells and their SHA-256; ``part`` counts the people named in one row from 0.

    ``content`` is the SHA-256 of what was understood, so that a row moved to other columns is still the same;
    ``list_key`` the publisher's own number of the row. ``previous`` is the same row in the edition before and
    ``matched_by`` how it was found. ``record`` is what applying made of it (an unchanged row keeps the
    record of the row before).
    """

    edition = models.ForeignKey(ListEdition, on_delete=models.PROTECT, related_name="rows")
    number = models.PositiveIntegerField()
    part = models.PositiveSmallIntegerField(default=0)
    cells = models.JSONField()
    digest = models.CharField(max_length=64)
    parsed = models.JSONField(null=True)
    problems = models.JSONField(default=list)
    content = models.CharField(max_length=64, blank=True)
    list_key = models.CharField(max_length=100, blank=True)
    matched_by = models.CharField(max_length=8, choices=MatchedBy, blank=True)
    change = models.CharField(max_length=9, choices=RowChange, blank=True)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="next_rows")
    record = models.ForeignKey(Record, on_delete=models.PROTECT, null=True, related_name="list_rows")

    class Meta:
        """Constraints live in the database."""

        constraints = (
            models.UniqueConstraint(fields=["edition", "number", "part"], name="row_numbered_once"),
        )

    privacy = private(
        "id",
        "edition",
        "number",
        "part",
        "cells",
        "digest",
        "parsed",
        "problems",
        "content",
        "list_key",
        "matched_by",
        "change",
        "previous",
        "record",
    )


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


class EstimateRun(models.Model):
    """An estimate from chosen lists: what was asked, the overlap it used, and what each method answered.

    ``histories`` are the inputs, frozen when it was asked for, and ``input_digest`` is the SHA-256 of them
    and of all parameters; ``result_digest`` that of the results and of every draw. The same inputs, seed
    and ``versions`` give the same results, so a run that ``repeats`` another is compared bit for bit. With a
    ``link_run`` the inputs hold a table for each of its draws of who is who.
    ``claim`` is a random word of whoever computes it: an interrupted run is taken over with a new one, and
    whoever held the old one stores nothing more.
    """

    lists = models.ManyToManyField(CasualtyList, related_name="estimate_runs")
    as_of = models.DateField()
    known_at = models.DateTimeField()
    status = models.CharField(max_length=12, choices=Status, blank=True)
    method = models.CharField(max_length=30)
    strata = models.CharField(max_length=9, choices=Strata, blank=True)
    with_sensitivity = models.BooleanField(default=False)
    level = models.FloatField()
    seed = models.PositiveIntegerField()
    histories = models.JSONField()
    input_digest = models.CharField(max_length=64, blank=True)
    results = models.JSONField()
    result_digest = models.CharField(max_length=64, blank=True)
    versions = models.JSONField(default=dict)
    is_publishable = models.BooleanField(default=False)
    repeats = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="repeated_by")
    link_run = models.ForeignKey(LinkRun, on_delete=models.PROTECT, null=True, related_name="estimates")
    state = models.CharField(max_length=7, choices=EstimateState)
    progress = models.FloatField(default=0.0)
    progress_of = models.CharField(max_length=200, blank=True)
    progress_at = models.DateTimeField(null=True)
    is_stop_asked = models.BooleanField(default=False)
    claim = models.CharField(max_length=32, blank=True)
    failure = models.TextField(blank=True)
    seconds = models.FloatField(null=True)
    run_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    run_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: a run that has ended says when, one that failed says why."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    state__in=[EstimateState.WAITING, EstimateState.RUNNING], ended_at__isnull=True
                )
                | models.Q(
                    state__in=[EstimateState.DONE, EstimateState.STOPPED, EstimateState.FAILED],
                    ended_at__isnull=False,
                ),
                name="estimate_ends_once",
            ),
            models.CheckConstraint(
                condition=~models.Q(state=EstimateState.FAILED) | ~models.Q(failure=""),
                name="estimate_fails_in_words",
            ),
            models.CheckConstraint(
                condition=models.Q(is_publishable=False) | models.Q(state=EstimateState.DONE),
                name="only_done_estimates_publishable",
            ),
        )

    privacy = public(
        "id",
        "as_of",
        "known_at",
        "status",
        "method",
        "strata",
        "with_sensitivity",
        "level",
        "seed",
        "input_digest",
        "result_digest",
        "versions",
        "is_publishable",
        "repeats",
        "state",
        "seconds",
    ) | private(
        # Small cells of the overlap could point at somebody; publication chooses what may be public of them.
        "histories",
        "results",
        "link_run",
        "progress",
        "progress_of",
        "progress_at",
        "is_stop_asked",
        "claim",
        "failure",
        "run_by",
        "run_at",
        "ended_at",
    )


class EstimateDraws(models.Model):
    """What a method that draws has drawn of the total: chain after chain, as 64-bit numbers of persons."""

    run = models.ForeignKey(EstimateRun, on_delete=models.PROTECT, related_name="draws")
    method = models.CharField(max_length=30)
    chains = models.PositiveSmallIntegerField()
    total = models.BinaryField()
    digest = models.CharField(max_length=64)

    class Meta:
        """Constraints live in the database."""

        constraints = (models.UniqueConstraint(fields=["run", "method"], name="draws_once_a_method"),)

    privacy = private("id", "run", "method", "chains", "total", "digest")
