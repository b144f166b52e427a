"""The entries of the log on disk: written in batches, each sealed by a signed head, never changed.

Promises: ``append`` returns only after the batch survives a power cut. After a crash, a batch that was not
promised may be missing; a promised one never is: a log that is shorter than its own last signed head, or
whose bytes were changed, is refused, never silently cut. Failure model: whoever holds the signing key can
write another log; the heads held and time-stamped by others show it.

Layout (``docs/formats/vault.md``): ``log/entries/NNNNNNNNNNNN`` holds records from entry N on, each
``length of public part, length of private part, CRC-32, public, private`` (three 32-bit numbers, big-endian);
a record with no public part closes a batch, its private part is the signed head. ``log/heads`` holds the
newest head twice, each in a slot of 4,096 bytes, written in turn.
"""

import struct
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from copy import copy
from dataclasses import dataclass

from kuager.core.errors import IntegrityError
from kuager.engines.vault.files import Files
from kuager.engines.vault.heads import Head, SigningKey, VerifierKey
from kuager.engines.vault.merkle import EMPTY, leaf_hash, root_of
from kuager.engines.vault.tiles import FOLDER as TILES
from kuager.engines.vault.tiles import Tiles

FOLDER = "log/entries"
HEADS = "log/heads"
MOST_IN_A_BATCH = 4096
_SLOT = 4096
_SEGMENT = 256
_FRAME = struct.Struct(">III")


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry: what strangers may see of it, and what only the keepers can open."""

    public: bytes
    private: bytes = b""


@dataclass(frozen=True, slots=True)
class _Segment:
    """What a file holds: entries of whole batches, where these end, and the last head."""

    entries: tuple[Entry, ...] = ()
    end: int = 0
    note: str | None = None


def _record(public: bytes, private: bytes) -> bytes:
    check = zlib.crc32(private, zlib.crc32(public))
    return _FRAME.pack(len(public), len(private), check) + public + private


def _parse(data: bytes) -> _Segment:
    """Read whole batches; what follows the first record that is not whole is left alone."""
    entries: list[Entry] = []
    whole = _Segment()
    place = 0
    while place + _FRAME.size <= len(data):
        public_size, private_size, check = _FRAME.unpack_from(data, place)
        middle = place + _FRAME.size + public_size
        public, private = data[place + _FRAME.size : middle], data[middle : middle + private_size]
        whole_record = len(public) == public_size and len(private) == private_size
        if not whole_record or zlib.crc32(private, zlib.crc32(public)) != check or not public + private:
            break
        place = middle + private_size
        if public:
            entries.append(Entry(public, private))
        else:
            whole = _Segment(tuple(entries), place, private.decode("utf-8", "replace"))
    return whole


def _end_of(data: bytes, count: int) -> int:
    """Return where the batch ends that holds entry number ``count`` of a segment; 0 for none."""
    place = entries = 0
    if count <= 0:
        return 0
    while entries < count:
        public_size, private_size, _ = _FRAME.unpack_from(data, place)
        place += _FRAME.size + public_size + private_size
        entries += 1 if public_size else 0
    # The closing record of the batch.
    _, private_size, _ = _FRAME.unpack_from(data, place)
    return place + _FRAME.size + int(private_size)


def _path(start: int) -> str:
    return f"{FOLDER}/{start:012d}"


class Journal:
    """The entries of one log, opened for reading and adding.

    Parameters
    ----------
    files
        Where they are kept.
    key
        The public key of the log.

    Raises
    ------
    IntegrityError
        When bytes were changed, or entries are missing that a signed head counted.
    """

    def __init__(self, files: Files, key: VerifierKey) -> None:
        self._files = files
        self.key = key
        self._broken = False
        self._remembered: dict[int, tuple[Entry, ...]] = {}
        self._mended: list[str] = []
        self._turn, promised = self._promised()
        self._starts = [int(name) for name in files.names(FOLDER)]
        self._last = self._newest_segment()
        self.size = (self._starts[-1] if self._starts else 0) + len(self._last.entries)
        if self.size < promised.size:
            raise IntegrityError(
                f"the log was damaged or rolled back: it has {self.size} sound entries, "
                f"but its signed head counts {promised.size}"
            )
        self.tiles = Tiles(files, self._leaf_hashes)
        self._check_head(promised)
        self._promised_size = promised.size

    @staticmethod
    def begin(files: Files, key: SigningKey) -> None:
        """Make an empty log whose first head is signed and durable."""
        for folder in (FOLDER, TILES):
            files.make_folder(folder)
        note = Head(key.name, 0, EMPTY).signed(key)
        files.overwrite(HEADS, 0, note.encode().ljust(_SLOT, b"\0"))
        files.sync_names("log")

    def _newest_segment(self) -> _Segment:
        if self._starts[:1] not in ([], [0]):
            raise IntegrityError("the log was cut at its beginning: its first entries are missing")
        last = self._read(self._starts[-1]) if self._starts else _Segment()
        if self._starts and not last.entries:
            # A file begun and never promised: what counts ends with the one before.
            self._starts.pop()
            last = self._read(self._starts[-1]) if self._starts else _Segment()
        return last

    def _check_head(self, promised: Head) -> None:
        note = self.head()
        head = promised if note is None else Head.read(note, self.key)
        for _ in range(2):
            self.tiles.open(self.size)
            if self.root(promised.size) == promised.root and self.root() == head.root:
                break
            # A damaged tile is computed anew; a damaged entry stays damaged.
            self._mended = self.tiles.damaged()
            self.tiles.forget()
        else:
            raise IntegrityError("the log was changed: its entries do not lead to its signed head")
        if head.size != self.size:
            raise IntegrityError("the log was changed: its last signed head counts another number of entries")

    def head(self) -> str | None:
        """Return the newest signed head; None before the first entry."""
        return self._last.note

    def is_stale(self) -> bool:
        """Tell whether another process has written since, or a write of ours failed."""
        if self._broken:
            return True
        _, promised = self._promised()
        return promised.size != self.size

    def root(self, size: int | None = None) -> bytes:
        """Return the digest of the first ``size`` entries, by default of all."""
        return root_of(self.tiles.node, self.size if size is None else size)

    def _slots(self) -> tuple[str, str]:
        data = self._files.read(HEADS) if self._files.exists(HEADS) else b""
        first, second = data[:_SLOT], data[_SLOT : 2 * _SLOT]
        return first.rstrip(b"\0").decode("utf-8", "replace"), second.rstrip(b"\0").decode("utf-8", "replace")

    def _promised(self) -> tuple[int, Head]:
        """Return the newest head that was promised; of the two slots one may be torn by a crash."""
        heads: list[tuple[int, Head]] = []
        fault: IntegrityError | None = None
        for place, note in enumerate(self._slots()):
            try:
                heads.append((place, Head.read(note, self.key)))
            except IntegrityError as error:
                fault = fault or error
        if not heads:
            raise fault or IntegrityError("the log has no signed head")
        return max(heads, key=lambda found: found[1].size)

    def copy(self) -> "Journal":
        """Return another that may grow while threads still read this one."""
        other = copy(self)
        other._starts = list(self._starts)
        other.tiles = self.tiles.copy(other._leaf_hashes)
        return other

    def distrust(self) -> None:
        """Note that a write failed: the log must be opened again before the next."""
        self._broken = True

    def append(self, batch: Sequence[Entry], key: SigningKey) -> int:
        """Add entries (1 to 4,096) and return the number of the first; they are durable on return.

        The caller keeps other writers out. After an error the log must be opened again: whether the batch
        counts is then read from the disk.
        """
        if self._broken:
            raise IntegrityError("an earlier write failed; open the log again before writing")
        if not 1 <= len(batch) <= MOST_IN_A_BATCH or not all(entry.public for entry in batch):
            raise ValueError(f"expected 1 to {MOST_IN_A_BATCH} entries, each with a public part")
        self._broken = True
        if self._promised_size < self.size:
            self._write_again()
        first, size = self.size, self.size + len(batch)
        self.tiles.add(leaf_hash(entry.public) for entry in batch)
        note = Head(key.name, size, self.root(size)).signed(key)
        self._write(first, batch, note)
        self._turn = 1 - self._turn
        self._files.overwrite(HEADS, self._turn * _SLOT, note.encode().ljust(_SLOT, b"\0"))
        self.size, self._promised_size, self._broken = size, size, False
        return first

    def _write_again(self) -> None:
        """Write batches anew that are whole but were never promised, before anything is built upon them.

        They may be shown from memory only: after a failed sync Linux takes what it could not write for
        written, and the next sync succeeds without it (Rebello and others 2020, "Can Applications Recover
        from fsync Failures?", section 3).
        """
        path = _path(self._starts[-1])
        data = self._files.read(path)[: self._last.end]
        kept = _end_of(data, self._promised_size - self._starts[-1])
        # The same bytes at the same place: who is killed here leaves readers what they have seen.
        self._files.overwrite(path, kept, data[kept:])
        self._files.sync_names(FOLDER)

    def _write(self, first: int, batch: Sequence[Entry], note: str) -> None:
        begins = not self._starts or len(self._last.entries) >= _SEGMENT
        start = first if begins else self._starts[-1]
        held = _Segment() if begins else self._last
        path = _path(start)
        if self._files.exists(path) and self._files.size(path) != held.end:
            # What a crash left of a batch that was never promised.
            self._files.cut(path, held.end)
        data = b"".join(_record(entry.public, entry.private) for entry in batch) + _record(b"", note.encode())
        writer = self._files.append(path)
        try:
            writer.write(data)
            writer.sync()
        finally:
            writer.close()
        if begins:
            self._files.sync_names(FOLDER)
            self._starts.append(start)
        self._last = _Segment((*held.entries, *batch), held.end + len(data), note)

    def entries(self, begin: int = 0, end: int | None = None) -> Iterator[tuple[int, Entry]]:
        """Give entries in order with their numbers.

        Raises
        ------
        IntegrityError
            When a file was damaged; the message says which entries.
        """
        end = self.size if end is None else min(end, self.size)
        place = begin
        while place < end:
            number = bisect_right(self._starts, place) - 1
            start, is_last = self._starts[number], number == len(self._starts) - 1
            following = self.size if is_last else self._starts[number + 1]
            found = self._last.entries if is_last else self._read(start).entries
            if len(found) != following - start:
                raise IntegrityError(
                    f"the log was damaged on disk: of the entries {start} to {following - 1} "
                    f"only {len(found)} can be read (file {_path(start)})"
                )
            stop = min(end, following)
            yield from zip(range(place, stop), found[place - start : stop - start], strict=True)
            place = stop

    def entry(self, number: int) -> Entry:
        """Return one entry; raises IndexError when there is none of this number."""
        if not 0 <= number < self.size:
            raise IndexError(f"the log has no entry {number}")
        start = self._starts[bisect_right(self._starts, number) - 1]
        found = self._remembered.get(start, ())
        if number - start >= len(found):
            found = tuple(entry for _, entry in self._entries_of(start))
            # One segment at a time: events are mostly asked for near each other.
            self._remembered = {start: found}
        return found[number - start]

    def _entries_of(self, start: int) -> Iterator[tuple[int, Entry]]:
        place = bisect_right(self._starts, start)
        return self.entries(start, self._starts[place] if place < len(self._starts) else self.size)

    def notes(self) -> Iterator[str]:
        """Give the signed heads of the log, one for each segment: the last in it."""
        for start in self._starts:
            note = self._last.note if start == self._starts[-1] else self._read(start).note
            if note is not None:
                yield note

    def doubts(self) -> list[str]:
        """Return which files beside the entries are damaged: they hold nothing that is not elsewhere too.

        A head that is torn is also what a power cut may leave; the next event writes it anew.
        """
        found = []
        for place, note in enumerate(self._slots()):
            if note or place < min(self.size, 1):
                try:
                    Head.read(note, self.key)
                except IntegrityError as error:
                    found.append(f"{HEADS}: the head in slot {place} cannot be read ({error})")
        damaged = dict.fromkeys([*self._mended, *self.tiles.damaged()])
        return found + [f"{path}: the tile was damaged; it was computed anew" for path in damaged]

    def verify(self) -> None:
        """Read every entry again and check that they lead to the newest signed head.

        Raises
        ------
        IntegrityError
            When a file was damaged or an entry changed.
        """
        self.tiles.forget()
        self._remembered = {}
        self.tiles.open(self.size)
        _, promised = self._promised()
        if self.root(promised.size) != promised.root:
            raise IntegrityError("the log was changed: its entries do not lead to its signed head")
        for note in self.notes():
            head = Head.read(note, self.key)
            if self.root(head.size) != head.root:
                raise IntegrityError(
                    f"the log was changed: the first {head.size} entries do not lead to their head"
                )

    def _leaf_hashes(self, begin: int, end: int) -> bytes:
        return b"".join(leaf_hash(entry.public) for _, entry in self.entries(begin, end))

    def _read(self, start: int) -> _Segment:
        return _parse(self._files.read(_path(start)))
