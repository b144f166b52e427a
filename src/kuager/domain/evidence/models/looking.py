"""What people saw in an item: marks, transcripts, and what they found out about it.

Every text lies sealed for the keys of the vault; the database alone tells nobody what was seen.
"""

from django.db import models

from kuager.core.privacy import private
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models.items import DigitalItem
from kuager.domain.evidence.terms import Aspect, Certainty, VerificationState
from kuager.domain.sources.models import Citation

_SUPERSEDED_WHOLE = models.Q(superseded_at__isnull=True, superseded_by__isnull=True) | models.Q(
    superseded_at__isnull=False, superseded_by__isnull=False
)
_NO_BOX = models.Q(box_x__isnull=True, box_y__isnull=True, box_width__isnull=True, box_height__isnull=True)
_BOX = models.Q(
    box_x__gte=0,
    box_y__gte=0,
    box_width__gte=1,
    box_height__gte=1,
    box_x__lte=1000 - models.F("box_width"),
    box_y__lte=1000 - models.F("box_height"),
)


class Mark(models.Model):
    """A place in an item: a moment of a video or a page of a document, a box in it, and what is seen there.

    ``time_ms`` are milliseconds from the beginning; ``page`` counts from 1. The box is in thousandths of
    the width and height of the picture, from its upper left corner.
    """

    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="marks")
    time_ms = models.PositiveIntegerField(null=True)
    page = models.PositiveIntegerField(null=True)
    box_x = models.PositiveSmallIntegerField(null=True)
    box_y = models.PositiveSmallIntegerField(null=True)
    box_width = models.PositiveSmallIntegerField(null=True)
    box_height = models.PositiveSmallIntegerField(null=True)
    note_sealed = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    citation = models.OneToOneField(Citation, on_delete=models.PROTECT, null=True, related_name="mark")
    superseded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        """Constraints live in the database: a moment or a page, a whole box inside the picture."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(time_ms__isnull=True) | models.Q(page__isnull=True),
                name="mark_in_time_or_on_page",
            ),
            models.CheckConstraint(
                condition=models.Q(page__isnull=True) | models.Q(page__gte=1), name="mark_page_from_one"
            ),
            models.CheckConstraint(condition=_NO_BOX | _BOX, name="mark_box_in_picture"),
            models.CheckConstraint(condition=_SUPERSEDED_WHOLE, name="mark_dropped_by_somebody"),
        )

    privacy = private(
        "id",
        "item",
        "time_ms",
        "page",
        "box_x",
        "box_y",
        "box_width",
        "box_height",
        "note_sealed",
        "by",
        "at",
        "citation",
        "superseded_by",
        "superseded_at",
        "reason",
    )


class Transcript(models.Model):
    """What is said or written in an item, in one language; a new one supersedes the one before."""

    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="transcripts")
    language = models.CharField(max_length=8)
    is_translation = models.BooleanField(default=False)
    text_sealed = models.BinaryField()
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    superseded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    superseded_at = models.DateTimeField(null=True)

    class Meta:
        """Constraints live in the database: one transcript in force for each language and kind."""

        constraints = (
            models.UniqueConstraint(
                fields=["item", "language", "is_translation"],
                condition=models.Q(superseded_at__isnull=True),
                name="one_transcript_in_force",
            ),
            models.CheckConstraint(condition=_SUPERSEDED_WHOLE, name="transcript_superseded_by_somebody"),
        )

    privacy = private(
        "id",
        "item",
        "language",
        "is_translation",
        "text_sealed",
        "by",
        "at",
        "superseded_by",
        "superseded_at",
    )


class Verification(models.Model):
    """A finding about an item: what was asked, how it was looked into, what was found and how sure it is.

    Only with a second person it is *verified*.
    """

    item = models.ForeignKey(DigitalItem, on_delete=models.PROTECT, related_name="verifications")
    aspect = models.CharField(max_length=12, choices=Aspect)
    question_sealed = models.BinaryField()
    method_sealed = models.BinaryField()
    finding_sealed = models.BinaryField()
    certainty = models.CharField(max_length=10, choices=Certainty)
    state = models.CharField(max_length=9, choices=VerificationState, default=VerificationState.PROPOSED)
    by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    seconded_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    seconded_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        """Constraints live in the database: verified by two different people, withdrawn with a reason."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(seconded_by__isnull=True, seconded_at__isnull=True)
                | models.Q(seconded_by__isnull=False, seconded_at__isnull=False)
                & ~models.Q(seconded_by=models.F("by")),
                name="verified_by_two_people",
            ),
            models.CheckConstraint(
                condition=models.Q(state=VerificationState.PROPOSED, seconded_by__isnull=True)
                | models.Q(state=VerificationState.VERIFIED, seconded_by__isnull=False)
                | models.Q(state=VerificationState.WITHDRAWN),
                name="verified_when_seconded",
            ),
            models.CheckConstraint(
                condition=models.Q(
                    ~models.Q(state=VerificationState.WITHDRAWN),
                    withdrawn_by__isnull=True,
                    withdrawn_at__isnull=True,
                )
                | models.Q(
                    ~models.Q(reason=""),
                    state=VerificationState.WITHDRAWN,
                    withdrawn_by__isnull=False,
                    withdrawn_at__isnull=False,
                ),
                name="verification_withdrawn_with_reason",
            ),
        )

    privacy = private(
        "id",
        "item",
        "aspect",
        "question_sealed",
        "method_sealed",
        "finding_sealed",
        "certainty",
        "state",
        "by",
        "at",
        "seconded_by",
        "seconded_at",
        "withdrawn_by",
        "withdrawn_at",
        "reason",
    )
