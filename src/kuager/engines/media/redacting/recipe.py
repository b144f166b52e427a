"""A recipe: what a copy is made of an original, as a closed, versioned form of JSON.

The recipe tells all that was decided by people; with the original and the same programs it gives the same
picture again (the noise of a mosaic excepted). Keys that the form does not know are refused, so that nobody
believes that something was removed which this version cannot remove.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.engines.media.redacting.boxes import Area, Cover, Span

VERSION = 1
LONGEST_SIDE = 1920


class Making(StrEnum):
    """What kind of copy is made."""

    REDACTED = "redacted"
    STRIPPED = "stripped"
    TRANSCODED = "transcoded"
    STILL = "still"


class Kind(StrEnum):
    """What the original is for the recipe."""

    IMAGE = "image"
    VIDEO = "video"
    SOUND = "sound"
    DOCUMENT = "document"


class OtherPages(StrEnum):
    """What becomes of the pages of a document on which nothing is covered.

    Both are drawn anew as pictures. ``TEXT`` lays the text that can be seen on the page over it again, so
    that it can be searched.
    """

    PIXELS = "pixels"
    TEXT = "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How a copy is made.

    Attributes
    ----------
    areas
        What is covered in the picture, the video or the document.
    has_sound
        Whether any sound remains.
    silences
        Spans of sound that are set to zero.
    texts
        Texts that are removed from a document wherever they stand in its text. Compared without regard to
        case, blanks and hyphens at the end of a line.
    other_pages
        Of documents: see OtherPages.
    longest_side
        Bound of the copy's longer side in pixels, for videos and stills.
    container
        ``mp4`` or ``webm``, for transcoded videos.
    at_ms
        Which moment a still shows.
    """

    make: Making
    of: Kind
    areas: Sequence[Area] = ()
    has_sound: bool = True
    silences: Sequence[Span] = ()
    texts: Sequence[str] = ()
    other_pages: OtherPages = OtherPages.PIXELS
    longest_side: int = LONGEST_SIDE
    container: str = "mp4"
    at_ms: int = 0

    def as_json(self) -> dict[str, JsonValue]:
        """Return the form that is stored; it holds exactly what this kind of copy needs."""
        form: dict[str, JsonValue] = {"version": VERSION, "make": self.make.value, "of": self.of.value}
        moving = self.of is Kind.VIDEO
        if self.make is Making.REDACTED:
            form |= self._redaction()
        if self.make is Making.STILL:
            form["at_ms"] = self.at_ms
        if self.make is Making.TRANSCODED and moving:
            form["container"] = self.container
        if moving and self.make is not Making.STRIPPED:
            form["longest_side"] = self.longest_side
        return form

    def _redaction(self) -> dict[str, JsonValue]:
        form: dict[str, JsonValue] = {}
        if self.of is not Kind.SOUND:
            form["areas"] = [_area_json(area, self.of) for area in self.areas]
        if self.of in (Kind.VIDEO, Kind.SOUND):
            form["silences"] = [{"from_ms": one.from_ms, "until_ms": one.until_ms} for one in self.silences]
        if self.of is Kind.VIDEO:
            form["has_sound"] = self.has_sound
        if self.of is Kind.DOCUMENT:
            form["texts"] = list(self.texts)
            form["other_pages"] = self.other_pages.value
        return form

    @classmethod
    def from_json(cls, form: object) -> "Recipe":
        """Read the form.

        Raises
        ------
        BadInputError
            When anything is missing, unknown or out of range; it names what was expected and where.
        """
        from kuager.engines.media.redacting.recipe_reading import read_recipe

        return read_recipe(form)

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the canonical JSON, in hex."""
        return sha256_hex(canonical_json(self.as_json()))

    @property
    def has_mosaic(self) -> bool:
        """Whether a cover was chosen that is not safe."""
        return any(area.cover is Cover.MOSAIC for area in self.areas)

    def summary(self) -> Mapping[str, int]:
        """Return how much was removed, in numbers that tell nothing about what it was."""
        return {
            "areas": len(self.areas),
            "silences": len(self.silences),
            "texts": len(self.texts),
            "pages": len({area.page for area in self.areas if area.page is not None}),
            "without_sound": int(self.make is Making.REDACTED and not self.has_sound),
            "mosaics": sum(area.cover is Cover.MOSAIC for area in self.areas),
        }


def _area_json(area: Area, kind: Kind) -> dict[str, JsonValue]:
    form: dict[str, JsonValue] = {"cover": area.cover.value}
    boxes: list[JsonValue] = [
        {"at_ms": key.at_ms, "box": [key.box.x, key.box.y, key.box.width, key.box.height]}
        for key in area.path
    ]
    if kind is Kind.VIDEO:
        return {**form, "path": boxes, "until_ms": area.until_ms}
    box = area.path[0].box
    form["box"] = [box.x, box.y, box.width, box.height]
    return {**form, "page": area.page} if kind is Kind.DOCUMENT else form
