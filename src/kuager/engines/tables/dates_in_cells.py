"""Dates as people write them in cells: numbers, six ways of digits, and words in Kazakh, Russian and English.

What cannot be told stays a range. What cannot be read is refused; nothing is guessed into a single day.
"""

import re
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import lru_cache

from kuager.core.dates import (
    UNKNOWN,
    UncertainDate,
    approximately,
    from_day,
    from_month,
    from_range,
    from_year,
    parse_edtf,
)
from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables.words import is_unknown, load_words

EXPECTED_DATE = "a date such as 06.01.2022, 2022-01-06, 6 января 2022, 6 қаңтар 2022, January 2022"
AMBIGUOUS = "a date whose day and month can be told apart"
# Day 0 of the numbers with which spreadsheet programs keep days. Its odd choice makes up for their believing
# that 1900 was a leap year (ECMA-376 part 1, 18.17.4.1).
_SERIAL_START = date(1899, 12, 30)
_FIRST_SERIAL, _LAST_SERIAL = 3_000, 80_000  # 1908 to 2119
_LONGEST = 120
_THIRDS = {"early": (1, 10), "middle": (11, 20), "late": (21, 31)}
_THIRDS_OF_YEAR = {"early": (1, 4), "middle": (5, 8), "late": (9, 12)}

_TOKEN = re.compile(
    r"(?P<iso>\d{4}-\d{1,2}-\d{1,2})(?:t?\s*\d{1,2}:[\d:.]+z?)?"
    r"|(?P<dmy>\d{1,2}\s*(?P<mark>[./-])\s*\d{1,2}\s*(?P=mark)\s*\d{2,4})(?!\d)"
    r"|(?P<ymd>\d{4}[./]\d{1,2}[./]\d{1,2})"
    r"|(?P<time>\d{1,2}:\d{2}(?::\d{2})?)"
    r"|(?P<dm>\d{1,2}\.\d{1,2})(?![.\d])"
    r"|(?P<number>\d+)"
    r"|(?P<word>[^\W\d_]+)"
    r"|(?P<dash>[-–—/])"
    r"|(?P<about>~)"
    r"|(?P<uncertain>\?)"
    r"|(?P<other>[^\s,.()«»\"'’])"
)
_EDTF = re.compile(r"[0-9X]{4}(?:-[0-9X]{2}){0,2}[?~%]?|\S+/\S*|\.\./\S+")


@dataclass(frozen=True, slots=True)
class DateReading:
    """A date that was read; ``doubt`` says what would have been better, ``has_year`` if its year was told."""

    day: UncertainDate
    has_year: bool = True
    doubt: str = ""


@dataclass(slots=True)
class _Parts:
    """What was found in a text, in its order."""

    whole: list[DateReading] = field(default_factory=list)
    days: list[int] = field(default_factory=list)
    months: list[int] = field(default_factory=list)
    years: list[int] = field(default_factory=list)
    season: int = 0
    order: str = ""
    marks: set[str] = field(default_factory=set)


def parse_date(value: Cell, *, reference_year: int, day_first: bool | None = True) -> UncertainDate:
    """Read a date from a cell.

    Parameters
    ----------
    value
        What stands in the cell.
    reference_year
        The year meant when none is written, and the last to which two digits can belong.
    day_first
        Whether 6/1/22 is 6 January; None when that is unknown: then both days bound the range.

    Raises
    ------
    BadInputError
        When it is no date; the message says what was expected.
    """
    reading = read_date(value, reference_year, day_first)
    if reading is None:
        msg = f"expected {EXPECTED_DATE}, got {str(value)[:80]!r}"
        raise BadInputError(msg)
    return reading.day


@lru_cache(maxsize=65_536, typed=True)
def read_date(value: Cell, reference_year: int, day_first: bool | None) -> DateReading | None:
    """Read a date from a cell; None when it is none. Lists repeat days, so answers are remembered."""
    try:
        if value is None:
            return DateReading(UNKNOWN)
        if isinstance(value, bool):
            return None
        if isinstance(value, date):
            return DateReading(from_day(value))
        if isinstance(value, int | float):
            return _from_number(value)
        return _from_text(value.strip(), reference_year, day_first)
    except (BadInputError, ValueError, OverflowError):
        return None


def guess_day_first(values: list[Cell]) -> bool | None:
    """Tell from a whole column whether its dates begin with the day; None when no date of it tells.

    Dates with dots always begin with the day, so only those with slashes and dashes are asked.
    """
    pairs = [
        re.match(r"\s*(\d{1,2})[/-](\d{1,2})[/-]\d{2,4}(?!\d)", cell)
        for cell in values
        if isinstance(cell, str)
    ]
    found = [(int(match[1]), int(match[2])) for match in pairs if match]
    if not found:
        return True
    day_first = any(first > 12 for first, _ in found)
    month_first = any(second > 12 for _, second in found)
    return None if day_first == month_first else day_first


def _from_number(number: float) -> DateReading | None:
    whole = int(number)
    if whole == number and 1000 <= whole <= 2100:
        return DateReading(from_year(whole))
    if _FIRST_SERIAL <= whole <= _LAST_SERIAL:
        return DateReading(from_day(_SERIAL_START + timedelta(days=whole)))
    if whole == number and 10_000_101 <= whole <= 21_001_231:
        return DateReading(from_day(date(whole // 10_000, whole // 100 % 100, whole % 100)))
    return None


def _from_text(text: str, reference_year: int, day_first: bool | None) -> DateReading | None:
    if is_unknown(text):
        return DateReading(UNKNOWN)
    if len(text) > _LONGEST:
        return None
    if re.fullmatch(r"\d{4,8}(?:\.0+)?", text):
        return _from_number(float(text))
    if _EDTF.fullmatch(text):
        edtf = _edtf(text)
        if edtf is not None:
            return edtf
    parts = _take_apart(text, reference_year, day_first)
    if parts is None:
        return None
    reading = _join(parts, reference_year)
    return _with_marks(reading, parts) if reading else None


def _edtf(text: str) -> DateReading | None:
    try:
        return DateReading(parse_edtf(text))
    except BadInputError:
        return None


def _take_apart(text: str, reference_year: int, day_first: bool | None) -> _Parts | None:
    parts = _Parts()
    for match in _TOKEN.finditer(text.casefold().replace("ё", "е")):
        kind, token = match.lastgroup, match[0]
        if kind == "number":
            _take_number(parts, token)
        elif kind == "word":
            if not _take_word(parts, token):
                return None
        elif kind in {"dash", "about", "uncertain"}:
            parts.marks.add(kind)
        elif kind != "time":
            whole = _digits(kind or "", match, reference_year, day_first)
            if whole is None:
                return None
            parts.whole.append(whole)
    return parts


def _take_number(parts: _Parts, token: str) -> None:
    if len(token) == 4:
        parts.years.append(int(token))
    else:
        parts.days.append(int(token))
        parts.order += "d"


def _take_word(parts: _Parts, word: str) -> bool:
    """Note what a word means for the date; False when it means nothing we know."""
    words = load_words()
    month = words.months.find(word)
    # "с" and "в" are too short to be months; a month is certain, a season comes after it ("лет*" is a
    # season).
    if month:
        parts.months.append(int(month))
        parts.order += "m"
        return True
    mark = words.date_words.find(word)
    if mark:
        parts.marks.add(mark)
        if word in {"и", "and", "мен", "по", "to"}:
            parts.marks.add("dash")
        return True
    season = words.seasons.find(word)
    if season:
        parts.season = int(season)
    return bool(season)


def _digits(
    kind: str, match: re.Match[str], reference_year: int, day_first: bool | None
) -> DateReading | None:
    numbers = [int(piece) for piece in re.findall(r"\d+", match[kind])]
    if kind in {"iso", "ymd"}:
        return DateReading(from_day(date(*numbers)))
    if kind == "dm":
        day, month = numbers
        return DateReading(from_day(date(reference_year, month, day)), has_year=False)
    if kind != "dmy":
        return None
    first, second, year = numbers
    if year < 100:
        year = _full_year(year, reference_year)
    return _in_order(first, second, year, True if "." in match[kind] else day_first)


def _in_order(first: int, second: int, year: int, day_first: bool | None) -> DateReading:
    """Decide which of two numbers is the day: one over 12 must be; equal ones need no decision."""
    if first > 12 or second > 12:
        day_first = second <= 12
    elif first == second:
        day_first = True
    if day_first is not None:
        month, day = (second, first) if day_first else (first, second)
        return DateReading(from_day(date(year, month, day)))
    both = sorted([date(year, second, first), date(year, first, second)])
    return DateReading(from_range(both[0], both[1]), doubt=AMBIGUOUS)


def _full_year(two_digits: int, reference_year: int) -> int:
    """Complete a year of two digits: the last such year that is not after the reference."""
    century = reference_year - reference_year % 100
    return century + two_digits if century + two_digits <= reference_year else century - 100 + two_digits


def _join(parts: _Parts, reference_year: int) -> DateReading | None:
    if parts.whole:
        return _join_whole(parts)
    if parts.order in {"dmd", "mdd"} and not parts.years and "dash" not in parts.marks:
        # A day and a year of two digits ("6 января 22", "Jan 6, 22"); but "5, 6 января" is a range.
        parts.years.append(_full_year(parts.days.pop(), reference_year))
    has_year = bool(parts.years)
    day = _join_words(parts, parts.years or [reference_year])
    return DateReading(day, has_year=has_year) if day else None


def _join_whole(parts: _Parts) -> DateReading | None:
    if parts.days and len(parts.whole) == 1 and len(parts.days) == 1 and "dash" in parts.marks:
        # "5-6.01.2022": the first number is a day of the same month.
        last = parts.whole[0].day.latest
        if last is not None:
            first = date(last.year, last.month, parts.days[0])
            return DateReading(from_range(first, last), has_year=parts.whole[0].has_year)
    if parts.days or parts.months or parts.years or parts.season or len(parts.whole) > 2:
        return None
    first_reading, last_reading = parts.whole[0], parts.whole[-1]
    if first_reading is last_reading:
        return first_reading
    both = from_range(first_reading.day.earliest, last_reading.day.latest)
    has_year = first_reading.has_year or last_reading.has_year
    return DateReading(both, has_year=has_year, doubt=first_reading.doubt or last_reading.doubt)


def _join_words(parts: _Parts, years: list[int]) -> UncertainDate | None:
    months, days = parts.months, parts.days
    if parts.season:
        return parse_edtf(f"{years[0]:04d}-{parts.season}") if not (months or days) else None
    if not months:
        if days or not parts.years or len(years) > 2:
            return None
        return from_range(date(years[0], 1, 1), date(years[-1], 12, 31))
    if len(months) > 2 or len(years) > 2 or len(days) > 2:
        return None
    if len(months) == 1:
        return _in_one_month(years[0], months[0], days)
    return _across_months(years, months, days)


def _across_months(years: list[int], months: list[int], days: list[int]) -> UncertainDate | None:
    first_year, last_year = years[0], years[-1]
    if len(years) == 1 and months[0] > months[1]:
        first_year -= 1
    if not days:
        return from_range(from_month(first_year, months[0]).earliest, from_month(last_year, months[1]).latest)
    if len(days) != 2:
        return None
    return from_range(date(first_year, months[0], days[0]), date(last_year, months[1], days[1]))


def _in_one_month(year: int, month: int, days: list[int]) -> UncertainDate:
    if not days:
        return from_month(year, month)
    return from_range(date(year, month, days[0]), date(year, month, days[-1]))


def _with_marks(reading: DateReading, parts: _Parts) -> DateReading | None:
    day, marks = reading.day, parts.marks
    for mark in ("early", "middle", "late"):
        if mark in marks:
            narrowed = _third(day, mark)
            if narrowed is None:
                return None
            day = narrowed
    is_range = len(parts.whole) == 2 or len(parts.days) == 2 or len(parts.months) == 2
    if not is_range and "before" in marks:
        day = from_range(None, day.latest)
    elif not is_range and "after" in marks:
        day = from_range(day.earliest, None)
    if "about" in marks:
        day = approximately(day)
    if "uncertain" in marks and day.is_known and "/" not in day.edtf and not day.qualifier:
        day = parse_edtf(day.edtf + "?")
    return DateReading(day, reading.has_year, reading.doubt)


def _third(day: UncertainDate, mark: str) -> UncertainDate | None:
    """Return the first, middle or last part of a month (ten days) or of a year (four months)."""
    if day.earliest is None or day.latest is None or day.qualifier:
        return None
    year, month = day.earliest.year, day.earliest.month
    if day.edtf == from_month(year, month).edtf:
        first, last = _THIRDS[mark]
        return from_range(date(year, month, first), date(year, month, min(last, day.latest.day)))
    if day.edtf == from_year(year).edtf:
        first, last = _THIRDS_OF_YEAR[mark]
        return from_range(date(year, first, 1), from_month(year, last).latest)
    return None
