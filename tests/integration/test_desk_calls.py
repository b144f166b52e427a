"""The quick entry of a call: search first, then a known person or a new one."""

import re

import pytest
from django.test import Client
from django.utils.translation import override

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.people.models import Judgement, Person, Record
from kuager.domain.register.models import Entry, StatusAssertion
from kuager.domain.sources.models import Consent
from kuager.interfaces.desk.name_reasons import reasons_in_words
from tests.integration.desk_register import DeskRegister, signed_in

NAME = "Қайратова Айсұлу"
EN = "/en/desk/calls/"


@pytest.fixture
def register(asel: User, places: None) -> DeskRegister:
    return DeskRegister(by=asel)


@pytest.fixture
def volunteer(db: None) -> User:
    return create_user(username="volunteer", role=Role.VOLUNTEER)


def proof_of(client: Client, text: str) -> str:
    """Search as a page without JavaScript does, and return the proof of it."""
    page = client.post(EN, {"text": text}).content.decode()
    found = re.search(r'name="search" value="([^"]+)"', page)
    assert found is not None
    return found[1]


def call(client: Client, searched: str, **changes: object) -> dict[str, object]:
    """A filled form about a new person."""
    return {
        "search": proof_of(client, searched),
        "once": "call-1",
        "name": NAME,
        "age": "34",
        "sex": "female",
        "home": "Алматы",
        "happened": "detained",
        "since": "06.01.2026",
        "place": "Шымкент",
        "words": "Two men in uniform took her.",
        "told_on": "2026-01-10",
        "keep": "on",
    } | changes


def test_found_people_come_with_what_tells_them_apart(register: DeskRegister, asel: User) -> None:
    register.call(NAME, "detained", age=34)
    page = signed_in(asel).post(EN, {"text": "Kayratova"}).content.decode()
    for known in (NAME, "34 years", "detained", "Almaty", "Why:"):
        assert known in page


def test_typing_gets_only_the_list_of_those_found(register: DeskRegister, asel: User) -> None:
    register.call(NAME, "detained")
    page = signed_in(asel).post(EN, {"text": "Kayratova"}, headers={"HX-Request": "true"}).content.decode()
    assert NAME in page
    assert "<html" not in page


def test_new_person_is_saved_with_source_consent_and_status(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    form = call(client, "Kayratova", publish=["name", "status"])
    page = client.post(f"{EN}save/", form, follow=True).content.decode()
    assert "The call is saved." in page
    assert "Two men in uniform took her." in page
    assert Entry.objects.get().status == "detained"
    consent = Consent.objects.get()
    assert (consent.purpose, consent.given, consent.fields) == ("publication", "spoken", "name,status")


def test_new_person_is_refused_without_a_search(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    for proof in ("", "forged", proof_of(client, "Kayratova")[:-2] + "xx"):
        response = client.post(f"{EN}save/", call(client, "Kayratova", search=proof))
        assert response.status_code == 409
        assert "Search the register first" in response.content.decode()
    assert not Person.objects.exists()


def test_search_of_somebody_else_proves_nothing(register: DeskRegister, asel: User, gulnar: User) -> None:
    foreign = proof_of(signed_in(gulnar), "Kayratova")
    client = signed_in(asel)
    assert client.post(f"{EN}save/", call(client, "Kayratova", search=foreign)).status_code == 409


def test_search_for_another_name_proves_nothing(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    response = client.post(f"{EN}save/", call(client, "Omarov Timur"))
    assert response.status_code == 422
    assert "Search for this one first" in response.content.decode()
    assert not Person.objects.exists()


def test_nothing_is_kept_without_consent_to_keep_it(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    form = call(client, "Kayratova")
    del form["keep"]
    response = client.post(f"{EN}save/", form)
    assert response.status_code == 422
    assert "nothing may be kept" in response.content.decode()
    assert not Person.objects.exists()


def test_second_tap_makes_no_second_person(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    form = call(client, "Kayratova")
    first, second = client.post(f"{EN}save/", form), client.post(f"{EN}save/", form)
    assert first["Location"] == second["Location"]
    assert Person.objects.count() == 1


def test_age_and_birth_that_do_not_fit_are_said_in_the_form(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    response = client.post(f"{EN}save/", call(client, "Kayratova", birth="1950"))
    assert response.status_code == 422
    assert "do not fit together" in response.content.decode()
    assert 'value="34"' in response.content.decode()


def test_day_without_what_happened_is_asked_for(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    response = client.post(f"{EN}save/", call(client, "Kayratova", happened=""))
    assert response.status_code == 422
    assert "Choose what happened" in response.content.decode()


def test_documenter_links_the_call_to_the_known_person(register: DeskRegister, asel: User) -> None:
    known = register.call(NAME, "missing")
    form = {"once": "call-2", "name": "Kayratova", "happened": "detained", "told_on": "2026-01-20"}
    page = signed_in(asel).post(f"{EN}{known.home_person.code}/", form, follow=True).content.decode()
    assert "2 records" in page
    assert Judgement.objects.get().verdict == "same"
    assert Entry.objects.get().custody == "detained"


def test_volunteer_adds_to_the_known_person_without_judging(register: DeskRegister, volunteer: User) -> None:
    known = register.call(NAME, "missing")
    form = {
        "once": "call-2",
        "name": NAME,
        "happened": "detained",
        "told_on": "2026-01-20",
        "words": "In cell 4.",
    }
    client = signed_in(volunteer)
    page = client.post(f"{EN}{known.home_person.code}/", form, follow=True).content.decode()
    assert "In cell 4." in page
    assert Record.objects.count() == 1
    assert not Judgement.objects.exists()


def test_death_told_on_the_phone_waits_for_a_second_person(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    page = client.post(f"{EN}save/", call(client, "Kayratova", happened="dead"), follow=True).content.decode()
    assert "count only once a second person has approved" in page
    assert StatusAssertion.objects.get().approved_at is None
    assert Entry.objects.get().status == "unknown"


def test_statistician_may_not_enter_calls(db: None) -> None:
    user = create_user(username="statistician", role=Role.STATISTICIAN)
    assert signed_in(user).get(EN).status_code == 403


def test_half_typed_name_is_said_to_begin_alike() -> None:
    with override("en"):
        family, given = reasons_in_words("Kayratova Ays", NAME)
    assert family.startswith("family name sounds the same")
    assert given.startswith("given name begins alike")


def test_name_that_differs_is_said_to_differ() -> None:
    with override("en"):
        reasons = reasons_in_words("Kayratova Botagoz", NAME)
    assert any(reason.startswith("given name differs") for reason in reasons)


@pytest.mark.parametrize("address", ["new/", "save/"])
def test_restored_tab_leads_back_to_the_search(asel: User, address: str) -> None:
    assert signed_in(asel).get(EN + address)["Location"] == EN
