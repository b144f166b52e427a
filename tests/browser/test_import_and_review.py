"""In a real browser: a messy spreadsheet is imported, a pair is reviewed by keyboard and by touch."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from kuager.domain.accounts.models import User
from kuager.domain.lists import operations
from kuager.domain.lists.models import LinkRun, ListEdition
from kuager.domain.lists.terms import EditionState
from kuager.domain.people.models import Judgement
from kuager.domain.places.operations import load_places
from tests.browser.conftest import OpenPage, Window
from tests.integration.two_lists import import_two_lists, link

pytestmark = pytest.mark.browser
Check = Callable[[Page], None]
Look = Callable[[Page, str], None]
PEOPLE: tuple[tuple[str | int | datetime, ...], ...] = (
    ("Сериков Асан Маратович", "31 год", "06.01.2022", "г. Алматы", "погиб"),
    ("Ахметова Дина", 24, datetime(2022, 1, 5), "Тараз", "ранена"),  # noqa: DTZ001  # cells know no zone
    ("Оспанов Ермек", "около 40", "начало января", "Шымкент", "задержан"),
    ("", 19, "07.01.2022", "Алматы", "погиб"),
)


@pytest.fixture
def spreadsheet(tmp_path: Path) -> Path:
    """A sheet as people send them: a merged title, the header in the third row, dates and ages as text."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "Список"
    sheet["A1"] = "Список погибших и задержанных, выдуманный для проверки"
    sheet.merge_cells("A1:F1")
    for column, title in enumerate(("№", "ФИО", "Возраст", "Дата", "Место", "Статус"), start=1):
        sheet.cell(row=3, column=column, value=title)
    for row, person in enumerate(PEOPLE, start=4):
        sheet.cell(row=row, column=1, value=row - 3)
        for column, value in enumerate(person, start=2):
            sheet.cell(row=row, column=column, value=value)
    path = tmp_path / "spisok.xlsx"
    book.save(path)
    return path


@pytest.fixture
def places(asel: User) -> None:
    """The regions and cities that lists name."""
    load_places(by=asel, at=datetime(2022, 1, 1, tzinfo=UTC))


def fill_in_upload(page: Page, path: Path, *, title: str = "Deaths in January") -> None:
    page.goto("/en/desk/lists/import/")
    page.set_input_files("input[name=file]", path)
    page.fill("input[name=title]", title)
    page.fill("input[name=publisher_name]", "Invented Legal Aid")
    page.fill("input[name=as_of]", "2022-01-10")
    page.fill("input[name=stated_total]", "4")


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize(("window", "javascript"), [("desktop", True), ("phone", False)])
def test_a_messy_spreadsheet_becomes_part_of_the_register(  # noqa: PLR0917
    open_page: OpenPage,
    asel: User,
    spreadsheet: Path,
    window: Window,
    javascript: bool,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    def seen(name: str) -> None:
        look(page, f"{name}-{window}")
        check_no_sideways_scrolling(page)

    page = open_page(user=asel, window=window, javascript=javascript)
    fill_in_upload(page, spreadsheet)
    seen("import")
    page.click("text=Next: look at the columns")
    expect(page.locator("#column-B")).to_have_value("name")
    expect(page.locator("#column-F")).to_have_value("status")
    seen("columns")
    page.click("text=Next: check without storing")
    expect(page.locator("main")).to_contain_text("What this import would do")
    seen("check")
    page.click("text=Stage these rows")
    expect(page.locator("main")).to_contain_text("staged, not applied")
    seen("edition")
    page.click("text=Apply …")
    expect(page.locator("main")).to_contain_text("What will happen")
    seen("apply")
    page.click("main button:has-text('Apply')")
    expect(page.locator(".note.success")).to_contain_text("Applied: 3 added")
    seen("applied")
    assert ListEdition.objects.get().state == EditionState.APPLIED
    page.click("main a:has-text('Rows')")
    expect(page.locator("main")).to_contain_text("Сериков Асан Маратович")
    seen("rows")


@pytest.mark.usefixtures("places")
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_pages_of_an_import_have_no_serious_fault_for_assistive_technology(
    open_page: OpenPage, asel: User, spreadsheet: Path, language: str, check_accessibility: Check
) -> None:
    page = open_page(user=asel, language=language)
    page.goto(f"/{language}/desk/lists/import/")
    check_accessibility(page)
    page.set_input_files("input[name=file]", spreadsheet)
    page.fill("input[name=title]", "Deaths in January")
    page.fill("input[name=publisher_name]", "Invented Legal Aid")
    page.fill("input[name=as_of]", "2022-01-10")
    for _ in ("columns", "check", "edition"):
        page.click("main form:last-of-type button.primary, main form.actions button.primary")
        check_accessibility(page)
    edition = f"editions/{ListEdition.objects.get().pk}"
    for address in ("", "import/", "only-on/", f"{edition}/apply/", f"{edition}/rows/"):
        page.goto(f"/{language}/desk/lists/{address}")
        check_accessibility(page)


@pytest.mark.usefixtures("places")
def test_staging_goes_on_by_itself_where_there_is_javascript(
    open_page: OpenPage, asel: User, spreadsheet: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuager.interfaces.desk.lists.importing.STAGE_AT_ONCE", 1)
    page = open_page(user=asel)
    fill_in_upload(page, spreadsheet)
    page.click("text=Next: look at the columns")
    page.click("text=Next: check without storing")
    page.click("text=Stage these rows")
    expect(page.locator("main")).to_contain_text("Apply …")
    assert ListEdition.objects.get().state == EditionState.STAGED


@override_settings(IMPORT_MAX_BYTES=1000)
def test_a_file_beyond_the_limit_is_explained_on_the_form(
    open_page: OpenPage, asel: User, spreadsheet: Path
) -> None:
    page = open_page(user=asel)
    fill_in_upload(page, spreadsheet)
    page.click("text=Next: look at the columns")
    expect(page.locator("#id_file_error")).to_contain_text("larger than")


@pytest.fixture
def run(asel: User, tmp_path: Path) -> LinkRun:
    """A link run over two invented lists."""
    return link(import_two_lists(tmp_path, by=asel), by=asel)


def press_key(page: Page, key: str) -> None:
    """Press a key of the review page once its script listens: a test is quicker than any hand."""
    page.wait_for_load_state("load")
    page.wait_for_selector("html.has-keys")
    page.keyboard.press(key)


def test_a_pair_is_judged_by_keyboard_and_taken_back(
    open_page: OpenPage, asel: User, run: LinkRun, look: Look
) -> None:
    page = open_page(user=asel)
    page.goto("/en/desk/review/")
    look(page, "queue-desktop")
    page.click("text=Review the next pair")
    look(page, "pair-desktop")
    name = page.locator(".side h2").first.inner_text()
    press_key(page, "s")
    expect(page.locator(".note.success")).to_contain_text("same person")
    expect(page.locator(".side h2").first).not_to_have_text(name)
    assert Judgement.objects.filter(ended_at=None).count() == 1
    press_key(page, "z")
    expect(page.locator(".note.success")).to_contain_text("Taken back")
    expect(page.locator(".side h2").first).to_have_text(name)
    assert not Judgement.objects.filter(ended_at=None).exists()


def test_keys_do_nothing_while_a_reason_is_typed(open_page: OpenPage, asel: User, run: LinkRun) -> None:
    page = open_page(user=asel)
    pair = run.pairs.get(record_b__name="Ospanov Yermek")
    page.goto(f"/en/desk/review/pairs/{pair.pk}/")
    page.focus("#explanation")
    page.keyboard.type("used another age")
    expect(page.locator("#explanation")).to_have_value("used another age")
    page.keyboard.press("Tab")
    page.keyboard.press("u")
    expect(page.locator(".note.success")).to_contain_text("unsure")
    assert Judgement.objects.get().explanation == "used another age"


def test_keys_work_under_a_russian_keyboard(open_page: OpenPage, asel: User, run: LinkRun) -> None:
    page = open_page(user=asel, language="ru")
    page.goto(f"/ru/desk/review/pairs/{run.pairs.first().pk}/")  # type: ignore[union-attr]  # there are pairs
    page.evaluate("document.dispatchEvent(new KeyboardEvent('keydown', {key: 'в', code: 'KeyD'}))")
    expect(page.locator(".note.success")).to_be_visible()
    assert Judgement.objects.get().verdict == "different"


def test_skipping_goes_round_the_queue(open_page: OpenPage, asel: User, run: LinkRun) -> None:
    page = open_page(user=asel)
    page.goto("/en/desk/review/")
    page.click("text=Review the next pair")
    page.wait_for_url("**/pairs/**")
    seen = [page.url]
    for _ in range(run.pair_count):
        press_key(page, "n")
        page.wait_for_url(lambda url: url != seen[-1])
        seen.append(page.url)
    assert len(set(seen)) == run.pair_count
    assert seen[-1] == seen[0]


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_a_pair_is_judged_without_javascript(
    open_page: OpenPage,
    asel: User,
    run: LinkRun,
    window: Window,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    page = open_page(user=asel, window=window, javascript=False)
    page.goto("/en/desk/review/")
    check_no_sideways_scrolling(page)
    look(page, f"queue-{window}")
    page.click("text=Review the next pair")
    check_no_sideways_scrolling(page)
    look(page, f"pair-{window}-plain")
    page.fill("#explanation", "the ages differ by twenty years")
    page.click("button:has-text('Different')")
    expect(page.locator(".note.success")).to_contain_text("different people")
    assert Judgement.objects.get().verdict == "different"
    page.click("button:has-text('Undo last')")
    expect(page.locator(".note.success")).to_contain_text("Taken back")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_review_pages_have_no_serious_fault_for_assistive_technology(
    open_page: OpenPage, asel: User, run: LinkRun, language: str, check_accessibility: Check
) -> None:
    page = open_page(user=asel, language=language)
    pair = run.pairs.order_by("probability").first()
    assert pair is not None
    addresses = ("", f"pairs/{pair.pk}/", "runs/", f"runs/{run.pk}/", "contradictions/", "finished/")
    for address in (*addresses, f"runs/{run.pk}/accept/?threshold=90"):
        page.goto(f"/{language}/desk/review/{address}")
        check_accessibility(page)


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_overlap_and_estimate_can_be_read_in_every_window(  # noqa: PLR0917
    open_page: OpenPage,
    asel: User,
    farida: User,
    run: LinkRun,
    window: Window,
    check_accessibility: Check,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    at = run.known_at
    operations.accept_links(run=run, threshold=0.9, explanation="a test of overlap", by=asel, at=at)
    page = open_page(user=farida, window=window)

    def seen(name: str) -> None:
        look(page, f"{name}-{window}")
        check_no_sideways_scrolling(page)
        check_accessibility(page)

    page.goto("/en/desk/estimates/")
    for box in page.locator("input[name=lists]").all():
        box.check()
    seen("estimates")
    page.click("text=Show the overlap")
    picture = page.locator("figure img")
    expect(picture).to_be_visible()
    assert picture.evaluate("async image => (await image.decode(), image.naturalWidth)") > 0
    seen("overlap")
    page.click("main button:has-text('Estimate')")
    seen("estimate-waits")
    page.get_by_text("It waits too long").click()
    # Nobody works in the background here, so the page itself computes; a first run also compiles.
    page.get_by_role("button", name="Compute it now").click(timeout=90_000)
    expect(page.locator("main")).to_contain_text("Do not publish any of these estimates", timeout=90_000)
    seen("estimate")


def test_the_verdict_is_in_reach_all_the_way_down_a_phone(
    open_page: OpenPage, asel: User, run: LinkRun, look: Look
) -> None:
    page = open_page(user=asel, window="phone")
    pair = run.pairs.get(record_b__name="Ospanov Yermek")
    page.goto(f"/en/desk/review/pairs/{pair.pk}/")
    expect(page.locator("button[value=same]")).to_be_in_viewport()
    page.mouse.wheel(0, 300)
    expect(page.locator("button[value=same]")).to_be_in_viewport()
