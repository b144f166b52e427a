"""An index that answers, for one new report among a million, whom it may be about.

Promises: nothing is merged, linked or judged here: candidates are for a person to look at. The scores are
those of a batch with the same model. Adding and taking out a record are whole or not at all.
"""

import json
import sqlite3
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import polars as pl

from kuager.core.errors import BadInputError, NotFoundError
from kuager.engines.linkage.exclusivity import exclusive_probability
from kuager.engines.linkage.incremental.building import Progress, fill, frequency_fields
from kuager.engines.linkage.incremental.keys import KINDS, key_table, variants, words_of
from kuager.engines.linkage.incremental.lines import (
    fingerprints,
    has_id,
    kept_columns,
    prepare_one,
    read_lines,
    write_lines,
)
from kuager.engines.linkage.incremental.looking import likeliest
from kuager.engines.linkage.incremental.scoring import Scorer, evidence_of, frequency_table
from kuager.engines.linkage.incremental.storage import Storage, format_is_known
from kuager.engines.linkage.learning import Floats, field_weights
from kuager.engines.linkage.reasons import Sides, explain
from kuager.engines.linkage.trained import TrainedModel, from_json

Record = Mapping[str, str | None]
Key = tuple[str, str]
# Shares of links stay away from certainty, as in learning.
_LEAST_SHARE, _MOST_SHARE = 1e-9, 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A record that may be about the same person.

    ``probability`` is 0 to 1, ``match_weight`` the logarithm (base 2) of the odds, and ``reasons`` say field
    by field what agrees and differs, the record asked about on the left.
    """

    list: str
    id: str
    probability: float
    match_weight: float
    reasons: tuple[Mapping[str, object], ...]


class MatchIndex:
    """The records of some lists on file, ready for single questions.

    Not to be shared between threads; open the file once in each. Readers do not wait for a writer.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        self._trained = from_json(storage.fact("model") or "")
        self._scorer = Scorer(self._trained.model.fields)

    @classmethod
    def build(
        cls,
        path: Path,
        frames: Mapping[str, pl.DataFrame],
        trained: TrainedModel,
        *,
        progress: Progress | None = None,
    ) -> "MatchIndex":
        """Make the file, or go on where a build stopped; ``progress`` is told records done and in all.

        Raises
        ------
        BadInputError
            When a list has no names or repeats an id, or the file holds an index of something else.
        """
        storage = Storage(path)
        try:
            fill(storage, frames, trained, progress)
        except BaseException:
            storage.close()
            raise
        return cls(storage)

    @classmethod
    def open(cls, path: Path) -> "MatchIndex":
        """Open a finished index.

        Raises
        ------
        NotFoundError
            When there is no such file.
        BadInputError
            When it is no index, is not finished, or was made by a version that prepares records otherwise.
        """
        if not path.exists():
            raise NotFoundError(f"there is no index at {path.name}; build it first")
        try:
            storage = Storage(path)
            usable = format_is_known(storage) and storage.fact("finished") == "yes"
            usable = usable and storage.fact("columns") == " ".join(kept_columns())
        except sqlite3.DatabaseError as error:
            raise BadInputError(f"{path.name} is not an index") from error
        if not usable:
            storage.close()
            raise BadInputError(f"{path.name} is unfinished or of another version; build the index again")
        return cls(storage)

    def __enter__(self) -> "MatchIndex":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._scorer.close()
        self._storage.close()

    def __len__(self) -> int:
        return sum(self._storage.sizes().values())

    @property
    def trained(self) -> TrainedModel:
        """The model that scores."""
        return self._trained

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Make all changes inside take effect together, or none of them if an error leaves."""
        with self._storage.change():
            yield

    def marks(self, list_name: str) -> dict[str, str]:
        """Return for each id of a list the mark of what it says; see ``difference_of``."""
        return self._storage.fingerprints(list_name)

    def add(self, list_name: str, record: Record) -> None:
        """File one record; one of the same list and id takes the place of what was there."""
        if not has_id(record):
            raise BadInputError("a record needs an id to be put on file")
        prepared, key, mark = self._read(list_name, record)
        storage = self._storage
        with storage.change():
            if found := storage.find(list_name, key):
                self._take_out(list_name, found[0], found[2])
            number = storage.next_number()
            prepared = prepared.with_columns(pl.lit(number, dtype=pl.UInt32).alias("unique_id"))
            storage.write_records([(number, list_name, key, mark, write_lines(prepared)[0])])
            filed = pl.concat(key_table(prepared, kind) for kind in KINDS)
            storage.connection.executemany("insert or ignore into added values (?, ?)", filed.iter_rows())
            slips = [(variant, word) for word in words_of(prepared) for variant in variants(word)]
            storage.connection.executemany("insert or ignore into added_slips values (?, ?)", slips)
            self._count(prepared, 1)
            storage.resize(list_name, 1)

    def remove(self, list_name: str, key: str) -> bool:
        """Take one record out; tell whether it was there."""
        with self._storage.change():
            found = self._storage.find(list_name, key)
            if found:
                self._take_out(list_name, found[0], found[2])
        return found is not None

    def _take_out(self, list_name: str, number: int, line: bytes) -> None:
        self._storage.drop(number)
        self._count(read_lines([line], [number]), -1)
        self._storage.resize(list_name, -1)

    def _count(self, prepared: pl.DataFrame, change: int) -> None:
        for field in frequency_fields(self._trained.model.fields):
            value = prepared[field].cast(pl.String)[0]
            if value is not None:
                self._storage.count_in(field, [value, ""], change)

    def _read(self, list_name: str, record: Record) -> tuple[pl.DataFrame, str, str]:
        prepared = prepare_one(list_name, record, self._trained.habits)
        written = {column: [value] for column, value in record.items()}
        mark = fingerprints(pl.DataFrame(written, schema=dict.fromkeys(written, pl.String)))[0]
        return prepared, prepared["id"][0], mark

    def candidates(
        self,
        list_name: str,
        record: Record,
        *,
        limit: int = 20,
        one_to_one: Collection[str] = (),
    ) -> list[Candidate]:
        """Return the records that may be about the same person, the likeliest first.

        Parameters
        ----------
        list_name
            The list the record stands in, or a new name for a report that stands in none.
        record
            Values by header, as in a list. If a record of this list and id is on file, it is left out.
        limit
            How many at most.
        one_to_one
            Lists that hold every person once: their candidates compete with each other, and none of them is
            of the record's own list.
        """
        asked = prepare_one(list_name, record, self._trained.habits)
        filed = self._storage.find(list_name, asked["id"][0]) if has_id(record) else None
        numbers = likeliest(self._storage, asked, len(self), without=filed[0] if filed else None)
        rows = self._storage.lines(numbers)
        if list_name in one_to_one:
            rows = [row for row in rows if row[1] != list_name]
        if not rows:
            return []
        others = read_lines([row[3] for row in rows], [row[0] for row in rows])
        keys = [(row[1], row[2]) for row in rows]
        return self._ranked(asked, others, keys, limit, one_to_one, list_name, is_filed=filed is not None)

    def _ranked(
        self,
        asked: pl.DataFrame,
        others: pl.DataFrame,
        keys: list[Key],
        limit: int,
        one_to_one: Collection[str],
        list_name: str,
        *,
        is_filed: bool,
    ) -> list[Candidate]:
        model = self._trained.model
        levels = self._scorer.levels(asked, others)
        frequency = frequency_table(
            (asked, others),
            levels,
            (model.fields, self._trained.strangers),
            self._storage.commonness,
            asked_is_filed=is_filed,
        )
        evidence = evidence_of(levels, frequency)
        weights = field_weights(model, evidence)
        share = self._shares(list_name, [name for name, _ in keys], is_filed=is_filed)
        odds = weights.sum(axis=1) + np.log2(share / (1.0 - share))
        pairs = pl.DataFrame({"left": np.zeros(len(keys), np.uint32), "right": np.arange(1, len(keys) + 1)})
        chance = exclusive_probability(odds, pairs, [list_name, *(name for name, _ in keys)], one_to_one)
        best = np.lexsort((np.arange(len(keys)), -odds, -chance))[:limit]
        sides = Sides(pairs, pl.concat([asked.select(_shown(asked)), others.select(_shown(asked))]))
        texts = explain(best, evidence, weights, model.fields, sides)
        return [
            Candidate(
                list=keys[row][0],
                id=keys[row][1],
                probability=float(chance[row]),
                match_weight=float(odds[row]),
                reasons=tuple(json.loads(text)),
            )
            for row, text in zip(best.tolist(), texts, strict=True)
        ]

    def _shares(self, list_name: str, lists: list[str], *, is_filed: bool) -> Floats:
        """Return how likely a pair is a link before looking, for each candidate's list."""
        sizes = self._storage.sizes()
        share: dict[str, float] = {}
        for name in set(lists):
            own = int(name == list_name and not is_filed)
            share[name] = self._trained.partners(list_name, name) / max(sizes[name] + own, 1)
        return np.clip(np.array([share[name] for name in lists]), _LEAST_SHARE, _MOST_SHARE)


def _shown(records: pl.DataFrame) -> list[str]:
    return [column for column in records.columns if column.startswith("shown_")]
