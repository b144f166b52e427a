"""What two items were found to have in common, and why; always a suggestion that a person decides."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Literal

from kuager.core.digest import JsonValue


class Kind(Enum):
    """What a pair seems to be.

    Attributes
    ----------
    SAME_FOOTAGE
        Both show the same recording over most of the time of each.
    EXCERPT
        A part of one is in the other: cut out, put into a compilation, or a still taken from it.
    SAME_PICTURE
        Two stills that go back to one photograph or one design.
    SAME_PLACE
        The same place or object, taken another time or from another camera.
    SAME_SOUND
        The same sound under pictures that do not match: a dubbed video, or two cameras at one event.
    """

    SAME_FOOTAGE = "same_footage"
    EXCERPT = "excerpt"
    SAME_PICTURE = "same_picture"
    SAME_PLACE = "same_place"
    SAME_SOUND = "same_sound"


@dataclass(frozen=True, kw_only=True, slots=True)
class Box:
    """A part of a picture, as shares of its width and height from the upper left corner, each 0 to 1."""

    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Span:
    """Which stretch of the first item is which stretch of the second.

    Attributes
    ----------
    first_from, first_to, second_from, second_to
        Seconds; 0 to 0 for stills.
    speed
        How much faster the second runs than the first: 1.25 means that 5 seconds became 4.
    is_mirrored
        Whether left and right are exchanged.
    first_box, second_box
        The part of the first picture that the second shows, and where in the second it stands.
    scale
        Size of the content in the second over its size in the first, in points of the full pictures.
    score
        0 to 1, see ``Relation``.
    """

    first_from: float
    first_to: float
    second_from: float
    second_to: float
    speed: float
    is_mirrored: bool
    first_box: Box
    second_box: Box
    scale: float
    score: float


@dataclass(frozen=True, kw_only=True, slots=True)
class Relation:
    """A suggested relation of two items.

    Attributes
    ----------
    kind
        What the pair seems to be.
    score
        0 to 1. Videos: from .6 the same footage, .45 to .6 a person must look, below .45 the same place.
        Stills: the same from .88, a person from .45.
    is_clear
        False where the signals are weak or disagree: a person must look before anything is concluded.
    why
        The measurements behind it, by name: see docs/methods/evidence.md, section "Copies".
    spans
        Aligned stretches, longest first; none for ``SAME_PLACE``; boxes of ``SAME_SOUND`` mean nothing.
    fuller
        Which of the two shows more (longer, wider, finer), or None where they differ in ways that cannot be
        weighed against each other. ``why`` has the three measures.
    """

    kind: Kind
    score: float
    is_clear: bool
    why: Mapping[str, JsonValue]
    spans: tuple[Span, ...]
    fuller: Literal["first", "second"] | None
