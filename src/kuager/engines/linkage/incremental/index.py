"""An index that answers, for one new report among a million, whom it may be about.

Promises: nothing is merged, linked or judged here: candidates are for a person to look at. The scores are
those of a batch with the same model. Adding and taking out a record are whole or not at all.
"""

import math
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import numpy as np
import polars as pl

from kuager.core.errors import BadInputError, NotFoundError
from kuager.engines.linkage.incremental.building import Progress, fill, frequency_fields
from kuager.engines.linkage.incremental.keys import KINDS, key_table, variants, words_of
from kuager.engines.linkage.incremental.lines import (
    Record,
    fingerprints,
    kept_columns,
    prepare_each,
    read_lines,
    write_lines,
)
from kuager.engines.linkage.incremental.looking import likeliest
from kuager.engines.linkage.incremental.ranking import Candidate, Key, Scored, chances, ranked
from kuager.engines.linkage.incremental.scoring import Compared, Scorer, evidence_of, frequency_table
from kuager.engines.linkage.incremental.storage import Storage, format_is_known
from kuager.engines.linkage.learning import Floats, field_weights
from kuager.engines.linkage.trained import TrainedModel, from_json

# So many questions are answered together: their candidates are in memory at one time.
_TOGETHER = 100


@dataclass(frozen=True, slots=True)
class _Asked:
    """Records asked about: their lists, and the numbers of those that are in the index themselves."""

    lists: Sequence[str]
    prepared: pl.DataFrame
    numbers: Sequence[int | None]


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
        self.add_each(list_name, [record])

    def add_each(self, list_name: str, records: Sequence[Record]) -> None:
        """File records of a list, all or none; of those with one id the last counts."""
        with self._storage.change():
            for first in range(0, len(records), _TOGETHER):
                self._add(list_name, records[first : first + _TOGETHER])

    def _add(self, list_name: str, records: Sequence[Record]) -> None:
        storage = self._storage
        prepared, ids = prepare_each([(list_name, record) for record in records], self._trained.habits)
        last = {key: place for place, key in enumerate(ids) if key is not None}
        if None in ids:
            raise BadInputError("a record needs an id to be put on file")
        for key in last:
            self.remove(list_name, key)
        numbers = [storage.next_number() for _ in last]
        prepared = prepared[list(last.values())].with_columns(
            pl.Series("unique_id", numbers, dtype=pl.UInt32)
        )
        marks = [_mark_of(records[place]) for place in last.values()]
        names = [list_name] * len(last)
        storage.write_records(zip(numbers, names, last, marks, write_lines(prepared), strict=True))
        filed = pl.concat(key_table(prepared, kind) for kind in KINDS)
        storage.connection.executemany("insert or ignore into added values (?, ?)", filed.iter_rows())
        slips = [(variant, word) for word in words_of(prepared) for variant in variants(word)]
        storage.connection.executemany("insert or ignore into added_slips values (?, ?)", slips)
        self._count(prepared, 1)
        storage.resize(list_name, len(last))

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
            for value in prepared[field].cast(pl.String).drop_nulls().to_list():
                self._storage.count_in(field, [value, ""], change)

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
        return next(self.candidates_of_each([(list_name, record)], limit=limit, one_to_one=one_to_one))

    def candidates_of_each(
        self,
        asked: Sequence[tuple[str, Record]],
        *,
        limit: int = 20,
        one_to_one: Collection[str] = (),
        least_bits: float = -math.inf,
    ) -> Iterator[list[Candidate]]:
        """Give for each record, in order, what ``candidates`` gives; a batch shares the cost of a question.

        Parameters
        ----------
        asked
            The list of each record, and its values by header.
        least_bits
            Candidates of less match weight are left out.
        """
        for first in range(0, len(asked), _TOGETHER):
            some = self._read(asked[first : first + _TOGETHER])
            numbers = likeliest(self._storage, some.prepared, len(self), without=some.numbers)
            compared, keys = self._compared(some, numbers, one_to_one)
            if not keys:
                yield from ([] for _ in some.lists)
                continue
            scored = self._score(some, compared, keys)
            chance = chances(scored, some.lists, one_to_one)
            yield from ranked(scored, chance, self._trained.model.fields, limit=limit, least_bits=least_bits)

    def _read(self, asked: Sequence[tuple[str, Record]]) -> _Asked:
        prepared, ids = prepare_each(asked, self._trained.habits)
        lists = [list_name for list_name, _ in asked]
        found = [
            self._storage.find(list_name, key) if key is not None else None
            for list_name, key in zip(lists, ids, strict=True)
        ]
        return _Asked(lists, prepared, [one[0] if one else None for one in found])

    def _compared(
        self, asked: _Asked, numbers: Sequence[Sequence[int]], one_to_one: Collection[str]
    ) -> tuple[Compared, tuple[Key, ...]]:
        """Fetch the records chosen, each once, and say which are compared with which."""
        rows = self._storage.lines(sorted({number for each in numbers for number in each}))
        place = {row[0]: where for where, row in enumerate(rows)}
        once = set(one_to_one)
        left, right = [], []
        for mine, (list_name, each) in enumerate(zip(asked.lists, numbers, strict=True)):
            theirs = sorted(place[number] for number in each if number in place)
            if list_name in once:
                theirs = [where for where in theirs if rows[where][1] != list_name]
            left += [mine] * len(theirs)
            right += theirs
        compared = Compared(
            asked=asked.prepared,
            others=read_lines([row[3] for row in rows], [row[0] for row in rows]),
            left=np.array(left, dtype=np.int64),
            right=np.array(right, dtype=np.int64),
        )
        return compared, tuple((rows[where][1], rows[where][2]) for where in right)

    def _score(self, asked: _Asked, compared: Compared, keys: tuple[Key, ...]) -> Scored:
        model = self._trained.model
        levels = self._scorer.levels(compared)
        frequency = frequency_table(
            compared,
            levels,
            (model.fields, self._trained.strangers),
            self._storage.commonness,
            np.array([number is not None for number in asked.numbers]),
        )
        evidence = evidence_of(levels, frequency)
        weights = field_weights(model, evidence)
        before = self._prior_bits(asked, compared, keys)
        if (learned := self._trained.correction) is not None:
            weights, before = learned.corrected(weights), before + learned.common_bits
        return Scored(
            keys=keys,
            compared=compared,
            evidence=evidence,
            weights=weights,
            odds=before + weights.sum(axis=1),
        )

    def _prior_bits(self, asked: _Asked, compared: Compared, keys: tuple[Key, ...]) -> Floats:
        """Return the log-odds (base 2) before looking, for the lists of each pair, as a batch would."""
        sizes = self._storage.sizes()
        known: dict[tuple[str, str, bool], float] = {}

        def bits(mine: str, theirs: str, is_filed: bool) -> float:
            own = int(not is_filed)
            both = (float(sizes.get(mine, 0) + own), sizes[theirs] + own * (theirs == mine))
            return self._trained.prior_bits((mine, theirs), both)

        wanted = [
            (asked.lists[mine], theirs, asked.numbers[mine] is not None)
            for mine, (theirs, _) in zip(compared.left.tolist(), keys, strict=True)
        ]
        for each in set(wanted):
            known[each] = bits(*each)
        return np.array([known[each] for each in wanted], dtype=np.float64)


def _mark_of(record: Record) -> str:
    written = {column: [value] for column, value in record.items()}
    return fingerprints(pl.DataFrame(written, schema=dict.fromkeys(written, pl.String)))[0]
