"""The words of the people room."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Sex(TextChoices):
    """Sex as the source says it; empty means the source does not say."""

    UNKNOWN = "", _("not known")
    FEMALE = "female", _("female")
    MALE = "male", _("male")


class Verdict(TextChoices):
    """What a reviewer says of two records."""

    SAME = "same", _("same person")
    DIFFERENT = "different", _("different people")
    UNSURE = "unsure", _("unsure")


class Method(TextChoices):
    """How a judgement came about."""

    REVIEW = "review", _("a person compared the two records")
    LINK_RUN = "link_run", _("a person accepted the links of a run above a threshold")
    EDITION = "edition", _("the same row in a newer edition of the same list")


class NameKind(TextChoices):
    """What another name of a record is."""

    ALIAS = "alias", _("alias")
    OTHER_SCRIPT = "other_script", _("the same name in another script")


class KeyRole(TextChoices):
    """Which part of a name a search key comes from."""

    GIVEN = "given", _("given name")
    FAMILY = "family", _("family name")
    PATRONYMIC = "patronymic", _("patronymic")
    OTHER = "other", _("other")
