"""Pages of a link run and of a call, in real windows: readable on a phone, whole without JavaScript."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project
from playwright.sync_api import Page, expect

from kuager.domain.accounts.models import User
from kuager.domain.lists import operations
from kuager.domain.lists.models import LinkRun
from tests.browser.conftest import OpenPage, Window
from tests.integration.two_lists import TwoLists, import_two_lists, link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Check = Callable[[Page], None]
Look = Callable[[Page, str], None]


@pytest.fixture
def lists(asel: User, tmp_path: Path, settings: Any) -> TwoLists:
    settings.DATA = tmp_path
    return import_two_lists(tmp_path, by=asel)


@pytest.mark.parametrize(("window", "language"), [("phone", "kk"), ("desktop", "en")])
def test_a_run_says_what_to_expect_of_it_in_every_window(  # noqa: PLR0917
    open_page: OpenPage,
    lists: TwoLists,
    asel: User,
    window: Window,
    language: str,
    check_accessibility: Check,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    link(lists, by=asel)
    run = link(lists, by=asel)
    operations.audit_linkage(run=run, by=asel, at=lists.at)
    page = open_page(user=asel, window=window, language=language)
    page.goto(f"/{language}/desk/review/runs/{run.pk}/")
    for one in page.locator("main details > summary").all():
        one.click()
    look(page, f"run-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
    page.goto(f"/{language}/desk/review/runs/{run.pk}/accept/?threshold=50")
    look(page, f"run-accept-{window}")
    check_accessibility(page)


@pytest.mark.parametrize("javascript", [True, False], ids=["with scripts", "without scripts"])
def test_a_run_is_asked_for_stopped_and_begun_again(
    open_page: OpenPage, lists: TwoLists, asel: User, javascript: bool, check_accessibility: Check, look: Look
) -> None:
    page = open_page(user=asel, window="phone", javascript=javascript)
    page.goto("/en/desk/review/runs/")
    for box in page.locator("input[name=lists]").all():
        box.check()
    page.get_by_role("button", name="Start a run").click()
    expect(page.locator("#progress")).to_contain_text("waits for its turn")
    look(page, "run-waits")
    if javascript:
        check_accessibility(page)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#progress")).to_contain_text("Somebody stopped this link run")
    page.get_by_role("button", name="Begin again").click()
    expect(page.locator("#progress")).to_contain_text("waits for its turn")
    # Nobody works in the background here; the page notices by itself that it is done, or when asked again.
    run = LinkRun.objects.get()
    operations.compute_linkage(run=run, clock=lambda: run.asked_at)
    if not javascript:
        page.get_by_role("link", name="Look again").click()
    expect(page.locator("main")).to_contain_text("What to expect of its links", timeout=15_000)


@pytest.mark.parametrize(("window", "language"), [("phone", "ru"), ("desktop", "en")])
def test_a_call_is_searched_by_all_the_caller_says(  # noqa: PLR0917
    open_page: OpenPage,
    lists: TwoLists,
    asel: User,
    window: Window,
    language: str,
    check_accessibility: Check,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    link(lists, by=asel)
    operations.build_index(Path(project.DATA) / operations.INDEX_FOLDER)
    page = open_page(user=asel, window=window, language=language)
    page.goto(f"/{language}/desk/calls/")
    page.fill("#id_text", "Saule Ibrayeva")
    page.fill("#id_age", "19")
    page.fill("#id_place", "Алматы")
    expect(page.locator("#found li").first).to_contain_text("Ибраева Сауле")
    look(page, f"call-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
