"""PDF: what it says of itself, and the letters of its pages, by PDFium, without scripts."""

import io
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

import pypdfium2
import pypdfium2.raw as pdfium

from kuager.engines.media.errors import Reason, UnreadableMediaError
from kuager.engines.media.inside.describing import Description, pdf_time

if TYPE_CHECKING:
    from kuager.engines.media.child import Output


def prepare() -> None:
    """Open one document of our own, so that everything PDFium's wrapper loads on first use is loaded."""
    document = pypdfium2.PdfDocument.new()
    document.new_page(10, 10)
    target = io.BytesIO()
    document.save(target)
    opened = pypdfium2.PdfDocument(target)
    opened[0].get_textpage().get_text_bounded()
    # Kept open: PDFium asks for bytes by a callback, whose executable memory cannot be made later.
    _kept.append(opened)


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
