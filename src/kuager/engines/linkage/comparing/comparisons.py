"""The fields compared and their levels of agreement, with probabilities frozen from development data.

A level's ``m`` is how often two records of one person agree that way, ``u`` how often two records of
different persons do (Fellegi and Sunter 1969, "A theory for record linkage"). They are starting values: ``u``
is measured on the lists at hand and ``m`` learned from them, both drawn towards these.
"""

from dataclasses import dataclass

import polars as pl

# How close two skeletons must be, by Jaro-Winkler similarity, to be a variant or a doubtful variant.
_CLOSE, _DOUBTFUL = 0.9, 0.8


@dataclass(frozen=True, slots=True)
class Level:
    """One way in which two values can agree. ``condition`` is SQL over the columns of both records.

    ``m_at_most`` bounds what can be learned of ``m``.

    ``frequency_of`` names the column that says how common the agreed value is; where agreement is not exact,
    this counts by half (see ``evidence.of_likeness``).
    """

    words: str
    condition: str
    m: float
    u: float
    frequency_of: str | None = None
    is_exact: bool = True
    m_at_most: float | None = None


@dataclass(frozen=True, slots=True)
class FieldComparison:
    """The levels of one field, best first; ``unknown`` is the SQL for "nothing to compare".

    Where none of the columns ``needs`` says anything, in any record, the field need not be looked at.
    """

    field: str
    shown: str
    unknown: str
    levels: tuple[Level, ...]
    needs: tuple[str, ...]


def _similar(column: str, least: float) -> str:
    return f"jaro_winkler_similarity({column}_l, {column}_r) >= {least}"


def _begins(column: str) -> str:
    return f"(starts_with({column}_l, {column}_r) or starts_with({column}_r, {column}_l))"


def _sounds_close(column: str) -> str:
    return f"({_similar(column, _CLOSE)} or {column}_consonants_l = {column}_consonants_r)"


def _same_consonants(column: str) -> str:
    return f"list_has_any({column}_keys_l, {column}_keys_r)"


def _exchanged_names(least: float) -> str:
    return (
        f"(jaro_winkler_similarity(given_l, family_r) >= {least}"
        f" and jaro_winkler_similarity(family_l, given_r) >= {least})"
    )


_SWAPPED = _exchanged_names(_CLOSE)
# Nurova is Nurov, but Nurlan Bolatov is not Bolat Nurlanov: many family names are given names with an ending.
_SURELY_SWAPPED = _exchanged_names(0.965)
_FATHERS_KNOWN = "(father_l is not null and father_r is not null)"
_GRANDFATHERS_UNKNOWN = "(grandfather_l is null or grandfather_r is null)"
_SAME_FAMILY = "list_has_any(family_forms_l, family_forms_r)"
_CLOSE_FAMILY = f"({_SAME_FAMILY} or {_similar('family', _CLOSE)} or {_same_consonants('family')})"
_DOUBTFUL_FAMILY = f"({_similar('family', _DOUBTFUL)} or {_begins('family')})"
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
        Level("the same given name", "list_has_any(given_forms_l, given_forms_r)", 0.855, 0.006, "given"),
        Level("given and family name exchanged", _SURELY_SWAPPED, 0.004, 0.00002),
        Level("given and family name nearly exchanged", _SWAPPED, 0.002, 0.00008),
        Level("a short form of the given name", "list_has_any(given_kin_l, given_kin_r)", 0.004, 0.0005),
        Level("close given names", _similar("given", _CLOSE), 0.06, 0.006, "given_consonants", False),
        Level(
            "given names with the same consonants",
            _same_consonants("given"),
            0.012,
            0.004,
            "given_consonants",
            False,
        ),
        Level(
            "given names somewhat alike", f"{_similar('given', _DOUBTFUL)} or {_begins('given')}", 0.03, 0.03
        ),
        # Brothers who agree on all else would otherwise teach the model that a given name means little.
        Level("different given names", "else", 0.033, 0.9534, m_at_most=0.068),
    ),
    needs=("given",),
)

FAMILY_LINE = FieldComparison(
    field="family line",
    shown="line",
    unknown="family_l is null or family_r is null",
    levels=(
        Level("the same family and father", f"{_SAME_FAMILY} and {_SAME_FATHERS}", 0.34, 0.0003, "patriline"),
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
        Level(
            "the same father, a family somewhat alike",
            f"{_CLOSE_FATHERS} and {_DOUBTFUL_FAMILY}",
            0.02,
            0.0005,
            "father_consonants",
            False,
        ),
        Level("the same father, another family", _CLOSE_FATHERS, 0.02, 0.005, "father_consonants", False),
        Level("the same family, another father", _CLOSE_FAMILY, 0.03, 0.004, "family_consonants", False),
        Level(
            "a family somewhat alike, no father known",
            f"{_DOUBTFUL_FAMILY} and not {_FATHERS_KNOWN}",
            0.012,
            0.01,
        ),
        Level("another family", "else", 0.022, 0.9748),
    ),
    needs=("family",),
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


_TWO_OF_THREE = (
    "(substr(birth_iso_l, 1, 7) = substr(birth_iso_r, 1, 7)"
    " or substr(birth_iso_l, 6, 5) = substr(birth_iso_r, 6, 5)"
    " or (substr(birth_iso_l, 1, 4) = substr(birth_iso_r, 1, 4)"
    " and substr(birth_iso_l, 9, 2) = substr(birth_iso_r, 9, 2)))"
)
BIRTH = FieldComparison(
    field="birth",
    shown="birth",
    unknown=f"not ({_BOTH_AGED} or {_BORN_KNOWN})",
    levels=(
        Level("the same day of birth", f"{_BOTH_BORN} and birth_day_l = birth_day_r", 0.28, 0.0001),
        Level(
            "day of birth with one digit or day and month exchanged",
            f"{_BOTH_BORN} and ({_exchanged('birth')} or {_one_digit('birth')})",
            0.06,
            0.001,
        ),
        Level("two of day, month and year of birth agree", f"{_BOTH_BORN} and {_TWO_OF_THREE}", 0.02, 0.004),
        Level("the same age or an age that fits", f"not {_BOTH_BORN} and {_YEARS_APART} = 0", 0.38, 0.03),
        Level("one year apart", f"{_YEARS_APART} <= 1", 0.16, 0.055),
        Level(
            "an age rounded to five years that fits",
            f"{_YEARS_APART} <= 2 and (age_rounded_l = 1 or age_rounded_r = 1) and not {_BOTH_BORN}",
            0.02,
            0.02,
        ),
        Level("two or three years apart", f"{_YEARS_APART} <= 3", 0.04, 0.1),
        Level("another age", "else", 0.04, 0.7899),
    ),
    needs=("age", "born_from"),
)

SEX = FieldComparison(
    field="sex",
    shown="sex",
    unknown="sex_l is null or sex_r is null",
    levels=(
        Level("the same sex", "sex_l = sex_r", 0.99, 0.7),
        Level("another sex", "else", 0.01, 0.3),
    ),
    needs=("sex",),
)

_EVENT_APART = "(greatest(event_from_l, event_from_r) - least(event_to_l, event_to_r))"
_EVENT_EXACT = "(event_from_l = event_to_l and event_from_r = event_to_r)"
# A day of detention and a day of death are two days: unless they coincide they are not compared as one.
_OTHER_EVENT = (
    f"(living_l is not null and living_r is not null and living_l <> living_r and {_EVENT_APART} > 1)"
)
EVENT = FieldComparison(
    field="event date",
    shown="event",
    unknown=f"event_from_l is null or event_from_r is null or {_OTHER_EVENT}",
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
    needs=("event_from",),
)

_PLACES = "(place_l is not null and place_r is not null)"
_REGIONS = "(region_l is not null and region_r is not null)"
_SAME_REGION = "(region_l = region_r or region_before_l = region_before_r)"
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
        Level("the same region", f"{_REGIONS} and {_SAME_REGION}", 0.1, 0.08, "region_before"),
        Level("another place", "else", 0.03, 0.85),
    ),
    needs=("place", "region"),
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
    needs=("number",),
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
    needs=("contact",),
)


def _known(column: str) -> str:
    return f"({column}_l is not null and {column}_r is not null)"


def _where(field: str, place: str, region: str) -> FieldComparison:
    """Compare a place in one role: where somebody was born is not where somebody was killed."""
    return FieldComparison(
        field=field,
        shown=place,
        unknown=f"not {_known(place)} and not {_known(region)}",
        levels=(
            Level(f"the same {field}", f"{_known(place)} and {place}_l = {place}_r", 0.7, 0.03, place),
            Level(
                f"nearly the same {field}",
                f"{_known(place)} and ({_similar(place, _CLOSE)} or {_begins(place)})",
                0.08,
                0.005,
            ),
            Level(
                f"a {field} in the same region",
                f"{_known(region)} and {region}_l = {region}_r",
                0.08,
                0.08,
                region,
            ),
            Level(f"another {field}", "else", 0.14, 0.885),
        ),
        needs=(place, region),
    )


BIRTH_PLACE = _where("birthplace", "birth_place", "birth_region")
RESIDENCE = _where("home", "residence", "residence_region")

POSTCODE = FieldComparison(
    field="postcode",
    shown="postcode",
    unknown=f"not {_known('postcode')}",
    levels=(
        Level("the same postcode", "postcode_l = postcode_r", 0.65, 0.002, "postcode"),
        Level(
            "a postcode with one letter wrong", "damerau_levenshtein(postcode_l, postcode_r) <= 1", 0.1, 0.001
        ),
        Level("the same area by postcode", "substr(postcode_l, 1, 3) = substr(postcode_r, 1, 3)", 0.1, 0.01),
        Level("another postcode", "else", 0.15, 0.987),
    ),
    needs=("postcode",),
)

OCCUPATION = FieldComparison(
    field="occupation",
    shown="occupation",
    unknown=f"not {_known('occupation')}",
    levels=(
        Level("the same occupation", "occupation_l = occupation_r", 0.6, 0.06, "occupation"),
        Level("a like occupation", f"{_similar('occupation', _CLOSE)} or {_begins('occupation')}", 0.1, 0.02),
        Level("another occupation", "else", 0.3, 0.92),
    ),
    needs=("occupation",),
)

ETHNICITY = FieldComparison(
    field="ethnicity",
    shown="ethnicity",
    unknown=f"not {_known('ethnicity')}",
    levels=(
        Level("the same ethnicity", "ethnicity_l = ethnicity_r", 0.93, 0.5, "ethnicity"),
        Level("another ethnicity", "else", 0.07, 0.5),
    ),
    needs=("ethnicity",),
)

# Nobody is seen alive after the day of death; a day's grace, because days are misstated.
_DIED_BEFORE = "(living_l = 0 and living_r = 1 and event_from_r > event_to_l + 1)"
_LIVED_AFTER = "(living_l = 1 and living_r = 0 and event_from_l > event_to_r + 1)"
STATUS = FieldComparison(
    field="status",
    shown="status",
    unknown=f"not {_known('status')}",
    levels=(
        Level("the same status", "status_l = status_r", 0.7, 0.5, "status"),
        Level(
            "seen alive after the day of death",
            f"coalesce({_DIED_BEFORE} or {_LIVED_AFTER}, false)",
            0.0001,
            0.05,
            m_at_most=0.0001,
        ),
        Level("another status, possible for one person", "else", 0.2999, 0.45),
    ),
    needs=("status",),
)

COMPARISONS = (
    GIVEN, FAMILY_LINE, BIRTH, SEX, EVENT, PLACE, STATUS, BIRTH_PLACE, RESIDENCE, POSTCODE, OCCUPATION,
    ETHNICITY, NUMBER, CONTACT,
)  # fmt: skip


def of_use(records: pl.DataFrame) -> tuple[FieldComparison, ...]:
    """Return the comparisons of fields that some record fills; the others need not be looked at."""
    filled = {column.name for column in records if column.null_count() < len(column)}
    return tuple(field for field in COMPARISONS if not filled.isdisjoint(field.needs))
