"""Tables of sources: who says it, in what, where exactly, and what we may do with it."""

from django.db import models

from kuager.core.privacy import private, public
from kuager.domain.accounts.models import User
from kuager.domain.sources.terms import (
    ConsentGiven,
    Derivation,
    PublisherKind,
    Purpose,
    Reliability,
    SourceKind,
)


class Publisher(models.Model):
    """Who stands behind sources. Publishers of one origin group count as one independent source."""

    name = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=10, choices=PublisherKind, default=PublisherKind.OTHER)
    origin_group = models.CharField(max_length=100, blank=True)
    is_protected = models.BooleanField(default=False)

    privacy = public("id", "name", "kind", "origin_group") | private("is_protected")


class Source(models.Model):
    """One list, call, article, statement or record that says something."""

    publisher = models.ForeignKey(Publisher, on_delete=models.PROTECT, related_name="sources")
    kind = models.CharField(max_length=12, choices=SourceKind)
    title = models.CharField(max_length=300)
    url = models.URLField(max_length=1000, blank=True)
    language = models.CharField(max_length=8, blank=True)
    published = models.CharField(max_length=40, blank=True)
    told_on = models.DateField()
    collected_at = models.DateTimeField()
    derived_from = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="derivatives")
    derivation = models.CharField(max_length=12, choices=Derivation, blank=True)
    reliability = models.CharField(max_length=1, choices=Reliability, default=Reliability.F)

    privacy = public(
        "id", "publisher", "kind", "url", "language", "published", "told_on", "derived_from", "derivation"
    ) | private("title", "collected_at", "reliability")


class Citation(models.Model):
    """The exact place in a source: row, page, time code or character span."""

    source = models.ForeignKey(Source, on_delete=models.PROTECT, related_name="citations")
    locator = models.CharField(max_length=200, blank=True)
    quotation = models.TextField(blank=True)
    translation = models.TextField(blank=True)
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    privacy = public("id", "source") | private(
        "locator", "quotation", "translation", "recorded_by", "recorded_at"
    )


class Consent(models.Model):
    """What may be done with which fields, who allowed it, how, and until when. Withdrawn, never deleted.

    ``fields`` is a comma-separated list of ``name``, ``age``, ``place``, ``status``.
    """

    purpose = models.CharField(max_length=12, choices=Purpose)
    given = models.CharField(max_length=16, choices=ConsentGiven)
    fields = models.CharField(max_length=200)
    note = models.TextField(blank=True)
    given_on = models.DateField()
    recorded_by = models.ForeignKey(User, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()
    expires_on = models.DateField(null=True)
    withdrawn_at = models.DateTimeField(null=True)

    privacy = private(
        "id",
        "purpose",
        "given",
        "fields",
        "note",
        "given_on",
        "recorded_by",
        "recorded_at",
        "expires_on",
        "withdrawn_at",
    )
