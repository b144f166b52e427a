"""Ages and sex as people write them in cells."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from kuager.core.ages import HIGHEST_AGE
from kuager.core.dates import UNKNOWN, UncertainDate, from_year
from kuager.core.digest import Cell
from kuager.core.errors import BadInputError
from kuager.engines.tables.dates_in_cells import read_date
from kuager.engines.tables.words import is_unknown, load_words, plain

EXPECTED_AGE = (
    f"an age from 0 to {HIGHEST_AGE}, such as 11, 34-35, 30+, 2 месяца, or a birth year such as 1990 г.р."
)
EXPECTED_SEX = "м or ж, ер or әйел, male or female"
# "About 30" has no agreed width; two years either way is ours, and stays visible as a range.
ABOUT_YEARS = 2
_TOKEN = re.compile(r"\d+(?:[.,]\d+)?|[^\W\d_]+|[+~<>≥≤≈]")
_FIRST_BIRTH_YEAR, _LAST_BIRTH_YEAR = 1880, 2100


@dataclass(frozen=True, slots=True)
class AgeReading:
    """An age in whole years, both ends included, None where open; or a birth date in its place."""

    age_min: int | None = None
    age_max: int | None = None
    birth: UncertainDate = UNKNOWN


def parse_age(value: Cell) -> AgeReading:
    """Read an age from a cell.

    Raises
    ------
    BadInputError
        When it is no age, or none that a living person can have.
    """
    reading = read_age(value)
    if reading is None:
        msg = f"expected {EXPECTED_AGE}, got {str(value)[:80]!r}"
        raise BadInputError(msg)
    return reading


@lru_cache(maxsize=16_384, typed=True)
def read_age(value: Cell) -> AgeReading | None:
    """Read an age from a cell; None when it is none."""
    if value is None:
        return AgeReading()
    if isinstance(value, bool | date):
        # Spreadsheet programs turn "11-12" into 11 December; the age is lost, and a date is no age.
        return None
    if isinstance(value, int | float):
        return _from_number(float(value))
    text = value.strip()
    if is_unknown(text):
        return AgeReading()
    if len(text) > 80:
        return None
    return _from_text(text)


def parse_sex(value: Cell) -> str:
    """Read "female" or "male" from a cell; empty when it says that nothing is known.

    Raises
    ------
    BadInputError
        When it is neither.
    """
    if value is None or (isinstance(value, str) and is_unknown(value)):
        return ""
    found = load_words().sex.find(plain(str(value)))
    if found is None:
        msg = f"expected {EXPECTED_SEX}, got {str(value)[:80]!r}"
        raise BadInputError(msg)
    return found


def _from_number(number: float) -> AgeReading | None:
    if number.is_integer() and _FIRST_BIRTH_YEAR <= number <= _LAST_BIRTH_YEAR:
        return AgeReading(birth=from_year(int(number)))
    return _range(int(number), int(number)) if 0 <= number <= HIGHEST_AGE else None


def _range(low: int | None, high: int | None) -> AgeReading | None:
    if low is not None and high is not None and low > high:
        return None
    ends = [end for end in (low, high) if end is not None]
    return AgeReading(low, high) if all(0 <= end <= HIGHEST_AGE for end in ends) else None


def _from_text(text: str) -> AgeReading | None:
    tokens = _TOKEN.findall(text.casefold().replace("ё", "е"))
    if text.startswith("-") or not tokens:
        return None
    numbers = [float(token.replace(",", ".")) for token in tokens if token[0].isdecimal()]
    marks = {_mark(token) for token in tokens if not token[0].isdecimal()}
    if "" in marks:
        marks = {*marks, _birth_words(text)} - {""}
    if not numbers:
        return _without_number(marks)
    if len(numbers) == 1 and _FIRST_BIRTH_YEAR <= numbers[0] <= _LAST_BIRTH_YEAR:
        return AgeReading(birth=from_year(int(numbers[0])))
    if "unknown word" in marks:
        return _birth_date(text)
    return _with_number(numbers, marks) or _birth_date(text)


def _mark(token: str) -> str:
    signs = {
        "+": "minimum",
        ">": "minimum",
        "≥": "minimum",
        "<": "maximum",
        "≤": "maximum",
        "~": "about",
        "≈": "about",
    }
    if token in signs:
        return signs[token]
    return load_words().age_words.find(token) or ""


def _birth_words(text: str) -> str:
    """Words that mean something only together ("г. р.", "years old") are looked up as a phrase."""
    phrase = plain(re.sub(r"\d+", " ", text))
    return load_words().age_words.find(phrase) or "unknown word"


def _without_number(marks: set[str]) -> AgeReading | None:
    if "minor" in marks:
        return AgeReading(None, 17)
    return AgeReading(18, None) if "adult" in marks else None


def _with_number(numbers: list[float], marks: set[str]) -> AgeReading | None:
    if "months" in marks:
        # "1 год 2 месяца" is one year; "18 месяцев" too.
        years = int(numbers[0]) if "years" in marks and len(numbers) == 2 else int(numbers[-1]) // 12
        return _range(years, years)
    if len(numbers) > 2:
        return None
    low, high = int(numbers[0]), int(numbers[-1])
    if "minimum" in marks:
        return _range(low, None)
    if "maximum" in marks:
        return _range(None, high)
    if "about" in marks:
        return _range(
            max(low - ABOUT_YEARS, 0), min(high + ABOUT_YEARS, HIGHEST_AGE) if high <= HIGHEST_AGE else high
        )
    return _range(low, high)


def _birth_date(text: str) -> AgeReading | None:
    """Accept a full birth date that somebody wrote where the age belongs."""
    if not re.search(r"(18|19|20)\d\d", text):
        return None
    reading = read_date(re.sub(r"(?i)г\.?\s*р\.?$", "", text).strip(), _LAST_BIRTH_YEAR, True)
    if reading is None or not reading.has_year or not reading.day.is_known:
        return None
    return AgeReading(birth=reading.day)
