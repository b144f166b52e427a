"""The words of the places room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PlaceKind(TextChoices):
    """What a place is; a region of the first level is what counts and maps are made by."""

    COUNTRY = "country", _("country")
    REGION = "region", _("region")
    CITY_REGION = "city_region", _("city with the rank of a region")
    DISTRICT = "district", _("district")
    SETTLEMENT = "settlement", _("city, town or village")


class FacilityKind(TextChoices):
    """What a facility is."""

    POLICE = "police", _("police department")
    REMAND_PRISON = "remand_prison", _("remand prison")
    PRISON = "prison", _("prison")
    HOSPITAL = "hospital", _("hospital")
    MORGUE = "morgue", _("morgue")
    COURT = "court", _("court")
    SQUARE = "square", _("square or street")
    OTHER = "other", _("other")
