"""Setting a document in type."""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import resources

import typst

from kuager.core.errors import BadInputError
from kuager.engines.documents.letters import drawable
from kuager.engines.documents.pieces import Break, Document, Heading, Items, Paragraph, Piece, Row, Table

# PDF/A-2a: to be kept for decades, with its text and structure; PDF/UA-1: to be read aloud.
STANDARDS: "list[typst.PDFStandard]" = ["a-2a", "ua-1"]


@dataclass(frozen=True, slots=True)
class Printed:
    """A finished file and how many pages it has."""

    pdf: bytes
    pages: int


def print_document(document: Document) -> Printed:
    """Set a document in type.

    Raises
    ------
    BadInputError
        When a row of a table has more or fewer cells than the table has columns, or a text cannot be set.
    """
    inputs = {"document": json.dumps(_as_json(document), ensure_ascii=False)}
    try:
        pdf = typst.compile(
            _page(), format="pdf", ignore_system_fonts=True, sys_inputs=inputs, pdf_standards=STANDARDS
        )
        pages = typst.query(
            _page(), "<pages>", field="value", one=True, ignore_system_fonts=True, sys_inputs=inputs
        )
    except typst.TypstError:
        # Its message quotes the text, which may be a name.
        raise BadInputError("the document cannot be set in type; a text in it is refused") from None
    if not isinstance(pdf, bytes):
        raise BadInputError("the document cannot be set in type as one file")
    return Printed(pdf, int(json.loads(pages)))


def print_fitting(choices: Iterable[tuple[Document, int]]) -> Printed:
    """Print the first document that takes no more than its number of pages; the last one in any case.

    Raises
    ------
    BadInputError
        When there is nothing to choose from.
    """
    printed = None
    for document, most_pages in choices:
        printed = print_document(document)
        if printed.pages <= most_pages:
            return printed
    if printed is None:
        raise BadInputError("there is no document to print")
    return printed


@cache
def _page() -> bytes:
    return resources.files("kuager.engines.documents").joinpath("page.typ").read_bytes()


def _as_json(document: Document) -> dict[str, object]:
    return {
        "title": drawable(document.title),
        "language": document.language,
        "year": document.day.year,
        "month": document.day.month,
        "day": document.day.day,
        "footer": drawable(document.footer),
        "scale": document.scale,
        "pieces": [_piece(piece) for piece in document.pieces],
    }


def _piece(piece: Piece) -> dict[str, object]:
    match piece:
        case Heading(text):
            return {"piece": "heading", "text": drawable(text)}
        case Paragraph(text, kind):
            return {"piece": "paragraph", "text": drawable(text), "kind": kind.value}
        case Items(items, columns):
            return {"piece": "items", "items": [drawable(item) for item in items], "columns": columns}
        case Break(scale):
            return {"piece": "break", "scale": scale}
        case Table():
            return _table(piece)


def _table(table: Table) -> dict[str, object]:
    width = len(table.columns)
    if any(len(cells) != width for cells in (table.header, *(row.cells for row in table.rows))):
        raise BadInputError(f"every row of the table must have {width} cells, as many as it has columns")
    return {
        "piece": "table",
        "columns": [column.value for column in table.columns],
        "header": [drawable(word) for word in table.header],
        "rows": [_row(row) for row in table.rows],
    }


def _row(row: Row) -> dict[str, object]:
    cells = [drawable(cell) if isinstance(cell, str) else min(max(cell, 0.0), 1.0) for cell in row.cells]
    return {"cells": cells, "strong": row.is_strong}
