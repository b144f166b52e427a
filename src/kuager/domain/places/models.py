"""Tables of places: what existed when, under which name, and inside what."""

from django.db import models

from kuager.core.privacy import public
from kuager.domain.places.terms import FacilityKind, PlaceKind


class Place(models.Model):
    """A country, region, district or settlement. Null validity means "as far as we know, always"."""

    code = models.SlugField(max_length=60, unique=True)
    kind = models.CharField(max_length=12, choices=PlaceKind)
    iso = models.CharField(max_length=10, blank=True)
    iso_old = models.CharField(max_length=10, blank=True)
    name_kk = models.CharField(max_length=120)
    name_ru = models.CharField(max_length=120)
    name_en = models.CharField(max_length=120)
    valid_since = models.DateField(null=True)
    valid_until = models.DateField(null=True)
    latitude = models.FloatField(null=True)
    longitude = models.FloatField(null=True)
    polygon = models.CharField(max_length=60, blank=True)

    class Meta:
        """Constraints live in the database."""

        constraints = (
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True)
                | models.Q(valid_since__isnull=True)
                | models.Q(valid_until__gt=models.F("valid_since")),
                name="place_lasts_a_day",
            ),
        )

    privacy = public(
        "id",
        "code",
        "kind",
        "iso",
        "iso_old",
        "name_kk",
        "name_ru",
        "name_en",
        "valid_since",
        "valid_until",
        "latitude",
        "longitude",
        "polygon",
    )


class PlaceName(models.Model):
    """Another name or spelling of a place, folded for look-up; ``until`` is exclusive.

    With a ``language`` it was the official name in that language from ``since`` until ``until``.
    """

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="names")
    name = models.CharField(max_length=120)
    language = models.CharField(max_length=2, blank=True)
    folded = models.CharField(max_length=120, db_index=True)
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    privacy = public("id", "place", "name", "language", "folded", "since", "until")


class PlaceParent(models.Model):
    """What a place belonged to, and when; ``until`` is exclusive. Regions were redrawn in 2018 and 2022."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="parents")
    parent = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="children")
    since = models.DateField(null=True)
    until = models.DateField(null=True)

    privacy = public("id", "place", "parent", "since", "until")


class Facility(models.Model):
    """A building or square where people were held, treated, tried or shot at."""

    place = models.ForeignKey(Place, on_delete=models.PROTECT, related_name="facilities")
    kind = models.CharField(max_length=14, choices=FacilityKind)
    name = models.CharField(max_length=200)

    class Meta:
        """Constraints live in the database."""

        constraints = (models.UniqueConstraint(fields=["place", "name"], name="facility_named_once_a_place"),)

    privacy = public("id", "place", "kind", "name")
