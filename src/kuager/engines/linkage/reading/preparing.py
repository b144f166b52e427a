"""Turn lists with any headers into one table of comparable fields.

Promises: every input record becomes exactly one row, in order; what is missing stays missing. Name fields are
sound skeletons from the names engine; ``shown_*`` columns keep what the list says, for the reasons.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.reading.columns import FIELDS, recognise_columns
from kuager.engines.linkage.reading.dates import birth_span, read_ages, read_date
from kuager.engines.linkage.reading.folding import NAME_FIELDS, Columns, by_value, folded_names
from kuager.engines.linkage.reading.places import FoldedPlace, fold_place
from kuager.engines.linkage.reading.statuses import is_living, read_fate
from kuager.engines.names import skeletons

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
    return max(NAME_FIELDS, key=lambda field: sum(bool((frame[field] != "").any()) for frame in cleaned))


def _read_dates(texts: list[str]) -> Columns:
    spans = [read_date(text) for text in texts]
    columns = {
        "from": [span.earliest if span else None for span in spans],
        "to": [span.latest if span else None for span in spans],
    }
    return {name: pl.Series(name, days, dtype=pl.Int32) for name, days in columns.items()}


def _read_ages(texts: list[str]) -> Columns:
    spans = [read_ages(text) for text in texts]
    columns = {
        "from": [span[0] if span else None for span in spans],
        "to": [span[1] if span else None for span in spans],
    }
    return {name: pl.Series(name, ages, dtype=pl.Int32) for name, ages in columns.items()}


def _exact(edges: pl.DataFrame) -> pl.Series:
    return edges.select(pl.when(pl.col("from") == pl.col("to")).then("from"))["from"]


def _usual_day(events: pl.DataFrame) -> int | None:
    known = _exact(events).drop_nulls().sort()
    return int(known[len(known) // 2]) if len(known) else None


def _dates(records: pl.DataFrame, events: pl.DataFrame, usual_day: int | None) -> pl.DataFrame:
    births = by_value(records["birth_date"], _read_dates)
    ages = by_value(records["age"], _read_ages)
    table = pl.DataFrame(
        [
            _exact(ages).rename("age"),
            _exact(births).rename("birth_day"),
            births["from"].rename("born_from"),
            births["to"].rename("born_to"),
            events["from"].rename("event_from"),
            events["to"].rename("event_to"),
            _exact(events).rename("event_day"),
        ]
    )
    on_day = pl.DataFrame([events["from"]]).select(
        on_day=pl.coalesce("from", pl.lit(usual_day, dtype=pl.Int32))
    )["on_day"]
    by_age = _born_by_age(ages.with_columns(on_day))
    known = pl.col("born_from").is_not_null()
    table = table.with_columns(
        pl.when(known).then(edge).otherwise(by_age[edge]).alias(edge) for edge in ("born_from", "born_to")
    )
    is_rounded = (pl.col("age") >= _ROUNDED_FROM) & (pl.col("age") % _ROUNDED_TO == 0)
    return table.with_columns(
        *_written("birth_day"),
        *_written("event_day"),
        is_rounded.fill_null(value=False).cast(pl.Int32).alias("age_rounded"),
    )


def _born_by_age(told: pl.DataFrame) -> pl.DataFrame:
    """Return the first and last day of birth that ages (from, to) on a day allow; unknown if a part is."""
    different = told.unique(maintain_order=True).drop_nulls()
    spans = [birth_span(youngest, day, oldest) for youngest, oldest, day in different.iter_rows()]
    edges = {
        "born_from": [span.earliest for span in spans],
        "born_to": [span.latest for span in spans],
    }
    answers = different.with_columns(pl.Series(name, days, dtype=pl.Int32) for name, days in edges.items())
    return told.join(answers, on=told.columns, how="left", maintain_order="left").select(*edges)


def _written(day: str) -> list[pl.Expr]:
    """Return the day as text, and as text with day and month exchanged, for comparing digits."""
    written = pl.from_epoch(pl.col(day) - _EPOCH, time_unit="d").dt
    name = day.removesuffix("_day")
    return [
        written.strftime("%Y-%m-%d").alias(f"{name}_iso"),
        written.strftime("%Y-%d-%m").alias(f"{name}_exchanged"),
    ]


def _mapped(column: pl.Series, read: Callable[[str], str | None]) -> pl.Series:
    def columns_of(texts: list[str]) -> Columns:
        return {"read": pl.Series("read", [read(text) for text in texts], dtype=pl.String)}

    return by_value(column, columns_of)["read"].rename(column.name)


def _fold_words(text: str) -> str | None:
    words = (skeletons(word) for word in text.replace("-", " ").replace(",", " ").split())
    return " ".join(forms[0] for forms in words if forms) or None


def _places(records: pl.DataFrame) -> pl.DataFrame:
    event = records.select("place", "region")
    different = event.unique(maintain_order=True)
    answers = different.with_columns(_place_columns([fold_place(*row) for row in different.iter_rows()]))
    found = event.join(answers, on=["place", "region"], how="left", maintain_order="left")
    birth, home = (by_value(records[field], _read_places) for field in ("birth_place", "residence"))
    return pl.DataFrame(
        {
            "place": found["folded_place"],
            "region": found["folded_region"],
            "region_before": found["folded_before"],
            "birth_place": birth["folded_place"],
            "birth_region": birth["folded_before"],
            "residence": home["folded_place"],
            "residence_region": home["folded_before"],
        }
    )


def _read_places(texts: list[str]) -> Columns:
    return {column.name: column for column in _place_columns([fold_place(text) for text in texts])}


def _place_columns(places: list[FoldedPlace]) -> list[pl.Series]:
    return [
        pl.Series("folded_place", [place.place for place in places], dtype=pl.String),
        pl.Series("folded_region", [place.region for place in places], dtype=pl.String),
        pl.Series("folded_before", [place.region_before for place in places], dtype=pl.String),
    ]


def _read_fates(texts: list[str]) -> Columns:
    fates = [read_fate(text) for text in texts]
    living = pl.Series("living", [is_living(fate) for fate in fates], dtype=pl.Boolean)
    return {"fate": pl.Series("fate", fates, dtype=pl.String), "living": living.cast(pl.Int32)}


def _said(records: pl.DataFrame) -> pl.DataFrame:
    fates = by_value(records["status"], _read_fates)
    return pl.DataFrame(
        {
            "sex": _mapped(records["sex"], _fold_sex),
            "status": fates["fate"],
            "living": fates["living"],
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
    events = by_value(raw["event_date"], _read_dates)
    habits = habits or Habits(_name_field(cleaned), _usual_day(events))
    derived = [
        folded_names(raw, habits.name_field),
        _dates(raw, events, habits.usual_day),
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
