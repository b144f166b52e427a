"""Tables of records for the linkage engine and for pages that put records side by side."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import polars as pl

from kuager.domain.people.models import Assignment, Record, RecordName

if TYPE_CHECKING:
    from django.db.models import QuerySet

COLUMNS = {
    "record_id": pl.Int64,
    "person_id": pl.Int64,
    "publisher_id": pl.Int64,
    "source_id": pl.Int64,
    "name": pl.String,
    "given": pl.String,
    "family": pl.String,
    "patronymic": pl.String,
    "sex": pl.String,
    "birth_earliest": pl.Date,
    "birth_latest": pl.Date,
    "age_min": pl.Int64,
    "age_max": pl.Int64,
    "home_place_id": pl.Int64,
    "home_text": pl.String,
    "category": pl.String,
    "told_on": pl.Date,
}
_FIELDS = (
    "record_id",
    "person_id",
    "record__citation__source__publisher_id",
    "record__citation__source_id",
    *(f"record__{name}" for name in list(COLUMNS)[4:]),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class NamesRow:
    """One record as a reviewer compares it."""

    record_id: int
    name: str
    other_names: tuple[str, ...]
    sex: str
    age_min: int | None
    age_max: int | None
    birth: str
    home: str
    told_on: date
    publisher: str


def linkage_frame(
    *, record_ids: Collection[int] | None = None, publisher_ids: Collection[int] | None = None
) -> pl.DataFrame:
    """Return active records as a table, one row each, with the columns of ``COLUMNS``."""
    rows: QuerySet[Assignment] = Assignment.objects.filter(known_until__isnull=True)
    if publisher_ids is not None:
        rows = rows.filter(record__citation__source__publisher__in=list(publisher_ids))
    values = rows.order_by("record_id").values_list(*_FIELDS).iterator(chunk_size=10_000)
    if record_ids is not None:
        # So many identifiers fit into no statement.
        wanted = set(record_ids)
        chosen = [row for row in values if row[0] in wanted]
    else:
        chosen = list(values)
    return pl.DataFrame(chosen, schema=COLUMNS, orient="row")


def names_table(record_ids: Sequence[int]) -> list[NamesRow]:
    """Return records side by side, in the order asked for."""
    others: dict[int, list[str]] = {}
    for record, name in RecordName.objects.filter(record__in=record_ids).values_list("record_id", "name"):
        others.setdefault(record, []).append(name)
    records = Record.objects.filter(pk__in=record_ids).select_related(
        "citation__source__publisher", "home_place"
    )
    rows = {record.pk: _names_row(record, others.get(record.pk, [])) for record in records}
    return [rows[number] for number in record_ids if number in rows]


def _names_row(record: Record, others: Sequence[str]) -> NamesRow:
    return NamesRow(
        record_id=record.pk,
        name=record.name,
        other_names=tuple(others),
        sex=record.sex,
        age_min=record.age_min,
        age_max=record.age_max,
        birth=record.birth_edtf,
        home=record.home_text or (record.home_place.name_ru if record.home_place else ""),
        told_on=record.told_on,
        publisher=record.citation.source.publisher.name,
    )
