"""Time codes: a place in a film or a recording, in whole milliseconds and as people write it.

Written always as ``HH:MM:SS.mmm`` with a dot (WebVTT, W3C Candidate Recommendation, section 4.2); read more
widely.
"""

import re

from kuager.core.errors import BadInputError

LONGEST_MS = 1_000 * 3_600_000
"""A thousand hours: what is said to lie later is a slip of the pen."""

_CODE = re.compile(r"(?:(?:(\d{1,4}):)?(\d{1,2}):)?(\d{1,6})(?:[.,](\d{1,9}))?", re.ASCII)


def write_time(milliseconds: int) -> str:
    """Write a time code.

    Examples
    --------
    >>> write_time(83_400)
    '00:01:23.400'
    """
    seconds, rest = divmod(max(0, milliseconds), 1_000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{hour:02d}:{minute:02d}:{second:02d}.{rest:03d}"


def read_time(text: str) -> int:
    """Read a time code; hours and minutes may be left out, and a comma may stand for the dot.

    Seconds alone may exceed 59.

    Returns
    -------
    int
        Milliseconds from the beginning, 0 to ``LONGEST_MS``. What is finer than a millisecond is cut off.

    Raises
    ------
    BadInputError
        When it is no time code.

    Examples
    --------
    >>> [read_time(one) for one in ("00:01:23.400", "1:23,4", "83.4")]
    [83400, 83400, 83400]
    """
    found = _CODE.fullmatch(text.strip())
    if found is None:
        raise BadInputError("expected a time code like 00:01:23.400, 1:23 or 83.4")
    hour, minute, second, fraction = found.groups()
    if (minute is not None and int(second) > 59) or (hour is not None and int(minute) > 59):
        raise BadInputError("minutes and seconds of a time code go up to 59")
    whole = int(hour or 0) * 3_600 + int(minute or 0) * 60 + int(second)
    total = whole * 1_000 + int((fraction or "").ljust(3, "0")[:3])
    if total > LONGEST_MS:
        raise BadInputError("a time code goes up to a thousand hours")
    return total
