"""Copies of one thing: which items belong together, and where each was seen."""

from django.db import models

from kuager.core.privacy import private
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models.items import DigitalItem
from kuager.domain.evidence.terms import RelationKind, RelationState


class ItemRelation(models.Model):
    """Two items that have to do with each other; the machine suggests, a person decides.

    ``score`` is between 0 and 1. ``why`` is JSON by the engine: what was compared, and what came of it.
    """

    first = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="+")
    second = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=12, choices=RelationKind)
    score = models.FloatField()
    why = models.TextField(blank=True)
    state = models.CharField(max_length=9, choices=RelationState, default=RelationState.SUGGESTED)
    suggested_at = models.DateTimeField()
    decided_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        """Constraints live in the database: a pair once, in order, decided by somebody."""

        constraints = (
            models.UniqueConstraint(fields=["first", "second"], name="relation_once_a_pair"),
            models.CheckConstraint(
                condition=models.Q(first__lt=models.F("second")), name="relation_in_order"
            ),
            models.CheckConstraint(
                condition=models.Q(score__gte=0, score__lte=1), name="relation_score_is_a_share"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=RelationState.SUGGESTED, decided_by__isnull=True, decided_at__isnull=True
                )
                | models.Q(state=RelationState.CONFIRMED, decided_by__isnull=False, decided_at__isnull=False)
                | models.Q(
                    ~models.Q(reason=""),
                    state=RelationState.REJECTED,
                    decided_by__isnull=False,
                    decided_at__isnull=False,
                ),
                name="relation_decided_by_somebody",
            ),
        )

    privacy = private(
        "id",
        "first",
        "second",
        "kind",
        "score",
        "why",
        "state",
        "suggested_at",
        "decided_by",
        "decided_at",
        "reason",
    )


class Appearance(models.Model):
    """Where a copy was published, as we saw it: by which account, when seen, and which date it claims.

    ``claimed_on`` is a date in EDTF, empty when none is claimed. ``taken_from`` is the appearance of which
    this one was taken, where it says so or shows it.
    """

    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="appearances")
    url = models.CharField(max_length=1000, blank=True)
    platform = models.CharField(max_length=100, blank=True)
    account = models.CharField(max_length=200, blank=True)
    seen_at = models.DateTimeField()
    claimed_on = models.CharField(max_length=40, blank=True)
    taken_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="taken_by")
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        """Constraints live in the database: seen somewhere, not taken from itself, withdrawn in words."""

        constraints = (
            models.CheckConstraint(
                condition=~models.Q(url="") | ~models.Q(platform=""), name="appearance_somewhere"
            ),
            models.CheckConstraint(
                condition=models.Q(taken_from__isnull=True) | ~models.Q(taken_from=models.F("id")),
                name="appearance_not_of_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True)
                | models.Q(~models.Q(reason=""), withdrawn_at__isnull=False, withdrawn_by__isnull=False),
                name="appearance_withdrawn_with_reason",
            ),
        )

    privacy = private(
        "id",
        "item",
        "url",
        "platform",
        "account",
        "seen_at",
        "claimed_on",
        "taken_from",
        "recorded_by",
        "recorded_at",
        "withdrawn_by",
        "withdrawn_at",
        "reason",
    )
