"""The words of the sources room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class PublisherKind(TextChoices):
    """Who stands behind a source."""

    OUTLET = "outlet", _("news outlet")
    AGENCY = "agency", _("news agency")
    NGO = "ngo", _("organisation")
    STATE = "state", _("state body")
    LAWYERS = "lawyers", _("lawyers")
    FAMILY = "family", _("family or witness")
    HOTLINE = "hotline", _("our hotline")
    OTHER = "other", _("other")


class SourceKind(TextChoices):
    """What kind of thing a source is."""

    LIST = "list", _("list")
    TESTIMONY = "testimony", _("testimony")
    CALL = "call", _("phone call")
    ARTICLE = "article", _("article")
    VIDEO = "video", _("video")
    PHOTO = "photo", _("photo")
    STATEMENT = "statement", _("official statement")
    COURT_RECORD = "court_record", _("court record")
    LETTER = "letter", _("letter")


class Derivation(TextChoices):
    """How a source was made from another one."""

    NONE = "", _("not derived")
    COPY = "copy", _("copy")
    EXCERPT = "excerpt", _("excerpt")
    TRANSLATION = "translation", _("translation")
    PARAPHRASE = "paraphrase", _("paraphrase")
    QUOTATION = "quotation", _("quotation")


class Reliability(TextChoices):
    """How far a source may be relied on (the six-step scale A to F used in the field)."""

    A = "A", _("A: completely reliable")
    B = "B", _("B: usually reliable")
    C = "C", _("C: fairly reliable")
    D = "D", _("D: not usually reliable")
    E = "E", _("E: unreliable")
    F = "F", _("F: cannot be judged")


class Purpose(TextChoices):
    """What somebody consented to."""

    REGISTER = "register", _("keep in the register")
    PUBLICATION = "publication", _("publish")
    LEGAL = "legal", _("use in legal proceedings")


class ConsentGiven(TextChoices):
    """How consent was given."""

    WRITTEN = "written", _("in writing")
    SPOKEN = "spoken", _("spoken, on the phone or in person")
    ALREADY_PUBLIC = "already_public", _("already public: published by somebody else")
