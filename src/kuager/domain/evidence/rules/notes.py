"""What must be true of a mark, a transcript, a finding and an appearance before they are kept."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from kuager.core.dates import parse_edtf
from kuager.core.errors import BadInputError

LONGEST_NOTE = 5_000
LONGEST_TRANSCRIPT = 1_000_000
LONGEST_FINDING = 20_000
_WHOLE = 1000


def check_text(text: str, *, longest: int, what: str) -> str:
    """Return a text without blanks at its ends; refuse an empty one and one of over ``longest`` letters."""
    text = text.strip()
    if not text:
        raise BadInputError(f"{what} is empty; write at least one sentence")
    if len(text) > longest:
        raise BadInputError(f"{what} has {len(text):,} letters; at most {longest:,} are kept")
    return text


def check_mark(*, time_ms: int | None, page: int | None, box: Sequence[int] | None) -> None:
    """Refuse a mark at no real moment or page, or whose box lies outside the picture.

    Parameters
    ----------
    time_ms
        Milliseconds from the beginning; not together with ``page``.
    page
        From 1 on.
    box
        Left, top, width and height in thousandths of the picture.
    """
    if time_ms is not None and page is not None:
        raise BadInputError("a mark stands at a moment or on a page, not at both")
    if (time_ms is not None and time_ms < 0) or (page is not None and page < 1):
        raise BadInputError("moments begin at 0 and pages at 1")
    if box is not None:
        _check_box(box)


def _check_box(box: Sequence[int]) -> None:
    if len(box) != 4:
        raise BadInputError("a box has four numbers: left, top, width, height")
    left, top, width, height = box
    if min(left, top) < 0 or min(width, height) < 1 or left + width > _WHOLE or top + height > _WHOLE:
        raise BadInputError(
            "a box lies inside the picture: thousandths from 0 to 1000, at least 1 wide and high"
        )


def check_language(language: str) -> str:
    """Return a language's short name (BCP 47, such as ``kk`` or ``ru``); refuse what is none."""
    language = language.strip().lower()
    parts = language.split("-")
    if not all(part.isascii() and part.isalnum() for part in parts) or not 2 <= len(parts[0]) <= 3:
        raise BadInputError("expected the short name of a language, such as kk, ru or en")
    if len(language) > 8:
        raise BadInputError("expected the short name of a language, at most eight letters")
    return language


def check_place_seen(url: str, platform: str) -> None:
    """Refuse an appearance nowhere, and an address that is none of the web."""
    if not url and not platform:
        raise BadInputError("say where it was published: an address, or at least the platform or channel")
    if url and urlsplit(url).scheme not in ("http", "https"):
        raise BadInputError("expected an address that begins with http:// or https://")


def check_claimed(claimed_on: str) -> str:
    """Return a claimed date as EDTF; refuse what is no date."""
    return parse_edtf(claimed_on).edtf if claimed_on.strip() else ""
