"""Files come by a plain form and in parts, with the vault open or locked; nothing readable is left lying."""

import hashlib
import json
import os
import zlib
from pathlib import Path

import pytest
from django.core.files import uploadhandler
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.audit.models import AuditEvent
from kuager.domain.evidence.models import Acquisition, DigitalItem
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.parts import LARGEST_PART, Bounds, Incoming
from kuager.interfaces.desk.evidence import keeping
from kuager.interfaces.desk.evidence.uploads import PIECE
from tests.integration.canaries import dresses, traces
from tests.integration.desk_evidence import (
    PASSPHRASE,
    empty_vault,
    forget_sessions,
    opened_vault,
    signed_in,
    unlocked,
)

CANARY, WHOM, NAME = "Canary of a witness 4711", "Canary neighbour Zhibek", "Canary-кадр.mp4"
SAID = {
    "came": "handed_over",
    "from_whom": WHOM,
    "found_at": "https://video.example/1",
    "place": "",
    "note": "",
    "recorded": "",
}


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with an empty vault, and nobody's attempts remembered."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    empty_vault(tmp_path)
    forget_sessions(monkeypatch)
    return tmp_path


@pytest.fixture
def saule(db: None) -> User:
    """An evidence officer."""
    return create_user(username="saule", role=Role.EVIDENCE_OFFICER)


def content(size: int = 200_000) -> bytes:
    return (CANARY.encode() + os.urandom(1_000)) * (size // 1_024 + 1)


def file(data: bytes, name: str = NAME) -> SimpleUploadedFile:
    return SimpleUploadedFile(name, data, content_type="video/mp4")


def sent(client: Client, *files: SimpleUploadedFile, **more: object) -> str:
    answer = client.post(reverse("evidence-keep"), {**SAID, "file": list(files), **more})
    assert answer.status_code == 302, answer.content.decode()
    return answer["Location"]


def kept(folder: Path, item: DigitalItem) -> bytes:
    vault = opened_vault(folder)
    return b"".join(vault.read(vault.item(item.number)))


def test_a_plain_form_keeps_files_byte_for_byte(saule: User, folder: Path) -> None:
    one, other = content(), content(3_000)
    assert sent(unlocked(saule), file(one), file(other, "second.jpg")) == reverse("evidence")
    first, second = DigitalItem.objects.order_by("number")
    assert (kept(folder, first), kept(folder, second)) == (one, other)
    told = opened_vault(folder).item(first.number).acquired
    said = {name: value for name, value in SAID.items() if value}
    assert (told["name"], told["told"]) == (NAME, said)
    assert not list((folder / "vault/uploads").glob("[0-9a-f]*"))


@pytest.mark.parametrize("size", [0, 1, PIECE - 1, PIECE, PIECE + 1, 2 * PIECE + 5])
def test_files_of_every_size_come_whole(saule: User, folder: Path, size: int) -> None:
    data = os.urandom(size)
    sent(unlocked(saule), file(data))
    assert kept(folder, DigitalItem.objects.get()) == data


def test_nothing_readable_is_left_of_a_file_its_name_and_what_was_told(saule: User, folder: Path) -> None:
    client = unlocked(saule)
    sent(client, file(content(PIECE + 9)))
    sent(signed_in(saule), file(content()))  # locked: it waits
    for page in ("evidence", "evidence-keep"):
        client.get(reverse(page))
    assert not traces(folder, CANARY, WHOM, NAME)
    rows = " ".join(
        str(row) for model in (DigitalItem, Acquisition, AuditEvent) for row in model.objects.values()
    )
    assert not [word for word in (CANARY, WHOM, NAME) if word in rows]
    sessions = " ".join(str(dict(one.session.items())) for one in (client,))
    assert WHOM not in sessions
    assert NAME not in sessions


def test_what_looks_for_traces_finds_them(tmp_path: Path) -> None:
    place = tmp_path / "looked through"
    place.mkdir()
    for number, dress in enumerate(dresses(CANARY)):
        (place / f"{number}").write_bytes(b"xx" + dress)
    (place / "packed").write_bytes(b"yy" + zlib.compress(f"something {CANARY}".encode()))
    found = {line.partition(":")[0] for line in traces(place, CANARY)}
    assert len(found) == len(list(place.iterdir()))


def test_djangos_own_handlers_never_see_a_byte(saule: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a handler that keeps files in plain was made")

    monkeypatch.setattr(uploadhandler.TemporaryFileUploadHandler, "new_file", refuse)
    monkeypatch.setattr(uploadhandler.MemoryFileUploadHandler, "new_file", refuse)
    sent(unlocked(saule), file(content()))


def test_a_locked_vault_takes_files_and_they_become_items_later(saule: User, folder: Path) -> None:
    client, data = signed_in(saule), content()
    assert sent(client, file(data), is_restricted="on").startswith(reverse("evidence-unlock"))
    assert not DigitalItem.objects.exists()
    locked = client.get("/en/desk/evidence/keep/").content.decode()
    assert "all of it here" in locked
    assert NAME not in locked
    client.post(reverse("evidence-unlock"), {"passphrase": PASSPHRASE})
    shown = client.get(reverse("evidence-keep"))
    assert NAME in shown.content.decode()
    upload = shown.context["waiting"][0].upload.upload_id
    client.post(reverse("evidence-keep-arrived"), {"upload": upload})
    item = DigitalItem.objects.get()
    assert kept(folder, item) == data
    assert item.is_restricted
    assert "told" in opened_vault(folder).item(item.number).acquired
    assert not opened_vault(folder).sidecars.keys("arrived")


def test_a_form_that_lacks_something_keeps_what_has_come(saule: User, folder: Path) -> None:
    client, data = unlocked(saule), content()
    answer = client.post(reverse("evidence-keep"), {**SAID, "came": "", "file": file(data)})
    assert answer.status_code == 422
    upload = answer.context["arrived"][0].upload.upload_id
    assert sent(client, upload=upload)
    assert kept(folder, DigitalItem.objects.get()) == data


def test_a_form_sent_twice_keeps_once(saule: User) -> None:
    client = unlocked(saule)
    first = sent(client, file(content()), token="once")
    again = client.post(reverse("evidence-keep"), {**SAID, "token": "once"})
    assert again["Location"] == first
    assert DigitalItem.objects.count() == 1


def test_a_forged_form_is_refused_and_leaves_nothing(saule: User, folder: Path) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(saule)
    answer = strict.post(reverse("evidence-keep"), {**SAID, "file": file(content())})
    assert answer.status_code == 403
    assert not list((folder / "vault/uploads").glob("[0-9a-f]*"))
    assert strict.patch(reverse("evidence-upload", args=["0" * 32])).status_code == 403


def test_a_request_with_too_much_in_it_leaves_nothing(
    saule: User, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds = Bounds(all_bytes=1 << 20, one_bytes=1 << 20)
    small = Incoming(OsFiles(folder / "vault"), opened_vault(folder).public, bounds)
    monkeypatch.setattr(keeping, "incoming_uploads", lambda: small)
    answer = unlocked(saule).post(
        reverse("evidence-keep"), {**SAID, "file": [file(content(300_000)), file(content(900_000))]}
    )
    assert answer.status_code == 409
    assert not list((folder / "vault/uploads").glob("[0-9a-f]*"))


def begun(client: Client, data: bytes, **told: object) -> str:
    mebibyte = 1 << 20
    said = {
        "name": NAME,
        "type": "video/mp4",
        "size": len(data),
        "first": hashlib.sha256(data[:mebibyte]).hexdigest(),
        "last": hashlib.sha256(data[-mebibyte:]).hexdigest(),
        **told,
    }
    answer = client.post(reverse("evidence-upload-begin"), json.dumps(said), content_type="application/json")
    assert answer.status_code == 201, answer.content
    return str(answer.json()["url"])


def patched(client: Client, url: str, offset: int, part: bytes) -> tuple[int, int]:
    answer = client.patch(
        url, part, content_type="application/octet-stream", headers={"upload-offset": str(offset)}
    )
    return answer.status_code, int(answer.headers.get("Upload-Offset", -1))


def test_parts_come_again_too_early_and_from_another_session(saule: User, folder: Path) -> None:
    client, data = signed_in(saule), content()
    url = begun(client, data)
    assert patched(client, url, 0, data[:70_000]) == (200, 70_000)
    assert patched(client, url, 0, data[:70_000]) == (200, 70_000)  # its answer was lost on the way
    assert patched(client, url, 90_000, data[90_000:]) == (409, 70_000)
    later = unlocked(saule)  # another day
    head = later.head(url)
    assert (head["Upload-Offset"], head["Upload-Length"]) == ("70000", str(len(data)))
    assert patched(later, url, 70_000, data[70_000:]) == (200, len(data))
    upload = url.rstrip("/").rpartition("/")[2]
    assert sent(later, upload=upload)
    assert kept(folder, DigitalItem.objects.get()) == data
    assert not traces(folder, CANARY, WHOM, NAME)
    acts = AuditEvent.objects.filter(target=f"evidence.Upload:{upload}").values_list("action", flat=True)
    assert list(acts) == ["evidence.upload_begun", "evidence.upload_taken_up"]


def test_going_on_with_another_file_is_found_and_keeps_nothing(saule: User) -> None:
    client, data, other = unlocked(saule), content(), content()
    url = begun(client, data)
    patched(client, url, 0, data[:90_000])
    assert patched(client, url, 90_000, other[90_000:])[0] == 200
    upload = url.rstrip("/").rpartition("/")[2]
    answer = client.post(reverse("evidence-keep"), {**SAID, "upload": upload})
    assert answer.status_code == 500
    assert "two different files" in answer.content.decode()
    assert not DigitalItem.objects.exists()
    assert client.post(reverse("evidence-upload-drop", args=[upload])).status_code == 302


@pytest.mark.parametrize(
    ("method", "headers", "status"),
    [
        ("patch", {}, 422),
        ("patch", {"upload-offset": "-1"}, 422),
        ("patch", {"upload-offset": "²"}, 422),
        ("patch", {"upload-offset": "9" * 30}, 422),
        ("patch", {"upload-offset": "0"}, 404),
        ("head", {}, 404),
        ("delete", {}, 404),
        ("get", {}, 405),
    ],
)
def test_parts_that_cannot_be_are_refused(
    saule: User, method: str, headers: dict[str, str], status: int
) -> None:
    client = signed_in(saule)
    missing = status in (404, 405)
    url = reverse("evidence-upload", args=["0" * 32]) if missing else begun(client, b"abc")
    answer = getattr(client, method)(url, headers=headers)
    assert answer.status_code == status


@pytest.mark.parametrize(
    "said", ["", "[]", "{", '{"size": -1}', '{"size": "9"}', '{"size": true}', '{"size": 1e99}', "x" * 9_000]
)
def test_uploads_that_tell_nonsense_are_refused(saule: User, said: str) -> None:
    answer = signed_in(saule).post(reverse("evidence-upload-begin"), said, content_type="application/json")
    assert answer.status_code == 422


def test_an_upload_that_is_too_large_is_refused_before_it_begins(saule: User, folder: Path) -> None:
    said = json.dumps({"name": "x", "size": 1 << 50})
    answer = signed_in(saule).post(reverse("evidence-upload-begin"), said, content_type="application/json")
    assert answer.status_code == 409
    client = signed_in(saule)
    url = begun(client, b"abc")
    answer = client.patch(
        url,
        b"abc",
        content_type="application/octet-stream",
        headers={"upload-offset": "0", "content-length": str(LARGEST_PART + 1)},
    )
    assert answer.status_code == 422


def test_only_keepers_send_files(erlan: User) -> None:
    client = signed_in(erlan)  # a lawyer looks, and keeps nothing
    for method, name, values in (
        ("get", "evidence-keep", []),
        ("post", "evidence-keep-arrived", []),
        ("post", "evidence-upload-begin", []),
        ("head", "evidence-upload", ["0" * 32]),
        ("post", "evidence-upload-drop", ["0" * 32]),
    ):
        assert getattr(client, method)(reverse(name, args=values)).status_code == 403


def test_a_dropped_upload_leaves_nothing(saule: User, folder: Path) -> None:
    client, data = signed_in(saule), content()
    url = begun(client, data)
    patched(client, url, 0, data[:50_000])
    assert client.delete(url).status_code == 204
    assert client.head(url).status_code == 404
    assert not list((folder / "vault/uploads").glob("[0-9a-f]*"))
    assert AuditEvent.objects.filter(action="evidence.upload_dropped").count() == 1
