"""What is kept, how it came, who may see it, and the index of what was done with it."""

from django.db import models

from kuager.core.privacy import private, public
from kuager.domain.accounts.models import User
from kuager.domain.evidence.terms import AcquisitionMethod, Derivation, ReadingState, ReleaseState
from kuager.domain.sources.models import Source
from kuager.engines.vault.custody import Act

ACTS = [(act.value, act.value) for act in Act]


class DigitalItem(models.Model):
    """One file that is kept, whatever number of times it came.

    ``address`` is the keyed digest of its bytes: who has no key of the vault cannot tell from it which file
    this is. ``number`` names the item for people; it is the event of the vault by which it was first
    acquired. ``read_from`` is the acquisition whose sealed file is read: another one only when the first
    was found damaged and the same bytes came again.

    ``is_apart`` marks a second item of the same bytes, for somebody who may not know of the first one.
    """

    address = models.CharField(max_length=64)
    number = models.PositiveBigIntegerField(unique=True)
    read_from = models.PositiveBigIntegerField()
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100, blank=True)
    derivation = models.CharField(max_length=10, choices=Derivation, default=Derivation.ORIGINAL)
    derived_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="derivatives")
    is_restricted = models.BooleanField(default=False)
    is_apart = models.BooleanField(default=False)
    reading_state = models.CharField(max_length=10, choices=ReadingState, default=ReadingState.WAITING)
    acquired_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    acquired_at = models.DateTimeField()
    release_state = models.CharField(max_length=8, choices=ReleaseState, default=ReleaseState.NONE)
    release_proposed_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    release_proposed_at = models.DateTimeField(null=True)
    released_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: two people release, and only what is redacted."""

        constraints = (
            models.UniqueConstraint(
                fields=["address"], condition=models.Q(is_apart=False), name="item_kept_once"
            ),
            models.CheckConstraint(
                condition=models.Q(derivation=Derivation.ORIGINAL, derived_from__isnull=True)
                | ~models.Q(derivation=Derivation.ORIGINAL) & models.Q(derived_from__isnull=False),
                name="derived_item_has_an_original",
            ),
            models.CheckConstraint(
                condition=models.Q(release_state=ReleaseState.NONE)
                | models.Q(derivation=Derivation.REDACTED),
                name="only_redacted_items_are_released",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    release_state=ReleaseState.NONE,
                    release_proposed_by__isnull=True,
                    release_proposed_at__isnull=True,
                    released_by__isnull=True,
                    released_at__isnull=True,
                )
                | models.Q(
                    release_state=ReleaseState.PROPOSED,
                    release_proposed_by__isnull=False,
                    release_proposed_at__isnull=False,
                    released_by__isnull=True,
                    released_at__isnull=True,
                )
                | models.Q(
                    release_state=ReleaseState.RELEASED,
                    release_proposed_by__isnull=False,
                    release_proposed_at__isnull=False,
                    released_by__isnull=False,
                    released_at__isnull=False,
                ),
                name="release_says_who_and_when",
            ),
            models.CheckConstraint(
                condition=models.Q(released_by__isnull=True)
                | ~models.Q(released_by=models.F("release_proposed_by")),
                name="release_needs_two_people",
            ),
        )
        indexes = (
            models.Index(fields=["address"], name="item_address"),
            models.Index(fields=["reading_state", "number"], name="item_reading"),
        )

    privacy = public("number", "size", "media_type", "derivation", "released_at") | private(
        "id",
        "address",
        "read_from",
        "derived_from",
        "is_restricted",
        "is_apart",
        "reading_state",
        "acquired_by",
        "acquired_at",
        "release_state",
        "release_proposed_by",
        "release_proposed_at",
        "released_by",
    )


class Acquisition(models.Model):
    """One time a file came to us; ``number`` is its event in the log of the vault."""

    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="acquisitions")
    number = models.PositiveBigIntegerField(unique=True)
    method = models.CharField(max_length=13, choices=AcquisitionMethod)
    source = models.ForeignKey(Source, on_delete=models.PROTECT, null=True, related_name="acquisitions")
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    privacy = private("id", "item", "number", "method", "source", "by", "at")


class CustodyEvent(models.Model):
    """The index of the vault's log, so that a history can be listed while the vault is locked.

    It proves nothing: proof is the log itself. ``by`` is empty for acts of somebody without an account, for
    instance on the command line; the log's sealed part names them.
    """

    number = models.PositiveBigIntegerField(unique=True)
    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, null=True, related_name="custody")
    act = models.CharField(max_length=10, choices=ACTS)
    by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField()

    privacy = private("id", "number", "item", "act", "by", "at")


class ItemReader(models.Model):
    """Somebody who may see a restricted item, from when until when, and why."""

    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="readers")
    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    granted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    granted_at = models.DateTimeField()
    ended_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: one grant at a time, ended by somebody."""

        constraints = (
            models.UniqueConstraint(
                fields=["item", "user"], condition=models.Q(ended_at__isnull=True), name="one_open_reader"
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True, ended_by__isnull=True)
                | models.Q(
                    ended_at__isnull=False, ended_by__isnull=False, ended_at__gte=models.F("granted_at")
                ),
                name="reading_ended_by_somebody",
            ),
        )

    privacy = private("id", "item", "user", "reason", "granted_by", "granted_at", "ended_by", "ended_at")
