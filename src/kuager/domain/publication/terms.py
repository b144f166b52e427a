"""The words of the publication room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class SnapshotState(TextChoices):
    """How far a snapshot has come."""

    BUILT = "built", _("built, waits for publication")
    PUBLISHED = "published", _("published")
    WITHDRAWN = "withdrawn", _("withdrawn")


class RedactionReason(TextChoices):
    """Why a person was taken off the public pages. A closed list, so that no reason can carry a name."""

    CONSENT = "consent", _("consent was withdrawn or ran out")
    CONTRADICTION = "contradiction", _("it is disputed which records are this person")
    SAFETY = "safety", _("publication could endanger somebody")
    TAKEDOWN = "takedown", _("a request to take it down was granted")
    MISTAKE = "mistake", _("published by mistake")


class PictureKey(TextChoices):
    """The pictures of a snapshot."""

    TIME = "time", _("Counts over time")
    MAP = "map", _("Map of the regions")
    REGIONS = "regions", _("By region")
    AGES = "ages", _("By age group")


class MediaState(TextChoices):
    """Whether a redacted copy of evidence is public."""

    PUBLISHED = "published", _("published")
    TAKEN_DOWN = "taken_down", _("taken down")


class MediaReason(TextChoices):
    """Why a published copy of evidence was taken down. A closed list, so that no reason can carry a name."""

    RECALLED = "recalled", _("its release was recalled")
    CONSENT = "consent", _("consent was withdrawn or ran out")
    SAFETY = "safety", _("publication could endanger somebody")
    TAKEDOWN = "takedown", _("a request to take it down was granted")
    MISTAKE = "mistake", _("published by mistake")
