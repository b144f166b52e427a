"""Days we are not sure of: a text in EDTF (ISO 8601-2, levels 0 and 1), and the days it allows.

"Early January", "2022-01" and "between 5 and 8 January" are never turned into a guessed day; they stay
ranges, and every count that needs a day can say which answers the range allows.

Invariants: ``earliest`` is never after ``latest``; ``None`` means that side is open or unknown; reading the
text of a date again gives the same date.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import NoReturn

from kuager.core.errors import BadInputError

# Northern hemisphere. EDTF leaves the months of a season open. Winter (24) touches two years, and nobody can
# tell which winter a person means, so it spans its whole year instead of dropping January.
SEASON_MONTHS = {21: (3, 5), 22: (6, 8), 23: (9, 11), 24: (1, 12)}

_PART = re.compile(
    r"(?P<year>[0-9]{4}|[0-9]{3}X|[0-9]{2}XX)"
    r"(?:-(?P<month>[0-9]{2}|XX)(?:-(?P<day>[0-9]{2}|XX))?)?"
    r"(?P<qualifier>[?~%])?"
)
_EXPECTED = (
    "expected a date in EDTF, such as 2022, 2022-01, 2022-01-06, 2022-01-06~ (about), "
    "2022-01-XX (day unknown), 2022-21 (spring) or 2022-01-05/2022-01-08 (between)"
)


@dataclass(frozen=True, slots=True)
class UncertainDate:
    """A day, or the range of days it must lie in.

    Parameters
    ----------
    edtf
        The date in EDTF; the empty text means "unknown".
    earliest, latest
        First and last day it can be; None where that side is open or unknown.
    """

    edtf: str
    earliest: date | None
    latest: date | None

    def __post_init__(self) -> None:
        if self.earliest is not None and self.latest is not None and self.earliest > self.latest:
            msg = f"date '{self.edtf}' ends {self.latest}, before it begins {self.earliest}; swap its ends"
            raise BadInputError(msg)

    def __str__(self) -> str:
        return self.edtf

    @property
    def is_known(self) -> bool:
        """Tell whether anything at all is known about the day."""
        return self.earliest is not None or self.latest is not None

    @property
    def qualifier(self) -> str:
        """Return ``?`` (uncertain), ``~`` (approximate), ``%`` (both), or nothing."""
        return self.edtf[-1] if self.edtf[-1:] in {"?", "~", "%"} else ""

    @property
    def is_exact(self) -> bool:
        """Tell whether it is one certain day."""
        return self.earliest is not None and self.earliest == self.latest and not self.qualifier

    def certain_by(self) -> date | None:
        """Return the day by which it has surely come, as stated; None while that side is open.

        "About" and "perhaps" do not move this day: EDTF gives them no number of days, and we invent none.
        """
        return self.latest

    def overlaps(self, other: "UncertainDate") -> bool:
        """Tell whether both can be the same day. An unknown date overlaps every date."""
        return _not_after(self.earliest, other.latest) and _not_after(other.earliest, self.latest)

    def bounded_by(self, latest: date) -> "UncertainDate":
        """Cut off the days after ``latest``: what is told on a day cannot have happened later.

        Raises
        ------
        BadInputError
            When every day it allows is later; the caller shows the contradiction.
        """
        if self.latest is not None and self.latest <= latest:
            return self
        if self.earliest is not None and self.earliest > latest:
            msg = f"date {self.edtf} lies after {latest}, the day it was told; correct one of the two"
            raise BadInputError(msg)
        cut = from_range(self.earliest, latest)
        if not self.qualifier or self.earliest is None:
            return cut
        # The new end is certain, the doubt belongs to the start.
        text = cut.edtf if cut.earliest == cut.latest else f"{self.earliest}/{latest}"
        start, slash, end = text.partition("/")
        return UncertainDate(f"{start}{self.qualifier}{slash}{end}", cut.earliest, cut.latest)


UNKNOWN = UncertainDate("", None, None)


@lru_cache(maxsize=65_536)
def parse_edtf(text: str) -> UncertainDate:
    """Read a date written in EDTF level 0 or 1.

    Raises
    ------
    BadInputError
        When it is not such a date, or not a day of the calendar.

    Examples
    --------
    >>> parse_edtf("2022-01").latest
    datetime.date(2022, 1, 31)
    """
    text = text.strip()
    if text in {"", ".."}:
        return UncertainDate(text, None, None)
    if "/" not in text:
        return UncertainDate(text, *_bounds(text))
    start, _, end = text.partition("/")
    if start in {"", ".."} and end in {"", ".."}:
        return UncertainDate(text, None, None)
    earliest = None if start in {"", ".."} else _bounds(start)[0]
    latest = None if end in {"", ".."} else _bounds(end)[1]
    return UncertainDate(text, earliest, latest)


@lru_cache(maxsize=65_536)
def from_day(day: date) -> UncertainDate:
    """Make the date that is certainly this day."""
    # A datetime is a date too; its time of day must not leak into comparisons.
    day = date(day.year, day.month, day.day)
    return UncertainDate(day.isoformat(), day, day)


@lru_cache(maxsize=65_536)
def from_range(earliest: date | None, latest: date | None) -> UncertainDate:
    """Make the date that lies between two days, both included; None leaves a side open.

    A whole calendar month or year is written as such (``2022-01``), so that equal ranges have equal texts.
    """
    if earliest is None or latest is None:
        if earliest is latest:
            return UNKNOWN
        return UncertainDate(f"{earliest or '..'}/{latest or '..'}", earliest, latest)
    if earliest == latest:
        return from_day(earliest)
    return UncertainDate(_whole_period(earliest, latest) or f"{earliest}/{latest}", earliest, latest)


def from_month(year: int, month: int) -> UncertainDate:
    """Make the date that lies somewhere in a calendar month."""
    return parse_edtf(f"{year:04d}-{month:02d}")


def from_year(year: int) -> UncertainDate:
    """Make the date that lies somewhere in a calendar year."""
    return parse_edtf(f"{year:04d}")


def approximately(day: UncertainDate) -> UncertainDate:
    """Mark a date as approximate (``~``); a date already in doubt keeps both doubts (``%``)."""
    if not day.is_known or "/" in day.edtf or day.qualifier in {"~", "%"}:
        return day
    text = day.edtf.removesuffix("?") + ("%" if day.qualifier == "?" else "~")
    return UncertainDate(text, day.earliest, day.latest)


def _whole_period(earliest: date, latest: date) -> str:
    """Write the range as a year or a month when it is exactly one."""
    if earliest.day != 1 or earliest.year != latest.year:
        return ""
    if (earliest.month, latest.month, latest.day) == (1, 12, 31):
        return f"{earliest.year:04d}"
    if earliest.month == latest.month and latest.day == monthrange(latest.year, latest.month)[1]:
        return f"{earliest.year:04d}-{earliest.month:02d}"
    return ""


def _bounds(part: str) -> tuple[date, date]:
    """Return the first and the last day that one date without a slash allows."""
    match = _PART.fullmatch(part)
    if match is None:
        _refuse(part)
    year, month, day = match["year"], match["month"], match["day"]
    first_year, last_year = int(year.replace("X", "0")), int(year.replace("X", "9"))
    if first_year == 0:
        _refuse(part, "years run from 0001 to 9999")
    if month is None or (month == "XX" and day in {None, "XX"}):
        return date(first_year, 1, 1), date(last_year, 12, 31)
    if first_year != last_year or month == "XX":
        _refuse(part, "only the last parts of a date may be unknown")
    return _month_bounds(part, first_year, int(month), day)


def _month_bounds(part: str, year: int, month: int, day: str | None) -> tuple[date, date]:
    if month in SEASON_MONTHS and day is None:
        first, last = SEASON_MONTHS[month]
    elif 1 <= month <= 12:
        first = last = month
    else:
        _refuse(part, f"there is no month {month:02d}")
    days_in_last_month = monthrange(year, last)[1]
    if day in {None, "XX"}:
        return date(year, first, 1), date(year, last, days_in_last_month)
    day_number = int(day or 0)
    if not 1 <= day_number <= days_in_last_month:
        _refuse(part, f"{year:04d}-{month:02d} has days 01 to {days_in_last_month}")
    return date(year, month, day_number), date(year, month, day_number)


def _refuse(part: str, reason: str = "") -> NoReturn:
    if part[:1] in {"Y", "-"}:
        reason = "years before 0001 and after 9999 are not kept"
    shown = part if len(part) <= 40 else part[:40] + "…"
    msg = f"cannot read date '{shown}'{': ' + reason if reason else ''}; {_EXPECTED}"
    raise BadInputError(msg)


def _not_after(earlier: date | None, later: date | None) -> bool:
    return earlier is None or later is None or earlier <= later
