"""The register's pages: lists, search, one person, statements, the second person, corrections, queues."""

from datetime import UTC, datetime

import pytest

from kuager.domain.accounts.models import User
from kuager.domain.people.models import Judgement
from kuager.domain.register import operations
from kuager.domain.register.models import Entry, StatusAssertion
from kuager.domain.sources.models import Source
from tests.integration.desk_register import LATER, DeskRegister, signed_in

NAME = "Қайратова Айсұлу Бекқызы"
EN = "/en/desk/register/"


@pytest.fixture
def register(asel: User, places: None) -> DeskRegister:
    return DeskRegister(by=asel)


def code_of(name: str) -> str:
    return Entry.objects.select_related("person").get(name=name).person.code


def statement(**changes: str) -> dict[str, str]:
    """A filled form about what a new source says."""
    return {
        "once": "form-1",
        "status": "detained",
        "since": "early January 2026",
        "place": "Шымкент",
        "verification": "reported",
        "source": "new",
        "publisher": "Evening paper",
        "publisher_kind": "outlet",
        "kind": "article",
        "title": "Who was taken",
        "told_on": "2026-01-12",
        "locator": "paragraph 3",
        "quotation": "She was taken to the police.",
    } | changes


def test_list_is_filtered_by_status(register: DeskRegister, asel: User) -> None:
    register.call(NAME, "detained")
    register.call("Омаров Тимур", "missing")
    page = signed_in(asel).get(EN, {"status": "missing"}).content.decode()
    assert "Омаров Тимур" in page
    assert NAME not in page


def test_list_asks_as_many_queries_for_sixty_people_as_for_two(
    register: DeskRegister, asel: User, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    for number in range(60):
        register.call(f"Омаров Тимур {'абвгдежзик'[number % 10]}{number}", "missing")
    client = signed_in(asel)
    client.get(EN)
    with django_assert_max_num_queries(9):  # type: ignore[operator]  # pytest-django's fixture is a callable
        page = client.get(EN).content.decode()
    assert "Page 1 of 2" in page


@pytest.mark.parametrize("spelling", ["Kayratova", "Кайратова", "Қайратова", "kairatova aisulu"])
def test_search_finds_a_person_in_every_spelling(register: DeskRegister, asel: User, spelling: str) -> None:
    register.call(NAME, "detained")
    page = signed_in(asel).post(f"{EN}search/", {"text": spelling}).content.decode()
    assert NAME in page


def test_name_is_never_part_of_an_address(register: DeskRegister, asel: User) -> None:
    register.call(NAME, "detained")
    page = signed_in(asel).post(f"{EN}search/", {"text": "Kayratova"}).content.decode()
    assert "?text=" not in page
    assert f"{EN}{code_of(NAME)}/" in page


def test_person_page_shows_source_quotation_and_words_for_independence(
    register: DeskRegister, asel: User
) -> None:
    record = register.call(NAME, "detained")
    other = register.listed("Kayratova Aysulu", "Volunteers")
    register.judge(record, other, "same")
    page = signed_in(asel).get(f"{EN}{code_of(NAME)}/").content.decode()
    assert "They took her from the bus stop." in page
    assert "2 records, 2 independent sources" in page
    assert "Kayratova Aysulu" in page
    assert "row 7" in page


def test_person_page_asks_as_many_queries_for_many_records(
    register: DeskRegister, asel: User, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    first = register.call(NAME, "detained")
    for number in range(8):
        other = register.listed("Kayratova Aysulu", f"Group {number}")
        register.judge(first, other, "same")
    client = signed_in(asel)
    with django_assert_max_num_queries(19):  # type: ignore[operator]  # pytest-django's fixture is a callable
        client.get(f"{EN}{code_of(NAME)}/")


def test_statement_is_added_with_a_new_source_and_an_uncertain_day(
    register: DeskRegister, asel: User
) -> None:
    register.call(NAME)
    page = signed_in(asel).post(f"{EN}{code_of(NAME)}/add/", statement(), follow=True).content.decode()
    assert "Saved with its citation." in page
    assert "She was taken to the police." in page
    added = StatusAssertion.objects.get()
    assert added.since_earliest is not None
    assert added.since_earliest.isoformat() == "2026-01-01"
    assert added.citation.source.publisher.name == "Evening paper"


def test_second_tap_on_save_adds_nothing(register: DeskRegister, asel: User) -> None:
    register.call(NAME)
    client = signed_in(asel)
    client.post(f"{EN}{code_of(NAME)}/add/", statement())
    client.post(f"{EN}{code_of(NAME)}/add/", statement())
    assert StatusAssertion.objects.count() == 1


def test_statement_without_a_place_in_the_source_is_asked_for(register: DeskRegister, asel: User) -> None:
    register.call(NAME)
    sources = Source.objects.count()
    response = signed_in(asel).post(f"{EN}{code_of(NAME)}/add/", statement(locator="", quotation=""))
    assert response.status_code == 422
    assert "no value without a citation" in response.content.decode()
    assert Source.objects.count() == sources


def test_bad_statement_leaves_no_source_behind(register: DeskRegister, asel: User) -> None:
    register.call(NAME)
    sources = Source.objects.count()
    response = signed_in(asel).post(
        f"{EN}{code_of(NAME)}/add/", statement(since="2026-01-20", told_on="2026-01-12")
    )
    assert response.status_code == 422
    assert "correct one of the two" in response.content.decode()
    assert Source.objects.count() == sources


def test_recorder_of_a_death_is_told_that_another_must_approve(register: DeskRegister, asel: User) -> None:
    register.call(NAME, "dead")
    page = signed_in(asel).get(f"{EN}{code_of(NAME)}/").content.decode()
    assert "ask a colleague" in page
    assert 'value="approve"' not in page


def test_recorder_cannot_approve_by_a_handmade_form(register: DeskRegister, asel: User) -> None:
    register.call(NAME, "dead")
    waiting = StatusAssertion.objects.get()
    response = signed_in(asel).post(f"{EN}approvals/{waiting.pk}/", {"decision": "approve"})
    assert response.status_code == 403


def test_second_person_approves_a_death(register: DeskRegister, gulnar: User) -> None:
    register.call(NAME, "dead")
    client = signed_in(gulnar)
    assert NAME in client.get(f"{EN}approvals/").content.decode()
    waiting = StatusAssertion.objects.get()
    page = client.post(f"{EN}approvals/{waiting.pk}/", {"decision": "approve"}, follow=True).content.decode()
    assert "it counts from now on" in page
    assert Entry.objects.get().status == "dead"


def test_second_person_refuses_with_a_reason(register: DeskRegister, gulnar: User) -> None:
    register.call(NAME, "dead")
    waiting = StatusAssertion.objects.get()
    address = f"{EN}approvals/{waiting.pk}/"
    assert signed_in(gulnar).post(address, {"decision": "refuse"}).status_code == 422
    signed_in(gulnar).post(address, {"decision": "refuse", "reason": "the caller meant a cousin"})
    waiting.refresh_from_db()
    assert waiting.correction_reason == "the caller meant a cousin"


def test_decision_never_leads_to_a_foreign_address(register: DeskRegister, gulnar: User) -> None:
    register.call(NAME, "dead")
    waiting = StatusAssertion.objects.get()
    response = signed_in(gulnar).post(
        f"{EN}approvals/{waiting.pk}/", {"decision": "approve", "next": "https://elsewhere.example/"}
    )
    assert response["Location"].startswith(EN)


def test_dead_come_back_only_by_a_correction_with_a_reason(
    register: DeskRegister, asel: User, gulnar: User
) -> None:
    register.call(NAME, "dead")
    said = StatusAssertion.objects.get()
    operations.approve_assertion(assertion=said, by=gulnar, at=LATER)
    address = f"{EN}{code_of(NAME)}/assertions/{said.pk}/"
    client = signed_in(asel)
    assert "The dead stay dead unless corrected" in client.get(address).content.decode()
    form = {"instead": "nothing", "status": "dead", "verification": "reported"}
    assert client.post(address, form).status_code == 422
    page = client.post(address, form | {"reason": "she came home"}, follow=True).content.decode()
    assert "she came home" in page
    assert Entry.objects.get().status == "unknown"


def test_contradiction_is_shown_as_a_chain_that_blocks_publication(
    register: DeskRegister, asel: User, gulnar: User
) -> None:
    a, b, c = (register.listed(f"Kayratova Aysulu {letter}", f"Group {letter}") for letter in "ABC")
    register.judge(a, b, "same")
    register.judge(b, c, "same")
    register.judge(a, c, "different", by=gulnar)
    page = signed_in(asel).get(f"{EN}{a.home_person.code}/").content.decode()
    assert "Contradiction: blocks publication" in page
    chain = page[page.index('<ol class="chain">') : page.index("</ol>", page.index('<ol class="chain">'))]
    assert chain.count("<li>") == 3
    assert "≠" in chain


def test_judgement_is_undone_with_a_reason(register: DeskRegister, asel: User) -> None:
    a, b = register.listed("Kayratova Aysulu", "Group A"), register.listed("Kayratova A.", "Group B")
    register.judge(a, b, "same")
    judgement = Judgement.objects.get()
    address = f"{EN}{a.home_person.code}/judgements/{judgement.pk}/undo/"
    signed_in(asel).post(address, {"reason": "two sisters"})
    judgement.refresh_from_db()
    assert judgement.end_reason == "two sisters"
    assert Entry.objects.count() == 2


def test_person_whose_records_moved_leads_to_where_they_are(register: DeskRegister, asel: User) -> None:
    a, b = register.listed("Kayratova Aysulu", "Group A"), register.listed("Kayratova A.", "Group B")
    register.judge(a, b, "same")
    client = signed_in(asel)
    page = client.get(f"{EN}{b.home_person.code}/").content.decode()
    assert f"{EN}records/{b.pk}/" in page
    assert client.get(f"{EN}records/{b.pk}/")["Location"] == f"{EN}{a.home_person.code}/"


def test_stale_custody_is_listed(register: DeskRegister, asel: User) -> None:
    register.call(NAME, "detained", at=datetime(2026, 1, 11, tzinfo=UTC))
    assert NAME in signed_in(asel).get(f"{EN}stale/").content.decode()


def test_user_without_rights_reads_nothing(register: DeskRegister, bolat: User) -> None:
    register.call(NAME, "detained")
    for address in ("", "conflicts/", "stale/", f"{code_of(NAME)}/"):
        response = signed_in(bolat).get(EN + address)
        assert response.status_code == 403
        assert NAME not in response.content.decode()


def test_unknown_code_is_not_found(register: DeskRegister, asel: User) -> None:
    assert signed_in(asel).get(f"{EN}ZZZZ-ZZZZ/").status_code == 404


def test_conflict_names_what_stands_against_what(register: DeskRegister, asel: User, gulnar: User) -> None:
    record = register.call(NAME, "dead", since="2026-01-05")
    operations.approve_assertion(assertion=StatusAssertion.objects.get(), by=gulnar, at=LATER)
    later = statement(status="detained", since="2026-01-09")
    client = signed_in(asel)
    client.post(f"{EN}{record.home_person.code}/add/", later)
    page = client.get(f"{EN}{record.home_person.code}/").content.decode()
    assert "a later status of somebody said to be dead: custody" in page
    assert "detained since 2026-01-09 (told on 2026-01-12" in page
    assert NAME in client.get(f"{EN}conflicts/").content.decode()
