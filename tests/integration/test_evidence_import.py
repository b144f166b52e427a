"""Bundles of other tools on their way into the vault, by page and by command: what they say, what fits."""

import io
import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from kuager.core.errors import BadInputError, IntegrityError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.evidence.models import Appearance, CustodyEvent, DigitalItem
from kuager.domain.evidence.terms import AcquisitionMethod
from kuager.engines.captures import read_capture
from kuager.interfaces.cli.main import cli
from kuager.interfaces.shell import vaults
from kuager.interfaces.shell.captures import give_files, list_bundle
from kuager.interfaces.shell.vault_keys import Attempts
from tests.integration.desk_evidence import PASSPHRASE, empty_vault, opened_vault, signed_in, unlocked
from tests.integration.evidence_story import keep
from tests.unit.c2pa_files import certificate, pem, picture, signed_picture
from tests.unit.capture_bundles import PHOTO, VIDEO, auto_archiver, proofmode, tella, warc, zipped


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with an empty vault, its passphrase where commands look for it."""
    settings.DATA = tmp_path
    empty_vault(tmp_path)
    monkeypatch.setattr(vaults, "_ATTEMPTS", Attempts())
    monkeypatch.setenv("KUAGER_VAULT_PASSPHRASE", PASSPHRASE)
    return tmp_path


@pytest.fixture
def saule(db: None) -> User:
    """An evidence officer."""
    return create_user(username="saule", role=Role.EVIDENCE_OFFICER)


@pytest.fixture
def browser(saule: User) -> Client:
    """Her browser, with the vault unlocked."""
    return unlocked(saule)


def bundle(
    folder: Path, by: User, data: bytes, name: str = "proof.zip", media_type: str = "application/zip"
) -> DigitalItem:
    return keep(opened_vault(folder), by, data, name=name, media_type=media_type)


def bytes_of(folder: Path, item: DigitalItem) -> bytes:
    vault = opened_vault(folder)
    return b"".join(vault.read(vault.item(item.number)))


def kuager(*arguments: object) -> Result:
    return CliRunner().invoke(cli, ["evidence", *(str(one) for one in arguments)], catch_exceptions=True)


def imported(*arguments: object) -> dict[str, list[dict[str, object]]]:
    result = kuager("import", "--json", "--by", "saule", *arguments)
    found: dict[str, list[dict[str, object]]] = json.loads(result.stdout)
    return found


def test_a_page_shows_what_is_in_a_bundle_and_what_fits(browser: Client, saule: User, folder: Path) -> None:
    item = bundle(folder, saule, zipped(proofmode()))
    answer = browser.get(reverse("evidence-import-item", args=[item.number]))
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "ProofMode" in text
    assert "the signature is right" in text
    assert "IMG_20220106.jpg" in text
    assert "not that it is true" in text
    assert CustodyEvent.objects.filter(item=item, act="viewed").count() == 1


def test_a_page_says_loudly_what_does_not_fit(browser: Client, saule: User, folder: Path) -> None:
    item = bundle(folder, saule, zipped(proofmode() | {"IMG_20220106.jpg": PHOTO + b"!"}))
    text = browser.get(reverse("evidence-import-item", args=[item.number])).content.decode()
    assert 'role="alert"' in text
    assert "is NOT that of the bytes" in text


def test_chosen_files_become_items_that_name_their_bundle(browser: Client, saule: User, folder: Path) -> None:
    item = bundle(folder, saule, zipped(auto_archiver()))
    page = browser.get(reverse("evidence-import-item", args=[item.number]))
    wanted = [line.number for line in page.context["lines"] if line.is_chosen]
    said = {"file": wanted, "token": page.context["token"]}
    answer = browser.post(reverse("evidence-import-item", args=[item.number]), said)
    kept = DigitalItem.objects.exclude(pk=item.pk).get()
    assert answer.url == reverse("evidence-item", args=[kept.number])  # type: ignore[attr-defined]
    assert bytes_of(folder, kept) == VIDEO
    assert kept.acquisitions.get().method == AcquisitionMethod.AUTO_ARCHIVER
    seen = Appearance.objects.get(item=kept)
    assert (seen.url, seen.platform) == ("https://example.org/video/7", "example.org")
    browser.post(reverse("evidence-import-item", args=[item.number]), said)
    assert kept.acquisitions.count() == 1
    text = browser.get(reverse("evidence-item", args=[kept.number])).content.decode()
    assert "What it says of itself" in text
    assert f"Taken out of the bundle, item {item.number}" in text
    assert "leads from it to block 717000 of Bitcoin" in text


def test_what_comes_out_of_a_restricted_bundle_is_restricted(
    browser: Client, saule: User, folder: Path
) -> None:
    item = keep(
        opened_vault(folder), saule, zipped(tella()), media_type="application/zip", is_restricted=True
    )
    browser.post(reverse("evidence-import-item", args=[item.number]), {"file": ["0"], "token": "x"})
    assert DigitalItem.objects.exclude(pk=item.pk).get().is_restricted
    other = unlocked(create_user(username="timur", role=Role.EVIDENCE_OFFICER))
    assert other.get(reverse("evidence-import-item", args=[item.number])).status_code == 404


def test_a_bundle_is_shown_to_nobody_while_the_vault_is_locked(saule: User, folder: Path) -> None:
    item = bundle(folder, saule, zipped(tella()))
    answer = signed_in(saule).get(reverse("evidence-import-item", args=[item.number]))
    assert answer.status_code == 302
    assert "unlock" in answer.url  # type: ignore[attr-defined]


def test_who_may_only_look_keeps_nothing(folder: Path, saule: User) -> None:
    item = bundle(folder, saule, zipped(tella()))
    lawyer = unlocked(create_user(username="erlan", role=Role.LAWYER))
    url = reverse("evidence-import-item", args=[item.number])
    assert "Keep the chosen files" not in lawyer.get(url).content.decode()
    assert lawyer.post(url, {"file": ["0"], "token": "x"}).status_code == 403
    assert DigitalItem.objects.count() == 1


def test_a_file_that_is_no_bundle_is_refused_in_words(browser: Client, saule: User, folder: Path) -> None:
    item = bundle(folder, saule, b"PK\x03\x04 nothing")
    answer = browser.get(reverse("evidence-import-item", args=[item.number]))
    assert answer.status_code == 422
    assert "cut off or damaged" in answer.content.decode()


def test_the_list_of_bundles_shows_no_other_items(browser: Client, saule: User, folder: Path) -> None:
    item = bundle(folder, saule, warc(), name="page.warc.gz", media_type="application/warc")
    other = keep(opened_vault(folder), saule, PHOTO, name="photo.jpg", media_type="image/jpeg")
    text = browser.get(reverse("evidence-import")).content.decode()
    assert reverse("evidence-import-item", args=[item.number]) in text
    assert reverse("evidence-import-item", args=[other.number]) not in text


def test_hostile_names_are_shown_harmlessly(browser: Client, saule: User, folder: Path) -> None:
    item = bundle(folder, saule, zipped({"../<script>alert(1)</script>.jpg": PHOTO, "a\u202egpj.exe": PHOTO}))
    text = browser.get(reverse("evidence-import-item", args=[item.number])).content.decode()
    assert "<script>alert" not in text
    assert "\u202e" not in text


def test_an_item_says_what_its_credentials_mean(
    browser: Client, saule: User, folder: Path, settings: Settings
) -> None:
    root = certificate("Invented Root")
    item = keep(opened_vault(folder), saule, signed_picture(root), name="x.jpg", media_type="image/jpeg")
    url = reverse("evidence-item", args=[item.number])
    assert "anybody can make one in any name" in browser.get(url).content.decode()
    (folder / "anchors.pem").write_bytes(pem(root[0]))
    settings.C2PA_ANCHORS = str(folder / "anchors.pem")
    assert "an authority on our list vouches for it" in browser.get(url).content.decode()
    plain = keep(opened_vault(folder), saule, picture(), name="y.jpg", media_type="image/jpeg")
    text = browser.get(reverse("evidence-item", args=[plain.number])).content.decode()
    assert "messengers and most programs remove them" in text


def test_a_command_keeps_a_bundle_whole_and_its_media(saule: User, folder: Path, tmp_path: Path) -> None:
    path = tmp_path / "proof.zip"
    path.write_bytes(zipped(proofmode()))
    (found,) = imported(path)["bundles"]
    assert found["tool"] == "proofmode"
    container = DigitalItem.objects.get(number=int(str(found["item"])))
    assert bytes_of(folder, container) == path.read_bytes()
    photo = DigitalItem.objects.exclude(pk=container.pk).get()
    assert bytes_of(folder, photo) == PHOTO
    told = opened_vault(folder).item(photo.number).acquired["told"]
    assert isinstance(told, dict)
    assert told["bundle"] == container.number
    assert photo.acquisitions.get().method == AcquisitionMethod.PROOFMODE


def test_a_command_keeps_every_file_of_a_folder(saule: User, tmp_path: Path) -> None:
    root = tmp_path / "export"
    root.mkdir()
    for name, data in tella().items():
        (root / name).write_bytes(data)
    (found,) = imported(root)["bundles"]
    assert found["tool"] == "tella"
    assert found["item"] is None
    assert DigitalItem.objects.count() == 2


def test_a_web_archive_is_kept_whole_and_single_files_of_it_on_request(
    saule: User, folder: Path, tmp_path: Path
) -> None:
    path = tmp_path / "page.warc.gz"
    path.write_bytes(warc())
    assert len(imported(path)["bundles"]) == 1
    assert DigitalItem.objects.count() == 1
    imported("--files", "all", path)
    assert b"<html>packed</html>" * 50 in [bytes_of(folder, one) for one in DigitalItem.objects.all()]
    assert Appearance.objects.filter(url="https://example.org/page/1").count() == 1


def test_a_dry_run_keeps_nothing_and_needs_no_passphrase(
    saule: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KUAGER_VAULT_PASSPHRASE")
    path = tmp_path / "proof.zip"
    path.write_bytes(zipped(proofmode()))
    result = kuager("import", "--dry-run", path)
    assert result.exit_code == 0, result.output
    assert "ok  The SHA-256 digest" in result.output
    assert DigitalItem.objects.count() == 0


def test_one_bad_bundle_does_not_lose_the_others(saule: User, tmp_path: Path) -> None:
    good, bad, link = tmp_path / "good.zip", tmp_path / "bad.zip", tmp_path / "link.zip"
    good.write_bytes(zipped(tella()))
    bad.write_bytes(b"PK\x03\x04 cut")
    link.symlink_to(good)
    result = kuager("import", "--by", "saule", bad, link, good)
    assert isinstance(result.exception, BadInputError)
    assert "2 of 3" in str(result.exception)
    assert DigitalItem.objects.count() == 2


def test_a_bundle_that_contradicts_itself_is_kept_and_ends_in_its_own_code(
    saule: User, tmp_path: Path
) -> None:
    path = tmp_path / "proof.zip"
    path.write_bytes(zipped(proofmode() | {"IMG_20220106.jpg": PHOTO + b"!"}))
    result = kuager("import", "--by", "saule", path)
    assert isinstance(result.exception, IntegrityError)
    assert "BAD" in result.output
    assert DigitalItem.objects.count() == 2


def test_items_leave_as_one_web_archive_and_that_is_recorded(
    saule: User, folder: Path, tmp_path: Path
) -> None:
    page = warc()
    archive = bundle(folder, saule, page, name="page.warc.gz", media_type="application/warc")
    photo = keep(opened_vault(folder), saule, PHOTO, name="photo.jpg", media_type="image/jpeg")
    output = tmp_path / "out.wacz"
    arguments = (
        "wacz",
        archive.number,
        photo.number,
        "-o",
        output,
        "--by",
        "saule",
        "--reason",
        "for the court",
    )
    result = kuager(*arguments)
    assert result.exit_code == 0, result.output
    capture = read_capture(io.BytesIO(output.read_bytes()))
    assert not capture.has_faults
    with zipfile.ZipFile(output) as whole:
        assert whole.read("archive/page.warc.gz") == page
    assert PHOTO in [file.open().read() for file in capture.files]
    assert CustodyEvent.objects.filter(act="exported").count() == 2
    assert sorted(path.name for path in tmp_path.iterdir() if "out" in path.name) == ["out.wacz"]
    assert isinstance(kuager(*arguments).exception, BadInputError)


def test_files_come_out_of_the_limited_process_as_they_were_listed() -> None:
    source = io.BytesIO(zipped({**proofmode(), "big.bin": bytes(3 << 20)}))
    capture = list_bundle(source)
    numbers = [
        number for number, file in enumerate(capture.files) if file.name in {"IMG_20220106.jpg", "big.bin"}
    ]
    found = {file.name: b"".join(pieces) for file, pieces in give_files(source, capture, numbers)}
    assert found == {"IMG_20220106.jpg": PHOTO, "big.bin": bytes(3 << 20)}


def test_who_stops_reading_leaves_nothing_running() -> None:
    source = io.BytesIO(zipped({"a.bin": bytes(40 << 20), "b.bin": b"b"}))
    capture = list_bundle(source)
    given = give_files(source, capture, [0, 1])
    _, pieces = next(given)
    next(pieces)
    given.close()  # type: ignore[attr-defined]


def test_bytes_that_changed_after_the_listing_are_not_kept() -> None:
    before, after = (
        io.BytesIO(zipped({"a.bin": b"first"}, stored=True)),
        io.BytesIO(zipped({"a.bin": b"other"}, stored=True)),
    )
    capture = list_bundle(before)
    _, pieces = next(given := give_files(after, capture, [0]))
    with pytest.raises(BadInputError, match="other bytes"):
        list(pieces)
    given.close()  # type: ignore[attr-defined]
