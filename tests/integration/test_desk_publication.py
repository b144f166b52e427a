"""The publication desk: build, look, publish after asking again, withdraw, take a person off."""

import pytest
from django.test import Client

from kuager.domain.accounts.models import User
from kuager.domain.publication.models import Redaction, Snapshot, SnapshotFigure
from kuager.domain.sources.models import Consent
from tests.integration.desk_register import PUBLISHED, DeskRegister, signed_in

NAME = "Қайратова Айсұлу"
EN = "/en/desk/publications/"


@pytest.fixture
def register(asel: User, places: None) -> DeskRegister:
    desk = DeskRegister(by=asel)
    desk.call(NAME, "detained", consent=PUBLISHED)
    desk.call("Омаров Тимур", "missing")
    desk.call("Ким Роман", "dead")
    return desk


@pytest.fixture
def editor(register: DeskRegister, farida: User) -> Client:
    """An editor who has built a snapshot and not published it."""
    client = signed_in(farida)
    client.post(f"{EN}build/", {"as_of": "2026-01-20"})
    return client


def test_built_snapshot_is_shown_for_review_and_not_to_the_world(editor: Client) -> None:
    page = editor.get(f"{EN}1/").content.decode()
    assert "built, waits for publication" in page
    assert "digest they were built with" in page
    assert NAME not in Client().get("/en/").content.decode()


def test_review_says_who_is_left_out_and_what_waits(editor: Client) -> None:
    page = editor.get(f"{EN}1/").content.decode()
    assert "Counted, not shown</dt><dd>2 " in page
    assert "a second person has not approved:" in page
    assert "dead 1" in page


def test_publishing_asks_again_on_a_page_of_its_own(editor: Client) -> None:
    assert "cannot be called back" in editor.get(f"{EN}1/publish/").content.decode()
    assert Snapshot.objects.get().state == "built"
    page = editor.post(f"{EN}1/publish/", follow=True).content.decode()
    assert "The public pages show it now." in page
    assert Snapshot.objects.get().state == "published"


def test_published_person_stands_on_the_public_list(editor: Client) -> None:
    editor.post(f"{EN}1/publish/")
    page = Client().get("/en/people/").content.decode()
    assert NAME in page
    assert "Омаров" not in page


def test_register_is_asked_again_and_gives_the_same(editor: Client) -> None:
    assert "asked again and gave the same answer" in editor.get(f"{EN}1/", {"again": "1"}).content.decode()


def test_changed_snapshot_cannot_be_published(editor: Client) -> None:
    SnapshotFigure.objects.filter(key="missing").update(value=999)
    assert "Do not publish" in editor.get(f"{EN}1/").content.decode()
    assert editor.post(f"{EN}1/publish/").status_code == 500
    assert Snapshot.objects.get().state == "built"


def test_withdrawal_needs_a_reason(editor: Client) -> None:
    editor.post(f"{EN}1/publish/")
    assert editor.post(f"{EN}1/withdraw/", {"reason": ""}).status_code == 422
    editor.post(f"{EN}1/withdraw/", {"reason": "a list was counted twice"})
    assert Snapshot.objects.get().withdrawal_reason == "a list was counted twice"


def test_second_snapshot_says_what_changed(editor: Client, register: DeskRegister) -> None:
    editor.post(f"{EN}1/publish/")
    register.call("Сериков Дамир", "missing")
    editor.post(f"{EN}build/", {"as_of": "2026-01-20"})
    page = editor.get(f"{EN}2/").content.decode()
    assert "Compared with snapshot 1:" in page
    assert '<td>missing</td><td class="number">1</td><td class="number">2</td>' in page


def test_person_is_taken_off_at_once_after_a_second_yes(editor: Client) -> None:
    editor.post(f"{EN}1/publish/")
    code = Snapshot.objects.get().people.get().code
    assert editor.post(f"{EN}redact/", {"code": code, "reason": "safety"}).status_code == 422
    editor.post(f"{EN}redact/", {"code": code.lower(), "reason": "safety", "sure": "on"})
    assert Redaction.objects.get().reason == "safety"
    assert NAME not in Client().get("/en/people/").content.decode()


def test_unknown_code_is_said_in_the_form(editor: Client) -> None:
    response = editor.post(f"{EN}redact/", {"code": "ZZZZ-ZZZZ", "reason": "safety", "sure": "on"})
    assert response.status_code == 422
    assert "there is no person with the code" in response.content.decode()


def test_day_nobody_can_know_yet_is_said_in_the_form(editor: Client) -> None:
    response = editor.post(f"{EN}build/", {"as_of": "2126-01-01"})
    assert response.status_code == 422
    assert "nobody could know it" in response.content.decode()


def test_documenter_may_not_build_publish_or_redact_at_the_desk(editor: Client, asel: User) -> None:
    client = signed_in(asel)
    for address in ("", "1/", "1/publish/", "1/withdraw/", "redact/"):
        assert client.get(EN + address).status_code == 403
    assert client.post(f"{EN}1/publish/").status_code == 403


def test_withdrawn_consent_takes_the_person_off_at_once(editor: Client, asel: User) -> None:
    editor.post(f"{EN}1/publish/")
    consent = Consent.objects.get()
    code = Snapshot.objects.get().people.get().code
    client = signed_in(asel)
    address = f"/en/desk/register/{code}/consents/{consent.pk}/"
    assert address in client.get(f"/en/desk/register/{code}/").content.decode()
    assert client.post(address, {"reason": ""}).status_code == 422
    page = client.post(address, {"reason": "the mother called again"}, follow=True).content.decode()
    assert "withdrawn 20" in page
    assert NAME not in Client().get("/en/people/").content.decode()


def test_consent_of_a_whole_list_is_not_withdrawn_for_one_person(editor: Client, asel: User) -> None:
    consent = Consent.objects.get()
    Consent.objects.update(given="already_public")
    code = Snapshot.objects.get().people.get().code
    address = f"/en/desk/register/{code}/consents/{consent.pk}/"
    client = signed_in(asel)
    assert address not in client.get(f"/en/desk/register/{code}/").content.decode()
    assert client.post(address, {"reason": "one person only"}).status_code == 404
