"""Bundles leave the desk whole, recorded first, and sound for a stranger with nothing but Python."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pyrage
import pytest
from django.test import Client
from django.urls import reverse

from kuager.core.errors import IntegrityError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.audit.models import AuditEvent
from kuager.domain.evidence import operations
from kuager.domain.evidence.models import CustodyEvent, DigitalItem
from kuager.engines.sealing import SecretKey
from tests.integration.desk_evidence import empty_vault, forget_sessions, opened_vault, signed_in, unlocked
from tests.integration.evidence_story import AT, CLIP, keep

PLAIN = {"reason": "for the court", "form": "plain", "understood": "yes"}


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


@pytest.fixture
def items(folder: Path, saule: User) -> list[DigitalItem]:
    vault = opened_vault(folder)
    return [keep(vault, saule, CLIP), keep(vault, saule, b"minutes", name="minutes.pdf")]


def taken(client: Client, items: list[DigitalItem], **said: str) -> tuple[str, bytes]:
    answer = client.post(reverse("evidence-export"), {"item": [one.number for one in items], **said})
    assert answer.status_code == 200, answer.content
    assert answer.streaming, answer.content.decode()
    return answer["Content-Disposition"], answer.getvalue()


def check_sound(archive: bytes, place: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(archive)) as found:
        found.extractall(place)
    command = [sys.executable, "-I", "-S", str(place / "verify.py"), str(place)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    assert done.stdout.endswith("SOUND\n"), done.stdout + done.stderr


def test_a_readable_bundle_is_sound_for_strangers(
    items: list[DigitalItem], saule: User, tmp_path: Path
) -> None:
    name, archive = taken(unlocked(saule), items, **PLAIN)
    assert name.endswith('.zip"')
    check_sound(archive, tmp_path / "court")
    assert {path.name for path in (tmp_path / "court").glob("READ_ME_*")} == {
        "READ_ME_kk.txt",
        "READ_ME_ru.txt",
        "READ_ME_en.txt",
    }


def test_a_sealed_bundle_opens_for_its_recipient_alone(
    items: list[DigitalItem], saule: User, tmp_path: Path
) -> None:
    court = SecretKey.generate()
    name, sealed = taken(
        unlocked(saule), items, reason="for the court", form="sealed", recipient=str(court.public)
    )
    assert name.endswith('.zip.age"')
    assert CLIP[:64] not in sealed
    opened = pyrage.decrypt(sealed, [pyrage.x25519.Identity.from_str(court.text())])
    check_sound(opened, tmp_path / "court")


def test_an_export_is_recorded_before_its_first_byte(items: list[DigitalItem], saule: User) -> None:
    client = unlocked(saule)
    answer = client.post(reverse("evidence-export"), {"item": items[0].number, **PLAIN})
    # Nobody has read a byte of the answer yet.
    assert CustodyEvent.objects.filter(act="exported", item=items[0], by=saule).count() == 1
    assert AuditEvent.objects.get(action="evidence.export_items").reason == "for the court"
    answer.close()


def test_a_readable_bundle_is_asked_about_twice(items: list[DigitalItem], saule: User) -> None:
    client = unlocked(saule)
    said = {"item": items[0].number, "reason": "for the court", "form": "plain"}
    answer = client.post("/en/desk/evidence/export/", said)
    assert not answer.streaming
    assert "readable by whoever gets hold of it" in answer.content.decode()
    assert not CustodyEvent.objects.filter(act="exported").exists()


@pytest.mark.parametrize(
    "said",
    [
        {"reason": "", "form": "plain", "understood": "yes"},
        {"reason": "for the court", "form": "sealed", "recipient": ""},
        {"reason": "for the court", "form": "sealed", "recipient": "age1nonsense"},
        {"reason": "for the court", "form": "sealed", "recipient": SecretKey.generate().text()},
    ],
)
def test_nothing_leaves_without_reason_and_recipient(
    items: list[DigitalItem], saule: User, said: dict[str, str]
) -> None:
    answer = unlocked(saule).post(reverse("evidence-export"), {"item": items[0].number, **said})
    assert (answer.status_code, answer.streaming) == (422, False)
    assert not CustodyEvent.objects.filter(act="exported").exists()


def test_a_hidden_item_leaves_with_nobody_who_may_not_know_of_it(
    items: list[DigitalItem], saule: User, erlan: User
) -> None:
    operations.restrict_item(item=items[1], reason="a source in danger", by=saule, at=AT)
    answer = unlocked(erlan).post(
        reverse("evidence-export"), {"item": [one.number for one in items], **PLAIN}
    )
    assert answer.status_code == 404
    assert not CustodyEvent.objects.filter(act="exported").exists()


def test_documenters_do_not_export(items: list[DigitalItem], asel: User) -> None:
    assert signed_in(asel).get(reverse("evidence-export")).status_code == 403
    assert signed_in(asel).post(reverse("evidence-export"), {"item": 0, **PLAIN}).status_code == 403


def test_a_changed_item_breaks_the_bundle_off(items: list[DigitalItem], saule: User, folder: Path) -> None:
    address = opened_vault(folder).item(items[0].number).address
    place = folder / "vault/objects" / address[:2] / f"{address}.age"
    damaged = bytearray(place.read_bytes())
    damaged[len(damaged) // 2] ^= 1
    place.write_bytes(bytes(damaged))
    answer = unlocked(saule).post(reverse("evidence-export"), {"item": items[0].number, **PLAIN})
    came: list[bytes] = []
    with pytest.raises(IntegrityError, match="changed"):
        came.extend(answer)
    assert not zipfile.is_zipfile(io.BytesIO(b"".join(came)))
