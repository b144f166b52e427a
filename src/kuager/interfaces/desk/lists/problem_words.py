"""What the tables engine expected of a cell, in the reader's language.

The engine speaks English and keeps its sentence with the frozen row; here it is put into other words when it
is shown. A sentence without words here is shown as it is: a test keeps the two together.
"""

import re

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from kuager.domain.lists.rules.unknown_places import EXPECTED as EXPECTED_PLACE
from kuager.engines.tables import expected_statuses
from kuager.engines.tables.ages_in_cells import EXPECTED_AGE, EXPECTED_SEX
from kuager.engines.tables.dates_in_cells import AMBIGUOUS, EXPECTED_DATE

WORDS: dict[str, Promise] = {
    EXPECTED_AGE: _("an age such as 11, 11 лет, 34-35, 30+, about 30, or a year of birth"),
    EXPECTED_SEX: _("м or ж, ер or әйел, male or female"),
    EXPECTED_DATE: _("a date such as 06.01.2022, 2022-01-06, 6 января 2022, 6 қаңтар 2022, January 2022"),
    AMBIGUOUS: _("a date in which day and month cannot be confused"),
    EXPECTED_PLACE: _("a place the register knows; this one is kept as text and counts under no region"),
    "a name": _("a name"),
    "one name": _("one name"),
    "a person": _("a person"),
    "text in UTF-8": _("text in UTF-8"),
    "a stored value": _("a stored value, not only a formula: open the file, save it, and try again"),
    expected_statuses(): _("a word for a status that the register knows; see the handbook for all of them"),
}
PATTERNS: tuple[tuple[re.Pattern[str], Promise], ...] = (
    (re.compile(r"(?P<count>\d+) ages, one for each name"), _("%(count)s ages, one for each name")),
    (
        re.compile(r"a day not after the list's own, (?P<day>\S+)"),
        _("a day not after the list's own, %(day)s"),
    ),
    (
        re.compile(r"an age that fits the birth date (?P<birth>.+)"),
        _("an age that fits the birth date %(birth)s"),
    ),
)


def expected_in_words(expected: str) -> str:
    """Return what was expected, in the reader's language where there are words for it."""
    if expected in WORDS:
        return str(WORDS[expected])
    for pattern, words in PATTERNS:
        if found := pattern.fullmatch(expected):
            return str(words) % found.groupdict()
    return expected
