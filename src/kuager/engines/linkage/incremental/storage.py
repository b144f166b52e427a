"""The file of a match index: records as they were prepared, keys, slips, and how common each value is.

Promises: one SQLite file; a change is in it whole or not at all; numbers of records are never used twice, so
that a key that outlives its record leads nowhere. What building wrote stays packed; what came later stands in
rows beside it.
"""

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import numpy.typing as npt

from kuager.engines.names import KEYS_VERSION

Numbers = npt.NDArray[np.uint32]
Row = tuple[int, str, str, str, bytes]

# Names that are read anew give other keys: such a file is built again.
_FORMAT = f"1, names {KEYS_VERSION}"
_SCHEMA = """
create table if not exists facts (name text primary key, value text not null) without rowid;
create table if not exists records (
    number integer primary key, list text not null, id text not null, said text not null, line blob not null);
create unique index if not exists record_key on records (list, id);
create table if not exists parts (first integer primary key, columns blob not null);
create table if not exists packed (key text primary key, records blob not null) without rowid;
create table if not exists added (key text, record integer, primary key (key, record)) without rowid;
create table if not exists slips (variant text primary key, words text not null) without rowid;
create table if not exists added_slips (variant text, word text, primary key (variant, word)) without rowid;
create table if not exists commonness (
    field text, value text, records integer not null, primary key (field, value)) without rowid;
create table if not exists sizes (list text primary key, records integer not null) without rowid;
"""
# Keys and variants are asked for many at a time; a drawer that is too long is not read from the file.
_PACKED = (
    "select key, case when length(records) <= ? then records end from packed"
    " where key in (select value from json_each(?))"
)
_ADDED = "select key, record from added where key in (select value from json_each(?)) order by key, record"
_SLIPS = "select variant, words from slips where variant in (select value from json_each(?))"
_ADDED_SLIPS = "select variant, word from added_slips where variant in (select value from json_each(?))"


class Storage:
    """The tables of one index. Not to be shared between threads: open the file once in each."""

    def __init__(self, path: Path) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        try:
            self.connection.execute("pragma journal_mode = wal")
            self.connection.execute("pragma synchronous = normal")
            self.connection.executescript(_SCHEMA)
        except sqlite3.DatabaseError:
            self.connection.close()
            raise

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()

    def map_into_memory(self) -> None:
        """Read the file through the system's cache from now on: quicker for many small questions.

        While building, the pages written would count as memory of this process and gain nothing.
        """
        self.connection.execute("pragma mmap_size = 8589934592")

    @contextmanager
    def change(self) -> Iterator[None]:
        """Do everything inside, or nothing; a change inside another is part of it."""
        if self.connection.in_transaction:
            yield
            return
        self.connection.execute("begin immediate")
        try:
            yield
        except BaseException:
            self.connection.execute("rollback")
            raise
        self.connection.execute("commit")

    def fact(self, name: str) -> str | None:
        """Return something remembered about the whole index."""
        row = self.connection.execute("select value from facts where name = ?", (name,)).fetchone()
        return str(row[0]) if row else None

    def remember(self, name: str, value: str) -> None:
        """Remember something about the whole index."""
        self.connection.execute("insert or replace into facts values (?, ?)", (name, value))

    def next_number(self) -> int:
        """Return a number no record ever had, and count on."""
        number = int(self.fact("next number") or 0)
        self.remember("next number", str(number + 1))
        return number

    def write_records(self, rows: Iterable[Row]) -> None:
        """File records: number, list, id, fingerprint of what the list says, and the prepared line."""
        self.connection.executemany("insert into records values (?, ?, ?, ?, ?)", rows)

    def lines(self, numbers: Sequence[int]) -> list[tuple[int, str, str, bytes]]:
        """Return number, list, id and line of those of the records that are there, by number."""
        wanted = json.dumps(list(numbers))
        return self.connection.execute(
            "select number, list, id, line from records"
            " where number in (select value from json_each(?)) order by number",
            (wanted,),
        ).fetchall()

    def find(self, list_name: str, key: str) -> tuple[int, str, bytes] | None:
        """Return number, fingerprint and line of one record, or None."""
        found: tuple[int, str, bytes] | None = self.connection.execute(
            "select number, said, line from records where list = ? and id = ?", (list_name, key)
        ).fetchone()
        return found

    def fingerprints(self, list_name: str) -> dict[str, str]:
        """Return what is remembered of every record of a list."""
        rows = self.connection.execute("select id, said from records where list = ?", (list_name,))
        return dict(rows.fetchall())

    def drop(self, number: int) -> None:
        """Take out one record; its keys stay and lead nowhere."""
        self.connection.execute("delete from records where number = ?", (number,))

    def filed_under(self, keys: Iterable[str], at_most: int) -> dict[str, Numbers]:
        """Return the numbers of records filed under each key that is used, unless they are too many."""
        wanted = json.dumps(list(keys), ensure_ascii=False)
        found: dict[str, Numbers] = {}
        too_long: set[str] = set()
        for key, records in self.connection.execute(_PACKED, (4 * at_most, wanted)):
            if records is None:
                too_long.add(key)
            else:
                found[key] = np.frombuffer(records, dtype=np.uint32)
        later: dict[str, list[int]] = {}
        for key, record in self.connection.execute(_ADDED, (wanted,)):
            later.setdefault(key, []).append(record)
        for key, records in later.items():
            more = np.array(records, dtype=np.uint32)
            found[key] = np.concatenate([found[key], more]) if key in found else more
        return {
            key: numbers
            for key, numbers in found.items()
            if key not in too_long and 0 < len(numbers) <= at_most
        }

    def words_like(self, variants: Iterable[str]) -> dict[str, set[str]]:
        """Return for each variant the words on file that have it."""
        wanted = json.dumps(list(variants), ensure_ascii=False)
        words: dict[str, set[str]] = {}
        for variant, line in self.connection.execute(_SLIPS, (wanted,)):
            words.setdefault(variant, set()).update(line.split())
        for variant, word in self.connection.execute(_ADDED_SLIPS, (wanted,)):
            words.setdefault(variant, set()).add(word)
        return words

    def count_in(self, field: str, values: Sequence[str], change: int) -> None:
        """Count values of a field in (1) or out (-1)."""
        self.connection.executemany(
            "insert into commonness values (?, ?, ?)"
            " on conflict (field, value) do update set records = records + excluded.records",
            ((field, value, change) for value in values),
        )

    def commonness(self, field: str, values: Iterable[str]) -> dict[str, int]:
        """Return how many records hold each value; the value "" stands for "any value at all"."""
        rows = self.connection.execute(
            "select value, records from commonness"
            " where field = ? and value in (select value from json_each(?))",
            (field, json.dumps(list(values), ensure_ascii=False)),
        )
        return dict(rows.fetchall())

    def sizes(self) -> dict[str, int]:
        """Return how many records each list has."""
        return dict(self.connection.execute("select list, records from sizes").fetchall())

    def resize(self, list_name: str, change: int) -> None:
        """Count records of a list in or out."""
        self.connection.execute(
            "insert into sizes values (?, ?)"
            " on conflict (list) do update set records = records + excluded.records",
            (list_name, change),
        )


def format_is_known(storage: Storage) -> bool:
    """Tell whether this version can read the file."""
    return storage.fact("format") == _FORMAT


def mark_format(storage: Storage) -> None:
    """Say which version of the format the file has."""
    storage.remember("format", _FORMAT)
