"""Uploads in parts and sidecars on a real disk: resumed, bounded, sealed, kept once."""

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from kuager.core.errors import (
    BadInputError,
    IntegrityError,
    NotFoundError,
    PermissionDeniedError,
    RefusedError,
)
from kuager.engines.vault import parts
from kuager.engines.vault.ends import END, checked_ends
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.keys import PublicKeys
from kuager.engines.vault.parts import Bounds, Incoming, WrongOffsetError
from kuager.engines.vault.sidecars import Sidecars
from kuager.engines.vault.vault import Vault
from tests.faults.vault_crashes import prepared

AT = datetime(2022, 1, 6, tzinfo=UTC)
CONTENT = os.urandom(300_000)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return prepared(OsFiles(tmp_path / "vault"))


@pytest.fixture
def incoming(vault: Vault, tmp_path: Path) -> Incoming:
    files = OsFiles(tmp_path / "vault")
    return Incoming(files, PublicKeys.read(files), Bounds(uploads=3, all_bytes=1_000_000, one_bytes=500_000))


def sent(incoming: Incoming, content: bytes = CONTENT, step: int = 90_000, /, **told: str) -> str:
    upload = incoming.begin({"name": "clip.mp4", **told}, size=len(content), at=AT)
    for offset in range(0, len(content), step):
        assert incoming.append(upload, offset, content[offset : offset + step]) <= len(content)
    incoming.finish(upload, len(content))
    return upload


def test_an_upload_in_parts_becomes_an_item_once(vault: Vault, incoming: Incoming) -> None:
    upload = sent(incoming, sender="asel")
    item = vault.assemble(upload, by="gulnar", at=AT, detail={"media_type": "video/mp4"})
    assert b"".join(vault.read(item)) == CONTENT
    assert (item.acquired["name"], item.acquired["sender"]) == ("clip.mp4", "asel")
    assert incoming.list() == ()
    with pytest.raises(NotFoundError):
        vault.assemble(upload, by="gulnar", at=AT, detail={})
    assert len(list(vault.items())) == 1


def test_an_upload_goes_on_where_it_stopped(incoming: Incoming, tmp_path: Path) -> None:
    upload = incoming.begin({}, size=len(CONTENT), at=AT)
    assert incoming.append(upload, 0, CONTENT[:1_000]) == 1_000
    files = OsFiles(tmp_path / "vault")
    again = Incoming(files, PublicKeys.read(files))
    assert again.offset(upload) == 1_000
    # The answer to the first part was lost: it comes again.
    assert again.append(upload, 0, CONTENT[:1_000]) == 1_000
    with pytest.raises(WrongOffsetError) as wrong:
        again.append(upload, 5_000, b"further on")
    assert wrong.value.expected == 1_000
    with pytest.raises(WrongOffsetError, match="reached byte 1000"):
        again.finish(upload, len(CONTENT))


def test_what_comes_in_lies_sealed_and_names_nothing(incoming: Incoming, tmp_path: Path) -> None:
    upload = incoming.begin({"name": "canary-name"}, size=60_000, at=AT)
    incoming.append(upload, 0, b"canary-bytes" * 5_000)
    incoming.finish(upload, 60_000)
    for path in (tmp_path / "vault").rglob("*"):
        assert b"canary" not in str(path).encode() + (path.read_bytes() if path.is_file() else b"")


def test_more_than_was_declared_or_than_there_is_room_for_is_refused(incoming: Incoming) -> None:
    upload = incoming.begin({}, size=10, at=AT)
    with pytest.raises(RefusedError, match="declared"):
        incoming.append(upload, 0, b"eleven byte")
    with pytest.raises(RefusedError, match="up to 500000 bytes"):
        incoming.begin({}, size=500_001, at=AT)
    incoming.begin({}, size=500_000, at=AT)
    with pytest.raises(RefusedError, match="1000000 bytes together"):
        incoming.begin({}, size=500_000, at=AT)
    incoming.begin({}, size=1, at=AT)
    with pytest.raises(RefusedError, match="3 uploads are waiting"):
        incoming.begin({}, size=1, at=AT)


def test_too_many_parts_are_refused(vault: Vault, tmp_path: Path) -> None:
    incoming = Incoming(OsFiles(tmp_path / "vault"), vault.public, Bounds(parts=2))
    upload = incoming.begin({}, size=10, at=AT)
    for offset in range(2):
        incoming.append(upload, offset, b"x")
    with pytest.raises(RefusedError, match="up to 2 parts"):
        incoming.append(upload, 2, b"x")


def test_abandoned_uploads_are_swept_and_finished_ones_wait(incoming: Incoming, tmp_path: Path) -> None:
    abandoned = incoming.begin({}, size=10, at=AT)
    incoming.append(abandoned, 0, b"12345")
    finished = sent(incoming, b"all of it")
    recent = incoming.begin({}, size=10, at=AT + timedelta(days=20))
    assert incoming.sweep(begun_before=AT + timedelta(days=14)) == 1
    assert {one.upload_id for one in incoming.list()} == {finished, recent}
    assert not (tmp_path / "vault/uploads" / abandoned).exists()


@pytest.mark.parametrize("name", ["", "../..", "x" * 32, "0" * 31, "../objects/aaaaaaaaaaaaaaaaaaaa"])
def test_a_name_that_is_no_upload_reaches_no_file(incoming: Incoming, name: str) -> None:
    for act in (incoming.offset, incoming.drop, incoming.get):
        with pytest.raises(NotFoundError):
            act(name)


def test_an_unfinished_upload_is_not_assembled(vault: Vault, incoming: Incoming) -> None:
    upload = incoming.begin({}, size=10, at=AT)
    incoming.append(upload, 0, b"12345")
    with pytest.raises(RefusedError, match="not finished"):
        vault.assemble(upload, by="gulnar", at=AT, detail={})


def test_parts_that_changed_places_are_noticed(vault: Vault, incoming: Incoming, tmp_path: Path) -> None:
    upload = sent(incoming, b"abcdefgh" * 100, 400)
    folder = tmp_path / "vault/uploads" / upload / "parts"
    first, second = sorted(folder.iterdir())
    held = first.read_bytes()
    first.write_bytes(second.read_bytes())
    second.write_bytes(held)
    with pytest.raises(IntegrityError, match="another place"):
        vault.assemble(upload, by="gulnar", at=AT, detail={})
    assert list(vault.items()) == []


def test_a_missing_part_is_named(vault: Vault, incoming: Incoming, tmp_path: Path) -> None:
    upload = sent(incoming, b"abcdefgh" * 100, 400)
    folder = tmp_path / "vault/uploads" / upload / "parts"
    first, last = sorted(folder.iterdir())
    last.unlink()
    with pytest.raises(IntegrityError, match="missing from byte 400"):
        vault.assemble(upload, by="gulnar", at=AT, detail={})
    last.write_bytes(first.read_bytes())
    first.unlink()
    assert "missing at byte 0" in incoming.damaged()[upload]


def test_a_file_that_is_not_the_one_told_of_is_refused(vault: Vault, incoming: Incoming) -> None:
    upload = sent(incoming, b"changed on the way", sha256="0" * 64)
    with pytest.raises(IntegrityError, match="SHA-256"):
        vault.assemble(upload, by="gulnar", at=AT, detail={})
    assert list(vault.items()) == []


def test_a_sidecar_comes_back_and_is_replaced(vault: Vault) -> None:
    vault.sidecars.put("preview", "17-frame-0", b"pixels")
    vault.sidecars.put("preview", "17-frame-0", b"better pixels")
    assert vault.sidecars.get("preview", "17-frame-0") == b"better pixels"
    assert vault.sidecars.has("preview", "17-frame-0")
    assert vault.sidecars.keys("preview") == ["17-frame-0"]
    assert vault.sidecars.kinds() == ["preview"]
    vault.sidecars.drop("preview", "17-frame-0")
    vault.sidecars.drop("preview", "17-frame-0")
    with pytest.raises(NotFoundError):
        vault.sidecars.get("preview", "17-frame-0")


def test_a_locked_vault_writes_sidecars_and_reads_none(vault: Vault, tmp_path: Path) -> None:
    files = OsFiles(tmp_path / "vault")
    locked = Sidecars(files, PublicKeys.read(files))
    locked.put("finding", "1", b"canary")
    assert b"canary" not in (tmp_path / "vault/sidecars/finding/1.age").read_bytes()
    assert vault.sidecars.get("finding", "1") == b"canary"
    with pytest.raises(PermissionDeniedError):
        locked.get("finding", "1")


def test_sidecars_that_changed_places_are_noticed(vault: Vault, tmp_path: Path) -> None:
    vault.sidecars.put("finding", "1", b"one")
    vault.sidecars.put("finding", "2", b"two")
    folder = tmp_path / "vault/sidecars/finding"
    (folder / "1.age").write_bytes((folder / "2.age").read_bytes())
    with pytest.raises(IntegrityError, match="another name"):
        vault.sidecars.get("finding", "1")


@pytest.mark.parametrize(
    ("kind", "key"), [("../x", "1"), ("a", "../1"), ("a", ".hidden"), ("a", ""), ("", "1")]
)
def test_a_sidecar_cannot_leave_its_folder(vault: Vault, kind: str, key: str) -> None:
    with pytest.raises(BadInputError):
        vault.sidecars.put(kind, key, b"x")


def test_texts_are_sealed_to_the_vault(vault: Vault) -> None:
    assert vault.unseal(vault.seal("жазба".encode())).decode() == "жазба"


def test_what_was_kept_already_is_found_again(vault: Vault, incoming: Incoming) -> None:
    upload = sent(incoming)
    assert parts.kept_as(vault, upload) is None
    item = vault.add(parts.pieces(vault, upload), by="gulnar", at=AT, detail={"upload": upload})
    # The power failed here, before the upload was taken away.
    assert parts.kept_as(vault, upload) == item.number
    assert vault.assemble(upload, by="gulnar", at=AT, detail={}).number == item.number
    assert len(list(vault.items())) == 1


def test_a_form_need_not_say_how_long_its_file_is(vault: Vault, incoming: Incoming) -> None:
    upload = incoming.begin({"name": "clip.mp4"}, size=400_000, at=AT)
    incoming.append(upload, 0, CONTENT)
    with pytest.raises(WrongOffsetError):
        incoming.finish(upload, len(CONTENT))
    incoming.finish(upload, len(CONTENT), is_shorter=True)
    assert incoming.get(upload).size == len(CONTENT)
    assert b"".join(vault.read(vault.assemble(upload, by="asel", at=AT, detail={}))) == CONTENT


def test_parts_of_two_files_never_become_one(vault: Vault, incoming: Incoming) -> None:
    """Somebody goes on with another file of the same size: what was seen of the first one tells."""
    ends = {
        "first": hashlib.sha256(CONTENT[:END]).hexdigest(),
        "last": hashlib.sha256(CONTENT[-END:]).hexdigest(),
    }
    sound = sent(incoming, CONTENT, 90_000, **ends)
    assert vault.assemble(sound, by="gulnar", at=AT, detail={}).size == len(CONTENT)
    mixed = sent(incoming, CONTENT[:-1] + b"!", 90_000, **ends)
    with pytest.raises(IntegrityError, match="two different files"):
        vault.assemble(mixed, by="gulnar", at=AT, detail={})
    assert len(list(vault.items())) == 1


def test_the_ends_of_a_file_are_its_first_and_last_mebibyte(vault: Vault) -> None:
    content = os.urandom(2 * END + 77)
    told = {
        "first": hashlib.sha256(content[:END]).hexdigest(),
        "last": hashlib.sha256(content[-END:]).hexdigest(),
    }
    steps = [content[place : place + 300_001] for place in range(0, len(content), 300_001)]
    assert b"".join(checked_ends(steps, told)) == content
    changed = bytearray(content)
    changed[END - 1] ^= 1
    with pytest.raises(IntegrityError):
        list(checked_ends([bytes(changed)], told))
