"""Dates and ages as lists write them, read as spans of days.

Promises: nothing is guessed: "2015" is the whole year, "about 1985" is 1984 to 1986, "30-35" is any of these
ages, and what cannot be read is unknown, not an error, because a bad date must not keep a person from being
found by name.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

_YEAR_FIRST = re.compile(r"^(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[Tt ].*)?$")
_DAY_FIRST = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})(?:[Tt ].*)?$")
_MONTH_YEAR = re.compile(r"^(\d{1,2})[-/.](\d{4})$")
_COMPACT = re.compile(r"^(\d{4})(\d{2})(\d{2})$")
_AGE = re.compile(r"^(\d{1,3})(?:\.\d+)?(?![\d-])")
_AGE_RANGE = re.compile(r"^(\d{1,3})\s*(?:-|–|—|to|до|или|or)\s*(\d{1,3})(?!\d)")
_MONTHS_OLD = re.compile(r"^\d{1,2}\s*(?:month|mo\b|week|day|мес|нед|дн|день|ай|апта|күн)")
_DECADE = re.compile(r"^(\d{3}0)(?:s|'s|-?(?:е|ые|х|ж|жылдар\w*))$")
_ABOUT = re.compile(r"^(?:c|ca|circa|about|around|approx|ок|около|прим|примерно|шамамен)\.?\s*(?=\d)|^~\s*")
_TWO_YEARS = re.compile(r"^(\d{4})\s*(?:-|–|—|/|or|to|или|до)\s*(\d{4})$")
_YEAR_WORDS = re.compile(r"\s*(?:г\.?\s*р\.?|г\.|год(?:а|у)?|ж\.?\s*т\.?|ж\.|жыл\w*)$")
_WRITTEN_DAY_FIRST = re.compile(r"^(?:(\d{1,2})\.?\s+)?([^\W\d]{3,})\.?,?\s+(\d{4})$")
_WRITTEN_MONTH_FIRST = re.compile(r"^([^\W\d]{3,})\.?\s+(\d{1,2}),?\s+(\d{4})$")
_MONTHS = (
    "янв қаң jan", "фев ақп feb", "мар нау mar", "апр сәу apr", "май мая мам may", "июн мау jun",
    "июл шіл jul", "авг там aug", "сен қыр sep", "окт қаз oct", "ноя қар nov", "дек жел dec",
)  # fmt: skip
_MONTH_OF = {begins: month for month, words in enumerate(_MONTHS, start=1) for begins in words.split()}
_BEGINNING = 3
_OLDEST_AGE = 120
_LONGEST_RANGE_YEARS = 30


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


def _years(first: int, last: int) -> DaySpan | None:
    begin, end = _span(first, None, None), _span(last, None, None)
    if not begin or not end or not 0 <= last - first <= _LONGEST_RANGE_YEARS:
        return None
    return DaySpan(begin.earliest, end.latest)


def _uncertain(written: str) -> DaySpan | None:
    """Read decades, and years said to be about right."""
    if found := _DECADE.match(written):
        return _years(int(found.group(1)), int(found.group(1)) + 9)
    rest = _ABOUT.sub("", written)
    if rest != written and (about := re.fullmatch(r"\d{4}", rest)):
        return _years(int(about.group()) - 1, int(about.group()) + 1)
    return None


def _in_words(written: str) -> DaySpan | None:
    """Read dates whose month is a word: 6 January 2022, 6 января 2022, қаңтар 2022."""
    if found := _WRITTEN_DAY_FIRST.match(written):
        day, word, year = found.groups()
    elif found := _WRITTEN_MONTH_FIRST.match(written):
        word, day, year = found.groups()
    else:
        return None
    month = _MONTH_OF.get(word[:_BEGINNING])
    return _span(int(year), month, int(day) if day else None) if month else None


@lru_cache(maxsize=200_000)
def read_date(text: str) -> DaySpan | None:
    """Return the days a written date may mean, or None.

    >>> read_date("06.01.2022") == read_date("2022-01-06")
    True
    """
    written = _YEAR_WORDS.sub("", text.strip().casefold())
    if found := _TWO_YEARS.match(written):
        return _years(int(found.group(1)), int(found.group(2)))
    if found := _YEAR_FIRST.match(written) or _COMPACT.match(written):
        year, month, day = (int(part) if part else None for part in found.groups())
        return _span(year or 0, month, day) if year else None
    if found := _DAY_FIRST.match(written):
        first, second, year = (int(part) for part in found.groups())
        return _day_first(first, second, year)
    if found := _MONTH_YEAR.match(written):
        return _span(int(found.group(2)), int(found.group(1)), None)
    return _uncertain(written) or _in_words(written)


@lru_cache(maxsize=10_000)
def read_age(text: str) -> int | None:
    """Return a whole number of years, or None.

    >>> read_age("11 лет"), read_age("53.0"), read_age("unknown")
    (11, 53, None)
    """
    ages = read_ages(text)
    return ages[0] if ages and ages[0] == ages[1] else None


@lru_cache(maxsize=10_000)
def read_ages(text: str) -> tuple[int, int] | None:
    """Return the youngest and oldest age meant, in whole years, or None.

    >>> read_ages("30-35"), read_ages("6 months"), read_ages("около 40")
    ((30, 35), (0, 0), (38, 42))
    """
    written = text.strip().casefold()
    if _MONTHS_OLD.match(written):
        return 0, 0
    rest = _ABOUT.sub("", written)
    if found := _AGE_RANGE.match(rest):
        ages = int(found.group(1)), int(found.group(2))
    elif found := _AGE.match(rest):
        doubt = 2 if rest != written else 0
        ages = max(int(found.group(1)) - doubt, 0), int(found.group(1)) + doubt
    else:
        return None
    return ages if ages[0] <= ages[1] <= _OLDEST_AGE + 2 and ages[0] <= _OLDEST_AGE else None


def birth_span(age: int, on_day: int, oldest: int | None = None) -> DaySpan:
    """Return the days on which somebody of this age, or up to ``oldest``, on that day may have been born."""
    last = age if oldest is None else oldest
    return DaySpan(on_day - int((last + 1) * 365.25) + 1, on_day - int(age * 365.25))
