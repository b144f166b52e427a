"""A vault: evidence sealed, kept once, and every act with it in a log that only grows.

Promises: when ``add`` returns, the file and the event that tells of it survive a power cut; what ``read``
gives is what was kept, byte for byte, or an error; nothing is ever replaced. Plain bytes are never written.
Failure model: who has the passphrase (or the escrow key) reads everything; what every disk lost is lost.
"""

import hashlib
import hmac
import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from threading import RLock
from typing import BinaryIO

from kuager.core.digest import JsonValue
from kuager.core.errors import BadInputError, IntegrityError, KuagerError, NotFoundError
from kuager.engines.sealing import Decrypted, Encryptor, SecretKey, decrypt, encrypt
from kuager.engines.vault.custody import Act, CustodyEvent, Opening, pseudonym
from kuager.engines.vault.files import Files, write_whole
from kuager.engines.vault.heads import Head
from kuager.engines.vault.journal import Entry, Journal
from kuager.engines.vault.keys import PUBLIC, PublicKeys, SecretKeys
from kuager.engines.vault.objects import FolderObjects, Objects, Upload, drop_unfinished
from kuager.engines.vault.parts import Incoming, assemble
from kuager.engines.vault.sidecars import Sidecars

PIECE = 1 << 20
_GENERATIONS = 16
_LOCK = "lock"


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A file that is kept.

    Attributes
    ----------
    number
        Number of the event by which it was acquired; its name for people.
    sha256
        Of the plain bytes, as ``sha256sum`` prints it.
    size
        Plain bytes.
    address
        Where the sealed file lies.
    seal
        SHA-256 of the sealed file's header, which binds the item to that very file.
    acquired
        The whole private record of its acquisition: name, media type, source and what else was told.
    """

    number: int
    sha256: str
    size: int
    address: str
    seal: str
    acquired: Mapping[str, JsonValue]


@dataclass(frozen=True, slots=True)
class Recorded:
    """An event of the log with its private part."""

    number: int
    event: CustodyEvent
    opening: Opening


def create(
    files: Files, *, name: str, passphrase: str, objects: Objects | None = None
) -> tuple["Vault", SecretKey]:
    """Make a vault; return it and the escrow key, which is to be kept off-line and is stored nowhere.

    Parameters
    ----------
    files
        An empty folder.
    name
        Name of the log, for instance ``kuager.example.org/case-1``; without blanks and plus signs.
    passphrase
        At least 12 characters.
    """
    if files.names(""):
        raise BadInputError("the folder for a new vault must be empty")
    escrow, keys = SecretKey.generate(), SecretKeys.generate(name)
    FolderObjects.prepare(files)
    files.make_folder("log")
    Journal.begin(files, keys.log)
    keys.write(files, passphrase)
    # The public file comes last: with it the folder is a vault.
    public = PublicKeys(keys.case.public, escrow.public, keys.log.verifier)
    files.sync_names("")
    write_whole(files, PUBLIC, public.as_json())
    return Vault(files, keys, objects=objects), escrow


class Vault:
    """An unlocked vault.

    Parameters
    ----------
    files
        Its folder; also an attribute.
    keys
        Its secret keys; see :meth:`SecretKeys.unlock`.
    objects
        Where sealed files lie; by default in the folder.
    """

    def __init__(self, files: Files, keys: SecretKeys, *, objects: Objects | None = None) -> None:
        self.files = files
        self._keys = keys
        self.public = PublicKeys.read(files)
        if (keys.case.public, keys.log.verifier) != (self.public.case, self.public.log):
            raise IntegrityError("vault.json names other keys than the vault has; somebody changed it")
        self.objects = objects or FolderObjects(files)
        self.journal = Journal(files, self.public.log)
        self.incoming = Incoming(files, self.public)
        self.sidecars = Sidecars(files, self.public, keys.case)
        self._last: dict[int, int] = {}
        self._seen = 0
        self._latest = datetime.min.replace(tzinfo=UTC)
        # A server's threads share one unlocked vault.
        self._turn = RLock()

    @classmethod
    def unlock(cls, files: Files, passphrase: str, *, objects: Objects | None = None) -> "Vault":
        """Open a vault with its passphrase."""
        PublicKeys.read(files)
        return cls(files, SecretKeys.unlock(files, passphrase), objects=objects)

    def add(
        self,
        pieces: Iterable[bytes],
        *,
        by: str,
        at: datetime,
        detail: Mapping[str, JsonValue],
    ) -> Item:
        """Keep a file; it and its acquisition are durable on return.

        Parameters
        ----------
        pieces
            The plain bytes, in pieces of any size.
        by
            Who acquired it; sealed, with a pseudonym in the public log.
        at
            When, with time zone.
        detail
            What else is to be recorded, for instance name, media type, source. Sealed.
        """
        digest, size = hashlib.sha256(), 0
        upload = self.objects.begin()
        try:
            encryptor = Encryptor(self.public.recipients)
            header = encryptor.begin()
            upload.write(header)
            for piece in pieces:
                digest.update(piece)
                size += len(piece)
                upload.write(encryptor.update(piece))
            upload.write(encryptor.finish())
            upload.finish()
            address, seal = self._keep(upload, digest.digest(), _digest(header))
        except BaseException:
            upload.drop()
            raise
        told = {**detail, "sha256": digest.hexdigest(), "size": size, "address": address, "seal": seal}
        return self.item(self.record(Act.ACQUIRED, by=by, at=at, detail=told))

    def assemble(self, upload_id: str, *, by: str, at: datetime, detail: Mapping[str, JsonValue]) -> Item:
        """Keep an upload that came in parts, with what was told of it; see ``parts.py``.

        Parameters
        ----------
        detail
            What else is to be recorded; it goes before what the sender told.
        """
        return assemble(self, upload_id, by=by, at=at, detail=detail)

    def seal(self, data: bytes) -> bytes:
        """Return bytes sealed to this vault, for texts that are kept elsewhere."""
        return encrypt(data, self.public.recipients)

    def keyed(self, use: str, data: bytes) -> str:
        """Return a digest of bytes under this vault's secret, to name what must not be told (64 hex digits).

        Parameters
        ----------
        use
            What the name is for, so that names for two uses never meet.
        """
        secret = hashlib.sha256(b"keyed\0" + use.encode() + b"\0" + self._keys.address).digest()
        return hmac.digest(secret, data, "sha256").hex()

    def unseal(self, sealed: bytes) -> bytes:
        """Return bytes that were sealed to this vault; raises a KuagerError when they were changed."""
        return decrypt(io.BytesIO(sealed), [self._keys.case])

    def _keep(self, upload: Upload, digest: bytes, seal: str) -> tuple[str, str]:
        """Give the upload an address; a sound copy that is there already stays the only one."""
        for generation in range(_GENERATIONS):
            address = self._keys.address_of(digest, generation)
            if not self.objects.exists(address) and self.objects.keep(upload, address):
                return address, seal
            found = self._sound(address, digest)
            if found is not None:
                upload.drop()
                return address, found
        raise IntegrityError("every copy of this file that is kept was damaged; look at the disk")

    def _sound(self, address: str, digest: bytes) -> str | None:
        """Return the seal of a stored file when all its bytes are sound."""
        try:
            with self.objects.open(address) as sealed:
                plain = Decrypted(sealed, [self._keys.case])
                found = hashlib.sha256()
                for piece in plain.pieces():
                    found.update(piece)
                return _seal_of(sealed, plain) if found.digest() == digest else None
        except KuagerError:
            return None

    def record(
        self,
        act: Act,
        *,
        by: str,
        at: datetime,
        detail: Mapping[str, JsonValue],
        item: int | None = None,
    ) -> int:
        """Add an event to the log, durably; return its number."""
        return self.record_many([(act, by, at, detail, item)])

    def record_many(
        self, acts: Sequence[tuple[Act, str, datetime, Mapping[str, JsonValue], int | None]]
    ) -> int:
        """Add events (act, by, at, detail, item) in one durable step; return the number of the first."""
        with self.files.locked(_LOCK), self._turn:
            self.refresh()
            self._take_in()
            return self._append(acts)

    def _append(self, acts: Sequence[tuple[Act, str, datetime, Mapping[str, JsonValue], int | None]]) -> int:
        batch = []
        fresh: dict[int, int] = {}
        latest = self._latest
        for offset, (act, by, at, detail, item) in enumerate(acts):
            number = self.journal.size + offset
            if item is not None and item not in fresh and item not in self._last:
                raise NotFoundError(f"the vault has no item {item}")
            told: dict[str, JsonValue] = {"by": by, **detail}
            if at < latest:
                # The clock was set back, or the act began before another that was recorded first.
                told["latest_in_log"] = latest.astimezone(UTC).isoformat()
            latest = max(at, latest)
            opening = Opening.of(told)
            event = CustodyEvent(
                act=act,
                at=at,
                by=pseudonym(self._keys.address, by),
                detail=opening.digest(),
                item=item,
                previous=None if item is None else fresh.get(item, self._last.get(item)),
            )
            if item is not None or act is Act.ACQUIRED:
                fresh[number if item is None else item] = number
            batch.append(Entry(event.as_json(), encrypt(opening.as_json(), self.public.recipients)))
        journal = self.journal.copy()
        try:
            first = journal.append(batch, self._keys.log)
        except BaseException:
            self.journal.distrust()
            raise
        # Threads that read go on with the journal they have.
        self.journal, self._seen, self._latest = journal, journal.size, latest
        self._last.update(fresh)
        return first

    def refresh(self) -> None:
        """Take in what other processes and threads wrote; raises IntegrityError when the log went back."""
        with self._turn:
            if not self.journal.is_stale():
                return
            fresh = Journal(self.files, self.public.log)
            if fresh.size < self.journal.size:
                raise IntegrityError("the log was rolled back while the vault was open")
            self.journal = fresh

    def _take_in(self) -> None:
        """Learn the last event of each item, and the latest time, from what was not looked at yet."""
        with self._turn:
            for number, entry in self.journal.entries(self._seen):
                event = CustodyEvent.from_json(entry.public)
                if event.item is not None or event.act is Act.ACQUIRED:
                    self._last[number if event.item is None else event.item] = number
                self._latest = max(self._latest, event.at)
                self._seen = number + 1

    def event(self, number: int) -> Recorded:
        """Return one event, checked against its public part; raises NotFoundError."""
        if number >= self.journal.size:
            self.refresh()
        try:
            entry = self.journal.entry(number)
        except IndexError as error:
            raise NotFoundError(f"the log has no event {number}") from error
        return self._opened(number, entry)

    def _opened(self, number: int, entry: Entry) -> Recorded:
        event = CustodyEvent.from_json(entry.public)
        opening = Opening.from_json(decrypt(io.BytesIO(entry.private), [self._keys.case]))
        event.check(opening)
        return Recorded(number, event, opening)

    def events(self, start: int = 0) -> Iterator[Recorded]:
        """Give all events in order, from number ``start`` on."""
        for number, entry in self.journal.entries(start):
            yield self._opened(number, entry)

    def history(self, item: int) -> list[Recorded]:
        """Return the events of one item, oldest first."""
        self.item(item)
        self._take_in()
        number: int | None = self._last[item]
        found = []
        while number is not None:
            recorded = self.event(number)
            found.append(recorded)
            number = recorded.event.previous
        return found[::-1]

    def item(self, number: int) -> Item:
        """Return an item; raises NotFoundError when the number names none."""
        recorded = self.event(number)
        if recorded.event.act is not Act.ACQUIRED:
            raise NotFoundError(f"event {number} is no acquisition; an item is named by its acquisition")
        said = recorded.opening.detail
        return Item(
            number=number,
            sha256=str(said["sha256"]),
            size=int(str(said["size"])),
            address=str(said["address"]),
            seal=str(said["seal"]),
            acquired=said,
        )

    def items(self) -> Iterator[Item]:
        """Give all items in the order they were acquired."""
        with self._turn:
            self._take_in()
            numbers = sorted(self._last)
        for number in numbers:
            yield self.item(number)

    def open(self, item: Item) -> Decrypted:
        """Open an item to read any part of it.

        Each chunk is verified when it is read, and the file is known to be the one that was kept by its
        header; ``read`` checks the digest of the whole as well.

        Raises
        ------
        IntegrityError
            When the file is missing, or is another.
        """
        try:
            sealed = self.objects.open(item.address)
        except NotFoundError as error:
            raise IntegrityError(f"the file of item {item.number} is missing from the store") from error
        plain = _unsealed(sealed, self._keys.case, item)
        if _seal_of(sealed, plain) != item.seal or plain.size != item.size:
            raise IntegrityError(f"another file lies where item {item.number} was kept")
        return plain

    def read(self, item: Item) -> Iterator[bytes]:
        """Give the plain bytes of an item; the last piece comes only after the digest of all was compared."""
        digest, held = hashlib.sha256(), b""
        with self.open(item) as plain:
            for piece in _named(plain.pieces(), item):
                digest.update(piece)
                if held:
                    yield held
                held = piece
        if digest.hexdigest() != item.sha256:
            raise IntegrityError(f"item {item.number} has changed: its SHA-256 is not the one recorded")
        yield held

    def check(self, item: Item) -> None:
        """Read all bytes of an item again; raises IntegrityError when any has changed."""
        for _ in self.read(item):
            pass

    def signed_head(self, size: int | None = None) -> str:
        """Return the signed head of the first ``size`` events, by default of all."""
        count = self.journal.size if size is None else size
        return Head(self._keys.log.name, count, self.journal.root(count)).signed(self._keys.log)

    def keyed_digest(self, item: Item) -> str:
        """Return the keyed digest of an item's bytes: equal for equal bytes, wherever their files lie."""
        return self._keys.address_of(bytes.fromhex(item.sha256))

    def recover(self) -> int:
        """Take away unfinished uploads; no other process may be writing. Returns how many."""
        return drop_unfinished(self.files)


def _unsealed(sealed: BinaryIO, key: SecretKey, item: Item) -> Decrypted:
    try:
        return Decrypted(sealed, [key])
    except KuagerError as error:
        sealed.close()
        raise IntegrityError(f"the file of item {item.number} was changed on disk: {error}") from error


def _named(pieces: Iterator[bytes], item: Item) -> Iterator[bytes]:
    """Give pieces; a fault names the item."""
    try:
        yield from pieces
    except IntegrityError as error:
        raise IntegrityError(f"item {item.number}: {error}") from error


def _digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _seal_of(sealed: BinaryIO, plain: Decrypted) -> str:
    """Return the digest of the header, with which all chunks stand and fall."""
    sealed.seek(0)
    return _digest(sealed.read(plain.start))
