"""What was compared and how large a copy is, in words."""

import json
from typing import TYPE_CHECKING

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from kuager.domain.evidence.models import ItemRelation
    from kuager.domain.evidence.rules.completeness import Measure

WHY = {
    "likeness_of_movement": _("likeness of what moves (0 to 1; from 0.6 on the same footage)"),
    "loose_ends": _("ends at which the likeness breaks off without a cut"),
    "moments_of_movement": _("moments at which something moves in both"),
    "points_of_best_frame": _("points of one picture that fit the other"),
    "pairs_of_frames": _("pairs of pictures that fit"),
    "agreement_of_details": _("agreement of the details of both pictures (0 to 1)"),
    "share_of_first": _("share of the first item that is in the second"),
    "share_of_second": _("share of the second item that is in the first"),
    "area_of_first": _("share of the first picture that the second shows"),
    "area_of_second": _("share of the second picture that the first shows"),
    "scale": _("size of things in the second over their size in the first"),
    "equal_words_of_sound": _("marks of the sound at the same distances in both"),
    "sound_speed": _("speed of the second sound over the first"),
    "sound_offset_seconds": _("seconds by which the second sound begins later"),
    "bytes": _("bytes that are the same"),
    "is_clear": _("clear by the measures themselves"),
    "is_mirrored": _("left and right exchanged"),
    "fuller": _("shows more: item"),
    "stretches": _("seconds of the first that are seconds of the second"),
}
"""The measurements of the similarity engine, as readers know them."""


def why_lines(relation: "ItemRelation") -> list[tuple[str, str]]:
    """Return the measurements behind a suggestion: what was measured, and the value."""
    told = json.loads(relation.why) if relation.why else {}
    return [
        (
            str(WHY.get(name, name.replace("_", " "))),
            _stretches(value) if name == "stretches" else _value(value),
        )
        for name, value in told.items()
        if value not in (None, [])
    ]


def _stretches(value: list[list[float]]) -> str:
    """Say which seconds are which: ``0.0-2.3 = 5.0-7.3``."""
    return "; ".join(f"{a:.1f}-{b:.1f} = {c:.1f}-{d:.1f}" for a, b, c, d in value)


def _value(value: object) -> str:
    if isinstance(value, bool):
        return gettext("yes") if value else gettext("no")
    if isinstance(value, float):
        return f"{value:.2f}"
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
