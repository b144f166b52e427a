"""What was compared and how large a copy is, in words."""

import json
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from kuager.domain.evidence.models import ItemRelation
    from kuager.domain.evidence.rules.completeness import Measure

WHY = {
    "points": _("points of the pictures that fit each other"),
    "motion": _("likeness of what moves, from 0 to 1"),
    "sound": _("sounds that are heard at the same moments in both"),
    "seconds": _("seconds that are aligned"),
    "bytes": _("every byte is the same"),
}


def why_lines(relation: "ItemRelation") -> list[tuple[str, str]]:
    """Return the measurements behind a suggestion: what was measured, and the value."""
    told = json.loads(relation.why) if relation.why else {}
    return [(str(WHY.get(name, name.replace("_", " "))), _value(value)) for name, value in told.items()]


def _value(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, float):
        return f"{value:.2f}"
    if isinstance(value, list):
        return ", ".join(_value(one) for one in value)
    return str(value)


def measure_words(measure: "Measure | None") -> str:
    """Say how large and how long a copy is: ``1920 × 1080, 0:42``; nothing when it was not read."""
    if measure is None:
        return ""
    parts = []
    if measure.width and measure.height:
        parts.append(f"{measure.width} × {measure.height}")
    if measure.duration_ms:
        seconds = round(measure.duration_ms / 1000)
        hours, rest = divmod(seconds, 3600)
        clock = f"{rest // 60}:{rest % 60:02d}"
        parts.append(f"{hours}:{rest // 60:02d}:{rest % 60:02d}" if hours else clock)
    return ", ".join(parts)
