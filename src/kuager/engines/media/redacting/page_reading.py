"""Reading the pages of a PDF file as a person sees them, and the text that a machine finds on them."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from ctypes import byref, c_int
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pypdfium2 as pdfium
import pypdfium2.raw as pdfium_c

from kuager.core.errors import BadInputError
from kuager.engines.media.redacting.boxes import PixelBox
from kuager.engines.media.redacting.painting import Plane

MOST_PAGES = 1_000
MOST_BYTES = 300 << 20
DPI = 170
LONGEST_PIXELS = 4_000
POINTS = 72
_NOT_COMPARED = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter of a page's text, and its rectangle in pixels of the drawn page (None: it has no place)."""

    text: str
    place: PixelBox | None


class PdfPage:
    """One page, opened."""

    def __init__(self, page: pdfium.PdfPage) -> None:
        self._page = page
        self.width_pt, self.height_pt = page.get_size()
        scale = DPI / POINTS
        longest = max(self.width_pt, self.height_pt, 1.0) * scale
        self._scale = scale * min(1.0, LONGEST_PIXELS / longest)

    def draw(self) -> Plane:
        """Draw it with everything that is shown: filled forms and comments as well."""
        bitmap = self._page.render(
            scale=self._scale, may_draw_forms=True, draw_annots=True, rev_byteorder=True
        )
        pixels = bitmap.to_numpy()
        if pixels.ndim == 2:
            return np.repeat(pixels[:, :, None], 3, axis=2)
        return np.ascontiguousarray(pixels[:, :, :3])

    def size(self) -> tuple[int, int]:
        """Return width and height of the drawn page in pixels."""
        return -int(-self.width_pt * self._scale // 1), -int(-self.height_pt * self._scale // 1)

    def letters(self) -> list[Letter]:
        """Return the text in the order of the file, whether it can be seen or not."""
        width, height = self.size()
        return [Letter(letter, self._place(where, width, height)) for letter, where in self._read()]

    def _read(self) -> list[tuple[str, tuple[float, float, float, float]]]:
        """Read letters and rectangles in points; on a turned page lines would come in another order."""
        turn = self._page.get_rotation()
        self._page.set_rotation(0)
        try:
            text = self._page.get_textpage()
            return [
                (
                    chr(pdfium_c.FPDFText_GetUnicode(text.raw, number) % 0x110000),
                    text.get_charbox(number, loose=True),
                )
                for number in range(text.count_chars())
            ]
        finally:
            self._page.set_rotation(turn)

    def _place(self, charbox: Sequence[float], width: int, height: int) -> PixelBox | None:
        left, bottom, right, top = charbox
        if right - left <= 0 and top - bottom <= 0:
            return None
        corners = [self._pixel(x, y, width, height) for x in (left, right) for y in (bottom, top)]
        across, down = [x for x, _ in corners], [y for _, y in corners]
        return PixelBox(
            max(0, min(across)), max(0, min(down)), min(width, max(across) + 1), min(height, max(down) + 1)
        )

    def _pixel(self, x: float, y: float, width: int, height: int) -> tuple[int, int]:
        """Turn a point of the page into a pixel; pdfium knows rotation and crop."""
        across, down = c_int(), c_int()
        pdfium_c.FPDF_PageToDevice(self._page.raw, 0, 0, width, height, 0, x, y, byref(across), byref(down))
        return across.value, down.value


@contextmanager
def opened(source: BinaryIO) -> Iterator["Document"]:
    """Open a PDF file.

    Raises
    ------
    BadInputError
        When it cannot be read, asks for a password or has more than 1,000 pages.
    """
    source.seek(0)
    # Read whole: the library's way of asking for parts needs memory that may be executed, which is forbidden.
    data = source.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BadInputError(f"expected a document of at most {MOST_BYTES >> 20} MiB")
    try:
        file = pdfium.PdfDocument(data)
    except pdfium.PdfiumError:
        raise BadInputError("expected a PDF file that opens without a password") from None
    try:
        if not 0 < len(file) <= MOST_PAGES:
            raise BadInputError(f"expected 1 to {MOST_PAGES} pages; the document has {len(file)}")
        file.init_forms()
        yield Document(file)
    finally:
        file.close()


class Document:
    """An opened PDF file."""

    def __init__(self, file: pdfium.PdfDocument) -> None:
        self._file = file

    def __len__(self) -> int:
        """Return the number of pages."""
        return len(self._file)

    @contextmanager
    def page(self, number: int) -> Iterator[PdfPage]:
        """Open a page; numbers begin with 1."""
        if not 1 <= number <= len(self._file):
            raise BadInputError(f"expected a page from 1 to {len(self._file)}, got {number}")
        try:
            page = self._file[number - 1]
        except pdfium.PdfiumError:
            raise BadInputError(f"page {number} is damaged") from None
        try:
            yield PdfPage(page)
        finally:
            page.close()


def comparable(text: str) -> str:
    """Return a text as it is compared: letters and digits, without case, blanks or hyphens."""
    return _NOT_COMPARED.sub("", unicodedata.normalize("NFKC", text).casefold())


def places_of(letters: Sequence[Letter], text: str) -> list[PixelBox]:
    """Return the rectangles of all letters of every occurrence of a text."""
    wanted = comparable(text)
    folded, owners = [], []
    for number, letter in enumerate(letters):
        for part in comparable(letter.text):
            folded.append(part)
            owners.append(number)
    whole, places, at = "".join(folded), list[PixelBox](), 0
    while wanted and (at := whole.find(wanted, at)) >= 0:
        for number in range(owners[at], owners[at + len(wanted) - 1] + 1):
            place = letters[number].place
            if place is not None:
                places.append(place)
        at += 1
    return places


def occurs(letters: Sequence[Letter], text: str) -> bool:
    """Whether a text stands on a page, also where it has no place."""
    wanted = comparable(text)
    return bool(wanted) and wanted in comparable("".join(letter.text for letter in letters))
