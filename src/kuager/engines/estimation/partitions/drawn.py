"""Draws of who is who: many partitions of the same records into persons, each a table of the lists."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import MAXIMUM_LISTS, CaptureHistories

if TYPE_CHECKING:
    import polars as pl

COLUMNS = ("draw", "list", "id", "cluster")


@dataclass(frozen=True, eq=False)
class Partitions:
    """Draws of who is who.

    Parameters
    ----------
    lists : tuple of str
        Names of the lists, sorted.
    list_of : array of shape (n_records,)
        List of each record, as its place in ``lists``.
    person : array of shape (n_draws, n_records)
        Person of each record in each draw: the place of the person's first record.

    """

    lists: tuple[str, ...]
    list_of: NDArray[np.int64]
    person: NDArray[np.int32]

    def __len__(self) -> int:
        return len(self.person)

    def histories(self) -> Iterator[CaptureHistories]:
        """Give the table of every draw, one after the other."""
        for row in self.person:
            yield self._table(row)

    def most_probable(self) -> CaptureHistories:
        """Give the table in which each group of doubtful records is as it is drawn most often."""
        return self._table(self._most_drawn)

    def select(self, lists: Sequence[str]) -> "Partitions":
        """Keep the records of these lists only.

        Raises
        ------
        BadInputError
            A list has no records in the draws.

        """
        for name in lists:
            if name not in self.lists:
                raise BadInputError(
                    f"the draws have no list {name!r}; their lists are {', '.join(self.lists)}"
                )
        chosen = tuple(name for name in self.lists if name in lists)
        places = np.array([chosen.index(name) if name in chosen else -1 for name in self.lists])
        kept = places[self.list_of] >= 0
        person = np.stack([_first_places(row) for row in self.person[:, kept]])
        return Partitions(lists=chosen, list_of=places[self.list_of][kept], person=person)

    @cached_property
    def records_in_doubt(self) -> int:
        """Count the records that are not with the same others in every draw."""
        moves = (self.person != self.person[:1]).any(axis=0)
        return int(np.isin(self._groups, self._groups[moves]).sum())

    @cached_property
    def _groups(self) -> NDArray[np.int64]:
        """Number the groups of records that any draw puts together, shape (n_records,)."""
        height = self.person.shape[1]
        rows = np.arange(height, dtype=np.int64) * height
        pairs = np.unique(np.concatenate([np.unique(rows + row) for row in self.person]))
        ones = np.ones(len(pairs), dtype=np.int8)
        graph = coo_array((ones, (pairs // height, pairs % height)), shape=(height, height))
        return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)

    @cached_property
    def _most_drawn(self) -> NDArray[np.int32]:
        """Person of each record if every group is as it is drawn most often; ties go to the earlier draw."""
        found: NDArray[np.int32] = self.person[0].copy()
        moves = np.flatnonzero((self.person != self.person[:1]).any(axis=0))
        order = moves[np.argsort(self._groups[moves], kind="stable")]
        for records in np.split(order, np.flatnonzero(np.diff(self._groups[order])) + 1):
            ways, first, times = np.unique(
                self.person[:, records], axis=0, return_index=True, return_counts=True
            )
            if len(records):
                found[records] = ways[int(np.lexsort((first, -times))[0])]
        return found

    def _table(self, person: NDArray[np.int32]) -> CaptureHistories:
        """Count persons by the lists that they are on."""
        lists = np.zeros(len(person), dtype=np.int64)
        np.bitwise_or.at(lists, person, np.int64(1) << self.list_of)
        masks, counts = np.unique(lists[lists > 0], return_counts=True)
        patterns = (masks[:, None] >> np.arange(len(self.lists))) & 1
        return CaptureHistories.from_counts(self.lists, patterns.tolist(), counts.tolist())


@dataclass(frozen=True, eq=False, kw_only=True)
class DrawnTables:
    """What an estimate needs of draws of who is who, without the records: to be kept with it.

    Parameters
    ----------
    tables : tuple of CaptureHistories
        The table of every draw.
    likeliest : CaptureHistories
        The table in which each group of doubtful records is as it is drawn most often.
    records_in_doubt : int
        Records that are not with the same others in every draw.

    """

    tables: tuple[CaptureHistories, ...]
    likeliest: CaptureHistories
    records_in_doubt: int

    def __len__(self) -> int:
        return len(self.tables)

    def histories(self) -> Iterator[CaptureHistories]:
        """Give the table of every draw, one after the other."""
        return iter(self.tables)

    def most_probable(self) -> CaptureHistories:
        """Give the likeliest table."""
        return self.likeliest


def read_partitions(path: Path) -> Partitions:
    """Read what ``kuager link --draws-file`` wrote, or a table like it.

    Parameters
    ----------
    path : Path
        Parquet with the columns ``draw``, ``list``, ``id``, ``cluster``: every record once in each draw.

    Raises
    ------
    BadInputError
        The file cannot be read, or draws do not hold the same records.

    """
    import polars as pl

    try:
        frame = pl.read_parquet(path, memory_map=False)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise BadInputError(
            f"{path}: cannot be read as Parquet; make it with kuager link --draws-file"
        ) from error
    return make_partitions(frame, name=str(path))


def make_partitions(frame: "pl.DataFrame", *, name: str = "draws") -> Partitions:
    """Take draws of who is who from a table with the columns ``draw``, ``list``, ``id``, ``cluster``."""
    _check_columns(frame, name)
    ordered = frame.select(COLUMNS).sort("draw", "list", "id", maintain_order=True)
    draws = ordered["draw"].n_unique()
    height = ordered.height // draws
    keys = ordered.select("list", "id")
    if ordered.height % draws or not all(
        keys[place * height : (place + 1) * height].equals(keys[:height]) for place in range(draws)
    ):
        raise BadInputError(f"{name}: every draw must hold the same records; make the file again")
    if keys[:height].is_duplicated().any():
        raise BadInputError(f"{name}: a record is twice in one draw; every list and id once in each")
    lists = tuple(keys["list"][:height].cast(str).unique().sort().to_list())
    if len(lists) > MAXIMUM_LISTS:
        raise BadInputError(f"{name}: at most {MAXIMUM_LISTS} lists, got {len(lists)}")
    place_of = {one: place for place, one in enumerate(lists)}
    clusters = ordered["cluster"].rank("dense").to_numpy().reshape(draws, height)
    return Partitions(
        lists=lists,
        list_of=np.array([place_of[str(one)] for one in keys["list"][:height]], dtype=np.int64),
        person=np.stack([_first_places(row) for row in clusters]),
    )


def _check_columns(frame: "pl.DataFrame", name: str) -> None:
    missing = [column for column in COLUMNS if column not in frame.columns]
    if missing:
        raise BadInputError(
            f"{name}: column {missing[0]!r} is missing; expected {', '.join(COLUMNS)} as kuager link "
            "--draws-file writes them"
        )
    for column in COLUMNS:
        if frame[column].null_count():
            row = int(frame[column].is_null().arg_max() or 0) + 1
            raise BadInputError(f"{name}: row {row}, column {column!r} is empty")
    if not frame.height:
        raise BadInputError(f"{name}: holds no draws")


def _first_places(labels: NDArray[np.generic]) -> NDArray[np.int32]:
    """Name each person by the place of the first record, shape (n_records,)."""
    _, first, place = np.unique(labels, return_index=True, return_inverse=True)
    return np.asarray(first[place.reshape(-1)], dtype=np.int32)
