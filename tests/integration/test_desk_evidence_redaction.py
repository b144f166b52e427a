"""Redaction at the desk: seen when asked for, drawn, looked at, ordered with a reason, kept, released."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.evidence.models import CopyOrder, CustodyEvent, DigitalItem
from kuager.interfaces.shell import vaults
from kuager.interfaces.shell.vault_keys import Attempts
from tests import media_made
from tests.integration.desk_evidence import empty_vault, opened_vault, signed_in, unlocked
from tests.integration.evidence_story import keep, redact

EMPTY_FORMS = {
    "area-TOTAL_FORMS": "1",
    "area-INITIAL_FORMS": "0",
    "silence-TOTAL_FORMS": "1",
    "silence-INITIAL_FORMS": "0",
}
BOX = {"area-0-left": "100", "area-0-top": "100", "area-0-width": "400", "area-0-height": "400"}
REASON = {"reason": "a face of a witness"}


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    empty_vault(tmp_path)
    monkeypatch.setattr(vaults, "_ATTEMPTS", Attempts())
    with translation.override("en"):
        yield tmp_path


@pytest.fixture
def saule(db: None) -> User:
    """An evidence officer."""
    return create_user(username="saule", role=Role.EVIDENCE_OFFICER)


def kept(folder: Path, by: User, kind: str = "image") -> DigitalItem:
    made = {
        "image": (media_made.picture(), "image/jpeg"),
        "video": (media_made.video(), "video/mp4"),
        "document": (media_made.document(["Alpha Bravo", "Charlie"]), "application/pdf"),
    }[kind]
    return keep(opened_vault(folder), by, made[0], media_type=made[1])


def looking(saule: User, item: DigitalItem) -> Client:
    client = unlocked(saule)
    client.post(reverse("evidence-redact", args=[item.number]), {"act": "show"})
    return client


def drawn(client: Client, item: DigitalItem, **said: str) -> CopyOrder:
    address = reverse("evidence-redact", args=[item.number])
    answer = client.post(address, {**EMPTY_FORMS, "act": "preview", **said})
    assert answer.status_code == 302, answer.content.decode()
    return CopyOrder.objects.get()


def test_a_locked_vault_leads_to_unlocking(folder: Path, saule: User) -> None:
    item = kept(folder, saule)
    answer = signed_in(saule).get(reverse("evidence-redact", args=[item.number]))
    assert answer.status_code == 302
    assert "unlock" in answer["Location"]


def test_nothing_is_seen_before_somebody_asks_and_asking_is_recorded(folder: Path, saule: User) -> None:
    item = kept(folder, saule)
    client = unlocked(saule)
    frame = reverse("evidence-redact-frame", args=[item.number])
    assert client.get(frame).status_code == 403
    page = client.get(reverse("evidence-redact", args=[item.number])).content.decode()
    assert frame not in page
    client.post(reverse("evidence-redact", args=[item.number]), {"act": "show"})
    assert CustodyEvent.objects.filter(item=item, act="viewed").count() == 1
    answer = client.get(frame)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Cache-Control"] == "no-store"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_picture_is_drawn_looked_at_and_kept_as_a_new_item(folder: Path, saule: User) -> None:
    item = kept(folder, saule)
    client = looking(saule, item)
    order = drawn(client, item, **BOX)
    address = reverse("evidence-redact-order", args=[item.number, order.pk])
    page = client.get(address).content.decode()
    assert "1 area covered" in page
    assert client.get(reverse("evidence-redact-covered", args=[item.number, order.pk])).status_code == 200
    assert DigitalItem.objects.count() == 1
    assert client.post(address, {"reason": ""}).status_code == 422
    assert client.post(address, REASON).status_code == 302
    result = DigitalItem.objects.get(derivation="redacted")
    assert result.derived_from == item
    assert str(result.number) in client.get(address).content.decode()
    copy = b"".join(opened_vault(folder).read(opened_vault(folder).item(result.number)))
    assert media_made.SECRET.encode() not in copy


def test_a_box_without_its_numbers_is_asked_for_again(folder: Path, saule: User) -> None:
    item = kept(folder, saule)
    client = looking(saule, item)
    address = reverse("evidence-redact", args=[item.number])
    answer = client.post(address, {**EMPTY_FORMS, "act": "preview", "area-0-left": "100"})
    assert answer.status_code == 422
    assert "A box needs left, top, width and height." in answer.content.decode()
    answer = client.post(address, {**EMPTY_FORMS, "act": "preview"})
    assert "Mark at least one area" in answer.content.decode()
    assert not CopyOrder.objects.exists()


def test_more_boxes_keep_what_was_typed(folder: Path, saule: User) -> None:
    item = kept(folder, saule)
    client = looking(saule, item)
    answer = client.post(
        reverse("evidence-redact", args=[item.number]), {**EMPTY_FORMS, **BOX, "act": "more"}
    )
    text = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="area-2-left"' in text
    assert 'value="400"' in text


def test_a_text_to_remove_lies_nowhere_in_the_database(folder: Path, saule: User) -> None:
    item = kept(folder, saule, "document")
    client = looking(saule, item)
    order = drawn(client, item, texts="Bravo", other_pages="text")
    client.post(reverse("evidence-redact-order", args=[item.number, order.pk]), REASON)
    assert DigitalItem.objects.filter(derivation="redacted").exists()
    order.refresh_from_db()
    assert b"Bravo" not in bytes(order.recipe_sealed)


def test_a_moving_box_and_silence_are_asked_for_and_changed(folder: Path, saule: User) -> None:
    item = kept(folder, saule, "video")
    client = looking(saule, item)
    moved = {"area-0-to_left": "500", "area-0-to_top": "500", "area-0-to_width": "400"}
    times = {"area-0-from_s": "0.2", "area-0-until_s": "1.5", "area-0-to_height": "400"}
    silence = {"silence-0-from_s": "0.5", "silence-0-until_s": "1"}
    order = drawn(client, item, **BOX, **moved, **times, **silence)
    page = client.get(reverse("evidence-redact-order", args=[item.number, order.pk])).content.decode()
    assert "second 0.200" in page
    assert "1 span of sound silenced" in page
    changed = client.get(reverse("evidence-redact", args=[item.number]), {"from": order.pk})
    assert 'value="500"' in changed.content.decode()


def test_a_working_copy_without_metadata_is_made(folder: Path, saule: User) -> None:
    item = kept(folder, saule)
    client = looking(saule, item)
    client.post(reverse("evidence-redact", args=[item.number]), {"act": "copy", "which": "stripped"})
    order = CopyOrder.objects.get()
    client.post(reverse("evidence-redact-order", args=[item.number, order.pk]), REASON)
    assert DigitalItem.objects.get(derivation="stripped").derived_from == item


def test_who_may_not_keep_evidence_draws_nothing(folder: Path, saule: User, erlan: User) -> None:
    item = kept(folder, saule)
    for name in ("evidence-redact", "evidence-redact-frame"):
        assert unlocked(erlan).get(reverse(name, args=[item.number])).status_code == 403


def test_an_order_of_another_item_is_not_found(folder: Path, saule: User) -> None:
    item = kept(folder, saule)
    other = kept(folder, saule, "document")
    client = looking(saule, item)
    order = drawn(client, item, **BOX)
    address = reverse("evidence-redact-order", args=[other.number, order.pk])
    assert client.get(address).status_code == 404


def test_two_people_release_a_redacted_copy(folder: Path, saule: User, asel: User) -> None:
    vault = opened_vault(folder)
    item = redact(vault, keep(vault, saule), saule)
    address = reverse("evidence-release", args=[item.number])
    first, second = unlocked(saule), unlocked(asel)
    assert first.post(address, {"act": "propose", **REASON}).status_code == 302
    assert first.post(address, {"act": "release"}).status_code == 403
    assert second.post(address, {"act": "release"}).status_code == 302
    item.refresh_from_db()
    assert item.release_state == "released"
    assert second.post(address, {"act": "recall", **REASON}).status_code == 302
    item.refresh_from_db()
    assert item.release_state == "none"


def test_an_editor_publishes_what_two_released_and_takes_it_down(
    folder: Path, saule: User, asel: User, farida: User
) -> None:
    item = kept(folder, saule)
    client = looking(saule, item)
    order = drawn(client, item, **BOX)
    client.post(reverse("evidence-redact-order", args=[item.number, order.pk]), REASON)
    copy = DigitalItem.objects.get(derivation="redacted")
    release = reverse("evidence-release", args=[copy.number])
    client.post(release, {"act": "propose", **REASON})
    unlocked(asel).post(release, {"act": "release"})
    editor = unlocked(farida)
    assert reverse("desk-media-publish", args=[copy.number]) in editor.get(release).content.decode()
    said = {"caption": "A square in winter", "basis": "By its shadows."}
    address = reverse("desk-media-publish", args=[copy.number])
    assert editor.post(address, said).status_code == 422
    assert editor.post(address, {**said, "sure": "on"}).status_code == 302
    public = reverse("public-media-one", args=[1])
    assert "A square in winter" in Client().get(public).content.decode()
    assert "A square in winter" in editor.get(reverse("desk-media")).content.decode()
    # Whoever sees evidence stops it, by taking the release back: the file goes in the same moment.
    assert client.post(release, {"act": "recall", **REASON}).status_code == 302
    assert Client().get(public).status_code == 410
    assert not list((folder / "published").iterdir())
    assert editor.get(reverse("desk-media-down", args=[1])).status_code == 200
