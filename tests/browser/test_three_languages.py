"""The whole way in each language: import, two people, a status, review by key, publication."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from django.utils import translation
from django.utils.translation import gettext
from playwright.sync_api import Page, expect

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import ListEdition
from kuager.domain.people.models import Judgement
from kuager.domain.places.operations import load_places
from kuager.domain.register.models import Entry, StatusAssertion
from tests.browser.conftest import OpenPage
from tests.integration.two_lists import import_two_lists, link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
PRIMARY = "main form button.primary"


@pytest.fixture
def spreadsheet(tmp_path: Path) -> Path:
    path = tmp_path / "list.csv"
    rows = ("ФИО;Возраст;Дата;Место;Статус", "Жылкышиев Нарбол;31 год;06.01.2022;г. Алматы;погиб")
    path.write_text("\n".join(rows) + "\n", encoding="cp1251", errors="xmlcharrefreplace")
    return path


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_whole_way_can_be_gone_in_every_language(  # noqa: PLR0917  # fixtures
    asel: User,
    gulnar: User,
    farida: User,
    open_page: OpenPage,
    spreadsheet: Path,
    tmp_path: Path,
    language: str,
) -> None:
    load_places(by=asel, at=datetime(2022, 1, 1, tzinfo=UTC))
    documenter = open_page(user=asel, language=language)
    import_list(documenter, spreadsheet, language)
    approve(open_page(window="phone", user=gulnar, language=language), language)
    add_a_status(open_page(window="phone", user=asel, language=language), language)
    link(import_two_lists(tmp_path, by=asel), by=asel)
    judge_by_key(documenter, language)
    publish(open_page(user=farida, language=language), language)
    for window in ("phone", "desktop"):
        reader = open_page(window=window, javascript=False, language=language)
        reader.goto(f"/{language}/figures/dead/")
        expect(reader.locator("h1")).to_have_text(said(language, "How do we know?"))
        reader.goto(f"/{language}/people/")
        expect(reader.locator("main")).to_contain_text("Нарбол")


def said(language: str, sentence: str) -> str:
    with translation.override(language):
        return gettext(sentence)


def import_list(page: Page, path: Path, language: str) -> None:
    page.goto(f"/{language}/desk/lists/import/")
    expect(page.locator("html")).to_have_attribute("lang", language)
    page.set_input_files("input[name=file]", path)
    page.fill("input[name=title]", "List")
    page.fill("input[name=publisher_name]", "Invented Legal Aid")
    page.fill("input[name=as_of]", "2022-01-10")
    page.check("input[name=is_public]")
    page.locator(PRIMARY).first.click()
    page.wait_for_url("**/columns/")
    page.locator(PRIMARY).first.click()
    page.wait_for_url("**/check/**")
    page.locator(PRIMARY).first.click()
    page.wait_for_url("**/editions/**")
    number = ListEdition.objects.get().pk
    page.goto(f"/{language}/desk/lists/editions/{number}/apply/")
    page.locator("main form button").first.click()
    expect(page.locator(".note.success")).to_be_visible()


def approve(page: Page, language: str) -> None:
    page.goto(f"/{language}/desk/lists/editions/{ListEdition.objects.get().pk}/approve/")
    page.locator("main form button").first.click()
    expect(page.locator(".note.success")).to_be_visible()
    assert Entry.objects.get().status == "dead"


def add_a_status(page: Page, language: str) -> None:
    code = Entry.objects.select_related("person").get().person.code
    page.goto(f"/{language}/desk/register/{code}/add/")
    for name, value in {
        "status": "injured",
        "source": "new",
        "publisher_kind": "state",
        "kind": "letter",
    }.items():
        page.select_option(f"main [name={name}]", value)
    told = {
        "since": "05.01.2022",
        "publisher": "City hospital",
        "title": "Answer",
        "told_on": "2022-01-18",
        "locator": "page 1",
    }
    for name, value in told.items():
        page.fill(f"main [name={name}]", value)
    page.locator(PRIMARY).last.click()
    page.wait_for_url(f"**/register/{code}/")
    assert StatusAssertion.objects.filter(status="injured").count() == 1


def judge_by_key(page: Page, language: str) -> None:
    page.goto(f"/{language}/desk/review/")
    page.locator('main a[href*="/review/pairs/"]').first.click()
    page.wait_for_url("**/pairs/**")
    page.wait_for_selector("html.has-keys")
    page.keyboard.press("s")
    expect(page.locator(".note.success")).to_be_visible()
    page.wait_for_selector("html.has-keys")
    assert Judgement.objects.filter(ended_at=None, method="review").count() == 1
    page.keyboard.press("z")
    expect(page.locator(".note.success")).to_have_text(said(language, "Taken back. This is the pair again."))


def publish(page: Page, language: str) -> None:
    page.goto(f"/{language}/desk/publications/")
    page.locator(PRIMARY).first.click()
    page.wait_for_url("**/publications/1/")
    page.goto(f"/{language}/desk/publications/1/publish/")
    page.locator("main form button").first.click()
    expect(page.locator(".note.success")).to_be_visible()
