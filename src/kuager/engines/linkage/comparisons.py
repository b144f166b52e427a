"""The fields compared and their levels of agreement, with probabilities frozen from development data.

A level's ``m`` is how often two records of one person agree that way, ``u`` how often two records of
different persons do (Fellegi and Sunter 1969, "A theory for record linkage"). They are starting values: ``u``
is measured on the lists at hand and ``m`` learned from them, both drawn towards these.
"""

from dataclasses import dataclass

# How close two skeletons must be, by Jaro-Winkler similarity, to be a variant or a doubtful variant.
_CLOSE, _DOUBTFUL = 0.9, 0.8


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two values can agree. ``condition`` is SQL over the columns of both records.

    ``frequency_of`` names the column that says how common the agreed value is; where agreement is not exact,
    it counts as no rarer than the level as a whole.
    """

    words: str
    condition: str
    m: float
    u: float
    frequency_of: str | None = None
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """The levels of one field, best first; ``unknown`` is the SQL for "nothing to compare"."""

    field: str
    shown: str
    unknown: str
    levels: tuple[Level, ...]


def _similar(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def _begins(column: str) -> str:
    return f"(starts_with({column}_l, {column}_r) or starts_with({column}_r, {column}_l))"


def _sounds_close(column: str) -> str:
    return f"({_similar(column, _CLOSE)} or {column}_consonants_l = {column}_consonants_r)"


_SWAPPED = (
    "(jaro_winkler_similarity(given_l, family_r) >= 0.9"
    " and jaro_winkler_similarity(family_l, given_r) >= 0.9)"
)
_FATHERS_KNOWN = "(father_l is not null and father_r is not null)"
_GRANDFATHERS_UNKNOWN = "(grandfather_l is null or grandfather_r is null)"
_SAME_FAMILY = "list_has_any(family_forms_l, family_forms_r)"
_CLOSE_FAMILY = f"({_SAME_FAMILY} or {_sounds_close('family')})"
_SAME_FATHERS = (
    f"({_FATHERS_KNOWN} and {_begins('father')} and ({_GRANDFATHERS_UNKNOWN} or {_begins('grandfather')}))"
)
_CLOSE_FATHERS = (
    f"({_FATHERS_KNOWN} and ({_begins('father')} or {_sounds_close('father')})"
    f" and ({_GRANDFATHERS_UNKNOWN} or {_begins('grandfather')} or {_sounds_close('grandfather')}))"
)

GIVEN = FieldComparison(
    field="given name",
    shown="given",
    unknown="given_l is null or given_r is null",
    levels=(
        Level("the same given name", "list_has_any(given_forms_l, given_forms_r)", 0.86, 0.006, "given"),
        Level("given and family name exchanged", _SWAPPED, 0.006, 0.0001),
        Level("close given names", _similar("given", _CLOSE), 0.06, 0.006, "given_consonants", False),
        Level(
            "given names with the same consonants",
            "given_consonants_l = given_consonants_r",
            0.012,
            0.004,
            "given_consonants",
            False,
        ),
        Level(
            "given names somewhat alike", f"{_similar('given', _DOUBTFUL)} or {_begins('given')}", 0.03, 0.03
        ),
        Level("different given names", "else", 0.034, 0.956),
    ),
)

FAMILY_LINE = FieldComparison(
    field="family line",
    shown="line",
    unknown="family_l is null or family_r is null",
    levels=(
        Level("the same family and father", f"{_SAME_FAMILY} and {_SAME_FATHERS}", 0.35, 0.0003, "patriline"),
        Level(
            "close family and father",
            f"{_CLOSE_FAMILY} and {_CLOSE_FATHERS}",
            0.13,
            0.0003,
            "line_consonants",
            False,
        ),
        Level(
            "the same family, no father known",
            f"{_SAME_FAMILY} and not {_FATHERS_KNOWN}",
            0.36,
            0.002,
            "family",
        ),
        Level(
            "close family, no father known",
            f"{_CLOSE_FAMILY} and not {_FATHERS_KNOWN}",
            0.06,
            0.003,
            "family_consonants",
            False,
        ),
        Level("given and family name exchanged", _SWAPPED, 0.006, 0.0001),
        Level("the same father, another family", _CLOSE_FATHERS, 0.02, 0.005, "father_consonants", False),
        Level("the same family, another father", _CLOSE_FAMILY, 0.03, 0.004, "family_consonants", False),
        Level("another family", "else", 0.044, 0.982),
    ),
)

_BOTH_BORN = "(birth_day_l is not null and birth_day_r is not null)"
_BOTH_AGED = "(age_l is not null and age_r is not null)"
_BORN_KNOWN = "(born_from_l is not null and born_from_r is not null)"
_BORN_APART = "(greatest(born_from_l, born_from_r) - least(born_to_l, born_to_r))"
_YEARS_APART = (
    f"(case when {_BOTH_AGED} and not {_BOTH_BORN} then abs(age_l - age_r)"
    f" else ceil(greatest({_BORN_APART}, 0) / 366.0) end)"
)


def _exchanged(date: str) -> str:
    return f"({date}_iso_l = {date}_exchanged_r)"


def _one_digit(date: str) -> str:
    return f"damerau_levenshtein({date}_iso_l, {date}_iso_r) <= 1"


BIRTH = FieldComparison(
    field="birth",
    shown="birth",
    unknown=f"not ({_BOTH_AGED} or {_BORN_KNOWN})",
    levels=(
        Level("the same day of birth", f"{_BOTH_BORN} and birth_day_l = birth_day_r", 0.3, 0.0001),
        Level(
            "day of birth with one digit or day and month exchanged",
            f"{_BOTH_BORN} and ({_exchanged('birth')} or {_one_digit('birth')})",
            0.06,
            0.001,
        ),
        Level("the same age or an age that fits", f"not {_BOTH_BORN} and {_YEARS_APART} = 0", 0.4, 0.03),
        Level("one year apart", f"{_YEARS_APART} <= 1", 0.16, 0.055),
        Level("two or three years apart", f"{_YEARS_APART} <= 3", 0.04, 0.1),
        Level("another age", "else", 0.04, 0.8139),
    ),
)

SEX = FieldComparison(
    field="sex",
    shown="sex",
    unknown="sex_l is null or sex_r is null",
    levels=(
        Level("the same sex", "sex_l = sex_r", 0.99, 0.7),
        Level("another sex", "else", 0.01, 0.3),
    ),
)

_EVENT_APART = "(greatest(event_from_l, event_from_r) - least(event_to_l, event_to_r))"
_EVENT_EXACT = "(event_from_l = event_to_l and event_from_r = event_to_r)"
EVENT = FieldComparison(
    field="event date",
    shown="event",
    unknown="event_from_l is null or event_from_r is null",
    levels=(
        Level("the same day", f"{_EVENT_EXACT} and event_from_l = event_from_r", 0.8, 0.01, "event_from"),
        Level(
            "one day apart, or day and month exchanged",
            f"{_EVENT_EXACT} and ({_EVENT_APART} <= 1 or {_exchanged('event')})",
            0.1,
            0.02,
        ),
        Level("a date that fits", f"{_EVENT_APART} <= 0", 0.03, 0.03),
        Level("within a week", f"{_EVENT_APART} <= 7", 0.03, 0.05),
        Level(
            "within a month, or one digit",
            f"{_EVENT_APART} <= 31 or ({_EVENT_EXACT} and {_one_digit('event')})",
            0.02,
            0.1,
        ),
        Level("another time", "else", 0.02, 0.79),
    ),
)

_PLACES = "(place_l is not null and place_r is not null)"
_REGIONS = "(region_l is not null and region_r is not null)"
PLACE = FieldComparison(
    field="place",
    shown="place",
    unknown=f"not {_PLACES} and not {_REGIONS}",
    levels=(
        Level("the same place", f"{_PLACES} and place_l = place_r", 0.8, 0.06, "place"),
        Level(
            "nearly the same place name",
            f"{_PLACES} and ({_similar('place', 0.9)} or {_begins('place')})",
            0.07,
            0.01,
        ),
        Level("the same region", f"{_REGIONS} and region_l = region_r", 0.1, 0.08, "region"),
        Level("another place", "else", 0.03, 0.85),
    ),
)

NUMBER = FieldComparison(
    field="number",
    shown="number",
    unknown="number_l is null or number_r is null",
    levels=(
        Level("the same number", "number_l = number_r", 0.9, 0.00001),
        Level("a number with one digit wrong", "damerau_levenshtein(number_l, number_r) <= 1", 0.07, 0.00005),
        Level("another number", "else", 0.03, 0.99994),
    ),
)

CONTACT = FieldComparison(
    field="contact",
    shown="contact",
    unknown="contact_l is null or contact_r is null",
    levels=(
        Level("the same contact", "contact_l = contact_r", 0.75, 0.0005),
        Level("nearly the same contact", f"{_similar('contact', 0.9)}", 0.1, 0.002),
        Level("another contact", "else", 0.15, 0.9975),
    ),
)

COMPARISONS = (GIVEN, FAMILY_LINE, BIRTH, SEX, EVENT, PLACE, NUMBER, CONTACT)
