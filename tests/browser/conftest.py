"""A real Chromium against the real server: windows of every size and language, signed in or not."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Literal, Protocol

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # carries no types
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, sync_playwright
from pytest_django.live_server_helper import LiveServer

from kuager.domain.accounts.models import User

CHROMIUM = os.environ.get("KUAGER_TEST_CHROMIUM", "/usr/bin/chromium")
WINDOWS = {"phone": (360, 740), "desktop": (1280, 900)}
Window = Literal["phone", "desktop"]
GRAVE = ("serious", "critical")


class OpenPage(Protocol):
    """Opens a window of its own."""

    def __call__(
        self,
        *,
        window: Window = "desktop",
        language: str = "en",
        javascript: bool = True,
        user: User | None = None,
    ) -> Page:
        """Return an empty page; give it addresses like ``/en/desk/``."""


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    if shutil.which(CHROMIUM) is None:
        pytest.skip(f"no Chromium at {CHROMIUM}: install Debian's chromium, or set KUAGER_TEST_CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--disable-dev-shm-usage"]
        )
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, live_server: LiveServer, transactional_db: None) -> Iterator[OpenPage]:
    """Make windows; a page that logs an error or breaks the content policy fails its test."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def open_one(
        *,
        window: Window = "desktop",
        language: str = "en",
        javascript: bool = True,
        user: User | None = None,
    ) -> Page:
        width, height = WINDOWS[window]
        context = chromium.new_context(
            base_url=live_server.url,
            viewport={"width": width, "height": height},
            locale=language,
            java_script_enabled=javascript,
            is_mobile=window == "phone",
            has_touch=window == "phone",
        )
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: complaints.append(str(error)))
        page.on("console", lambda line: complaints.extend(_complaint(line)))
        if user is not None:
            sign_in(page, user, live_server.url)
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert not complaints


def _complaint(line: ConsoleMessage) -> list[str]:
    """Return an error of the page itself; that an answer was a refusal is what some tests ask for."""
    if line.type != "error" or line.text.startswith("Failed to load resource"):
        return []
    return [line.text]


def sign_in(page: Page, user: User, url: str) -> None:
    """Give the window the session of somebody who has signed in; the sign-in page has a test of its own."""
    client = Client()
    client.force_login(user)
    name = settings.SESSION_COOKIE_NAME
    page.context.add_cookies([{"name": name, "value": client.cookies[name].value, "url": url}])


@pytest.fixture
def check_accessibility() -> Callable[[Page], None]:
    """Fail when axe finds a serious fault in a page."""

    def check(page: Page) -> None:
        faults = [fault for fault in Axe().run(page).response["violations"] if fault["impact"] in GRAVE]
        assert not faults, [
            (fault["id"], fault["help"], [node["html"][:200] for node in fault["nodes"][:5]])
            for fault in faults
        ]

    return check


@pytest.fixture
def look(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keep a picture of the page where KUAGER_TEST_PICTURES says; without it, none."""
    folder = os.environ.get("KUAGER_TEST_PICTURES")

    def take(page: Page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take


@pytest.fixture
def check_no_sideways_scrolling() -> Callable[[Page], None]:
    """Fail when a page is wider than its window; wide tables scroll inside their own frame."""

    def check(page: Page) -> None:
        page.wait_for_load_state()
        width = page.viewport_size["width"] if page.viewport_size else 0
        client = page.context.new_cdp_session(page)
        content = client.send("Page.getLayoutMetrics")["cssContentSize"]["width"]
        assert content <= width, f"{page.url} is {content} px wide in a window of {width} px"

    return check


@pytest.fixture(autouse=True)
def data_folder(settings: object, tmp_path: Path) -> Path:
    """Keep what a test uploads in a folder of its own."""
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    return tmp_path
