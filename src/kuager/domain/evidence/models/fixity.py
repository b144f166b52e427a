"""Looking at every kept byte again, and what was found."""

from django.db import models

from kuager.core.privacy import private
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models.items import DigitalItem
from kuager.domain.evidence.terms import FixityState


class FixityRun(models.Model):
    """One look at all that is kept; it goes on after ``cursor``, the number of the last item checked."""

    state = models.CharField(max_length=7, choices=FixityState, default=FixityState.RUNNING)
    started_at = models.DateTimeField()
    stepped_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    checked_items = models.PositiveBigIntegerField(default=0)
    checked_bytes = models.PositiveBigIntegerField(default=0)
    cursor = models.BigIntegerField(default=-1)

    class Meta:
        """Constraints live in the database: one run at a time, and a done one has an end."""

        constraints = (
            models.UniqueConstraint(
                fields=["state"], condition=models.Q(state=FixityState.RUNNING), name="one_fixity_run"
            ),
            models.CheckConstraint(
                condition=models.Q(state=FixityState.RUNNING, finished_at__isnull=True)
                | models.Q(state=FixityState.DONE, finished_at__isnull=False),
                name="fixity_run_ends_once",
            ),
        )

    privacy = private(
        "id",
        "state",
        "started_at",
        "stepped_at",
        "finished_at",
        "by",
        "checked_items",
        "checked_bytes",
        "cursor",
    )


class FixityFault(models.Model):
    """An item whose bytes are not what was kept, and what is wrong, in words that name no person."""

    run = models.ForeignKey(FixityRun, on_delete=models.PROTECT, related_name="faults")
    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="faults")
    words = models.TextField()
    found_at = models.DateTimeField()

    class Meta:
        """Constraints live in the database: an item is told once a run."""

        constraints = (models.UniqueConstraint(fields=["run", "item"], name="fault_once_a_run"),)

    privacy = private("id", "run", "item", "words", "found_at")
