"""Stories of uploads in parts and of sidecars, with the power cut after every step in many ways."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kuager.core.errors import KuagerError, NotFoundError
from kuager.engines.vault import parts
from kuager.engines.vault.custody import Act
from kuager.engines.vault.files import Files
from kuager.engines.vault.parts import Incoming
from kuager.engines.vault.vault import Vault
from tests.faults.crash_disk import CrashDisk
from tests.faults.vault_crashes import AT, KEYS, prepared

CHUNK = 40_000


@dataclass
class Told:
    """What was promised of uploads and sidecars, and what is under way."""

    contents: dict[str, bytes] = field(default_factory=dict)
    reached: dict[str, int] = field(default_factory=dict)
    finished: set[str] = field(default_factory=set)
    items: dict[str, int] = field(default_factory=dict)
    leaving: set[str] = field(default_factory=set)
    sidecars: dict[str, set[bytes | None]] = field(default_factory=dict)

    def copy(self) -> "Told":
        return Told(
            dict(self.contents),
            dict(self.reached),
            set(self.finished),
            dict(self.items),
            set(self.leaving),
            {key: set(held) for key, held in self.sidecars.items()},
        )


@dataclass(frozen=True)
class UploadMoment:
    """The disk after a step, and what was promised by then."""

    disk: CrashDisk
    promised: Told


def send(incoming: Incoming, told: Told, content: bytes, *, whole: bool) -> str:
    """Send a file in parts; remember each promise once it is given."""
    upload = incoming.begin({"name": "clip"}, size=len(content), at=AT)
    told.contents[upload], told.reached[upload] = content, 0
    for offset in range(0, len(content) if whole else CHUNK, CHUNK):
        told.reached[upload] = incoming.append(upload, offset, content[offset : offset + CHUNK])
    if whole:
        incoming.finish(upload, len(content))
        told.finished.add(upload)
    return upload


def compute(vault: Vault, told: Told, key: str, data: bytes) -> None:
    """Put a sidecar: until the answer the old one may be found, or the new one."""
    told.sidecars[key] = told.sidecars.get(key, {None}) | {data}
    vault.sidecars.put("finding", key, data)
    told.sidecars[key] = {data}


def story(vault: Vault, told: Told) -> None:
    """Send three files, keep one, drop one; put sidecars, replace and drop them."""
    incoming = vault.incoming
    upload = send(incoming, told, os.urandom(90_000), whole=True)
    compute(vault, told, "1", b"first")
    told.leaving.add(upload)
    told.items[upload] = vault.assemble(upload, by="gulnar", at=AT, detail={}).number
    compute(vault, told, "1", b"second")
    compute(vault, told, "2", b"third" * 20_000)
    dropped = send(incoming, told, os.urandom(50_000), whole=False)
    told.leaving.add(dropped)
    incoming.drop(dropped)
    told.sidecars["1"] = {b"second", None}
    vault.sidecars.drop("finding", "1")
    told.sidecars["1"] = {None}
    send(incoming, told, os.urandom(70_000), whole=True)


def upload_moments(
    wrap: Callable[[CrashDisk], Files] = lambda disk: disk, tell: Callable[[Vault, Told], None] = story
) -> Iterator[UploadMoment]:
    """Give the disk after every step of the story."""
    disk = CrashDisk()
    vault = prepared(wrap(disk))
    told = Told()
    found: list[UploadMoment] = []
    disk.after_each = lambda: found.append(UploadMoment(disk.copy(), told.copy()))
    tell(vault, told)
    found.append(UploadMoment(disk.copy(), told.copy()))
    yield from found


def upload_violation(disk: CrashDisk, told: Told) -> str | None:
    """Return what is wrong with uploads and sidecars found on the disk; None when every promise is kept."""
    try:
        vault = Vault(disk, KEYS)
        if vault.incoming.damaged():
            return f"damaged: {vault.incoming.damaged()}"
        for upload, content in told.contents.items():
            fault = _gone_on(vault, told, upload, content)
            if fault is not None:
                return fault
        for key, allowed in told.sidecars.items():
            try:
                found: bytes | None = vault.sidecars.get("finding", key)
            except NotFoundError:
                found = None
            if found not in allowed:
                return f"sidecar {key} is another"
        vault.incoming.sweep(begun_before=AT)
        vault.recover()
        vault.journal.verify()
        send(vault.incoming, Told(), b"after the cut", whole=True)
        vault.sidecars.put("finding", "1", b"after the cut")
        Vault(disk, KEYS)
    except (KuagerError, OSError, LookupError, ValueError) as error:
        return f"{type(error).__name__}: {error}"
    return None


def _gone_on(vault: Vault, told: Told, upload: str, content: bytes) -> str | None:
    """Go on with an upload as its sender would, keep it, and count how often it was kept."""
    try:
        reached = vault.incoming.offset(upload)
    except NotFoundError:
        return _gone(vault, told, upload)
    if reached < told.reached[upload]:
        return f"{told.reached[upload] - reached} promised bytes are lost"
    if upload in told.leaving and upload not in told.finished:
        return None
    for offset in range(reached, len(content), CHUNK):
        vault.incoming.append(upload, offset, content[offset : offset + CHUNK])
    vault.incoming.finish(upload, len(content))
    item = vault.assemble(upload, by="gulnar", at=AT, detail={})
    if b"".join(vault.read(item)) != content or _kept(vault, upload) != [item.number]:
        return f"another file was kept, or it was kept more than once: {_kept(vault, upload)}"
    return None


def _gone(vault: Vault, told: Told, upload: str) -> str | None:
    """Return what is wrong with an upload that is not there any more."""
    if upload not in told.leaving:
        return "a promised upload is gone"
    if upload in told.finished and len(_kept(vault, upload)) != 1:
        return f"an upload that was to be kept was kept as {_kept(vault, upload)}"
    return None


def _kept(vault: Vault, upload: str) -> list[int]:
    return [
        one.number
        for one in vault.events()
        if one.event.act is Act.ACQUIRED and one.opening.detail.get("upload") == upload
    ]


def assemble_without_a_mark(vault: Vault, told: Told) -> None:
    """Keep an upload without noting before where the log stood: a wrong protocol."""
    upload = send(vault.incoming, told, os.urandom(50_000), whole=True)
    told.leaving.add(upload)
    content = [data for _, _, data in vault.incoming.sealed_parts(upload)]
    plain = [vault.unseal(data).partition(b"\n")[2] for data in content]
    told.items[upload] = vault.add(plain, by="gulnar", at=AT, detail={"upload": upload}).number
    vault.incoming.drop(upload)


def drop_before_it_is_kept(vault: Vault, told: Told) -> None:
    """Take an upload away before the log tells of the item: a wrong protocol."""
    upload = send(vault.incoming, told, os.urandom(50_000), whole=True)
    plain = list(parts.pieces(vault, upload))
    told.leaving.add(upload)
    vault.incoming.drop(upload)
    told.items[upload] = vault.add(plain, by="gulnar", at=AT, detail={"upload": upload}).number
