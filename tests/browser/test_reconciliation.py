"""Rival lists on a phone without JavaScript: choose, compare, look behind a number, take the paper away."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from kuager.domain.accounts.models import User
from tests.browser.conftest import OpenPage
from tests.integration.two_lists import import_two_lists

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


def test_why_numbers_differ_is_found_on_a_phone(
    asel: User, open_page: OpenPage, tmp_path: Path, check_accessibility: Callable[[Page], None]
) -> None:
    import_two_lists(tmp_path, by=asel)
    page = open_page(window="phone", javascript=False, user=asel)
    page.goto("/en/desk/lists/")
    page.get_by_role("link", name="Why the lists give different numbers").click()
    for title in ("Hotline", "Reporters"):
        page.get_by_label(title).check()
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".headline")).to_have_text("Hotline: 5 · Reporters: 5")
    page.get_by_role("link", name="+ 5").first.click()
    expect(page.locator("#people")).to_have_text("On Reporters and not on Hotline (5)")
    expect(page.locator("ul.people li")).to_have_count(5)
    with page.expect_download() as taken:
        page.get_by_role("button", name="PDF").click()
    text = PdfReader(taken.value.path()).pages[0].extract_text()
    assert "Hotline 5 − 5 only on Hotline = 0 on both" in text
    assert "Toleutaev" not in text
    address = page.url
    looked = open_page(window="phone", user=asel)
    looked.goto(address)
    assert looked.evaluate("document.documentElement.scrollWidth") <= 360
    check_accessibility(looked)
