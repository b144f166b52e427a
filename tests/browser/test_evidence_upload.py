"""In a real browser: files are kept without script, in parts, over a line that breaks, and on another day."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.evidence.models import DigitalItem
from tests.browser.conftest import OpenPage, Window
from tests.integration.canaries import traces
from tests.integration.desk_evidence import PASSPHRASE, empty_vault, forget_sessions, opened_vault
from tests.integration.evidence_story import keep

pytestmark = pytest.mark.browser
Check = Callable[[Page], None]
Look = Callable[[Page, str], None]
CANARY, NAME, WHOM = "Canary of a witness 4711", "Canary-kadr.mp4", "Canary neighbour Zhibek"
MEBIBYTE = 1 << 20


@pytest.fixture(autouse=True)
def vault_folder(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty vault, and nobody's attempts remembered."""
    forget_sessions(monkeypatch)
    return empty_vault(data_folder)


@pytest.fixture
def saule(transactional_db: None) -> User:
    """An evidence officer."""
    return create_user(username="saule", role=Role.EVIDENCE_OFFICER)


@pytest.fixture
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Five mebibytes, all of them telling; outside the data folder, where the member's own files lie."""
    path = tmp_path_factory.mktemp("phone") / NAME
    piece = (CANARY.encode() + os.urandom(1_000)) * 1_024
    path.write_bytes((piece * 6)[: 5 * MEBIBYTE + 17])
    return path


def fill_in(page: Page, clip: Path) -> None:
    page.goto("/en/desk/evidence/keep/")
    page.set_input_files("#id_file", clip)
    page.select_option("select[name=came]", "handed_over")
    page.fill("input[name=from_whom]", WHOM)


def unlock(page: Page) -> None:
    page.fill("#id_passphrase", PASSPHRASE)
    page.get_by_role("button", name="Unlock").click()


def unlocked(page: Page) -> Page:
    page.goto("/en/desk/evidence/unlock/")
    unlock(page)
    expect(page.get_by_role("heading", name="Evidence", exact=True)).to_be_visible()
    return page


def check_kept(clip: Path, data: Path) -> None:
    item = DigitalItem.objects.get()
    vault = opened_vault(data)
    assert b"".join(vault.read(vault.item(item.number))) == clip.read_bytes()
    assert not traces(data, CANARY, NAME, WHOM)


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_an_upload_that_broke_off_goes_on_on_another_day(
    window: Window, open_page: OpenPage, saule: User, clip: Path, data_folder: Path, look: Look
) -> None:
    page = open_page(window=window, user=saule)
    sent = 0

    def break_off(route: Route) -> None:
        nonlocal sent
        sent += 1
        route.continue_() if sent <= 2 else route.abort("internetdisconnected")

    page.route("**/evidence/uploads/*/", break_off)
    fill_in(page, clip)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("the line is broken")).to_be_visible()
    look(page, f"evidence-line-broken-{window}")
    page.close(run_before_unload=False)
    assert not DigitalItem.objects.exists()

    later = open_page(window=window, user=saule)
    later.goto("/en/desk/evidence/keep/")
    expect(later.get_by_text("are here")).to_be_visible()
    other = clip.with_name("another.mp4")
    other.write_bytes(b"something else")
    later.set_input_files("input.again", other)
    expect(later.get_by_text("this is another file")).to_be_visible()
    look(later, f"evidence-goes-on-{window}")
    later.set_input_files("input.again", clip)
    expect(later.get_by_text("have arrived and lie sealed")).to_be_visible()
    later.select_option("select[name=came]", "handed_over")
    later.fill("input[name=from_whom]", WHOM)
    later.get_by_role("button", name="Keep", exact=True).click()
    expect(later.get_by_role("heading", name="Unlock the vault")).to_be_visible()
    unlock(later)
    later.get_by_role("button", name="Keep now").click()
    expect(later.get_by_text("1 file is kept")).to_be_visible()
    check_kept(clip, data_folder)


def test_a_line_that_comes_back_is_waited_for(
    open_page: OpenPage, saule: User, clip: Path, data_folder: Path
) -> None:
    page = unlocked(open_page(window="phone", user=saule))
    fill_in(page, clip)
    asked = []

    def shaky(route: Route) -> None:
        asked.append(route.request.method)
        route.abort("internetdisconnected") if len(asked) % 2 == 0 else route.continue_()

    page.route("**/evidence/uploads/*/", shaky)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("1 file is kept")).to_be_visible(timeout=40_000)
    assert len(asked) > 4
    check_kept(clip, data_folder)


def test_an_upload_is_stopped_and_goes_on(
    open_page: OpenPage, saule: User, clip: Path, data_folder: Path
) -> None:
    page = unlocked(open_page(user=saule))
    fill_in(page, clip)
    held: list[Route] = []
    page.route("**/evidence/uploads/*/", lambda route: held.append(route))  # noqa: PLW0108  # marked by Playwright
    page.get_by_role("button", name="Keep", exact=True).click()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_text("stopped; what has arrived stays here")).to_be_visible()
    page.unroute_all(behavior="ignoreErrors")
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("1 file is kept")).to_be_visible()
    check_kept(clip, data_folder)


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_a_file_is_kept_without_script(  # noqa: PLR0917  # fixtures
    window: Window,
    open_page: OpenPage,
    saule: User,
    clip: Path,
    data_folder: Path,
    look: Look,
    check_no_sideways_scrolling: Check,
) -> None:
    page = unlocked(open_page(window=window, user=saule, javascript=False))
    fill_in(page, clip)
    look(page, f"evidence-keep-{window}")
    check_no_sideways_scrolling(page)
    page.get_by_role("button", name="Keep", exact=True).click()
    expect(page.get_by_text("1 file is kept")).to_be_visible()
    look(page, f"evidence-item-{window}")
    check_no_sideways_scrolling(page)
    check_kept(clip, data_folder)


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_every_page_of_evidence_can_be_read_and_used(  # noqa: PLR0917  # fixtures
    window: Window,
    open_page: OpenPage,
    saule: User,
    data_folder: Path,
    look: Look,
    check_accessibility: Check,
    check_no_sideways_scrolling: Check,
) -> None:
    vault = opened_vault(data_folder)
    items = [keep(vault, saule, name=name) for name in ("кадр-с-площади.mp4", "a" * 180 + ".mp4")]
    page = open_page(window=window, user=saule)
    for state in ("locked", "open"):
        for name, address in {
            "list": "",
            "item": f"{items[1].number}/",
            "keep": "keep/",
            "readers": f"{items[0].number}/readers/",
            "export": f"export/?item={items[0].number}&item={items[1].number}",
            "fixity": "fixity/",
            "unlock": "unlock/",
        }.items():
            page.goto(f"/en/desk/evidence/{address}")
            check_no_sideways_scrolling(page)
            check_accessibility(page)
            look(page, f"evidence-{name}-{state}-{window}")
        if state == "locked":
            unlocked(page)


def test_a_bundle_is_downloaded_after_being_asked_twice(
    open_page: OpenPage, saule: User, data_folder: Path, tmp_path_factory: pytest.TempPathFactory, look: Look
) -> None:
    keep(opened_vault(data_folder), saule, CANARY.encode() * 90_000, name=NAME)
    page = unlocked(open_page(window="phone", user=saule))
    page.get_by_label("Choose item").check()
    page.get_by_role("button", name="Export the chosen items").click()
    page.fill("textarea[name=reason]", "for the court")
    page.get_by_label("readable by whoever").check()
    page.get_by_role("button", name="Download the bundle").click()
    look(page, "evidence-asked-again-phone")
    page.get_by_label("I have understood").check()
    with page.expect_download() as begun:
        page.get_by_role("button", name="Download it readable").click()
    place = tmp_path_factory.mktemp("downloads") / "bundle.zip"
    begun.value.save_as(place)
    assert CANARY.encode() in place.read_bytes()
    assert not traces(data_folder, CANARY)


def test_everything_is_read_again_while_one_watches(
    open_page: OpenPage, saule: User, data_folder: Path
) -> None:
    keep(opened_vault(data_folder), saule)
    page = unlocked(open_page(user=saule))
    page.goto("/en/desk/evidence/fixity/")
    page.get_by_role("button", name="Check now").click()
    expect(page.get_by_text("every byte was as it was kept")).to_be_visible()
