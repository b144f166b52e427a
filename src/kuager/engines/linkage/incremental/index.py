"""An index that answers, for one new report among a million, whom it may be about.

Promises: nothing is merged, linked or judged here: candidates are for a person to look at. The scores are
those of a batch with the same model. Adding and taking out a record are whole or not at all.
"""

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
from kuager.engines.linkage.incremental.ranking import Candidate, Scored, ranked, sides_of
from kuager.engines.linkage.incremental.scoring import Scorer, evidence_of, frequency_table
from kuager.engines.linkage.incremental.storage import Storage, format_is_known
from kuager.engines.linkage.learning import Floats, field_weights
from kuager.engines.linkage.trained import TrainedModel, from_json

Record = Mapping[str, str | None]


@dataclass(frozen=True, slots=True)
class _Asked:
    """The record asked about; ``is_filed`` where it is in the index itself."""

    list_name: str
    prepared: pl.DataFrame
    is_filed: bool


class MatchIndex:
    """The records of some lists on file, ready for single questions.

    Not to be shared between threads; open the file once in each. Readers do not wait for a writer.
    """

    def __init__(self, storage: Storage) -> None:
        self._storage = storage
        storage.map_into_memory()
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

    def note(self, name: str, value: str) -> None:
        """Keep a short text of the caller's with the index, for instance up to where it was brought."""
        self._storage.remember(f"note {name}", value)

    def noted(self, name: str) -> str:
        """Return what the caller kept under this name; empty without anything."""
        return self._storage.fact(f"note {name}") or ""

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists that have records on file, or had some."""
        return tuple(sorted(self._storage.sizes()))

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

        Notes
        -----
        In a batch the rivals of each candidate compete, too; a single question does not see those, so that
        ``probability`` (never ``match_weight``) may differ from the batch's where candidates have rivals.
        """
        prepared = prepare_one(list_name, record, self._trained.habits)
        filed = self._storage.find(list_name, prepared["id"][0]) if has_id(record) else None
        asked = _Asked(list_name, prepared, filed is not None)
        numbers = likeliest(self._storage, prepared, len(self), without=filed[0] if filed else None)
        rows = self._storage.lines(numbers)
        if list_name in one_to_one:
            rows = [row for row in rows if row[1] != list_name]
        if not rows:
            return []
        scored = self._score(asked, rows)
        names = [list_name, *(name for name, _ in scored.keys)]
        chance = exclusive_probability(scored.odds, scored.sides.pairs, names, one_to_one)
        return ranked(scored, chance, self._trained.model.fields, limit)

    def _score(self, asked: _Asked, rows: list[tuple[int, str, str, bytes]]) -> Scored:
        model = self._trained.model
        others = read_lines([row[3] for row in rows], [row[0] for row in rows])
        levels = self._scorer.levels(asked.prepared, others)
        frequency = frequency_table(
            (asked.prepared, others),
            levels,
            (model.fields, self._trained.strangers),
            self._storage.commonness,
            asked_is_filed=asked.is_filed,
        )
        evidence = evidence_of(levels, frequency)
        weights = field_weights(model, evidence)
        before = self._prior_bits(asked, [row[1] for row in rows])
        if (learned := self._trained.correction) is not None:
            weights, before = learned.corrected(weights), before + learned.common_bits
        return Scored(
            keys=tuple((row[1], row[2]) for row in rows),
            evidence=evidence,
            weights=weights,
            odds=before + weights.sum(axis=1),
            sides=sides_of(asked.prepared, others),
        )

    def _prior_bits(self, asked: _Asked, lists: list[str]) -> Floats:
        """Return the log-odds (base 2) before looking, for each candidate's list, as a batch would."""
        sizes = self._storage.sizes()
        own = int(not asked.is_filed)
        mine = float(sizes.get(asked.list_name, 0) + own)
        bits = {
            name: self._trained.prior_bits(
                (asked.list_name, name), (mine, sizes[name] + own * (name == asked.list_name))
            )
            for name in set(lists)
        }
        return np.array([bits[name] for name in lists], dtype=np.float64)
