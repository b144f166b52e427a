"""Printed documents: structured text in, tagged PDF/A-2a out, which is also PDF/UA-1.

Promises: the same document gives the same bytes (no clock, no machine's fonts, no network); text is never
read as markup; the file names no person, folder or machine beyond what is printed. What the carried fonts
cannot draw is printed as an empty box rather than left out. Failure model: a text that the type-setter
refuses all the same is an error, never a half page.
"""

from kuager.engines.documents.pieces import (
    Break,
    Column,
    Document,
    Heading,
    Items,
    Paragraph,
    Row,
    Table,
    TextKind,
)
from kuager.engines.documents.rendering import Printed, print_document, print_fitting

__all__ = [
    "Break",
    "Column",
    "Document",
    "Heading",
    "Items",
    "Paragraph",
    "Printed",
    "Row",
    "Table",
    "TextKind",
    "print_document",
    "print_fitting",
]
