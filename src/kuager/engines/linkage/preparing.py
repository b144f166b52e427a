"""Turn lists with any headers into one table of comparable fields.

Promises: every input record becomes exactly one row, in order; what is missing stays missing. Name fields are
sound skeletons from the names engine; ``shown_*`` columns keep what the list says, for the reasons.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.columns import FIELDS, recognise_columns
from kuager.engines.linkage.dates import birth_span, read_ages, read_date
from kuager.engines.linkage.places import FoldedPlace, fold_place
from kuager.engines.linkage.statuses import is_living, read_fate
from kuager.engines.names import consonants, masculine, parse_name, patronymic_stem, skeletons
from kuager.engines.names.variants import certain_kin

_MAX_FORMS = 3
_LONG_NAME = 7
_CHILD_OF = frozenset({"bin", "ibn", "bint", "ben", "бин", "ибн", "بن", "ابن", "بنت"})
_DAY_COLUMNS = ("age", "birth_day", "born_from", "born_to", "event_from", "event_to", "event_day")
# Day numbers count from the first day of the year 1; polars counts from 1970.
_EPOCH = date(1970, 1, 1).toordinal()
# What lists write where they know nothing.
_NOTHING = (
    "-", "--", "–", "—", "?", "??", "???", "n/a", "na", "nan", "none", "null", "unknown", "not known",
    "not stated", "no data", "unnamed", "unidentified", "name withheld", "неизвестно", "неизвестен",
    "неизвестна", "неизвестный", "нет данных", "н/д", "не указано", "не установлено", "белгісіз",
    "анықталмаған", "көрсетілмеген", "дерек жоқ", "غير معروف", "مجهول",
)  # fmt: skip
# From this age on people round their age to a five or a ten.
_ROUNDED_FROM, _ROUNDED_TO = 20, 5
_SHOWN_AS_WRITTEN = (
    "sex", "birth_place", "residence", "postcode", "occupation", "ethnicity", "status", "number", "contact",
)  # fmt: skip
_NAME_FIELDS = ("name", "name_ar", "name_en")
_SEXES = {
    "m": "m", "male": "m", "man": "m", "boy": "m", "м": "m", "муж": "m", "мужской": "m", "мужчина": "m",
    "е": "m", "ер": "m", "f": "f", "female": "f", "woman": "f", "girl": "f", "ж": "f", "жен": "f",
    "женский": "f", "женщина": "f", "ә": "f", "әйел": "f",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Habits:
    """What all lists together say about reading one record: kept, so that a later record is read alike.

    ``name_field`` is the column preferred for a name in one cell; ``usual_day`` is the day to which an age
    refers where a record has no date of its own, None where no list has dates.
    """

    name_field: str
    usual_day: int | None


@dataclass(frozen=True, slots=True)
class Prepared:
    """All lists in one table. ``records`` has one row per record; ``lists`` names them in their order."""

    records: pl.DataFrame
    lists: tuple[str, ...]
    habits: Habits


@dataclass(frozen=True, slots=True)
class FoldedName:
    """A name as the comparisons see it."""

    given: str | None
    given_forms: tuple[str, ...]
    family: str | None
    family_forms: tuple[str, ...]
    father: str | None
    grandfather: str | None
    shown_given: str
    shown_line: str


def _forms(text: str) -> tuple[str, ...]:
    return skeletons(text.replace(" ", "").replace("-", ""))[:_MAX_FORMS]


def _family_forms(text: str) -> tuple[str, ...]:
    forms = [_without_article(masculine(form)) for form in _forms(text)]
    return tuple(dict.fromkeys([*forms, *filter(None, map(_without_grown_article, forms))]))


def _without_grown_article(skeleton: str) -> str | None:
    """Return what is left where the article was written as one word with a name: Alamghari, al-Maghari."""
    has_grown = skeleton[:2] in ("al", "el") and len(skeleton) >= _LONG_NAME and skeleton[2] in "aeiou"
    return skeleton[3:] if has_grown else None


def _without_article(skeleton: str) -> str:
    """Drop the Arabic article, which one list writes and the next leaves out."""
    is_article = skeleton[:2] in ("al", "el") and len(skeleton) >= 6 and skeleton[2] not in "aeiou"
    return skeleton[2:] if is_article else skeleton


def _father_form(text: str) -> str:
    """Fold a father's name: a patronymic loses its ending, "son of" is dropped."""
    words = [word for word in text.casefold().split() if word not in _CHILD_OF]
    folded = skeletons("".join(words).replace("-", ""))[:1]
    return "".join(patronymic_stem(skeleton) or skeleton for skeleton in folded)


@lru_cache(maxsize=400_000)
def fold_parts(given: str, family: str, fathers: tuple[str, ...]) -> FoldedName:
    """Fold a name whose parts are known; ``fathers`` begins with the father, further words are forebears."""
    given_forms, family_forms = _forms(given), _family_forms(family)
    lines = [form for father in fathers if (form := _father_form(father))]
    return FoldedName(
        given=given_forms[0] if given_forms else None,
        given_forms=given_forms,
        family=family_forms[0] if family_forms else None,
        family_forms=family_forms,
        father=lines[0] if lines else None,
        grandfather=" ".join(lines[1:]) or None,
        shown_given=given,
        shown_line=" ".join((*fathers, family)).strip(),
    )


@lru_cache(maxsize=400_000)
def fold_name(text: str) -> FoldedName:
    """Fold a name written in one cell."""
    name = parse_name(text)
    fathers = tuple(token.text for token in name.tokens if token.role in ("patronymic", "other"))
    return fold_parts(name.given, name.family, fathers)


def _consonants(skeleton: str | None) -> str | None:
    return consonants(skeleton.replace(" ", "")) if skeleton else None


def _kin(forms: tuple[str, ...]) -> list[str]:
    """Return the names that share a long form with this one, itself among them; nothing for most names."""
    kin = [other for form in forms for other in certain_kin(form)]
    return [*forms, *kin] if kin else []


def _keys(forms: tuple[str, ...]) -> list[str]:
    return list(dict.fromkeys(consonants(form) for form in forms))


def _clean(frame: pl.DataFrame, list_name: str) -> pl.DataFrame:
    """Rename known columns to field names, as text, with "" for nothing; check the ids."""
    found = recognise_columns(frame.columns)
    named = frame.select(pl.col(column).cast(pl.String).alias(field) for column, field in found.items())
    if not {"name", "name_ar", "name_en", "given", "family"} & set(named.columns):
        known = "name, full_name, first_name, surname"
        raise BadInputError(f"list {list_name}: no column with names was found; expected one of {known}")
    if "id" not in named.columns:
        named = named.with_columns(pl.int_range(1, pl.len() + 1).cast(pl.String).alias("id"))
    missing = [pl.lit("").alias(field) for field in FIELDS if field not in named.columns]
    cleaned = named.with_columns(missing).select(pl.col(FIELDS).fill_null("").str.strip_chars())
    says_nothing = pl.col(field for field in FIELDS if field != "id")
    cleaned = cleaned.with_columns(
        pl.when(says_nothing.str.to_lowercase().is_in(_NOTHING))
        .then(pl.lit(""))
        .otherwise(says_nothing)
        .name.keep()
    )
    _check_ids(cleaned["id"], list_name)
    return cleaned.with_columns(pl.lit(list_name).alias("list"))


def _check_ids(ids: pl.Series, list_name: str) -> None:
    repeated = ids.filter(ids.is_duplicated())
    if len(repeated):
        row = int((ids == repeated[0]).arg_true()[1]) + 1
        raise BadInputError(
            f"list {list_name}: column id, record {row}: the id {repeated[0]} occurs twice; "
            "every record needs an id of its own"
        )


def _name_field(cleaned: list[pl.DataFrame]) -> str:
    """Choose the one-cell name column that most lists fill, so that like is compared with like."""
    return max(_NAME_FIELDS, key=lambda field: sum(bool((frame[field] != "").any()) for frame in cleaned))


def _fold_row(row: tuple[str, ...]) -> FoldedName:
    given, family, patronymic, preferred, *others = row
    if given or family:
        return fold_parts(given, family, tuple(patronymic.split()))
    return fold_name(preferred or next((other for other in others if other), ""))


def _names(records: pl.DataFrame, preferred: str) -> pl.DataFrame:
    others = [field for field in _NAME_FIELDS if field != preferred]
    folded = [
        _fold_row(row)
        for row in records.select("given", "family", "patronymic", preferred, *others).iter_rows()
    ]
    table = {
        "given": [name.given for name in folded],
        "given_forms": [list(name.given_forms) for name in folded],
        "family": [name.family for name in folded],
        "family_forms": [list(name.family_forms) for name in folded],
        "father": [name.father for name in folded],
        "grandfather": [name.grandfather for name in folded],
        "given_consonants": [_consonants(name.given) for name in folded],
        "father_consonants": [_consonants(name.father) for name in folded],
        "grandfather_consonants": [_consonants(name.grandfather) for name in folded],
        "shown_given": [name.shown_given for name in folded],
        "shown_line": [name.shown_line for name in folded],
        "given_kin": [_kin(name.given_forms) for name in folded],
        "given_keys": [_keys(name.given_forms) for name in folded],
        "family_keys": [_keys(name.family_forms) for name in folded],
        "family_consonants": [_consonants(name.family) for name in folded],
    }
    schema = {
        key: pl.List(pl.String) if key.endswith(("_forms", "_keys", "_kin")) else pl.String for key in table
    }
    return pl.DataFrame(table, schema=schema)


def _usual_day(records: pl.DataFrame) -> int | None:
    events = [read_date(text) for text in records["event_date"]]
    known = sorted(event.earliest for event in events if event and event.is_exact)
    return known[len(known) // 2] if known else None


def _dates(records: pl.DataFrame, usual_day: int | None) -> pl.DataFrame:
    births = [read_date(text) for text in records["birth_date"]]
    events = [read_date(text) for text in records["event_date"]]
    ages = [read_ages(text) for text in records["age"]]
    exact = [age[0] if age and age[0] == age[1] else None for age in ages]
    spans = []
    for birth, event, age in zip(births, events, ages, strict=True):
        on_day = event.earliest if event else usual_day
        spans.append(birth or (birth_span(age[0], on_day, age[1]) if age is not None and on_day else None))
    table = pl.DataFrame(
        {
            "age": exact,
            "birth_day": [birth.earliest if birth and birth.is_exact else None for birth in births],
            "born_from": [span.earliest if span else None for span in spans],
            "born_to": [span.latest if span else None for span in spans],
            "event_from": [event.earliest if event else None for event in events],
            "event_to": [event.latest if event else None for event in events],
            "event_day": [event.earliest if event and event.is_exact else None for event in events],
        },
        schema=dict.fromkeys(_DAY_COLUMNS, pl.Int32),
    )
    is_rounded = (pl.col("age") >= _ROUNDED_FROM) & (pl.col("age") % _ROUNDED_TO == 0)
    return table.with_columns(
        *_written("birth_day"),
        *_written("event_day"),
        is_rounded.fill_null(value=False).cast(pl.Int32).alias("age_rounded"),
    )


def _written(day: str) -> list[pl.Expr]:
    """Return the day as text, and as text with day and month exchanged, for comparing digits."""
    written = pl.from_epoch(pl.col(day) - _EPOCH, time_unit="d").dt
    name = day.removesuffix("_day")
    return [
        written.strftime("%Y-%m-%d").alias(f"{name}_iso"),
        written.strftime("%Y-%d-%m").alias(f"{name}_exchanged"),
    ]


def _mapped(column: pl.Series, read: Callable[[str], str | None]) -> pl.Series:
    return pl.Series(column.name, [read(text) for text in column], dtype=pl.String)


@lru_cache(maxsize=100_000)
def _fold_words(text: str) -> str | None:
    words = (skeletons(word) for word in text.replace("-", " ").replace(",", " ").split())
    return " ".join(forms[0] for forms in words if forms) or None


def _places(records: pl.DataFrame) -> pl.DataFrame:
    event = [fold_place(*row) for row in records.select("place", "region").iter_rows()]
    birth = [fold_place(text) for text in records["birth_place"]]
    home = [fold_place(text) for text in records["residence"]]

    def column(places: list[FoldedPlace], part: str) -> pl.Series:
        return pl.Series([getattr(place, part) for place in places], dtype=pl.String)

    return pl.DataFrame(
        {
            "place": column(event, "place"),
            "region": column(event, "region"),
            "region_before": column(event, "region_before"),
            "birth_place": column(birth, "place"),
            "birth_region": column(birth, "region_before"),
            "residence": column(home, "place"),
            "residence_region": column(home, "region_before"),
        }
    )


def _said(records: pl.DataFrame) -> pl.DataFrame:
    fates = [read_fate(text) for text in records["status"]]
    return pl.DataFrame(
        {
            "sex": _mapped(records["sex"], _fold_sex),
            "status": pl.Series(fates, dtype=pl.String),
            "living": pl.Series([is_living(fate) for fate in fates], dtype=pl.Boolean).cast(pl.Int32),
            "occupation": _mapped(records["occupation"], _fold_words),
            "ethnicity": _mapped(records["ethnicity"], _fold_exact),
            "postcode": _mapped(records["postcode"], _fold_code),
            "number": _mapped(records["number"], _fold_exact),
            "contact": _mapped(records["contact"], _fold_exact),
        }
    )


def _fold_code(text: str) -> str | None:
    return text.casefold().replace(" ", "") or None


def _fold_exact(text: str) -> str | None:
    return text.casefold() or None


def _fold_sex(text: str) -> str | None:
    return _SEXES.get(text.casefold().rstrip("."))


def prepare(frames: Mapping[str, pl.DataFrame], *, habits: Habits | None = None) -> Prepared:
    """Read the lists into one table.

    Parameters
    ----------
    frames
        The lists by name.
    habits
        Those of lists read before, to read further records of them alike; otherwise found here.

    Raises
    ------
    BadInputError
        When a list has no column with names, or an id occurs twice.
    """
    if not frames:
        raise BadInputError("nothing to link: at least one list is needed")
    cleaned = [_clean(frame, name) for name, frame in frames.items()]
    raw = pl.concat(cleaned)
    habits = habits or Habits(_name_field(cleaned), _usual_day(raw))
    derived = [
        _names(raw, habits.name_field),
        _dates(raw, habits.usual_day),
        _places(raw),
        _said(raw),
    ]
    shown = raw.select(
        "list",
        "id",
        _shown("birth_date", "age").alias("shown_birth"),
        pl.col("event_date").alias("shown_event"),
        _shown("place", "region").alias("shown_place"),
        *(pl.col(field).alias(f"shown_{field}") for field in _SHOWN_AS_WRITTEN),
    )
    records = pl.concat([shown, *derived], how="horizontal").with_row_index("unique_id")
    line = pl.when(pl.col("family").is_not_null() & pl.col("father").is_not_null())
    records = records.with_columns(
        line.then(pl.concat_str("family_consonants", "father_consonants", separator=" ")).alias(
            "line_consonants"
        ),
        line.then(
            pl.concat_str("family", "father", pl.col("grandfather").fill_null(""), separator=" ")
        ).alias("patriline"),
    )
    return Prepared(records, tuple(frames), habits)


def _shown(*fields: str) -> pl.Expr:
    return (
        pl.concat_str([pl.col(field) for field in fields], separator=" ")
        .str.replace_all(r"\s+", " ")
        .str.strip_chars()
    )
