"""Drawing a box with the mouse and by numbers alone, in a real browser."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.evidence.models import DigitalItem
from kuager.interfaces.shell import vaults
from kuager.interfaces.shell.vault_keys import Attempts
from tests import media_made
from tests.browser.conftest import OpenPage, Window
from tests.integration.desk_evidence import PASSPHRASE, empty_vault, opened_vault
from tests.integration.evidence_story import keep

pytestmark = pytest.mark.browser


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    empty_vault(tmp_path)
    monkeypatch.setattr(vaults, "_ATTEMPTS", Attempts())
    return tmp_path


@pytest.fixture
def saule(transactional_db: None) -> User:
    """An evidence officer."""
    return create_user(username="saule", role=Role.EVIDENCE_OFFICER)


@pytest.fixture
def check(
    check_accessibility: Callable[[Page], None],
    check_no_sideways_scrolling: Callable[[Page], None],
    look: Callable[[Page, str], None],
) -> Callable[[Page, str], None]:
    """Look at a page in every way at once."""

    def every(page: Page, name: str) -> None:
        look(page, name)
        check_accessibility(page)
        check_no_sideways_scrolling(page)

    return every


def asked_for(page: Page, item: DigitalItem) -> None:
    """Unlock the vault and ask to see the item, as people do."""
    page.goto(f"/en/desk/evidence/{item.number}/redact/")
    page.get_by_label("Passphrase").fill(PASSPHRASE)
    page.get_by_role("button", name="Unlock").click()
    page.get_by_role("button", name="Show it and redact").click()
    page.get_by_role("button", name="Look at it before it is made").wait_for()


def wait_for_picture(page: Page) -> None:
    """Wait until the frame is drawn; it is asked of another process."""
    for _ in range(120):
        if page.locator("[data-canvas] img").evaluate("one => one.naturalWidth") > 100:
            return
        page.wait_for_timeout(250)


def make(page: Page) -> DigitalItem:
    page.get_by_role("button", name="Look at it before it is made").click()
    page.get_by_label("Why").fill("a face of a witness")
    page.get_by_role("button", name="Yes, make it").click()
    page.get_by_text("checked for what should be gone").wait_for()
    return DigitalItem.objects.get(derivation="redacted")


@pytest.mark.parametrize("window", ["desktop", "phone"])
def test_a_box_is_drawn_on_the_picture(
    open_page: OpenPage,
    check: Callable[[Page, str], None],
    saule: User,
    folder: Path,
    window: Window,
) -> None:
    item = keep(
        opened_vault(folder), saule, media_made.picture(width=320, height=240), media_type="image/jpeg"
    )
    page = open_page(user=saule, window=window)
    asked_for(page, item)
    canvas = page.locator("[data-canvas]")
    wait_for_picture(page)
    canvas.scroll_into_view_if_needed()
    place = canvas.bounding_box()
    assert place is not None
    page.mouse.move(place["x"] + place["width"] * 0.25, place["y"] + place["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(place["x"] + place["width"] * 0.6, place["y"] + place["height"] * 0.5)
    page.mouse.move(place["x"] + place["width"] * 0.75, place["y"] + place["height"] * 0.75)
    page.mouse.up()
    left = int(page.locator("[name=area-0-left]").input_value())
    width = int(page.locator("[name=area-0-width]").input_value())
    assert abs(left - 250) < 15
    assert abs(width - 500) < 25
    assert page.locator("[data-canvas] rect").count() == 1
    check(page, f"redact-{window}")
    redacted = make(page)
    check(page, f"redacted-{window}")
    assert redacted.derived_from == item


def test_a_moving_box_is_typed_without_javascript(open_page: OpenPage, saule: User, folder: Path) -> None:
    item = keep(opened_vault(folder), saule, media_made.video(seconds=1))
    page = open_page(user=saule, javascript=False)
    asked_for(page, item)
    page.locator("#moment").fill("480")
    page.get_by_role("button", name="Show this moment").click()
    assert page.locator("#moment").input_value() == "480"
    said = {"from_s": "0.1", "until_s": "0.9", "left": "0", "top": "0", "width": "300", "height": "300"}
    moved = {"to_left": "600", "to_top": "500", "to_width": "300", "to_height": "300"}
    for name, value in {**said, **moved}.items():
        page.locator(f"[name=area-0-{name}]").fill(value)
    page.get_by_role("button", name="Look at it before it is made").click()
    assert page.locator(".previews img").count() == 3
    page.get_by_label("Why").fill("a face of a witness")
    page.get_by_role("button", name="Yes, make it").click()
    for _ in range(60):
        if DigitalItem.objects.filter(derivation="redacted").exists():
            break
        page.wait_for_timeout(500)
    page.reload()
    page.get_by_text("checked for what should be gone").wait_for()
