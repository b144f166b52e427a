"""PDF: what it says of itself, its pages as points of colour, their letters; by PDFium, without scripts."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside.describing import Description, pdf_time
from kuager.engines.media.points import Drawing, give

if TYPE_CHECKING:
    from kuager.engines.media.child import Output


def prepare() -> None:
    """Open one document of our own, so that everything PDFium's wrapper loads on first use is loaded."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    target = io.BytesIO()
    document.save(target)
    opened = pypdfium2.PdfDocument(target)
    opened[0].render(scale=1, may_draw_forms=False, rev_byteorder=True, prefer_bgrx=False)
    opened[0].get_textpage().get_text_bounded()
    # Kept open: PDFium asks for bytes by a callback, whose executable memory cannot be made later.
    _kept.append(opened)


_MOST_PAGES = 100_000
_kept: list[object] = []


def probe(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Describe a PDF: pages, size of the first page, its own statements, what is attached or scripted."""
    document = _opened(source)
    description = Description()
    description.fact("pages", len(document))
    version = document.get_version() or 0
    description.fact("format", f"PDF {version // 10}.{version % 10}")
    if len(document) > 0:
        width, height = document.get_page_size(0)
        description.fact("width", round(width))
        description.fact("height", round(height))
    description.fact("attachments", document.count_attachments())
    description.fact("scripts", pdfium.FPDFDoc_GetJavaScriptActionCount(document))
    for name, value in document.get_metadata_dict(skip_empty=True).items():
        description.found("pdf", name, value, pdf_time(value) if name.endswith("Date") else "")
    output.result(description.to_json())


def page(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Draw one page, from 1 on, at most ``side`` points wide and high, without its forms."""
    document = _opened(source)
    number, side = int(request["page"]), int(request["side"])
    if not 1 <= number <= len(document):
        raise UnreadableMediaError(Reason.NOT_THERE)
    wanted = document[number - 1]
    scale = side / max(*wanted.get_size(), 1.0)
    drawn = wanted.render(scale=scale, may_draw_forms=False, rev_byteorder=True, prefer_bgrx=False)
    if drawn.n_channels != 3:
        raise UnreadableMediaError(Reason.NOT_UNDERSTOOD)
    rows, stride, width = memoryview(drawn.buffer).cast("B"), drawn.stride, drawn.width * 3
    points = b"".join(rows[row * stride : row * stride + width] for row in range(drawn.height))
    told: dict[str, Any] = {"frames": [], "duration": None, "pages": min(len(document), _MOST_PAGES)}
    give(output, told, [Drawing(drawn.width, drawn.height, points, 0)])


def text(request: Mapping[str, Any], source: BinaryIO, output: "Output") -> None:
    """Give the letters of one page, counted from 1, as UTF-8; at most 200,000 characters."""
    document = _opened(source)
    number = int(request["page"])
    if not 1 <= number <= len(document):
        raise UnreadableMediaError(Reason.NOT_THERE)
    letters: str = document[number - 1].get_textpage().get_text_bounded()
    output.result(letters[:200_000].encode("utf-8", "replace"))


def _opened(source: BinaryIO) -> pypdfium2.PdfDocument:
    try:
        return pypdfium2.PdfDocument(source)
    except pypdfium2.PdfiumError as error:
        is_locked = "password" in str(error).lower()
        raise UnreadableMediaError(Reason.LOCKED if is_locked else Reason.NOT_UNDERSTOOD) from None
