"""Words for the fields a column can hold."""

from django.utils.translation import gettext_lazy as _

from kuager.domain.lists.queries import MAPPING_FIELDS

UNREAD = ""
FIELD_WORDS = {
    "list_id": _("number on the list"),
    "name": _("full name"),
    "family": _("family name"),
    "given": _("given name"),
    "patronymic": _("patronymic"),
    "alias": _("alias"),
    "name_other_script": _("name in another script"),
    "sex": _("sex"),
    "age": _("age"),
    "birth_date": _("date of birth"),
    "event_date": _("date of the event"),
    "event_place": _("place of the event"),
    "region": _("region"),
    "home": _("home"),
    "occupation": _("occupation"),
    "category": _("category"),
    "status": _("status"),
    "status_date": _("date of the status"),
    "facility": _("facility"),
    "authority": _("authority"),
    "note": _("note"),
    "source_url": _("link to the source"),
    "ignore": _("ignore"),
    "place": _("place"),
    "birth": _("date of birth"),
    "event": _("date of the event"),
    "statuses": _("status"),
    "aliases": _("alias"),
    "age_min": _("age, at least"),
    "age_max": _("age, at most"),
    "other_names": _("name in another script"),
    "given name": _("given name"),
    "family line": _("family name and father"),
    "number": _("number"),
    "contact": _("contact"),
}


def field_choices() -> list[tuple[str, object]]:
    """Every field a column can hold, and the choice to keep a column without reading it."""
    fields = [(name, FIELD_WORDS.get(name, name)) for name in MAPPING_FIELDS if name != "ignore"]
    return [(UNREAD, _("keep, do not read")), *fields]


def field_word(name: str) -> str:
    """Name a field for readers; a name without a word is shown as it is."""
    return str(FIELD_WORDS.get(name, name.replace("_", " ")))
