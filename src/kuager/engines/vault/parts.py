"""Uploads that come in parts, over bad lines and through restarts, while nobody has unlocked the vault.

Promises: a part is sealed to the vault's public keys before it touches the disk, and durable when ``append``
returns; the upload goes on from its offset after any interruption; what is assembled in the end are the parts
in their order, each once, or an error. An upload becomes an item at most once, even when the power fails
between the log and the tidying. Plain bytes are never written.
Failure model: until it is assembled an upload stands in no log: who can write to the disk can take it away
and, having the public keys, put another in its place (tell the file's SHA-256 at the beginning against that).
Sizes and times of uploads are plain. Bounds keep strangers from filling the disk.

Layout (``docs/formats/vault.md``): ``uploads/ID/state``, ``uploads/ID/told.age``,
``uploads/ID/parts/OFFSET-SIZE.age``.
"""

import hashlib
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from kuager.core.digest import JsonValue, canonical_json, sha256_hex
from kuager.core.errors import BadInputError, IntegrityError, KuagerError, NotFoundError, RefusedError
from kuager.engines.sealing import encrypt
from kuager.engines.vault.custody import Act
from kuager.engines.vault.ends import checked_ends
from kuager.engines.vault.files import Files, write_whole
from kuager.engines.vault.keys import PublicKeys

if TYPE_CHECKING:
    from kuager.engines.vault.vault import Item, Vault

FOLDER = "uploads"
LARGEST_PART = 16 << 20
_LOCK, _ASSEMBLING = f"{FOLDER}/.lock", f"{FOLDER}/.assembling"
_ID = re.compile(r"[0-9a-f]{32}")
_PART = re.compile(r"([0-9]{15})-([0-9]{10})\.age")
_FORMAT = "kuager-upload-1"


class WrongOffsetError(BadInputError):
    """A part came for another place than the upload has reached; ``expected`` is the right one."""

    http_status = 409

    def __init__(self, expected: int, told: int) -> None:
        super().__init__(f"the upload has reached byte {expected}, but the part is for byte {told}")
        self.expected = expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How much may wait.

    Attributes
    ----------
    uploads
        Uploads at once, finished ones that nobody has assembled among them.
    all_bytes
        Plain bytes of all uploads together, counted as declared when they begin.
    one_bytes
        Plain bytes of one upload.
    parts
        Parts of one upload.
    """

    uploads: int = 200
    all_bytes: int = 64 << 30
    one_bytes: int = 32 << 30
    parts: int = 40_000


@dataclass(frozen=True, slots=True)
class Waiting:
    """An upload.

    Attributes
    ----------
    upload_id
        Its name, 32 random digits and letters.
    begun
        When it began.
    size, offset
        Plain bytes declared, and those that are there.
    is_finished
        Whether all came and the sender said so.
    """

    upload_id: str
    begun: datetime
    size: int
    offset: int
    is_finished: bool


@dataclass(frozen=True, slots=True)
class _State:
    """What is written of an upload in the open.

    ``events`` is how many events the log had when somebody first began to assemble it; None before.
    """

    begun: datetime
    size: int
    is_finished: bool = False
    events: int | None = None

    def as_bytes(self) -> bytes:
        said = canonical_json(
            {
                "begun": self.begun.isoformat(),
                "events": self.events,
                "finished": self.is_finished,
                "format": _FORMAT,
                "size": self.size,
            }
        )
        return said + b"\n" + sha256_hex(said).encode() + b"\n"

    @classmethod
    def read(cls, content: bytes, upload_id: str) -> "_State":
        said, _, check = content.partition(b"\n")
        if check != sha256_hex(said).encode() + b"\n":
            raise IntegrityError(f"the state of upload {upload_id} was changed on disk; send the file again")
        found = json.loads(said)
        if found["format"] != _FORMAT:
            raise BadInputError(f"upload {upload_id} was made by another version; expected {_FORMAT}")
        return cls(datetime.fromisoformat(found["begun"]), found["size"], found["finished"], found["events"])


class Incoming:
    """The uploads that come into one vault. Needs no secret.

    Parameters
    ----------
    files
        The vault's folder.
    public
        Its public keys: ``PublicKeys.read(files)``.
    bounds
        How much may wait.
    """

    def __init__(self, files: Files, public: PublicKeys, bounds: Bounds = Bounds()) -> None:  # frozen
        self._files = files
        self._public = public
        self._bounds = bounds

    def begin(self, told: Mapping[str, JsonValue], *, size: int, at: datetime) -> str:
        """Begin an upload and return its name; both are durable.

        Parameters
        ----------
        told
            What is told of the file: name, media type, source, who sends it. Sealed. When it holds ``sha256``
            (hex), the assembled bytes are compared with it.
        size
            Plain bytes that will come.
        at
            When it begins, with time zone.

        Raises
        ------
        RefusedError
            When the file is too large, or too much is waiting already.
        """
        if not 0 <= size <= self._bounds.one_bytes:
            raise RefusedError(
                f"an upload may have up to {self._bounds.one_bytes} bytes; this one has {size}"
            )
        upload_id = os.urandom(16).hex()
        place = f"{FOLDER}/{upload_id}"
        label = _label(upload_id, "told")
        sealed = encrypt(label + canonical_json(dict(told)), self._public.recipients)
        with self._locked():
            self._check_room(size)
            self._files.make_folder(f"{place}/parts")
            write_whole(self._files, f"{place}/told.age", sealed)
            # The state comes last: with it the folder is an upload.
            write_whole(self._files, f"{place}/state", _State(at.astimezone(UTC), size).as_bytes())
            self._files.sync_names(FOLDER)
            self._files.sync_names("")
        return upload_id

    def _locked(self) -> AbstractContextManager[None]:
        """Keep other writers out for the moment in which names change."""
        self._files.make_folder(FOLDER)
        return self._files.locked(_LOCK)

    def alone(self) -> AbstractContextManager[None]:
        """Keep other processes from assembling while inside."""
        self._files.make_folder(FOLDER)
        return self._files.locked(_ASSEMBLING)

    def _check_room(self, size: int) -> None:
        waiting = self.list()
        if len(waiting) >= self._bounds.uploads:
            raise RefusedError(f"{len(waiting)} uploads are waiting already; finish or drop some first")
        if sum(one.size for one in waiting) + size > self._bounds.all_bytes:
            raise RefusedError(
                f"the uploads that wait may have {self._bounds.all_bytes} bytes together; finish or drop some"
            )

    def append(self, upload_id: str, offset: int, data: bytes) -> int:
        """Add a part, durably; return the new offset.

        Parameters
        ----------
        offset
            Where the part belongs, in plain bytes from the beginning. A part that is there already (same
            place, same size: its answer was lost on the way) is not written again.
        data
            Up to ``LARGEST_PART`` bytes.

        Raises
        ------
        WrongOffsetError
            When the upload has reached another place; ``expected`` names it.
        RefusedError
            When more comes than was declared, or in too many parts.
        """
        if len(data) > LARGEST_PART:
            raise BadInputError(f"a part may have up to {LARGEST_PART} bytes; this one has {len(data)}")
        if self._is_there(upload_id, offset, len(data)):
            return self.offset(upload_id)
        part = f"{_parts(upload_id)}/.{os.urandom(8).hex()}"
        label = _label(upload_id, f"{offset} {len(data)}")
        try:
            self._write(part, encrypt(label + data, self._public.recipients))
            with self._locked():
                # Another process may have added the same part meanwhile.
                if not self._is_there(upload_id, offset, len(data)):
                    self._files.rename(part, f"{_parts(upload_id)}/{offset:015d}-{len(data):010d}.age")
                self._files.sync_names(_parts(upload_id))
        except BaseException:
            self._files.remove(part)
            raise
        self._files.remove(part)
        return offset + len(data)

    def _is_there(self, upload_id: str, offset: int, size: int) -> bool:
        """Tell whether a part is there already; raises when it may not be added."""
        state = self._state(upload_id)
        parts = self._listed(upload_id)
        reached = sum(parts.values())
        if parts.get(offset) == size or (size == 0 and offset == reached):
            self._files.sync_names(_parts(upload_id))
            return True
        if offset != reached:
            raise WrongOffsetError(reached, offset)
        if state.is_finished or offset + size > state.size:
            raise RefusedError(f"the upload was declared to have {state.size} bytes; no more can be added")
        if len(parts) >= self._bounds.parts:
            raise RefusedError(f"an upload may have up to {self._bounds.parts} parts; send larger ones")
        return False

    def _write(self, path: str, sealed: bytes) -> None:
        writer = self._files.create(path)
        try:
            writer.write(sealed)
            writer.sync()
        finally:
            writer.close()

    def _state(self, upload_id: str) -> _State:
        if not _ID.fullmatch(upload_id):
            raise NotFoundError("there is no such upload")
        try:
            return _State.read(self._files.read(f"{FOLDER}/{upload_id}/state"), upload_id)
        except FileNotFoundError as error:
            raise NotFoundError(f"there is no upload {upload_id}") from error

    def _listed(self, upload_id: str) -> dict[int, int]:
        """Return the size of each part by its offset, in order; raises when one is missing."""
        found = [_PART.fullmatch(name) for name in self._files.names(_parts(upload_id))]
        parts = {int(one[1]): int(one[2]) for one in found if one}
        reached = 0
        for offset, size in parts.items():
            if offset != reached:
                raise IntegrityError(
                    f"a part of upload {upload_id} is missing at byte {reached}; send it again"
                )
            reached += size
        return parts

    def offset(self, upload_id: str) -> int:
        """Return how many plain bytes are there: where the next part belongs."""
        self._state(upload_id)
        return sum(self._listed(upload_id).values())

    def finish(self, upload_id: str, size: int, *, is_shorter: bool = False) -> None:
        """Note, durably, that all bytes came; may be said again.

        Parameters
        ----------
        size
            Plain bytes that came.
        is_shorter
            The size declared at the beginning was a bound: a page's form does not say how long its file is.

        Raises
        ------
        WrongOffsetError
            When fewer came than the sender says; ``expected`` names where to go on.
        """
        with self._locked():
            state = self._state(upload_id)
            reached = sum(self._listed(upload_id).values())
            if reached != size or (size < state.size and not is_shorter):
                raise WrongOffsetError(reached, size)
            self._files.sync_names(_parts(upload_id))
            self._put(upload_id, _State(state.begun, size, True, state.events))

    def _put(self, upload_id: str, state: _State) -> None:
        write_whole(self._files, f"{FOLDER}/{upload_id}/state", state.as_bytes())

    def get(self, upload_id: str) -> Waiting:
        """Return an upload; raises NotFoundError."""
        state = self._state(upload_id)
        reached = sum(self._listed(upload_id).values())
        return Waiting(upload_id, state.begun, state.size, reached, state.is_finished)

    def list(self) -> tuple[Waiting, ...]:
        """Return all uploads, the oldest first. Damaged ones are left out; see ``damaged``."""
        found = []
        for upload_id in self._ids():
            try:
                found.append(self.get(upload_id))
            except KuagerError:
                continue
        return tuple(sorted(found, key=lambda one: (one.begun, one.upload_id)))

    def _ids(self) -> tuple[str, ...]:
        return tuple(name for name in self._files.names(FOLDER) if _ID.fullmatch(name))

    def damaged(self) -> dict[str, str]:
        """Return what is wrong with uploads whose state or parts cannot be told, by name."""
        found = {}
        for upload_id in self._ids():
            try:
                self.get(upload_id)
            except NotFoundError:
                # Begun and never promised; ``sweep`` takes it away.
                continue
            except KuagerError as error:
                found[upload_id] = str(error)
        return found

    def drop(self, upload_id: str) -> None:
        """Take an upload away; one that is not there is no error."""
        if not _ID.fullmatch(upload_id):
            raise NotFoundError("there is no such upload")
        with self._locked():
            self._drop(upload_id)

    def _drop(self, upload_id: str) -> None:
        place = f"{FOLDER}/{upload_id}"
        # Without its state it is no upload any more: the rest may be taken away in any order, now or later.
        self._files.remove(f"{place}/state")
        if upload_id in self._files.names(FOLDER):
            self._files.sync_names(place)
            if "parts" in self._files.names(place):
                self._empty(f"{place}/parts")
            self._empty(place)
            self._files.sync_names(FOLDER)

    def _empty(self, folder: str) -> None:
        for name in self._files.names(folder):
            self._files.remove(f"{folder}/{name}")
        self._files.remove_folder(folder)

    def sweep(self, *, begun_before: datetime) -> int:
        """Drop uploads that began before a moment and were never finished, and what a crash left.

        Finished ones wait for somebody to unlock the vault and are never swept. Returns how many went.
        """
        dropped = 0
        with self._locked():
            for upload_id in self._ids():
                try:
                    state = self._state(upload_id)
                    is_old = state.begun < begun_before and not state.is_finished
                except NotFoundError:
                    is_old = True
                except KuagerError:
                    continue
                if is_old:
                    self._drop(upload_id)
                    dropped += 1
        return dropped

    def mark_assembling(self, upload_id: str, events: int) -> int:
        """Note how long the log was when assembling began first, durably; return that length."""
        with self._locked():
            state = self._state(upload_id)
            if not state.is_finished:
                raise RefusedError(f"upload {upload_id} is not finished: {state.size} bytes were declared")
            if state.events is None:
                self._put(upload_id, _State(state.begun, state.size, True, events))
            return events if state.events is None else state.events

    def assembling_since(self, upload_id: str) -> int | None:
        """Return how long the log was when assembling began first; None when it did not."""
        return self._state(upload_id).events

    def sealed_parts(self, upload_id: str) -> Iterator[tuple[int, int, bytes]]:
        """Give offset, plain size and sealed bytes of each part, in order."""
        for offset, size in self._listed(upload_id).items():
            yield offset, size, self._files.read(f"{_parts(upload_id)}/{offset:015d}-{size:010d}.age")

    def sealed_told(self, upload_id: str) -> bytes:
        """Return what was told, as it is sealed."""
        self._state(upload_id)
        return self._files.read(f"{FOLDER}/{upload_id}/told.age")


def told(vault: "Vault", upload_id: str) -> dict[str, JsonValue]:
    """Return what was told when the upload began."""
    plain = _unsealed(vault, vault.incoming.sealed_told(upload_id), _label(upload_id, "told"), upload_id)
    found: dict[str, JsonValue] = json.loads(plain)
    return found


def pieces(vault: "Vault", upload_id: str) -> Iterator[bytes]:
    """Give the plain bytes of a finished upload, part by part, for ``vault.add``.

    Give ``vault.add`` the detail ``"upload": upload_id`` with them, so that ``kept_as`` finds the item after
    a crash, and call ``vault.incoming.drop(upload_id)`` when all is done.

    Raises
    ------
    RefusedError
        When it is not finished.
    IntegrityError
        When a part was changed or is missing, or the whole is not the file that was told of: its SHA-256, or
        that of its first or last mebibyte, is another (see ``ends.py``).
    """
    return checked_ends(_pieces(vault, upload_id), told(vault, upload_id))


def _pieces(vault: "Vault", upload_id: str) -> Iterator[bytes]:
    incoming = vault.incoming
    expected = told(vault, upload_id).get("sha256")
    incoming.mark_assembling(upload_id, vault.journal.size)
    digest, reached = hashlib.sha256(), 0
    for offset, size, sealed in incoming.sealed_parts(upload_id):
        plain = _unsealed(vault, sealed, _label(upload_id, f"{offset} {size}"), upload_id)
        if len(plain) != size:
            raise IntegrityError(f"the part of upload {upload_id} at byte {offset} has another size")
        digest.update(plain)
        reached += size
        yield plain
    if reached != incoming.get(upload_id).size:
        raise IntegrityError(f"the end of upload {upload_id} is missing from byte {reached} on")
    if isinstance(expected, str) and expected.lower() != digest.hexdigest():
        raise IntegrityError(f"upload {upload_id} is not the file that was told of: its SHA-256 differs")


def _unsealed(vault: "Vault", sealed: bytes, label: bytes, upload_id: str) -> bytes:
    try:
        plain = vault.unseal(sealed)
    except KuagerError as error:
        where = label.decode().partition(" ")[2].strip()
        raise IntegrityError(
            f"a part of upload {upload_id} was changed on disk ({where}): {error}"
        ) from error
    if not plain.startswith(label):
        raise IntegrityError(f"a part of upload {upload_id} is that of another place or upload")
    return plain[len(label) :]


def kept_as(vault: "Vault", upload_id: str) -> int | None:
    """Return the item an upload has become already; None when it has not.

    Only the events since assembling began are looked at.
    """
    since = vault.incoming.assembling_since(upload_id)
    if since is None:
        return None
    vault.refresh()
    for recorded in vault.events(since):
        if recorded.event.act is Act.ACQUIRED and recorded.opening.detail.get("upload") == upload_id:
            return recorded.number
    return None


def assemble(
    vault: "Vault", upload_id: str, *, by: str, at: datetime, detail: Mapping[str, JsonValue]
) -> "Item":
    """Keep a finished upload as an item and take the upload away. May be called again after a crash."""
    with vault.incoming.alone():
        number = kept_as(vault, upload_id)
        if number is None:
            said = {**told(vault, upload_id), **detail, "upload": upload_id}
            number = vault.add(pieces(vault, upload_id), by=by, at=at, detail=said).number
        vault.incoming.drop(upload_id)
    return vault.item(number)


def _parts(upload_id: str) -> str:
    return f"{FOLDER}/{upload_id}/parts"


def _label(upload_id: str, what: str) -> bytes:
    """Return what stands before the bytes inside the seal, so that two parts cannot change places."""
    return f"{_FORMAT} {upload_id} {what}\n".encode("ascii")
