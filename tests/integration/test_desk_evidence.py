"""The pages of evidence: locked and unlocked, who may know of what, and what history tells."""

import io
import re
from datetime import timedelta
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.audit.models import AuditEvent
from kuager.domain.evidence import operations
from kuager.domain.evidence.models import DigitalItem, ItemReader
from kuager.interfaces.shell import vaults
from kuager.interfaces.shell.vault_keys import IDLE_SECONDS
from tests.integration.desk_evidence import (
    PASSPHRASE,
    empty_vault,
    forget_sessions,
    opened_vault,
    signed_in,
    unlocked,
)
from tests.integration.evidence_story import AT, CLIP, keep, redact

NAME = "Қырмызы-кадр.mp4"


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
def item(folder: Path, saule: User) -> DigitalItem:
    """A video that the evidence officer has kept."""
    return keep(opened_vault(folder), saule, CLIP, name=NAME)


def page(user: User, name: str, *values: object) -> str:
    answer = signed_in(user).get(reverse(name, args=values))
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def test_a_locked_vault_tells_no_name_and_no_digest(item: DigitalItem, saule: User, folder: Path) -> None:
    digest = opened_vault(folder).item(item.number).sha256
    for text in (page(saule, "evidence"), page(saule, "evidence-item", item.number)):
        assert f"Item {item.number}" in text or f"{item.number}" in text
        assert NAME not in text
        assert digest not in text
        assert "from a neighbour" not in text


def test_unlocking_shows_names_and_locking_hides_them(item: DigitalItem, saule: User, folder: Path) -> None:
    client = unlocked(saule)
    assert NAME in client.get(reverse("evidence")).content.decode()
    text = client.get(reverse("evidence-item", args=[item.number])).content.decode()
    assert opened_vault(folder).item(item.number).sha256 in text
    assert "from a neighbour" in text
    assert item.address not in text
    client.post(reverse("evidence-lock"))
    assert NAME not in client.get(reverse("evidence")).content.decode()
    acts = list(AuditEvent.objects.filter(target="evidence.Vault:1").values_list("action", "actor"))
    assert acts == [("evidence.vault_unlocked", "saule"), ("evidence.vault_locked", "saule")]


def test_one_sessions_keys_are_not_anothers(item: DigitalItem, saule: User) -> None:
    unlocked(saule)
    assert NAME not in page(saule, "evidence")  # the same member in another browser


def test_signing_out_locks_the_vault(item: DigitalItem, saule: User) -> None:
    client = unlocked(saule)
    word = client.session["vault"]
    client.post(reverse("sign-out"))
    assert vaults._RING.seconds_left(word) is None
    assert AuditEvent.objects.get(action="evidence.vault_locked").detail == {"how": "signed out"}


def test_a_vault_nobody_uses_locks_itself_and_that_is_recorded(
    item: DigitalItem, saule: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = unlocked(saule)
    assert client.get(reverse("evidence")).content.decode().count(NAME) == 1
    clock = vaults._RING._clock
    monkeypatch.setattr(vaults._RING, "_clock", lambda: clock() + IDLE_SECONDS)
    vaults._RING.sweep()  # what the watch does every minute
    assert NAME not in client.get(reverse("evidence")).content.decode()
    assert AuditEvent.objects.get(action="evidence.vault_locked").detail == {"how": "idle"}


def test_a_wrong_passphrase_opens_nothing_is_recorded_and_makes_one_wait(saule: User) -> None:
    client = signed_in(saule)
    address = reverse("evidence-unlock")
    assert client.post(address, {"passphrase": "something else"}).status_code == 422
    second = client.post(address, {"passphrase": PASSPHRASE})
    assert second.status_code == 429
    assert "vault" not in client.session
    assert AuditEvent.objects.filter(action="evidence.vault_refused", actor="saule").count() == 1
    assert "something else" not in str(list(AuditEvent.objects.values()))


@pytest.mark.parametrize("back", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_unlocking_leads_back_to_pages_of_this_site_only(saule: User, back: str) -> None:
    answer = signed_in(saule).post(reverse("evidence-unlock"), {"passphrase": PASSPHRASE, "next": back})
    assert answer["Location"] == reverse("evidence")


def test_what_needs_the_vault_leads_to_unlocking_and_back(item: DigitalItem, saule: User) -> None:
    client = signed_in(saule)
    asked = {"item": item.number, "reason": "for the court", "form": "plain", "understood": "yes"}
    answer = client.post(
        reverse("evidence-export"),
        asked,
        headers={"referer": f"http://testserver{reverse('evidence-export')}"},
    )
    assert answer["Location"].startswith(reverse("evidence-unlock"))
    after = client.post(answer["Location"], {"passphrase": PASSPHRASE})
    assert after["Location"] == reverse("evidence-export")
    part = signed_in(saule).post(reverse("evidence-export"), asked, headers={"sec-fetch-dest": "image"})
    assert part.status_code == 423


def test_the_server_opens_the_vault_by_itself_where_it_is_told_to(
    item: DigitalItem, saule: User, settings: object
) -> None:
    settings.VAULT_PASSPHRASE = PASSPHRASE  # type: ignore[attr-defined]
    assert NAME in page(saule, "evidence")


def test_without_a_vault_pages_say_so(saule: User, settings: object, tmp_path: Path) -> None:
    settings.DATA = tmp_path / "empty"  # type: ignore[attr-defined]
    for name in ("evidence", "evidence-keep", "evidence-unlock", "evidence-fixity"):
        assert "kuager vault init" in page(saule, name)
    assert not (tmp_path / "empty").exists()


def test_a_restricted_item_does_not_exist_for_others(item: DigitalItem, saule: User, erlan: User) -> None:
    client = signed_in(saule)
    address = reverse("evidence-readers", args=[item.number])
    assert client.post(address, {"act": "change", "reason": "a source in danger"}).status_code == 302
    assert signed_in(erlan).get(reverse("evidence-item", args=[item.number])).status_code == 404
    assert f"/{item.number}/" not in page(erlan, "evidence")
    client.post(address, {"act": "grant", "user": "erlan", "reason": "represents the family"})
    assert signed_in(erlan).get(reverse("evidence-item", args=[item.number])).status_code == 200
    reader = ItemReader.objects.get(user=erlan)
    client.post(reverse("evidence-reader-end", args=[item.number, reader.pk]), {"reason": "case is closed"})
    assert signed_in(erlan).get(reverse("evidence-item", args=[item.number])).status_code == 404


def test_a_hidden_item_and_a_missing_one_look_alike(item: DigitalItem, saule: User, erlan: User) -> None:
    operations.restrict_item(item=item, reason="a source in danger", by=saule, at=AT)
    client = signed_in(erlan)

    def said(number: int) -> str:
        answer = client.get(reverse("evidence-item", args=[number]))
        assert answer.status_code == 404
        text = re.sub('value="[^"]{60,}"', "", answer.content.decode())  # the token of the form
        return re.sub(rf"\b{number}\b", "N", text)

    assert said(item.number) == said(77)


def test_history_is_told_in_words(item: DigitalItem, saule: User, erlan: User, folder: Path) -> None:
    vault = opened_vault(folder)
    operations.note_view(vault=vault, item=item, what="frames", by=erlan, at=AT + timedelta(hours=1))
    made = redact(vault, item, saule)
    text = unlocked(saule).get(f"/en/desk/evidence/{item.number}/").content.decode()
    assert "looked at, single pictures, small and grey" in text
    assert "a redacted copy made" in text
    assert f"/evidence/{made.number}/" in text
    locked = page(erlan, "evidence-item", item.number)
    assert "2022-01-08" in locked
    assert "erlan" in locked


def test_a_waiting_item_is_read_when_a_member_with_the_vault_asks(saule: User, folder: Path) -> None:
    picture = io.BytesIO()
    Image.new("RGB", (40, 30), "teal").save(picture, "PNG")
    item = keep(opened_vault(folder), saule, picture.getvalue(), name="x.bin", media_type="application/x")
    address = reverse("evidence-read", args=[item.number])
    assert signed_in(saule).post(address)["Location"].startswith(reverse("evidence-unlock"))
    unlocked(saule).post(address)
    item.refresh_from_db()
    assert (item.reading_state, item.media_type) == ("read", "image/png")


def test_filters_choose_items(item: DigitalItem, saule: User, folder: Path) -> None:
    other = keep(opened_vault(folder), saule, media_type="image/jpeg", name="x.jpg")
    client = signed_in(saule)
    shown = client.get("/en/desk/evidence/", {"kind": "picture"}).content.decode()
    assert f"Item {other.number}" in shown
    assert f"Item {item.number}<" not in shown
    assert client.get("/en/desk/evidence/", {"release": "released"}).content.decode().count("Item ") == 0
    assert client.get("/en/desk/evidence/", {"kind": "nonsense"}).status_code == 200


def test_a_list_of_items_asks_the_database_a_few_times_only(
    saule: User, folder: Path, django_assert_max_num_queries: object
) -> None:
    vault = opened_vault(folder)
    for _ in range(8):
        keep(vault, saule)
    client = signed_in(saule)
    with django_assert_max_num_queries(8):  # type: ignore[operator]
        client.get(reverse("evidence"))


def test_roles_without_the_right_see_no_evidence(bolat: User, item: DigitalItem) -> None:
    client = signed_in(bolat)
    for name in ("evidence", "evidence-keep", "evidence-export", "evidence-fixity", "evidence-unlock"):
        assert client.get(reverse(name)).status_code == 403


def test_everything_is_read_again_and_a_flipped_bit_is_named(
    item: DigitalItem, saule: User, folder: Path
) -> None:
    client = unlocked(saule)
    client.post(reverse("evidence-fixity"))
    while client.get(reverse("evidence-fixity")).context["summary"].running:
        client.post(reverse("evidence-fixity"))
    assert "every byte was as it was kept" in client.get("/en/desk/evidence/fixity/").content.decode()
    stored = opened_vault(folder).item(item.number).address
    place = folder / "vault/objects" / stored[:2] / f"{stored}.age"
    damaged = bytearray(place.read_bytes())
    damaged[len(damaged) // 2] ^= 16
    place.write_bytes(bytes(damaged))
    client.post(reverse("evidence-fixity"))
    text = client.get("/en/desk/evidence/fixity/").content.decode()
    assert "1 item is not what was kept" in text
    assert "within 1 day" in text
    assert "not that it is true" in text
