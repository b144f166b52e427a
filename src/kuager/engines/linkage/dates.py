"""Dates and ages as lists write them, read as spans of days.

Promises: nothing is guessed: "2015" is the whole year, and what cannot be read is unknown, not an error,
because a bad date must not keep a person from being found by name.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_YEAR_FIRST = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ].*)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[T ].*)?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})[-/.](\d{4})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_AGE = re.compile(r"^(\d{1,3})(?:\.\d+)?(?![\d-])")
_OLDEST_AGE = 120


@dataclass(frozen=True, slots=True)
class DaySpan:
    """A date known to lie between two days, both included, as day numbers."""

    earliest: int
    latest: int

    @property
    def is_exact(self) -> bool:
        return self.earliest == self.latest


def _span(year: int, month: int | None, day: int | None) -> DaySpan | None:
    try:
        if month is None:
            return DaySpan(date(year, 1, 1).toordinal(), date(year, 12, 31).toordinal())
        if day is None:
            last = monthrange(year, month)[1]
            return DaySpan(date(year, month, 1).toordinal(), date(year, month, last).toordinal())
        exact = date(year, month, day).toordinal()
    except (ValueError, IndexError):
        return None
    return DaySpan(exact, exact)


def _day_first(first: int, second: int, year: int) -> DaySpan | None:
    """Read 06.01.2022 as the sixth of January; 01/16/2022 can only be the sixteenth."""
    return _span(year, second, first) or _span(year, first, second)


@lru_cache(maxsize=200_000)
def read_date(text: str) -> DaySpan | None:
    """Return the days a written date may mean, or None.

    >>> read_date("06.01.2022") == read_date("2022-01-06")
    True
    """
    written = text.strip()
    if found := _YEAR_FIRST.match(written) or _COMPACT.match(written):
        year, month, day = (int(part) if part else None for part in found.groups())
        return _span(year or 0, month, day) if year else None
    if found := _DAY_FIRST.match(written):
        first, second, year = (int(part) for part in found.groups())
        return _day_first(first, second, year)
    if found := _MONTH_YEAR.match(written):
        return _span(int(found.group(2)), int(found.group(1)), None)
    return None


@lru_cache(maxsize=10_000)
def read_age(text: str) -> int | None:
    """Return a whole number of years, or None.

    >>> read_age("11 лет"), read_age("53.0"), read_age("unknown")
    (11, 53, None)
    """
    found = _AGE.match(text.strip())
    age = int(found.group(1)) if found else None
    return age if age is not None and age <= _OLDEST_AGE else None


def birth_span(age: int, on_day: int) -> DaySpan:
    """Return the days on which somebody of this age on that day may have been born."""
    return DaySpan(on_day - int((age + 1) * 365.25) + 1, on_day - int(age * 365.25))
