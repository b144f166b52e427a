"""Blind double review and a wrong merge undone, on phone and desktop, with and without script."""

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.lists import operations
from kuager.domain.lists.models import BlindAnswer, DoubleReview, LinkRun
from kuager.domain.people.models import Judgement
from tests.browser.conftest import OpenPage, Window
from tests.integration.two_lists import import_two_lists, link

Check = Callable[[Page], None]
Look = Callable[[Page, str], None]

pytestmark = pytest.mark.browser


@pytest.fixture
def run(asel: User, tmp_path: Path) -> LinkRun:
    """A link run over two invented lists."""
    return link(import_two_lists(tmp_path, by=asel), by=asel)


@pytest.fixture
def saule(db: None) -> User:
    """A statistician."""
    return create_user(username="saule", role=Role.STATISTICIAN)


@pytest.fixture
def review(run: LinkRun, saule: User) -> DoubleReview:
    """A sample of all pairs of the run."""
    at = run.known_at + timedelta(minutes=5)
    return operations.draw_double_review(run=run, size=10, seed=3, by=saule, at=at)


@pytest.mark.parametrize(("window", "javascript"), [("desktop", True), ("phone", False)])
def test_a_sample_is_answered_blindly_by_key_or_button(  # noqa: PLR0917
    open_page: OpenPage,
    asel: User,
    review: DoubleReview,
    window: Window,
    javascript: bool,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    page = open_page(user=asel, window=window, javascript=javascript)
    page.goto("/en/desk/review/")
    look(page, f"queue-with-sample-{window}")
    check_no_sideways_scrolling(page)
    page.click("text=Answer the next one")
    look(page, f"blind-{window}")
    check_no_sideways_scrolling(page)
    expect(page.locator("main")).not_to_contain_text("%")
    name = page.locator(".side h2").first.inner_text()
    if javascript:
        page.wait_for_selector("html.has-keys")
        page.keyboard.press("d")
    else:
        page.click("button:has-text('Different')")
    expect(page.locator(".note.success")).to_contain_text("different people")
    assert BlindAnswer.objects.get(ended_at=None).verdict == "different"
    assert not Judgement.objects.exists()
    page.click("button:has-text('Undo last')")
    expect(page.locator(".note.success")).to_contain_text("Taken back")
    expect(page.locator(".side h2").first).to_have_text(name)


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_a_wrong_merge_is_undone_where_its_evidence_stands(
    open_page: OpenPage,
    asel: User,
    run: LinkRun,
    window: Window,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    at = run.known_at + timedelta(minutes=5)
    operations.accept_links(run=run, threshold=0.9, explanation="in haste", by=asel, at=at)
    pair = run.pairs.order_by("-probability")[0]
    page = open_page(user=asel, window=window, javascript=False)
    page.goto(f"/en/desk/register/records/{pair.record_a_id}/")
    page.locator("a", has_text=re.compile("The evidence, part by part")).first.click()
    look(page, f"evidence-{window}")
    check_no_sideways_scrolling(page)
    page.click("summary:has-text('Undo this judgement')")
    page.fill("input[name=reason]", "their mother called: two brothers")
    page.click("button.danger")
    expect(page.locator(".note.success")).to_contain_text("undone")
    page.click("button:has-text('Different')")
    page.goto("/en/desk/review/taken-back/")
    look(page, f"taken-back-{window}")
    check_no_sideways_scrolling(page)
    expect(page.locator("main")).to_contain_text("their mother called: two brothers")
    expect(page.locator("main")).to_contain_text("in haste")
    expect(page.locator("main")).to_contain_text("different people")


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_pages_of_measuring_have_no_serious_fault_for_assistive_technology(  # noqa: PLR0917
    open_page: OpenPage,
    asel: User,
    saule: User,
    run: LinkRun,
    review: DoubleReview,
    language: str,
    check_accessibility: Check,
) -> None:
    at = run.known_at + timedelta(minutes=10)
    for number, sampled in enumerate(review.pairs.order_by("position")[:2]):
        verdicts = ("same", "different" if number == 0 else "same")
        for user, verdict in zip((asel, saule), verdicts, strict=True):
            operations.answer_blindly(sampled=sampled, verdict=verdict, by=user, at=at)
    page = open_page(user=saule, language=language)
    left = review.pairs.filter(state="first")[0]
    listed = run.lists.order_by("pk")[0]
    for address in (
        "review/",
        f"review/double/{review.pk}/",
        f"review/double/pairs/{left.pk}/",
        f"review/runs/{run.pk}/double/",
        f"review/runs/{run.pk}/",
        "review/reviewers/",
        "review/taken-back/",
        f"lists/{listed.pk}/",
    ):
        page.goto(f"/{language}/desk/{address}")
        check_accessibility(page)
