"""Estimates of how many no list has, kept with their inputs."""

from django.db import models

from kuager.core.privacy import private, public
from kuager.domain.accounts.models import User
from kuager.domain.lists.models.editions import CasualtyList
from kuager.domain.lists.models.link_runs import LinkRun
from kuager.domain.lists.terms import EstimateState, Strata
from kuager.domain.register.terms import Status


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
