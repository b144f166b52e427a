"""Where in an item somebody is, and where the next step leads."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from kuager.engines.media.time_codes import LONGEST_MS, write_time
from kuager.interfaces.desk.evidence_viewer.forms import PlaceForm

if TYPE_CHECKING:
    from django.http import HttpRequest
    from django.utils.functional import Promise

    from kuager.engines.media.viewing import Drawn
    from kuager.interfaces.desk.evidence_viewer.asked import AskedItem

_MOST_PAGES = 100_000


@dataclass(frozen=True, kw_only=True)
class Place:
    """A moment in milliseconds, or a page from 1 on."""

    ms: int = 0
    page: int = 1

    @classmethod
    def from_texts(cls, ms: str, page: str) -> "Place":
        """Read the place of an address; what cannot be read is the beginning."""
        return cls(ms=_number(ms, 0, LONGEST_MS), page=_number(page, 1, _MOST_PAGES))

    @property
    def code(self) -> str:
        """The moment as people write it."""
        return write_time(self.ms)

    @property
    def query(self) -> str:
        """The end of an address that leads here."""
        if self.ms:
            return f"?t={self.ms}"
        return f"?page={self.page}" if self.page > 1 else ""


@dataclass(frozen=True, kw_only=True)
class Step:
    """A way to another place; None where there is none."""

    name: str
    sign: str
    word: "Promise"
    query: str | None


def asked_place(request: "HttpRequest", asked: "AskedItem") -> tuple[Place, PlaceForm]:
    """Return the place that the address names, by ``t`` and ``page`` or by a time code in ``at``."""
    if "at" in request.GET:
        form = PlaceForm(request.GET)
        if form.is_valid():
            return Place(ms=form.cleaned_data["at"]), PlaceForm(initial={"at": request.GET["at"]})
        return Place(), form
    place = Place.from_texts(request.GET.get("t", ""), request.GET.get("page", ""))
    return place, PlaceForm(initial={"at": place.code} if asked.is_timed else {})


def steps_from(asked: "AskedItem", place: Place, drawn: "Drawn | None") -> list[Step]:
    """Return the steps from here: back first, then on."""
    if asked.is_pdf:
        return _page_steps(place, drawn.pages if drawn else None)
    if not asked.is_timed or drawn is None:
        return []
    last = drawn.duration_ms
    return [
        _leap("back-10", "−10 s", _("10 seconds back"), drawn.ms, -10_000, last),
        _leap("back-1", "−1 s", _("1 second back"), drawn.ms, -1_000, last),
        Step(
            name="previous",
            sign="◂",
            word=_("previous frame"),
            query=f"?t={drawn.ms - 1}" if drawn.ms > 0 else None,
        ),
        Step(
            name="next",
            sign="▸",
            word=_("next frame"),
            query=None if drawn.next_ms is None else f"?t={drawn.next_ms}&on=1",
        ),
        _leap("on-1", "+1 s", _("1 second on"), drawn.ms, 1_000, last),
        _leap("on-10", "+10 s", _("10 seconds on"), drawn.ms, 10_000, last),
    ]


def _leap(name: str, sign: str, word: "Promise", ms: int, by: int, last: int | None) -> Step:
    goal = max(0, ms + by)
    is_outside = (by < 0 and ms == 0) or (by > 0 and last is not None and goal >= last)
    return Step(name=name, sign=sign, word=word, query=None if is_outside else f"?t={goal}")


def _page_steps(place: Place, pages: int | None) -> list[Step]:
    return [
        Step(
            name="previous",
            sign="◂",
            word=_("previous page"),
            query=f"?page={place.page - 1}" if place.page > 1 else None,
        ),
        Step(
            name="next",
            sign="▸",
            word=_("next page"),
            query=f"?page={place.page + 1}" if pages is None or place.page < pages else None,
        ),
    ]


def _number(text: str, least: int, most: int) -> int:
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 12 else least
    return min(max(number, least), most)
