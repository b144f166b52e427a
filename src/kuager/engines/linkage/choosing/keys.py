"""The keys two records may share, and who shares them.

Promises: keys follow from what records say, never from their order; a record is in a group once; what is
unknown makes no key. Each kind of key is one *blocking rule* (Fellegi and Sunter 1969, section 3).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

Numbers = npt.NDArray[np.int64]
Groups = npt.NDArray[np.int32]
_Hashes = npt.NDArray[np.uint64]

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_SHIFT = np.uint64(29)
_UNKNOWN = np.uint64(0)
# At most so many readings of a pair of names, or years of birth, make a key.
_READINGS = 3
_DAYS_OF_YEAR = 365.2425


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of key: ``words`` say what two records have in common; ``parts`` are columns of records."""

    words: str
    parts: tuple[str, ...]


_BOTH, _YEARS, _GRANDFATHER = "both_names", "years", "grandfather_consonants"
KINDS = (
    Kind("given and family name, in any order", (_BOTH,)),
    Kind("family name, father and grandfather", ("family_consonants", "father_consonants", _GRANDFATHER)),
    Kind("given name, father and grandfather", ("given_consonants", "father_consonants", _GRANDFATHER)),
    Kind("given name and father", ("given_consonants", "father_consonants")),
    Kind("family name and father", ("family_consonants", "father_consonants")),
    Kind("given name and year of birth", ("given_consonants", _YEARS)),
    Kind("family name and year of birth", ("family_consonants", _YEARS)),
    Kind("family name and place", ("family_consonants", "where")),
    Kind("given name, place and sex", ("given_consonants", "where", "sex")),
    Kind("given name, year of birth and place", ("given_consonants", _YEARS, "where")),
    Kind("day and place", ("event", "where")),
    Kind("day, place and year of birth", ("event", "where", _YEARS)),
    Kind("day and beginnings of both names", ("event", "given_first", "family_first")),
    Kind("day and given name", ("event", "given_consonants")),
    Kind("day and family name", ("event", "family_consonants")),
    Kind("day, year of birth and sex", ("event", _YEARS, "sex")),
    Kind("day of birth", ("birth_day",)),
    Kind("day of birth and beginning of the given name", ("birth_day", "given_first")),
    Kind("day of birth and beginning of the family name", ("birth_day", "family_first")),
    Kind("year of birth, beginnings of both names and sex", (_YEARS, "given_first", "family_first", "sex")),
    Kind("place and beginnings of both names", ("where", "given_first", "family_first")),
    Kind("place, year of birth and beginning of the family name", ("where", _YEARS, "family_first")),
    Kind("place, year of birth and beginning of the given name", ("where", _YEARS, "given_first")),
    Kind("place, year of birth and sex", ("where", _YEARS, "sex")),
    Kind("birthplace and family name", ("birth_place", "family_consonants")),
    Kind("birthplace and given name", ("birth_place", "given_consonants")),
    Kind("birthplace and year of birth", ("birth_place", _YEARS)),
    Kind("home and family name", ("residence", "family_consonants")),
    Kind("home and given name", ("residence", "given_consonants")),
    Kind("postcode", ("postcode",)),
    Kind("postcode and family name", ("postcode", "family_consonants")),
    Kind("postcode and first letter of the given name", ("postcode", "given_letter")),
    Kind("identity number", ("number",)),
    Kind("telephone or e-mail", ("contact",)),
    Kind("given name, beginning of the family name and sex", ("given_consonants", "family_first", "sex")),
    Kind("family name, first letter of the given name and sex", ("given_letter", "family_consonants", "sex")),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Shared:
    """Who shares keys of one kind.

    Attributes
    ----------
    group
        Shape ``(n_records, n_readings)``: the group of each reading of each record, -1 without company.
    members
        The records of all groups, one group after the other, in order of record number.
    start
        Where each group begins in ``members``, shape ``(n_groups + 1,)``.
    """

    kind: Kind
    group: Groups
    members: Groups
    start: Numbers

    @property
    def size(self) -> Numbers:
        """How many records each group has."""
        return np.diff(self.start)

    def smallest_common(self, left: Numbers, right: Numbers) -> Numbers:
        """Return the size of the smallest group that holds both records of each pair; 0 where none does."""
        size = np.append(self.size, 0)
        found = np.zeros(len(left), dtype=np.int64)
        readings = self.group.shape[1]
        for one in range(readings):
            mine = self.group[left, one]
            for other in range(readings):
                common = np.where(mine == self.group[right, other], size[mine], 0)
                found = np.where((common > 0) & ((found == 0) | (common < found)), common, found)
        return found


def _hashed(column: pl.Series) -> _Hashes:
    """Return a number for each value that depends on the value alone; 0 for unknown."""
    text = column.cast(pl.String)
    hashes = text.hash().to_numpy() | np.uint64(1)
    return np.where(text.is_null().to_numpy(), _UNKNOWN, hashes)


def _mixed(parts: Sequence[_Hashes]) -> _Hashes:
    """Return one number for each combination; unknown where a part is. Shapes broadcast over readings."""
    mixed, known = parts[0], parts[0] != _UNKNOWN
    for part in parts[1:]:
        mixed = (mixed ^ (mixed >> _SHIFT)) * _GOLDEN + part
        known = known & (part != _UNKNOWN)
    return np.where(known, mixed | np.uint64(1), _UNKNOWN)


def years_of(records: pl.DataFrame) -> Numbers:
    """Return the first and last year somebody may have been born, shape ``(n, 2)``; -1 unknown.

    Where there is no date at all, ages stand for years: this age and the next, because lists of different
    months put one person into neighbouring ages.
    """
    edges = [
        (records[name].cast(pl.Float64) / _DAYS_OF_YEAR).floor().fill_null(-1).to_numpy()
        for name in ("born_from", "born_to")
    ]
    age = records["age"].cast(pl.Float64).fill_null(-1).to_numpy()
    is_bare = (edges[0] < 0) & (age >= 0)
    years = np.column_stack([np.where(is_bare, age, edges[0]), np.where(is_bare, age + 1, edges[1])])
    return years.astype(np.int64)


def _year_keys(records: pl.DataFrame) -> _Hashes:
    years = years_of(records)
    years[years[:, 0] == years[:, 1], 1] = -1
    return np.where(years >= 0, years.astype(np.uint64) * _GOLDEN | np.uint64(1), _UNKNOWN)


def _both_names(records: pl.DataFrame) -> _Hashes:
    """Return keys of given and family name in alphabetical order, in every reading: order cannot matter."""
    keys = records.select("unique_id", "given_keys", "family_keys")
    each = keys.explode("given_keys", empty_as_null=True).explode("family_keys", empty_as_null=True)
    each = each.drop_nulls().select(
        "unique_id",
        pl.concat_str(
            pl.min_horizontal("given_keys", "family_keys"),
            pl.max_horizontal("given_keys", "family_keys"),
            separator="|",
        ).alias("key"),
    )
    each = each.unique(maintain_order=True).with_columns(
        reading=pl.int_range(pl.len()).over("unique_id", order_by="key")
    )
    each = each.filter(pl.col("reading") < _READINGS)
    table = np.zeros((records.height, _READINGS), dtype=np.uint64)
    table[each["unique_id"].to_numpy(), each["reading"].to_numpy()] = _hashed(each["key"])
    return table


def _parts(records: pl.DataFrame) -> Mapping[str, _Hashes]:
    exact = pl.when(pl.col("event_from") == pl.col("event_to")).then(pl.col("event_from"))
    table = records.select(
        "family_consonants", "father_consonants", "grandfather_consonants", "given_consonants", "sex",
        "birth_day", "number", "contact", "birth_place", "residence", "postcode",
        event=exact,
        given_letter=pl.col("given").str.slice(0, 1),
        given_first=pl.col("given").str.slice(0, 2),
        family_first=pl.col("family").str.slice(0, 3),
        where=pl.coalesce("place", "region"),
    )  # fmt: skip
    parts = {column.name: _hashed(column)[:, np.newaxis] for column in table}
    return parts | {_BOTH: _both_names(records), _YEARS: _year_keys(records)}


def _shared(kind: Kind, keys: _Hashes, largest: int) -> Shared:
    records, readings = keys.shape
    for reading in range(1, readings):
        repeated = (keys[:, :reading] == keys[:, reading : reading + 1]).any(axis=1)
        keys[repeated, reading] = _UNKNOWN
    flat = keys.reshape(-1)
    known = np.flatnonzero(flat != _UNKNOWN)
    order = known[np.argsort(flat[known], kind="stable")]
    begins = np.flatnonzero(np.diff(flat[order], prepend=_UNKNOWN) != 0)
    sizes = np.diff(np.append(begins, len(order)))
    kept = (sizes > 1) & (sizes <= largest)
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    group = np.full(records * readings, -1, dtype=np.int32)
    group[order] = np.repeat(number, sizes)
    members = (order[np.repeat(kept, sizes)] // readings).astype(np.int32)
    start = np.concatenate([[0], np.cumsum(sizes[kept])]).astype(np.int64)
    return Shared(kind, group.reshape(records, readings), members, start)


def shared_keys(records: pl.DataFrame, largest: int) -> Iterator[Shared]:
    """Find who shares keys, kind by kind; groups of more than ``largest`` records are left out.

    ``records`` are prepared and numbered from 0 in ``unique_id``.
    """
    parts = _parts(records)
    for kind in KINDS:
        keys = _mixed([parts[part] for part in kind.parts])
        shared = _shared(kind, keys.copy(), largest)
        if len(shared.members):
            yield shared
