"""Tables of the publication room: copies of what may be public. The public site reads nothing else."""

from django.db import models

from kuager.core.privacy import private, public
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.lists.models import EstimateRun
from kuager.domain.people.models import Person
from kuager.domain.publication.terms import MediaReason, MediaState, RedactionReason, SnapshotState


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

    class Meta:
        """Constraints live in the database: nothing is public without an editor."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(state=SnapshotState.BUILT, published_at__isnull=True)
                | models.Q(
                    ~models.Q(state=SnapshotState.BUILT),
                    published_at__isnull=False,
                    published_by__isnull=False,
                ),
                name="snapshot_published_by_somebody",
            ),
            models.CheckConstraint(
                condition=models.Q(~models.Q(state=SnapshotState.WITHDRAWN), withdrawn_at__isnull=True)
                | models.Q(
                    ~models.Q(withdrawal_reason=""),
                    state=SnapshotState.WITHDRAWN,
                    withdrawn_at__isnull=False,
                    withdrawn_by__isnull=False,
                ),
                name="snapshot_withdrawn_with_reason",
            ),
        )

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
    """One person of a snapshot whose publication is consented or who is already public; only allowed fields.

    ``digest`` is the SHA-256 of the person's published content, and the digest of the snapshot is made over
    these. So when a person is taken off (``is_redacted``), everything about them is emptied here and the
    snapshot can still be checked. ``position`` is the place in the alphabetical list.
    """

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="people", db_index=False)
    position = models.PositiveIntegerField()
    code = models.CharField(max_length=12)
    digest = models.CharField(max_length=64)
    salt = models.CharField(max_length=32, blank=True)
    is_redacted = models.BooleanField(default=False)
    name = models.CharField(max_length=300, blank=True)
    search_text = models.CharField(max_length=1000, blank=True)
    sex = models.CharField(max_length=6, blank=True)
    age = models.CharField(max_length=20, blank=True)
    age_group = models.CharField(max_length=7, blank=True)
    status = models.CharField(max_length=12, blank=True)
    since = models.CharField(max_length=40, blank=True)
    region_code = models.CharField(max_length=60, blank=True)
    place = models.JSONField(default=dict)
    category = models.CharField(max_length=100, blank=True)
    sources = models.JSONField(default=list)
    independent_count = models.PositiveIntegerField(default=0)
    has_conflict = models.BooleanField(default=False)

    class Meta:
        """Constraints live in the database: of a redacted person nothing is left but the digest."""

        # Lists, filters and the search read this index only; rows are fetched for one page at a time.
        indexes = (
            models.Index(
                fields=[
                    "snapshot",
                    "is_redacted",
                    "position",
                    "status",
                    "region_code",
                    "sex",
                    "age_group",
                    "search_text",
                ],
                name="published_in_order",
            ),
        )
        constraints = (
            models.UniqueConstraint(fields=["snapshot", "code"], name="published_once"),
            models.CheckConstraint(
                condition=models.Q(is_redacted=False)
                | models.Q(
                    name="",
                    salt="",
                    search_text="",
                    sex="",
                    age="",
                    age_group="",
                    status="",
                    since="",
                    region_code="",
                ),
                name="redacted_person_is_empty",
            ),
        )

    privacy = public(
        "id",
        "snapshot",
        "position",
        "code",
        "digest",
        "salt",
        "is_redacted",
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


class PersonSalt(models.Model):
    """A random text in the digest of a person in every snapshot; it leaves the public rows with them.

    Without it, whoever guesses a name could confirm from the digest left behind who was taken off.
    """

    person = models.OneToOneField(Person, on_delete=models.PROTECT, primary_key=True, related_name="+")
    salt = models.CharField(max_length=32)

    privacy = private("person", "salt")


class Redaction(models.Model):
    """The decision that a person is taken off the public pages; lifted, never deleted.

    While ``holds`` is true and the redaction is not lifted, later snapshots leave the person out as well.
    A withdrawn consent does not hold: whether a later snapshot may show the person is asked of the consents.
    """

    code = models.CharField(max_length=12, db_index=True)
    reason = models.CharField(max_length=13, choices=RedactionReason)
    holds = models.BooleanField(default=True)
    redacted_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    redacted_at = models.DateTimeField()
    lifted_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True, lifted_by__isnull=True)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
                name="redaction_lifted_by_somebody",
            ),
        )

    privacy = private("id", "code", "reason", "holds", "redacted_by", "redacted_at", "lifted_by", "lifted_at")


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

        constraints = (models.UniqueConstraint(fields=["snapshot", "key", "language"], name="picture_once"),)

    privacy = public("id", "snapshot", "key", "language", "svg", "alt", "table")


class EstimateChoice(models.Model):
    """An editor's decision that snapshots hold an answer of an estimate, until it is dropped or replaced.

    ``key`` is the status it is about, or ``all``. ``salt`` is mixed into the public proof that names the run:
    without it, whoever guesses the small cells of the overlap could confirm them from the proof.
    """

    run = models.ForeignKey(EstimateRun, on_delete=models.PROTECT, related_name="choices")
    method = models.CharField(max_length=30)
    key = models.CharField(max_length=12)
    salt = models.CharField(max_length=32)
    chosen_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    chosen_at = models.DateTimeField()
    dropped_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: of one group of people one estimate is public, not two."""

        constraints = (
            models.UniqueConstraint(
                fields=["key"], condition=models.Q(dropped_at__isnull=True), name="one_estimate_chosen"
            ),
            models.CheckConstraint(
                condition=models.Q(dropped_at__isnull=True, dropped_by__isnull=True)
                | models.Q(dropped_at__isnull=False, dropped_by__isnull=False),
                name="estimate_dropped_by_somebody",
            ),
        )

    privacy = private(
        "id", "run", "method", "key", "salt", "chosen_by", "chosen_at", "dropped_by", "dropped_at"
    )


class SnapshotEstimate(models.Model):
    """An estimate in a snapshot: what may be public of it, and nothing else."""

    snapshot = models.ForeignKey(Snapshot, on_delete=models.PROTECT, related_name="estimates")
    key = models.CharField(max_length=12)
    choice = models.ForeignKey(EstimateChoice, on_delete=models.PROTECT, related_name="published")
    content = models.JSONField()

    class Meta:
        """Constraints live in the database."""

        constraints = (models.UniqueConstraint(fields=["snapshot", "key"], name="estimate_published_once"),)

    privacy = public("id", "snapshot", "key", "content") | private("choice")


class PublishedMedia(models.Model):
    """A redacted copy of evidence that two people released and an editor published.

    Its bytes lie in the folder of published files, in clear: what was public once is public. When it is taken
    down the file goes and this row stays as its gravestone.
    """

    number = models.PositiveIntegerField(unique=True)
    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="+")
    sha256 = models.CharField(max_length=64)
    size = models.PositiveBigIntegerField()
    media_type = models.CharField(max_length=100)
    caption = models.CharField(max_length=300)
    basis = models.TextField()
    removed = models.JSONField(default=dict)
    recipe_digest = models.CharField(max_length=64)
    state = models.CharField(max_length=10, choices=MediaState, default=MediaState.PUBLISHED)
    published_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    published_at = models.DateTimeField()
    taken_down_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    taken_down_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=8, choices=MediaReason, blank=True)

    class Meta:
        """Constraints live in the database: public once, and taken down by somebody with a reason."""

        constraints = (
            models.UniqueConstraint(
                fields=["item"], condition=models.Q(state=MediaState.PUBLISHED), name="media_published_once"
            ),
            models.CheckConstraint(
                condition=models.Q(
                    state=MediaState.PUBLISHED,
                    taken_down_at__isnull=True,
                    taken_down_by__isnull=True,
                    reason="",
                )
                | models.Q(
                    ~models.Q(reason=""),
                    state=MediaState.TAKEN_DOWN,
                    taken_down_at__isnull=False,
                    taken_down_by__isnull=False,
                ),
                name="media_taken_down_with_reason",
            ),
        )

    privacy = public(
        "number",
        "sha256",
        "size",
        "media_type",
        "caption",
        "basis",
        "removed",
        "recipe_digest",
        "state",
        "published_at",
        "taken_down_at",
        "reason",
    ) | private("id", "item", "published_by", "taken_down_by")
