"""Pages of answers that come with an offset and a total."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.paginator import Page, Paginator

if TYPE_CHECKING:
    from django.http import HttpRequest


@dataclass(frozen=True, slots=True)
class Window:
    """Which part of a long answer was asked for."""

    number: int
    size: int

    @property
    def offset(self) -> int:
        """Answers to pass over."""
        return (self.number - 1) * self.size

    def page(self, total: int) -> "Page[int]":
        """Return what the links to other pages need to know."""
        return Paginator(range(total), self.size).get_page(self.number)


def asked_window(request: "HttpRequest", size: int) -> Window:
    """Read the page number of the address; what is no number is the first page."""
    text = request.GET.get("page", "")
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
    return Window(max(number, 1), size)
