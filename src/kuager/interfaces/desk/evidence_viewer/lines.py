"""Marks as a page lists them: where they stand, what they say, and the line by which others can cite them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext

from kuager.domain.evidence.operations.marking import locator
from kuager.interfaces.desk.evidence_viewer.places import Place

if TYPE_CHECKING:
    from collections.abc import Sequence

    from django.http import HttpRequest

    from kuager.domain.evidence.models import Mark
    from kuager.domain.evidence.queries import OpenedMark
    from kuager.interfaces.desk.evidence_viewer.asked import AskedItem


@dataclass(frozen=True, kw_only=True)
class MarkLine:
    """One mark of the list.

    Attributes
    ----------
    query
        The end of the address that leads there, with the mark, so that its box is drawn.
    is_here
        The reader came by this mark: its box is drawn in the picture.
    citation
        A line to copy into a text of one's own.
    """

    row: "Mark"
    note: str
    where: str
    query: str
    is_here: bool
    citation: str

    @property
    def has_box(self) -> bool:
        """Whether it marks a part of the picture."""
        return self.row.box_width is not None


def mark_lines(marks: "Sequence[OpenedMark]", request: "HttpRequest", asked: "AskedItem") -> list[MarkLine]:
    """Return the marks in the order in which they stand in the item."""
    chosen = request.GET.get("mark", "")
    return [_line(one, asked, is_here=chosen == str(one.row.pk)) for one in marks]


def _line(mark: "OpenedMark", asked: "AskedItem", *, is_here: bool) -> MarkLine:
    place = Place(ms=mark.row.time_ms or 0, page=mark.row.page or 1)
    joint = "&" if place.query else "?"
    return MarkLine(
        row=mark.row,
        note=mark.note,
        where=_where(mark.row, place),
        query=f"{place.query}{joint}mark={mark.row.pk}",
        is_here=is_here,
        citation=citation_line(mark.row, asked),
    )


def _where(row: "Mark", place: Place) -> str:
    if row.time_ms is not None:
        return place.code
    if row.page is not None:
        return gettext("page %(page)d") % {"page": row.page}
    return gettext("the whole")


def citation_line(row: "Mark", asked: "AskedItem") -> str:
    """Return where a mark stands, for a text outside: enough to find it here, and no name in it."""
    kept = f"{asked.item.acquired_at:%Y-%m-%d}"
    return f"{locator(row)} (kept {kept}, mark {row.pk})"


def mark_address(row: "Mark", number: int) -> str:
    """Return the address of a mark on the page of looking."""
    place = Place(ms=row.time_ms or 0, page=row.page or 1)
    joint = "&" if place.query else "?"
    return f"{reverse('evidence-look', args=[number])}{place.query}{joint}mark={row.pk}#picture"
