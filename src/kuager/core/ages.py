"""Age and birth date held together: each narrows the other, and neither is guessed from the other.

An age is the number of whole years lived. Somebody who is 30 on a day was born after the same day 31 years
before, and not later than the same day 30 years before; a date of death known only to the month widens that.
"""

from calendar import monthrange
from datetime import date, timedelta

from kuager.core.dates import UNKNOWN, UncertainDate, from_range

HIGHEST_AGE = 120
AGE_GROUPS = ("0-17", "18-29", "30-44", "45-59", "60+", "unknown")
_STARTS = ((60, "60+"), (45, "45-59"), (30, "30-44"), (18, "18-29"), (0, "0-17"))


def birth_range(age_min: int | None, age_max: int | None, on: UncertainDate) -> UncertainDate:
    """Return the days on which somebody of this age was born.

    Parameters
    ----------
    age_min, age_max
        Age in whole years, both ends included; None leaves a side open.
    on
        The day the age was true.
    """
    earliest = latest = None
    if age_max is not None and on.earliest is not None:
        earliest = _birthday_before(on.earliest, age_max + 1)
    if age_min is not None and on.latest is not None:
        latest = _years_before(on.latest, age_min)
    if earliest is not None and latest is not None and earliest > latest:
        return UNKNOWN
    return from_range(earliest, latest)


def age_range(birth: UncertainDate, on: UncertainDate) -> tuple[int | None, int | None]:
    """Return the lowest and the highest age in whole years; None where that side is open."""
    lowest = highest = None
    if birth.latest is not None and on.earliest is not None:
        lowest = max(_whole_years(birth.latest, on.earliest), 0)
    if birth.earliest is not None and on.latest is not None:
        highest = _whole_years(birth.earliest, on.latest)
        if highest < 0:
            return None, None
    return lowest, highest


def are_compatible(
    age_min: int | None, age_max: int | None, birth: UncertainDate, on: UncertainDate, *, slack_years: int = 0
) -> bool:
    """Tell whether an age and a birth date can both be true on a day; what is unknown contradicts nothing.

    Parameters
    ----------
    slack_years
        Years of error to forgive: lists often count the year begun as lived.
    """
    lowest, highest = age_range(birth, on)
    if birth.earliest is not None and on.latest is not None and birth.earliest > on.latest:
        return False
    if age_max is not None and lowest is not None and lowest > age_max + slack_years:
        return False
    return age_min is None or highest is None or highest >= age_min - slack_years


def age_group(age_min: int | None, age_max: int | None) -> str:
    """Return the age group all these ages fall in, or "unknown" when they span two.

    An age with one open side can still be certain: "60 or more" is "60+", "under 18" is "0-17".
    """
    if age_min is None:
        return "0-17" if age_max is not None and age_max < 18 else "unknown"
    if age_max is None:
        return "60+" if age_min >= 60 else "unknown"
    group = _group_of(age_min)
    return group if group == _group_of(age_max) else "unknown"


def is_child(age_min: int | None, age_max: int | None) -> bool | None:
    """Tell whether the person is under 18; None when the ages leave both open."""
    if age_max is not None and age_max < 18:
        return True
    return False if age_min is not None and age_min >= 18 else None


def _group_of(age: int) -> str:
    return next((code for start, code in _STARTS if age >= start), "unknown")


def _years_before(day: date, years: int) -> date | None:
    """Return the same calendar day some years before; 29 February becomes 28 February where it is missing."""
    year = day.year - years
    if year < 1:
        return None
    return date(year, day.month, min(day.day, monthrange(year, day.month)[1]))


def _birthday_before(day: date, years: int) -> date | None:
    """Return the first birth day of somebody who has not yet lived this many years."""
    same_day = _years_before(day, years)
    if same_day is None:
        return None
    # Born on 29 February: in a common year that birthday is reached on 1 March, so the 29th still counts.
    if (day.month, day.day) == (2, 28) and monthrange(same_day.year, 2)[1] == 29:
        return date(same_day.year, 2, 29)
    return same_day + timedelta(days=1)


def _whole_years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))
