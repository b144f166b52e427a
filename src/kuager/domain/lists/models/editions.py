"""Lists that other people published, and their frozen rows."""

from django.db import models

from kuager.core.privacy import private, public
from kuager.domain.accounts.models import User
from kuager.domain.lists.terms import EditionState, MatchedBy, RowChange
from kuager.domain.people.models import Record
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
