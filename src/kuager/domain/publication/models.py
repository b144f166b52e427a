"""Tables of the publication room: copies of what may be public. The public site reads these and nothing else."""

from django.db import models

from kuager.core.privacy import private, public
from kuager.domain.accounts.models import User
from kuager.domain.publication.terms import SnapshotState


class Snapshot(models.Model):
    """One published state of the register: what held ``as_of`` a day, as known at a moment. Never changed."""

    number = models.PositiveIntegerField(unique=True)
    as_of = models.DateField()
    known_at = models.DateTimeField()
    rules_version = models.CharField(max_length=20)
    content_digest = models.CharField(max_length=64)
    previous = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="next_snapshots")
    difference = models.JSONField(default=dict)
    summary = models.JSONField(default=dict)
    is_example = models.BooleanField(default=False)
    state = models.CharField(max_length=9, choices=SnapshotState, default=SnapshotState.BUILT)
    built_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    built_at = models.DateTimeField()
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    published_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawal_reason = models.TextField(blank=True)

    privacy = public(
        "id",
        "number",
        "as_of",
        "known_at",
        "rules_version",
        "content_digest",
        "previous",
        "difference",
        "summary",
        "is_example",
        "state",
        "published_at",
        "withdrawn_at",
        "withdrawal_reason",
    ) | private("built_by", "built_at", "published_by", "withdrawn_by")


class SnapshotFigure(models.Model):
    """One figure of a snapshot, and how we know it."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="figures")
    key = models.CharField(max_length=120)
    dimensions = models.JSONField(default=dict)
    value = models.PositiveIntegerField()
    basis = models.JSONField(default=dict)

    class Meta:
        """Constraints live in the database."""

        constraints = (models.UniqueConstraint(fields=["snapshot", "key"], name="figure_once"),)

    privacy = public("id", "snapshot", "key", "dimensions", "value", "basis")


class SnapshotPerson(models.Model):
    """One person of a snapshot whose publication is consented or who is already public; only allowed fields."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="people")
    code = models.CharField(max_length=12)
    name = models.CharField(max_length=300, blank=True)
    search_text = models.TextField(blank=True)
    sex = models.CharField(max_length=6, blank=True)
    age = models.CharField(max_length=20, blank=True)
    age_group = models.CharField(max_length=7, blank=True)
    status = models.CharField(max_length=12)
    since = models.CharField(max_length=40, blank=True)
    region_code = models.CharField(max_length=60, blank=True)
    place = models.JSONField(default=dict)
    category = models.CharField(max_length=100, blank=True)
    sources = models.JSONField(default=list)
    independent_count = models.PositiveIntegerField(default=0)
    has_conflict = models.BooleanField(default=False)

    class Meta:
        """Constraints live in the database."""

        indexes = (models.Index(fields=["snapshot", "name"], name="published_by_name"),)
        constraints = (models.UniqueConstraint(fields=["snapshot", "code"], name="published_once"),)

    privacy = public(
        "id",
        "snapshot",
        "code",
        "name",
        "search_text",
        "sex",
        "age",
        "age_group",
        "status",
        "since",
        "region_code",
        "place",
        "category",
        "sources",
        "independent_count",
        "has_conflict",
    )


class SnapshotPicture(models.Model):
    """A chart or map of a snapshot in one language, with the same content as text and as a table."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="pictures")
    key = models.CharField(max_length=60)
    language = models.CharField(max_length=8)
    svg = models.TextField()
    alt = models.TextField()
    table = models.JSONField(default=dict)

    class Meta:
        """Constraints live in the database."""

        constraints = (
            models.UniqueConstraint(fields=["snapshot", "key", "language"], name="picture_once"),
        )

    privacy = public("id", "snapshot", "key", "language", "svg", "alt", "table")
