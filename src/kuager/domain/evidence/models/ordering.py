"""Copies that somebody asked for: drawn, waiting, being made, kept or not made."""

from django.db import models

from kuager.core.privacy import private
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models.items import DigitalItem
from kuager.domain.evidence.terms import Derivation, OrderFault, OrderState


class CopyOrder(models.Model):
    """An order to make a copy of an item. What is removed and why lies sealed in ``recipe_sealed``."""

    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="orders")
    derivation = models.CharField(max_length=10, choices=Derivation)
    recipe_sealed = models.BinaryField()
    state = models.CharField(max_length=7, choices=OrderState, default=OrderState.DRAFT)
    progress = models.FloatField(default=0.0)
    claim = models.CharField(max_length=16, blank=True)
    fault = models.CharField(max_length=14, choices=OrderFault, blank=True)
    result = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    drawn_at = models.DateTimeField()
    ordered_at = models.DateTimeField(null=True)
    progress_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: a copy that is done is there, one that failed says why."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state=OrderState.DONE, result__isnull=False)
                | ~models.Q(state=OrderState.DONE) & models.Q(result__isnull=True),
                name="done_order_has_a_copy",
            ),
            models.CheckConstraint(
                condition=models.Q(state=OrderState.FAILED) & ~models.Q(fault="")
                | ~models.Q(state=OrderState.FAILED) & models.Q(fault=""),
                name="failed_order_says_why",
            ),
            models.CheckConstraint(
                condition=models.Q(progress__gte=0.0, progress__lte=1.0), name="order_progress_is_a_share"
            ),
        )

    privacy = private(
        "id",
        "item",
        "derivation",
        "recipe_sealed",
        "state",
        "progress",
        "claim",
        "fault",
        "result",
        "by",
        "drawn_at",
        "ordered_at",
        "progress_at",
        "ended_at",
    )
