"""The pieces of a printed document, as plain values."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias


class TextKind(StrEnum):
    """How a paragraph is printed."""

    PLAIN = "plain"
    LEAD = "lead"
    SMALL = "small"
    NOTE = "note"


class Column(StrEnum):
    """What a column of a table holds: text (it shares the width left), short text, numbers, or bars."""

    TEXT = "text"
    SHORT = "short"
    NUMBER = "number"
    BAR = "bar"


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a section."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Some sentences."""

    text: str
    kind: TextKind = TextKind.PLAIN


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``is_strong`` for sums. A bar is its share of the column's width, 0 to 1."""

    cells: Sequence[str | float]
    is_strong: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """A table with a header. Bars are ornament: the number they show must stand in a cell of its own."""

    columns: Sequence[Column]
    header: Sequence[str]
    rows: Sequence[Row]


@dataclass(frozen=True, slots=True)
class Items:
    """A list of short texts, in one or more columns that are read one after the other."""

    items: Sequence[str]
    columns: int = 1


@dataclass(frozen=True, slots=True)
class Break:
    """The next piece begins a new page, in letters of this size; 1 is the usual size."""

    scale: float = 1.0


Piece: TypeAlias = Heading | Paragraph | Table | Items | Break


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A document to print on A4.

    Attributes
    ----------
    title
        Its heading and its title in the file.
    language
        Code of its language, such as "kk": readers' programs speak it so.
    day
        The day written into the file as its date.
    pieces
        What is printed, in order.
    footer
        Printed at the foot of every page, before the number of the page.
    scale
        Size of the letters up to the first break, 1 for the usual size.
    """

    title: str
    language: str
    day: date
    pieces: Sequence[Piece]
    footer: str = ""
    scale: float = 1.0
