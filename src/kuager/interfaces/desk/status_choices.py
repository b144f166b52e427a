"""The statuses and age groups a form offers, and how grave a status looks on a page."""

from django.utils.translation import gettext_lazy as _

from kuager.core.ages import AGE_GROUPS
from kuager.domain.register.terms import AXIS_STATUSES, Status

TONES = {
    Status.DEAD: "bad",
    Status.MISSING: "bad",
    Status.DETAINED: "warn",
    Status.REMANDED: "warn",
    Status.HOUSE_ARREST: "warn",
    Status.IMPRISONED: "warn",
    Status.INJURED: "warn",
    Status.HOSPITALISED: "warn",
    Status.RELEASED: "good",
    Status.RECOVERED: "good",
    Status.ALIVE: "good",
}


def status_choices() -> list[tuple[object, object]]:
    """Return the choices of a form, grouped by axis; each status belongs to one axis."""
    groups: list[tuple[object, object]] = [("", "—")]
    for axis, statuses in AXIS_STATUSES.items():
        groups.append((axis.label, [(status.value, status.label) for status in statuses]))
    return groups


def age_groups() -> list[tuple[object, object]]:
    """Return the choices of a form; "unknown" in the reader's language."""
    return [(group, _("not known") if group == "unknown" else group) for group in AGE_GROUPS]


def status_word(status: str) -> str:
    """Return a status in the reader's language; "" where nothing is said."""
    return str(Status(status).label) if status else ""


def tone(status: str) -> str:
    """Return how a status is shown: grave, worrying, or good."""
    return TONES.get(Status(status), "soft") if status else "soft"
