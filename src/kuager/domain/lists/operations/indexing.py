"""Keeping the match index: a file beside the database that finds, for a report, whom it may be about.

Promises: the register is the truth and the index only a help: whatever is wrong with the file (missing, half
built, damaged, of another version) it is built again, and no act fails because of it. Building goes on where
it was interrupted, and only one builds at a time. The old file answers until the new one is whole.

The folder holds one finished file, ``index-….sqlite3``, whose name stands in ``current``, and while one is
made ``building.sqlite3``. They hold names in clear: they belong where the database is, readable for nobody
else.
"""

import fcntl
import logging
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from kuager.core.errors import BadInputError, KuagerError, RefusedError
from kuager.domain.lists.queries.index_inputs import (
    index_frames,
    model_run,
    newest_record,
    records_since,
    register_records,
)
from kuager.engines.linkage.incremental import MatchIndex
from kuager.engines.linkage.incremental.building import Progress
from kuager.engines.linkage.trained import TrainedModel, as_json, from_json

log = logging.getLogger(__name__)
# Where the index lies within the folder of data.
INDEX_FOLDER = "matching"
CURRENT, BUILDING = "current", "building.sqlite3"
# Brought up to date while somebody waits for an answer; more is left to the background.
CAUGHT_UP_AT_ONCE = 50
# From this share of new or gone records on a new index is quicker than changing the old one.
MOST_CHANGED = 0.2
BROKEN = (KuagerError, sqlite3.Error, OSError, pl.exceptions.PolarsError, ValueError)
Records = Mapping[str, Mapping[int, int]]


def open_index(folder: Path) -> MatchIndex | None:
    """Open the index that stands; None without one that can be used."""
    try:
        return MatchIndex.open(folder / (folder / CURRENT).read_text(encoding="utf-8").strip())
    except FileNotFoundError:
        return None
    except BROKEN as error:
        log.warning("the match index cannot be used (%s); it has to be built again", type(error).__name__)
        return None


def build_index(folder: Path, *, progress: Progress | None = None) -> int | None:
    """Build the index of the whole register anew and return how many records it holds.

    None, and nothing is built, before the first link run: an index needs the weights a run learned.
    """
    run = model_run()
    if run is None:
        return None
    newest, frames = newest_record(), index_frames(register_records())
    if not frames:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / BUILDING
    with _alone(folder):
        with _built(path, frames, from_json(run.trained), progress) as index:
            index.note("record", str(newest))
            count = len(index)
        _put_in_place(folder, path, f"index-{run.pk}-{newest}.sqlite3")
    return count


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Refuse where somebody else is building; the lock ends with its process."""
    with (folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise RefusedError("the match index is being built by somebody else right now") from None
        yield


def _built(
    path: Path, frames: Mapping[str, pl.DataFrame], trained: TrainedModel, progress: Progress | None
) -> MatchIndex:
    """Build a file, or go on where a build of the same records stopped; of others it is begun anew."""
    try:
        return MatchIndex.build(path, frames, trained, progress=progress)
    except sqlite3.OperationalError:
        # The disk is full, or not ours to write: to begin anew would not help.
        raise
    except (BadInputError, sqlite3.DatabaseError):
        _remove(path)
        return MatchIndex.build(path, frames, trained, progress=progress)


def _put_in_place(folder: Path, path: Path, name: str) -> None:
    """Let a finished file answer from now on, and remove those of before."""
    path.chmod(0o600)
    path.replace(folder / name)
    pointer = folder / f"{CURRENT}.new"
    pointer.write_text(name, encoding="utf-8")
    pointer.replace(folder / CURRENT)
    for old in folder.glob("index-*.sqlite3"):
        if old.name != name:
            _remove(old)


def _remove(path: Path) -> None:
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).unlink(missing_ok=True)


def refresh_index(folder: Path) -> str:
    """Bring the index up to date; say what was done: "built", "changed", "current", or "no model"."""
    run = model_run()
    if run is None:
        return "no model"
    index = open_index(folder)
    if index is None:
        return "built" if build_index(folder) is not None else "no model"
    newest, records = newest_record(), register_records()
    with index:
        same_model = as_json(index.trained) == as_json(from_json(run.trained))
        if same_model and _may_change(index, records):
            added, removed = _differences(index, records)
            _change(index, added, removed, newest)
            return "changed" if added or any(removed.values()) else "current"
    build_index(folder)
    return "built"


def _differences(
    index: MatchIndex, records: Records
) -> tuple[dict[str, dict[int, int]], dict[str, set[str]]]:
    """Return the records that lack in the index, and the keys in it that stand in the register no more."""
    added: dict[str, dict[int, int]] = {}
    removed: dict[str, set[str]] = {}
    for name in {*records, *index.lists}:
        rows, filed = records.get(name, {}), set(index.marks(name))
        removed[name] = filed - {str(record) for record in rows}
        lacking = {record: row for record, row in rows.items() if str(record) not in filed}
        if lacking:
            added[name] = lacking
    return added, removed


def _may_change(index: MatchIndex, records: Records) -> bool:
    added, removed = _differences(index, records)
    count = sum(map(len, added.values())) + sum(map(len, removed.values()))
    return count <= MOST_CHANGED * max(len(index), 1)


def _change(index: MatchIndex, added: Records, removed: Mapping[str, set[str]], newest: int) -> None:
    """Put in what lacks and take out what is gone: all of it or nothing."""
    frames = index_frames(added)
    with index.changing():
        for name, keys in removed.items():
            for key in keys:
                index.remove(name, key)
        for name, frame in frames.items():
            for row in frame.iter_rows(named=True):
                index.add(name, row)
        index.note("record", str(newest))


def catch_up(index: MatchIndex) -> bool:
    """Put in what entered the register since, if it is little; tell whether the index is then up to date.

    What left the register may still be in it: whoever asks looks each answer up in the register.
    """
    try:
        newest, since = newest_record(), int(index.noted("record") or 0)
        if newest == since:
            return True
        records = records_since(since, limit=CAUGHT_UP_AT_ONCE)
        if records is None:
            return False
        _change(index, records, {}, newest)
    except BROKEN as error:
        log.warning("the match index could not be brought up to date (%s)", type(error).__name__)
        return False
    return True
