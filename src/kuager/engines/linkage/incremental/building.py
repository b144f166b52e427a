"""Build a match index of whole lists, in parts, so that a break costs at most one part.

Promises: a build that stopped goes on where it stopped when called again with the same lists and model; with
other lists or another model it is refused. Memory holds the keys of one kind at a time, not the records.
"""

import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

import numpy as np
import polars as pl

from kuager.core.errors import BadInputError
from kuager.engines.linkage.comparing.comparisons import COMPARISONS, FieldComparison
from kuager.engines.linkage.incremental import storage as tables
from kuager.engines.linkage.incremental.keys import KEY_COLUMNS, KINDS, key_table, variants, words_of
from kuager.engines.linkage.incremental.lines import fingerprints, kept_columns, write_lines
from kuager.engines.linkage.incremental.storage import Storage
from kuager.engines.linkage.reading.columns import recognise_columns
from kuager.engines.linkage.reading.preparing import Habits, prepare
from kuager.engines.linkage.trained import TrainedModel, as_json

PART = 20_000
Progress = Callable[[int, int], None]


def frequency_fields(fields: Sequence[FieldComparison]) -> tuple[str, ...]:
    """Return the fields whose values are counted."""
    named = {level.frequency_of for field in fields for level in field.levels if level.frequency_of}
    return tuple(sorted(named))


def fill(
    storage: Storage, frames: Mapping[str, pl.DataFrame], trained: TrainedModel, progress: Progress | None
) -> None:
    """File every record of the lists, then sort out keys, slips and counts."""
    if not frames or not sum(frame.height for frame in frames.values()):
        raise BadInputError("nothing to index: at least one list with a record is needed")
    frames = {name: _with_ids(name, frame) for name, frame in frames.items()}
    _begin(storage, frames, trained)
    if storage.fact("finished"):
        return
    total = sum(frame.height for frame in frames.values())
    done = int(storage.fact("next number") or 0)
    for first, name, part in _parts(frames):
        if first >= done:
            with storage.change():
                _file_part(storage, first, name, part, trained.habits)
            if progress:
                progress(first + part.height, total)
    with storage.change():
        _finish(storage, frequency_fields(trained.model.fields))
        storage.remember("finished", "yes")
    storage.connection.execute("pragma wal_checkpoint(truncate)")


def _with_ids(name: str, frame: pl.DataFrame) -> pl.DataFrame:
    """Return the list with ids: its own, each once, or the numbers of its rows."""
    column = next(
        (column for column, field in recognise_columns(frame.columns).items() if field == "id"), None
    )
    if column is None:
        return frame.with_columns(pl.int_range(1, pl.len() + 1).cast(pl.String).alias("id"))
    ids = frame[column].cast(pl.String).str.strip_chars()
    if ids.n_unique() < len(ids):
        repeated = ids.filter(ids.is_duplicated())[0]
        raise BadInputError(
            f"list {name}: the id {repeated} occurs twice; every record needs an id of its own"
        )
    return frame


def _begin(storage: Storage, frames: Mapping[str, pl.DataFrame], trained: TrainedModel) -> None:
    marks = [as_json(trained), *kept_columns()]
    marks += [f"{name} {frame.height} {fingerprints(frame)}" for name, frame in frames.items()]
    wanted = hashlib.blake2b("\n".join(marks).encode(), digest_size=16).hexdigest()
    begun = storage.fact("built of")
    if begun is None:
        with storage.change():
            tables.mark_format(storage)
            storage.remember("built of", wanted)
            storage.remember("model", as_json(trained))
            storage.remember("columns", " ".join(kept_columns()))
            for name, frame in frames.items():
                storage.resize(name, frame.height)
    elif begun != wanted:
        raise BadInputError("this file holds an index of other lists or another model; choose a new file")


def _parts(frames: Mapping[str, pl.DataFrame]) -> Iterator[tuple[int, str, pl.DataFrame]]:
    first = 0
    for name, frame in frames.items():
        for part in frame.iter_slices(PART):
            yield first, name, part
            first += part.height


def _file_part(storage: Storage, first: int, name: str, part: pl.DataFrame, habits: Habits) -> None:
    records = prepare({name: part}, habits=habits).records
    numbers = range(first, first + part.height)
    records = records.with_columns(pl.Series("unique_id", numbers, dtype=pl.UInt32))
    rows = zip(numbers, records["list"], records["id"], fingerprints(part), write_lines(records), strict=True)
    storage.write_records(rows)
    kept = [*KEY_COLUMNS, *frequency_fields(COMPARISONS)]
    packed = io.BytesIO()
    records.select(list(dict.fromkeys(kept))).write_ipc(packed, compression="zstd")
    storage.connection.execute("insert into parts values (?, ?)", (first, packed.getvalue()))
    storage.remember("next number", str(first + part.height))


def _finish(storage: Storage, counted: Sequence[str]) -> None:
    for kind in KINDS:
        _pack(storage, key_table(_columns(storage, KEY_COLUMNS), kind))
    _file_slips(storage)
    for field in counted:
        _count(storage, field)
    storage.connection.execute("delete from parts")


def _columns(storage: Storage, columns: Sequence[str]) -> pl.DataFrame:
    parts = storage.connection.execute("select columns from parts order by first")
    return pl.concat(pl.read_ipc(io.BytesIO(blob), columns=list(columns)) for (blob,) in parts)


def _pack(storage: Storage, keys: pl.DataFrame) -> None:
    """Write each key once, with the numbers of its records in one piece. Keys come in order."""
    if not keys.height:
        return
    numbers = np.ascontiguousarray(keys["record"].to_numpy().astype(np.uint32)).tobytes()
    runs = keys.select(pl.col("key").rle()).unnest("key")
    ends = 4 * np.cumsum(runs["len"].to_numpy())
    starts = chain([0], ends.tolist())
    pieces = (
        (key, numbers[start:end])
        for key, start, end in zip(runs["value"], starts, ends.tolist(), strict=False)
    )
    storage.connection.executemany("insert into packed values (?, ?)", pieces)


def _file_slips(storage: Storage) -> None:
    words = words_of(_columns(storage, ("given_keys", "family_keys")))
    pairs = [(variant, word) for word in words for variant in variants(word)]
    table = pl.DataFrame(pairs, schema={"variant": pl.String, "word": pl.String}, orient="row")
    lines = table.group_by("variant").agg(pl.col("word").sort().str.join(" ")).sort("variant")
    storage.connection.executemany("insert into slips values (?, ?)", lines.iter_rows())


def _count(storage: Storage, field: str) -> None:
    column = _columns(storage, (field,)).select(pl.col(field).cast(pl.String).alias("value")).drop_nulls()
    counts = column.group_by("value").agg(pl.len().alias("records")).sort("value")
    rows = chain([("", column.height)], counts.iter_rows())
    storage.connection.executemany(
        "insert into commonness values (?, ?, ?)", ((field, value, records) for value, records in rows)
    )
