"""Estimates in a real Chromium: asked at the desk, stopped, published, read by the world, also on a phone."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from kuager.domain.accounts.models import User
from kuager.domain.lists import operations
from kuager.domain.lists.models import EstimateRun
from kuager.domain.publication import operations as publication
from tests.browser.conftest import OpenPage
from tests.integration.known_lists import ENOUGH, KnownLists, known_lists
from tests.integration.quick_methods import leave_quick_methods
from tests.integration.small_register import DAY, LATER, NOW

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Check = Callable[[Page], None]
Look = Callable[[Page, str], None]
IMMEDIATE = "django_tasks.backends.immediate.ImmediateBackend"
NOBODY = "django_tasks.backends.dummy.DummyBackend"


@pytest.fixture(autouse=True)
def worker(settings: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Do background work at once, or let nobody do it."""

    def use(backend: str) -> None:
        settings.TASKS = {"default": {"BACKEND": backend}}

    leave_quick_methods(monkeypatch)
    use(IMMEDIATE)
    return use


@pytest.fixture
def known(asel: User) -> KnownLists:
    return known_lists(asel, ENOUGH)


def ask(page: Page) -> None:
    page.goto("/en/desk/estimates/")
    for number in (1, 2, 3):
        page.get_by_label(f"Known list {number}").check()
    page.get_by_label("As of", exact=True).fill(DAY.isoformat())
    page.get_by_role("button", name="Show the overlap").click()
    page.get_by_label("Groups of people").select_option("age_group")
    page.get_by_role("button", name="Estimate", exact=True).click()


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_an_estimate_is_asked_read_and_put_into_a_snapshot(  # noqa: PLR0917  # fixtures
    known: KnownLists,
    farida: User,
    open_page: OpenPage,
    check_accessibility: Check,
    check_no_sideways_scrolling: Check,
    look: Look,
    window: Any,
) -> None:
    page = open_page(window=window, user=farida, javascript=window == "desktop")
    ask(page)
    expect(page.locator(".headline")).to_contain_text("At least")
    expect(page.get_by_role("heading", name="May it be published?")).to_be_visible()
    look(page, f"estimate-{window}")
    check_no_sideways_scrolling(page)
    page.get_by_role("button", name="Put it into the next snapshot").click()
    expect(page.get_by_role("button", name="Take it out again")).to_be_visible()
    publication.publish_snapshot(
        snapshot=publication.build_snapshot(as_of=DAY, by=farida, at=page_time()), by=farida, at=page_time()
    )
    if window == "desktop":
        check_accessibility(page)
    read_in_public(open_page(window=window), check_accessibility, check_no_sideways_scrolling, look, window)


def page_time() -> Any:
    """The estimate was asked by a page, so the snapshot must know at least as much as this moment."""
    return EstimateRun.objects.latest("pk").run_at


def read_in_public(
    page: Page, check_accessibility: Check, check_no_sideways_scrolling: Check, look: Look, window: str
) -> None:
    page.goto("/en/")
    expect(page.locator(".quote")).to_contain_text("the lists together name 91")
    page.get_by_role("link", name="How do we know? Estimate, everybody on the lists").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Estimate")
    expect(page.get_by_role("heading", name="It is right only if")).to_be_visible()
    look(page, f"public-estimate-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
    for language in ("kk", "ru"):
        page.goto(f"/{language}/estimates/all/")
        check_no_sideways_scrolling(page)
        look(page, f"public-estimate-{window}-{language}")


def test_a_page_shows_progress_and_refreshes_itself(
    known: KnownLists,
    farida: User,
    open_page: OpenPage,
    check_accessibility: Check,
    look: Look,
    worker: Callable[[str], None],
) -> None:
    worker(NOBODY)
    page = open_page(window="phone", user=farida)
    ask(page)
    expect(page.get_by_role("status")).to_contain_text("waits for its turn")
    check_accessibility(page)
    run = EstimateRun.objects.get()
    EstimateRun.objects.update(state="running", progress=0.4, progress_of="chao", progress_at=run.run_at)
    expect(page.get_by_role("status")).to_contain_text("40 %")
    look(page, "estimate-running-phone")
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("status")).to_contain_text("It will stop at its next step")
    EstimateRun.objects.update(state="stopped", ended_at=run.run_at)
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_role("status")).to_contain_text("waits for its turn")
    operations.compute_estimate(run=EstimateRun.objects.get(), clock=lambda: run.run_at)
    expect(page.locator(".headline")).to_contain_text("At least")


def test_without_javascript_a_waiting_estimate_can_be_looked_at_again(
    known: KnownLists, farida: User, open_page: OpenPage, worker: Callable[[str], None]
) -> None:
    worker(NOBODY)
    page = open_page(window="phone", user=farida, javascript=False)
    ask(page)
    page.get_by_role("link", name="Look again").click()
    page.get_by_text("It waits too long").click()
    page.get_by_role("button", name="Compute it now").click()
    expect(page.locator(".headline")).to_contain_text("At least")


def test_declarations_and_complaints_are_asked_in_words(
    known: KnownLists, farida: User, open_page: OpenPage, check_accessibility: Check, look: Look
) -> None:
    page = open_page(window="phone", user=farida)
    page.goto("/en/desk/estimates/")
    check_accessibility(page)
    page.get_by_role("link", name="Known list 2").click()
    page.get_by_label("People it cannot contain").fill("people who died at home")
    check_accessibility(page)
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("people who died at home")).to_be_visible()
    for number in (1, 2, 3):
        page.get_by_label(f"Known list {number}").check()
    page.get_by_label("As of", exact=True).fill(DAY.isoformat())
    page.get_by_role("button", name="Show the overlap").click()
    page.get_by_label("List of complaints").select_option("Known list 3")
    page.get_by_role("button", name="Show the share").click()
    expect(page.locator(".headline")).to_contain_text("complained")
    check_accessibility(page)
    look(page, "complaints-phone")


def test_draws_are_shown_behind_a_fold(
    known: KnownLists, farida: User, open_page: OpenPage, look: Look
) -> None:
    import numpy as np

    from kuager.domain.lists.models import EstimateDraws

    run = operations.run_estimate(lists=known.lists, as_of=DAY, by=farida, at=LATER)
    drawn = np.random.default_rng(1).normal(140, 9, size=(4, 200)).astype("<f8")
    EstimateDraws.objects.create(
        run=run, method="latent-class", chains=4, total=drawn.tobytes(), digest="0" * 64
    )
    assert NOW > LATER
    page = open_page(user=farida)
    page.goto(f"/en/desk/estimates/{run.pk}/")
    page.get_by_text("Latent classes of people").last.click()
    for image in page.locator("details[open] img").all():
        image.scroll_into_view_if_needed()
        expect(image).to_have_js_property("complete", True)
        assert image.evaluate("image => image.naturalWidth") > 0
    look(page, "estimate-draws")
