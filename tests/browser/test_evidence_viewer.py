"""Looking at evidence in real windows: steps, boxes, transcript, player; with and without script."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from kuager.domain.accounts.models import User
from kuager.domain.evidence import operations
from kuager.domain.evidence.models import CustodyEvent, DigitalItem
from kuager.engines.vault.vault import Vault
from tests.browser.conftest import OpenPage, Window
from tests.integration.evidence_story import AT
from tests.media_files import pdf, video
from tests.open_vault import kept, open_for_server

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Check = Callable[[Page], None]
Look = Callable[[Page, str], None]
# The first page of a run loads every library that draws, while the browser starts too.
PATIENCE_MS = 60_000
SPEECH = "WEBVTT\n\n00:00.400 --> 00:01.000\n<v Asel>Тыныш, келе жатыр.\n\n00:02.000 --> 00:03.000\nЕсік.\n"
SPEECH_RU = "WEBVTT\n\n00:00.400 --> 00:01.000\nТихо, идут.\n\n00:02.000 --> 00:03.000\nДверь.\n"


@pytest.fixture(scope="module")
def film_bytes() -> bytes:
    """Six seconds and more, VP8 and Opus: Debian's Chromium plays them whatever else it plays."""
    return video(frames=160, container="webm", every=25, sound=True)


@pytest.fixture
def vault(settings: Any) -> Vault:
    return open_for_server(settings)


@pytest.fixture
def film(vault: Vault, asel: User, film_bytes: bytes) -> DigitalItem:
    item = kept(vault, asel, film_bytes, "video/webm")
    for language, text in (("kk", SPEECH), ("ru", SPEECH_RU)):
        operations.add_transcript(
            vault=vault,
            item=item,
            language=language,
            text=text,
            is_translation=language == "ru",
            by=asel,
            at=AT,
        )
    return item


def uncover(page: Page, item: DigitalItem, *, button: str = "Show small and grey") -> None:
    page.goto(f"/en/desk/evidence/{item.number}/look/", timeout=PATIENCE_MS)
    page.click(f"button:has-text('{button}')")
    expect(page.locator("#frame")).to_be_visible()


def frame_shown(page: Page) -> int:
    """Read the number out of the picture as the browser shows it."""
    return int(
        page.evaluate(
            """async () => {
                const image = document.getElementById("frame");
                await image.decode();
                const canvas = document.createElement("canvas");
                canvas.width = 8; canvas.height = 1;
                canvas.getContext("2d").drawImage(image, 0, 0, 8, 1);
                const data = canvas.getContext("2d").getImageData(0, 0, 8, 1).data;
                let number = 0;
                for (let bit = 0; bit < 8; bit += 1) number += data[bit * 4] > 45 ? 2 ** bit : 0;
                return number;
            }"""
        )
    )


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_nothing_is_seen_or_heard_until_somebody_asks(  # noqa: PLR0917
    open_page: OpenPage,
    film: DigitalItem,
    asel: User,
    window: Window,
    check_accessibility: Check,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    page = open_page(user=asel, window=window)
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"/en/desk/evidence/{film.number}/look/", timeout=PATIENCE_MS)
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/frame/" in url or "/original/" in url]
    expect(page.locator("video, audio, #frame")).to_have_count(0)
    look(page, f"viewer-covered-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
    page.click("button:has-text('Show small and grey')")
    assert CustodyEvent.objects.filter(item=film, act="viewed", by=asel).count() == 1
    look(page, f"viewer-shown-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
    page.click("button:has-text('Cover it again')")
    expect(page.locator("#frame")).to_have_count(0)


@pytest.mark.parametrize(("window", "javascript"), [("desktop", True), ("phone", False)])
def test_every_frame_is_reached_by_button(
    open_page: OpenPage, film: DigitalItem, asel: User, window: Window, javascript: bool
) -> None:
    page = open_page(user=asel, window=window, javascript=javascript)
    uncover(page, film)

    def lands(code: str) -> None:
        expect(page.locator("#time")).to_have_text(code)

    lands("00:00:00.000")
    for code in ("00:00:00.040", "00:00:00.080"):
        page.click("#step-next")
        lands(code)
    page.click("#step-on-1")
    lands("00:00:01.080")
    page.click("#step-previous")
    lands("00:00:01.040")
    if javascript:
        assert frame_shown(page) == 26
    page.fill("#goto", "0:05,5")
    page.click("button:has-text('Go')")
    lands("00:00:05.480")
    page.click("#step-back-10")
    lands("00:00:00.000")
    expect(page.locator("#step-previous")).to_have_attribute("aria-disabled", "true")


def test_keys_and_slider_step_without_loading_the_page(
    open_page: OpenPage, film: DigitalItem, asel: User
) -> None:
    page = open_page(user=asel)
    uncover(page, film)
    loaded: list[Request] = []
    page.on("request", lambda request: loaded.append(request) if request.is_navigation_request() else None)
    time = page.locator("#time")
    for number in range(1, 6):
        page.keyboard.press("ArrowRight")
        expect(time).to_have_text(f"00:00:00.{number * 40:03d}")
    page.keyboard.press("Shift+ArrowRight")
    expect(time).to_have_text("00:00:01.200")
    page.keyboard.press("ArrowLeft")
    expect(time).to_have_text("00:00:01.160")
    assert frame_shown(page) == 29
    slider = page.get_by_label("Place in the film")
    slider.focus()
    slider.evaluate("one => { one.value = 4000; one.dispatchEvent(new Event('change')); }")
    expect(time).to_have_text("00:00:04.000")
    expect(slider).to_have_attribute("aria-valuetext", "00:00:04.000")
    assert page.url.endswith("?t=4000")
    assert not loaded
    page.reload()
    expect(time).to_have_text("00:00:04.000")


def test_a_box_is_drawn_with_the_mouse_and_leads_back(
    open_page: OpenPage, film: DigitalItem, asel: User, look: Look, check_accessibility: Check
) -> None:
    page = open_page(user=asel)
    uncover(page, film, button="Show in colour")
    page.click("#step-on-1")
    expect(page.locator("#time")).to_have_text("00:00:01.000")
    page.click("summary:has-text('Mark this place')")
    page.click("#draw")
    page.locator("#picture").scroll_into_view_if_needed()
    box = page.locator("#boxes").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.25, box["y"] + box["height"] * 0.5)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.9, steps=4)
    page.mouse.up()
    page.keyboard.type("a sign over the door")
    look(page, "viewer-drawing-desktop")
    page.click("#mark-form button.primary")
    expect(page.locator(".note.success")).to_be_visible()
    mark = film.marks.get()
    assert mark.time_ms == 1_000
    drawn = (mark.box_x, mark.box_y, mark.box_width, mark.box_height)
    assert all(abs((one or 0) - wanted) <= 8 for one, wanted in zip(drawn, (250, 500, 250, 400), strict=True))
    expect(page.locator("rect.box:not(.new)")).to_have_count(1)
    look(page, "viewer-mark-desktop")
    page.click("#step-back-1")
    expect(page.locator("#time")).to_have_text("00:00:00.000")
    expect(page.locator("rect.box:not(.new)")).to_have_count(0)
    page.click(".marks a.jump")
    expect(page.locator("#time")).to_have_text("00:00:01.000")
    expect(page.locator("rect.box:not(.new)")).to_have_count(1)
    page.click(".marks summary")
    check_accessibility(page)


def test_a_box_is_drawn_with_a_finger(open_page: OpenPage, film: DigitalItem, asel: User, look: Look) -> None:
    page = open_page(user=asel, window="phone")
    uncover(page, film)
    page.click("summary:has-text('Mark this place')")
    page.click("#draw")
    box = page.locator("#boxes").bounding_box()
    assert box is not None
    touch = page.context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.2), ("touchMove", 0.5), ("touchMove", 0.7)):
        points = [{"x": box["x"] + box["width"] * share, "y": box["y"] + box["height"] * share}]
        touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(page.locator("[name=left]")).to_have_value(re.compile(r"^(19|20)\.\d$"))
    expect(page.locator("[name=width]")).to_have_value(re.compile(r"^(49|50)\.\d$"))
    look(page, "viewer-drawing-phone")


def test_a_mark_is_written_by_numbers_without_script(
    open_page: OpenPage, film: DigitalItem, asel: User, check_no_sideways_scrolling: Check, look: Look
) -> None:
    page = open_page(user=asel, window="phone", javascript=False)
    uncover(page, film)
    page.click("#step-on-1")
    page.click("summary:has-text('Mark this place')")
    page.fill("[name=note]", "a lamp goes out")
    for name, value in (("left", "10"), ("top", "20"), ("width", "30"), ("height", "40")):
        page.fill(f"[name={name}]", value)
    look(page, "viewer-mark-form-phone")
    check_no_sideways_scrolling(page)
    page.click("#mark-form button.primary")
    expect(page.locator("rect.box:not(.new)")).to_have_attribute("width", "300")
    mark = film.marks.get()
    assert (mark.time_ms, mark.box_height) == (1_000, 400)
    look(page, "viewer-marked-phone")


def test_the_transcript_follows_and_leads(
    open_page: OpenPage, film: DigitalItem, asel: User, look: Look
) -> None:
    page = open_page(user=asel)
    uncover(page, film)
    row = page.locator(".speech tr", has_text="Есік.")
    expect(row).to_contain_text("Дверь.")
    row.locator("a").click()
    expect(page.locator("#time")).to_have_text("00:00:02.000")
    expect(row).to_have_attribute("aria-current", "true")
    look(page, "viewer-speech-desktop")


def test_the_film_plays_silently_from_the_middle(
    open_page: OpenPage, film: DigitalItem, asel: User, look: Look
) -> None:
    page = open_page(user=asel)
    answers: list[tuple[int, str]] = []
    page.on(
        "response",
        lambda answer: (
            answers.append((answer.status, answer.headers.get("content-range", "")))
            if answer.url.endswith("/original/")
            else None
        ),
    )
    page.goto(f"/en/desk/evidence/{film.number}/look/", timeout=PATIENCE_MS)
    page.click("summary:has-text('Play the original')")
    page.click("button:has-text('show the player')")
    player = page.locator("#player")
    expect(player).to_be_visible()
    player.evaluate(
        """one => one.readyState >= 1
            || new Promise(done => one.addEventListener("loadedmetadata", () => done(true)))"""
    )
    assert player.evaluate("one => [one.muted, one.paused, one.autoplay]") == [True, True, False]
    player.evaluate("one => { one.currentTime = 5.02; return one.play(); }")
    expect(player).to_be_visible()
    player.evaluate(
        """one => new Promise((done) => {
            const look = () => one.currentTime > 5.3 ? done(true) : setTimeout(look, 50);
            look();
        })"""
    )
    assert player.evaluate("one => one.error") is None
    number = player.evaluate(
        """async (one) => {
            one.pause();
            one.currentTime = 5.02;
            await new Promise((done) => one.addEventListener("seeked", done, { once: true }));
            const canvas = document.createElement("canvas");
            canvas.width = 8; canvas.height = 1;
            canvas.getContext("2d").drawImage(one, 0, 0, 8, 1);
            const data = canvas.getContext("2d").getImageData(0, 0, 8, 1).data;
            let number = 0;
            for (let bit = 0; bit < 8; bit += 1) number += data[bit * 4] > 120 ? 2 ** bit : 0;
            return number;
        }"""
    )
    assert number == 125
    assert answers
    assert {status for status, _ in answers} == {206}
    assert player.evaluate("one => one.textTracks.length") == 2
    look(page, "viewer-player-desktop")
    page.click("#take-time")
    page.click("summary:has-text('Mark this place')")
    expect(page.locator("#mark-form [name=at]")).to_have_value("00:00:05.020")
    assert CustodyEvent.objects.filter(item=film, act="viewed").count() == 1


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_a_finding_is_written_and_looked_at_again(  # noqa: PLR0917
    open_page: OpenPage,
    film: DigitalItem,
    asel: User,
    gulnar: User,
    window: Window,
    check_accessibility: Check,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    page = open_page(user=asel, window=window)
    page.goto(f"/en/desk/evidence/{film.number}/findings/")
    page.click("text=Write down a finding >> nth=0")
    page.fill("[name=question]", "Where was this filmed?")
    page.fill("[name=method]", "Compared the tower and the bend of the road with satellite pictures.")
    page.fill("[name=finding]", "On the northern side of the square.")
    page.check("text=probable")
    page.fill("[name=coordinates]", "43.2389, 76.9457")
    page.fill("[name=landmarks]", "tower, three poplars, bend of the road")
    look(page, f"viewer-finding-form-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
    page.click("button.primary")
    look(page, f"viewer-findings-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
    second = open_page(user=gulnar, window=window)
    uncover(second, film)
    second.goto(f"/en/desk/evidence/{film.number}/findings/")
    second.click("text=Look again as the second person")
    expect(second.locator("main")).to_contain_text("43.238900, 76.945700")
    look(second, f"viewer-second-{window}")
    check_no_sideways_scrolling(second)
    check_accessibility(second)
    second.check("[name=has_looked]")
    second.click("button.primary")
    expect(second.locator(".tag.good").first).to_be_visible()


@pytest.mark.parametrize("window", ["phone", "desktop"])
def test_documents_are_leafed_through_and_transcripts_are_taken(  # noqa: PLR0917
    open_page: OpenPage,
    vault: Vault,
    film: DigitalItem,
    asel: User,
    window: Window,
    check_accessibility: Check,
    check_no_sideways_scrolling: Check,
    look: Look,
) -> None:
    paper = kept(vault, asel, pdf(3), "application/pdf")
    page = open_page(user=asel, window=window)
    uncover(page, paper)
    page.click("#step-next")
    expect(page.locator("#picture-title")).to_contain_text("Page 2")
    look(page, f"viewer-page-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
    page.goto(f"/en/desk/evidence/{film.number}/transcripts/")
    page.select_option("select[name=language]", "en")
    page.check("[name=is_translation]")
    page.fill("[name=text]", SPEECH.replace("00:02.000 -->", "then -->"))
    page.click("button.primary")
    expect(page.locator(".note.warn[role=alert]")).to_contain_text("Line 6")
    look(page, f"viewer-transcripts-{window}")
    check_no_sideways_scrolling(page)
    check_accessibility(page)
