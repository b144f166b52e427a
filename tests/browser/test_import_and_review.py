"""In a real browser: a messy spreadsheet is imported, a pair is reviewed by keyboard and by touch."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import openpyxl
import pytest
from django.test import override_settings
from playwright.sync_api import Page, expect

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import ListEdition
from kuager.domain.lists.terms import EditionState
from kuager.domain.places.operations import load_places
from tests.browser.conftest import OpenPage, Window

pytestmark = pytest.mark.browser
Check = Callable[[Page], None]
Look = Callable[[Page, str], None]
PEOPLE = (
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
def test_a_messy_spreadsheet_becomes_part_of_the_register(
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
    seen("edition")
    page.click("text=Apply …")
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
