"""From a call on a phone to the published page: in a real Chromium, also without JavaScript."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.register.models import Entry
from tests.browser.conftest import OpenPage
from tests.integration.desk_register import PUBLISHED, DeskRegister

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

NAME = "Қайратова Айсұлу"
Check = Callable[[Page], None]
Look = Callable[[Page, str], None]


@pytest.fixture
def register(asel: User, places: None) -> DeskRegister:
    desk = DeskRegister(by=asel)
    desk.call(NAME, "missing", age=34, consent=PUBLISHED)
    desk.call("Қайратов Айбек", "detained", age=19, place="Шымкент")
    desk.call("Омаров Тимур", "dead", age=51)
    first = desk.listed("Kairatova A.", "Volunteers of the square")
    second = desk.listed("Кайратова Айсулу", "City list", origin="square")
    desk.judge(first, second, "same")
    return desk


def code_of(name: str) -> str:
    return Entry.objects.select_related("person").get(name=name).person.code


def test_call_finds_the_known_person_while_typing(
    register: DeskRegister, asel: User, open_page: OpenPage, check_accessibility: Check, look: Look
) -> None:
    page = open_page(window="phone", user=asel)
    page.goto("/en/desk/calls/")
    check_accessibility(page)
    page.get_by_label("Name").press_sequentially("Kayratova Ays", delay=20)
    expect(page.locator("#found")).to_contain_text(NAME)
    assert page.url.endswith("/en/desk/calls/")
    look(page, "call-found-phone")
    check_accessibility(page)
    line = page.locator("#found li").filter(has_text=NAME)
    line.get_by_role("link", name="This is the person").click()
    look(page, "call-known-phone")
    check_accessibility(page)
    page.get_by_label("What happened", exact=True).select_option("detained")
    page.get_by_label("When", exact=True).fill("early January 2026")
    page.get_by_label("In the caller's words").fill("She is held in the city department.")
    page.get_by_label("Day of the call").fill("2026-01-20")
    page.get_by_role("button", name="Save the call").click()
    expect(page.get_by_text("The call is saved.")).to_be_visible()
    expect(page.get_by_text("2 records, 1 independent source", exact=True)).to_be_visible()
    look(page, "person-phone")
    check_accessibility(page)


def test_new_person_is_entered_without_javascript(
    register: DeskRegister, asel: User, open_page: OpenPage, look: Look
) -> None:
    page = open_page(window="phone", javascript=False, user=asel)
    page.goto("/en/desk/calls/")
    page.get_by_label("Name").fill("Сериков Дамир")
    page.get_by_role("button", name="Search").click()
    expect(page.get_by_text("Nobody of this name is in the register.")).to_be_visible()
    page.get_by_role("button", name="New person").click()
    look(page, "call-new-phone")
    page.get_by_label("Age", exact=True).fill("23")
    page.get_by_label("What happened", exact=True).select_option("missing")
    page.get_by_label("We may keep this in the register").check()
    page.get_by_role("button", name="Save the new person").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Сериков Дамир")


def test_status_is_added_approved_published_and_read_by_the_world(  # noqa: PLR0917  # fixtures
    register: DeskRegister,
    asel: User,
    gulnar: User,
    farida: User,
    open_page: OpenPage,
    check_accessibility: Check,
    look: Look,
) -> None:
    _add_a_death(open_page(user=asel), check_accessibility, look)
    _approve(open_page(window="phone", user=gulnar), check_accessibility, look)
    _publish(open_page(user=farida), check_accessibility, look)
    reader = open_page(window="phone", javascript=False)
    reader.goto("/en/")
    dead = reader.get_by_role("listitem").filter(has_text=re.compile("^ *1 dead"))
    dead.get_by_role("link", name="How do we know?").click()
    expect(reader.get_by_role("heading", level=1)).to_have_text("How do we know?")
    look(reader, "public-figure-phone")
    reader.goto("/en/people/")
    reader.get_by_role("link", name=NAME).click()
    # The letter that says so came without a consent: it counts, and is not shown beside the name.
    expect(reader.get_by_role("heading", level=1)).to_have_text(NAME)
    expect(reader.locator("main")).not_to_contain_text("City hospital")
    look(reader, "public-person-phone")


def _add_a_death(page: Page, check_accessibility: Check, look: Look) -> None:
    page.goto(f"/en/desk/register/{code_of(NAME)}/")
    page.get_by_role("link", name="Add what a source says").click()
    check_accessibility(page)
    page.get_by_label("Status").select_option("dead")
    page.get_by_label("Since").fill("07.01.2026")
    page.get_by_label("Source", exact=True).select_option("new")
    page.get_by_label("New source: publisher").fill("City hospital")
    page.get_by_label("Kind of publisher").select_option("state")
    page.get_by_label("Kind of source").select_option("letter")
    page.get_by_label("Title").fill("Answer to the family")
    page.get_by_label("Told on").fill("2026-01-18")
    page.get_by_label("Where in the source").fill("page 1")
    look(page, "assert-desktop")
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_text("count only once a second person has approved them").first).to_be_visible()
    expect(page.get_by_text("You recorded this yourself")).to_be_visible()
    look(page, "person-desktop")


def _approve(page: Page, check_accessibility: Check, look: Look) -> None:
    page.goto("/en/desk/register/approvals/")
    check_accessibility(page)
    look(page, "approvals-phone")
    section = page.get_by_role("region", name=NAME)
    section.get_by_role("button", name=re.compile("^Approve")).click()
    expect(page.get_by_text("it counts from now on")).to_be_visible()


def _publish(page: Page, check_accessibility: Check, look: Look) -> None:
    page.goto("/en/desk/publications/")
    check_accessibility(page)
    page.get_by_role("button", name="Build").click()
    check_accessibility(page)
    look(page, "snapshot-desktop")
    page.get_by_role("link", name="Publish").click()
    page.get_by_role("button", name="Yes, publish now").click()
    expect(page.get_by_text("The public pages show it now.")).to_be_visible()


@pytest.mark.parametrize("window", ["phone", "desktop"])
@pytest.mark.parametrize(
    "address", ["", "register/", "counts/?by_1=status&by_2=sex", "changes/", "register/conflicts/"]
)
def test_page_is_accessible_and_fits_its_window(  # noqa: PLR0917  # fixtures
    register: DeskRegister,
    farida: User,
    open_page: OpenPage,
    check_accessibility: Check,
    look: Look,
    window: str,
    address: str,
) -> None:
    page = open_page(window="phone" if window == "phone" else "desktop", user=farida)
    page.goto(f"/en/desk/{address}")
    check_accessibility(page)
    name = address.partition("?")[0].strip("/").replace("/", "-") or "home"
    look(page, f"{name}-{window}")
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_pages_stand_in_three_languages(register: DeskRegister, asel: User, open_page: OpenPage) -> None:
    for language in ("kk", "ru", "en"):
        page = open_page(window="phone", language=language, user=asel)
        page.goto(f"/{language}/desk/register/{code_of(NAME)}/")
        expect(page.locator("html")).to_have_attribute("lang", language)
        expect(page.get_by_role("heading", level=1)).to_have_text(NAME)


def test_pages_that_decide_something_are_accessible(  # fixtures
    register: DeskRegister,
    asel: User,
    gulnar: User,
    open_page: OpenPage,
    check_accessibility: Check,
    look: Look,
) -> None:
    a, b, c = (register.listed(f"Бекова Сания {letter}", f"Group {letter}") for letter in "ABC")
    register.judge(a, b, "same")
    register.judge(b, c, "same")
    register.judge(a, c, "different", by=gulnar)
    page = open_page(window="phone", user=asel)
    for name, address in _deciding_pages(a.home_person.code):
        page.goto(f"/en/desk/register/{address}")
        check_accessibility(page)
        look(page, f"{name}-phone")
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.goto(f"/en/desk/register/{a.home_person.code}/")
    page.get_by_text("Undo this judgement").last.click()
    page.get_by_label("Why is it undone?").last.fill("not the same village")
    page.get_by_role("button", name="Undo").last.click()
    expect(page.get_by_text("The judgement is undone.")).to_be_visible()


def _deciding_pages(contradicted: str) -> list[tuple[str, str]]:
    known = code_of(NAME)
    entry = Entry.objects.get(name=NAME)
    record = entry.person.home_records.get()
    said, consent = record.assertions.get(), record.consent_id
    return [
        ("contradiction", f"{contradicted}/"),
        ("correct", f"{known}/assertions/{said.pk}/"),
        ("withdraw-consent", f"{known}/consents/{consent}/"),
    ]


def test_auditor_reads_the_record_on_a_phone(
    register: DeskRegister, open_page: OpenPage, check_accessibility: Check, look: Look
) -> None:
    page = open_page(window="phone", user=create_user(username="auditor", role=Role.AUDITOR))
    page.goto("/en/desk/audits/")
    check_accessibility(page)
    look(page, "audits-phone")
    page.get_by_role("button", name="Verify the chain").click()
    expect(page.get_by_text("none changed")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
