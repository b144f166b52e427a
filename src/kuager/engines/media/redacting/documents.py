"""Copies of PDF documents: pages are drawn, covered, and put together as a new file of pictures."""

from collections.abc import Iterator, Sequence
from typing import BinaryIO

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting.boxes import Area, PixelBox
from kuager.engines.media.redacting.page_reading import (
    Document,
    Letter,
    PdfPage,
    occurs,
    opened,
    places_of,
)
from kuager.engines.media.redacting.page_writing import Line, PdfWriter
from kuager.engines.media.redacting.painting import Plane
from kuager.engines.media.redacting.recipe import OtherPages, Recipe

GRID = 8
# A letter's rectangle is the font's; what stands over it (a hook, an accent) is covered too.
AROUND = 3
_INK = 24


class TextNotFoundError(BadInputError):
    """A text that was to be removed stands nowhere in the document's text; ``number`` counts from 1."""

    def __init__(self, number: int) -> None:
        super().__init__(
            f"text {number} to remove is nowhere in the text of this document; if it stands in a picture, "
            "draw boxes over it"
        )
        self.number = number


def redact_document(source: BinaryIO, recipe: Recipe, sink: BinaryIO) -> str:
    """Write the covered document; return its media type.

    Raises
    ------
    TextNotFoundError
        When a text is found on no page: silence would look like success.
    """
    with opened(source) as document:
        check_pages(document, recipe)
        found: set[int] = set()
        writer = PdfWriter(sink)
        for number in range(1, len(document) + 1):
            with document.page(number) as page:
                found |= _write_page(page, number, recipe, writer)
        for position, _ in enumerate(recipe.texts):
            if position not in found:
                raise TextNotFoundError(position + 1)
        writer.close()
    return "application/pdf"


def check_pages(document: Document, recipe: Recipe) -> None:
    """Refuse areas on pages that the document does not have."""
    highest = max((area.page or 0 for area in recipe.areas), default=0)
    if highest > len(document):
        raise BadInputError(
            f"the recipe covers something on page {highest}; the document has {len(document)} pages"
        )


def _write_page(page: PdfPage, number: int, recipe: Recipe, writer: PdfWriter) -> set[int]:
    letters = page.letters() if recipe.texts or recipe.other_pages is OtherPages.TEXT else []
    on_page = {n for n, text in enumerate(recipe.texts) if occurs(letters, text)}
    pixels = page.draw()
    size = (page.width_pt, page.height_pt)
    areas = [area for area in recipe.areas if area.page == number]
    if not areas and not on_page:
        keeps_text = recipe.other_pages is OtherPages.TEXT
        writer.page(pixels, size, list(_lines(page, letters, pixels)) if keeps_text else ())
        return on_page
    for box in covered(pixels, areas, letters, [recipe.texts[n] for n in on_page]):
        pixels[box.top : box.bottom, box.left : box.right] = 0
    writer.page(pixels, size)
    return on_page


def covered(
    pixels: Plane, areas: Sequence[Area], letters: Sequence[Letter], texts: Sequence[str]
) -> list[PixelBox]:
    """Return everything that is covered on a page, on whole blocks of the picture."""
    height, width = pixels.shape[:2]
    boxes = [area.pixels(0, width, height, grid=GRID) for area in areas]
    places = [place for text in texts for place in places_of(letters, text)]
    return boxes + [_around(place, width, height) for place in places]


def _around(place: PixelBox, width: int, height: int) -> PixelBox:
    return PixelBox(
        max(0, place.left - AROUND) // GRID * GRID,
        max(0, place.top - AROUND) // GRID * GRID,
        min(width, -(-(place.right + AROUND) // GRID) * GRID),
        min(height, -(-(place.bottom + AROUND) // GRID) * GRID),
    )


def _lines(page: PdfPage, letters: Sequence[Letter], pixels: Plane) -> Iterator[Line]:
    """Give the text that can be seen: letters over which nothing is drawn are hidden ones, and stay out."""
    run: list[Letter] = []
    for letter in [*letters, Letter("\n", None)]:
        if letter.place is None or letter.text in "\r\n" or not letter.text.isprintable():
            yield from _line(page, run, pixels)
            run = []
        elif letter.text.isspace() or _is_seen(letter.place, pixels):
            if run and not _continues(run[-1], letter):
                yield from _line(page, run, pixels)
                run = []
            run.append(letter)


def _continues(before: Letter, after: Letter) -> bool:
    one, other = before.place, after.place
    return one is not None and other is not None and one.top < other.bottom and other.top < one.bottom


def _is_seen(place: PixelBox, pixels: Plane) -> bool:
    part = pixels[place.top : place.bottom, place.left : place.right]
    return bool(part.size) and int(part.max()) - int(part.min()) > _INK


def _line(page: PdfPage, run: Sequence[Letter], pixels: Plane) -> Iterator[Line]:
    text = "".join(letter.text for letter in run).strip()
    places = [letter.place for letter in run if letter.place is not None]
    if not text or not places:
        return
    height, width = pixels.shape[:2]
    across, down = page.width_pt / width, page.height_pt / height
    left, right = min(place.left for place in places), max(place.right for place in places)
    top, bottom = min(place.top for place in places), max(place.bottom for place in places)
    yield Line(
        text=text,
        left=left * across,
        bottom=(height - bottom) * down,
        width=(right - left) * across,
        height=max(1.0, (bottom - top) * down),
    )
