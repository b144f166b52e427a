"""Looking at an item: covered until asked, recorded before shown, stepped frame by frame without script."""

import io
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.evidence import operations
from kuager.domain.evidence.models import CustodyEvent, DigitalItem
from kuager.engines.vault.vault import Vault
from kuager.interfaces.desk.evidence_viewer.sealed_pictures import SealedPictures, Wanted
from tests.integration.evidence_story import AT, keep
from tests.media_files import number_in, pdf, photograph, video
from tests.open_vault import kept, open_for_server

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def clip_bytes() -> bytes:
    return video(frames=30, size=(640, 360), every=10)


@pytest.fixture
def vault(settings: Any) -> Vault:
    return open_for_server(settings)


@pytest.fixture
def clip(vault: Vault, asel: User, clip_bytes: bytes) -> DigitalItem:
    return kept(vault, asel, clip_bytes, "video/mp4")


@pytest.fixture
def desk(client: Client, asel: User) -> Client:
    client.force_login(asel)
    return client


def show(client: Client, item: DigitalItem, **more: str) -> Any:
    return client.post(
        reverse("evidence-show", args=[item.number]), {"way": "pictures", "tone": "colour", **more}
    )


def frame(client: Client, item: DigitalItem, ms: int) -> Any:
    return client.get(reverse("evidence-frame", args=[item.number, ms]))


def shown_number(answer: Any) -> int:
    return number_in(Image.open(io.BytesIO(answer.content)))


def page_text(client: Client, item: DigitalItem, query: str = "") -> str:
    return str(client.get(reverse("evidence-look", args=[item.number]) + query).content.decode())


def test_an_item_is_covered_until_somebody_asks(desk: Client, clip: DigitalItem) -> None:
    text = page_text(desk, clip)
    assert "Covered" in text or "blurred" in text
    assert reverse("evidence-frame", args=[clip.number, 0]) not in text
    assert "<video" not in text
    assert frame(desk, clip, 0).status_code == 403
    assert desk.get(reverse("evidence-original", args=[clip.number])).status_code == 403
    assert not CustodyEvent.objects.filter(item=clip, act="viewed").exists()


def test_nothing_can_be_made_out_in_the_covering_picture(desk: Client, clip: DigitalItem) -> None:
    answer = desk.get(reverse("evidence-blurred", args=[clip.number]))
    image = Image.open(io.BytesIO(answer.content))
    assert image.mode == "L"
    assert max(image.size) <= 192
    assert "sandbox" in answer["Content-Security-Policy"]


def test_a_view_is_in_the_custody_history_before_anything_is_shown(
    desk: Client, vault: Vault, clip: DigitalItem, asel: User
) -> None:
    answer = show(desk, clip, t="400")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?t=400#picture")
    event = CustodyEvent.objects.get(item=clip, act="viewed")
    assert (event.by, vault.event(event.number).opening.detail["what"]) == (asel, "frames")
    assert frame(desk, clip, 400).status_code == 200


def test_asking_is_a_post(desk: Client, clip: DigitalItem) -> None:
    assert desk.get(reverse("evidence-show", args=[clip.number])).status_code == 405
    assert desk.get(reverse("evidence-cover", args=[clip.number])).status_code == 405


def test_a_view_that_cannot_be_recorded_is_not_shown(
    desk: Client, clip: DigitalItem, vault: Vault, settings: Any
) -> None:
    log = Path(settings.VAULT) / "log"
    heads = (log / "heads").read_bytes()
    (log / "heads").write_bytes(bytes(len(heads)))
    try:
        assert show(desk, clip).status_code == 500
        assert frame(desk, clip, 0).status_code in (403, 500)
    finally:
        (log / "heads").write_bytes(heads)
    assert frame(desk, clip, 0).status_code == 403


def test_pictures_are_grey_and_small_unless_more_is_asked(desk: Client, clip: DigitalItem) -> None:
    desk.post(reverse("evidence-show", args=[clip.number]), {"way": "pictures"})
    image = Image.open(io.BytesIO(frame(desk, clip, 40).content))
    assert (image.mode, image.width) == ("L", 480)
    desk.post(reverse("evidence-looks", args=[clip.number]), {"tone": "colour", "size": "large"})
    image = Image.open(io.BytesIO(frame(desk, clip, 40).content))
    assert (image.mode, image.width) == ("RGB", 640)
    assert desk.post(reverse("evidence-looks", args=[clip.number]), {"tone": "loud"}).status_code == 422


def test_every_link_of_the_page_leads_to_the_right_frame(desk: Client, clip: DigitalItem) -> None:
    show(desk, clip)
    text, seen = page_text(desk, clip), []
    for _ in range(4):
        found = re.search(rf'id="frame" src="([^"]*/evidence/{clip.number}/frame/\d+/)"', text)
        assert found is not None
        seen.append(shown_number(desk.get(found[1])))
        link = re.search(r'id="step-next" href="([^"]+)"', text)
        assert link is not None
        text = page_text(desk, clip, link[1].replace("&amp;", "&").split("#")[0])
    assert seen == [0, 1, 2, 3]
    back = re.search(r'id="step-previous" href="([^"]+)"', text)
    assert back is not None
    text = page_text(desk, clip, back[1].split("#")[0])
    assert f"/frame/{3 * 40}/" in text
    assert 'id="step-back-10" href="?t=0#picture"' in text
    assert 'id="step-on-10" aria-disabled="true"' in text


def test_a_time_code_leads_to_its_frame_and_what_is_none_is_told(desk: Client, clip: DigitalItem) -> None:
    show(desk, clip)
    assert "/frame/480/" in page_text(desk, clip, "?at=00:00:00.500")
    assert 'id="goto-error"' in page_text(desk, clip, "?at=tomorrow")
    assert "/frame/0/" in page_text(desk, clip, "?t=-5")


def test_the_frame_tells_where_it_begins_and_where_the_next_does(desk: Client, clip: DigitalItem) -> None:
    show(desk, clip)
    answer = frame(desk, clip, 1_170)
    assert (answer["Kuager-Ms"], answer["Kuager-Next-Ms"]) == ("1160", "")
    answer = frame(desk, clip, 399)
    assert (answer["Kuager-Ms"], answer["Kuager-Next-Ms"]) == ("360", "400")
    assert shown_number(answer) == 9
    for header, value in {"Content-Type": "image/jpeg", "Cache-Control": "no-store"}.items():
        assert answer[header] == value


def test_covering_again_and_half_an_hour_close_it(desk: Client, clip: DigitalItem) -> None:
    show(desk, clip)
    desk.post(reverse("evidence-cover", args=[clip.number]))
    assert frame(desk, clip, 0).status_code == 403
    show(desk, clip)
    session = desk.session
    session["evidence_shown"] = {str(clip.number): {"pictures": 1_000_000.0}}
    session.save()
    assert frame(desk, clip, 0).status_code == 403
    assert CustodyEvent.objects.filter(item=clip, act="viewed").count() == 2


def test_what_one_item_showed_opens_no_other(
    desk: Client, vault: Vault, asel: User, clip: DigitalItem, client: Client, gulnar: User
) -> None:
    other = kept(vault, asel, photograph(), "image/jpeg")
    show(desk, clip)
    assert frame(desk, other, 0).status_code == 403
    stranger = Client()
    stranger.force_login(gulnar)
    assert frame(stranger, clip, 0).status_code == 403


def test_photographs_and_pages_are_shown_likewise(desk: Client, vault: Vault, asel: User) -> None:
    photo = kept(vault, asel, photograph(), "image/jpeg")
    show(desk, photo)
    assert shown_number(frame(desk, photo, 0)) == 37
    paper = kept(vault, asel, pdf(3), "application/pdf")
    show(desk, paper)
    text = page_text(desk, paper, "?page=2")
    assert '<span class="soft">/ 3</span>' in text
    assert 'id="step-next" href="?page=3#picture"' in text
    answer = desk.get(reverse("evidence-page", args=[paper.number, 2]))
    assert shown_number(answer) == 2
    assert desk.get(reverse("evidence-page", args=[paper.number, 9])).status_code == 422


def test_a_broken_film_says_so_and_the_page_still_works(desk: Client, vault: Vault, asel: User) -> None:
    broken = kept(vault, asel, b"\x00\x00\x00\x18ftypmp42" + bytes(500), "video/mp4")
    show(desk, broken)
    answer = desk.get(reverse("evidence-look", args=[broken.number]))
    assert answer.status_code == 200
    assert "cannot be drawn" in answer.content.decode() or "note bad" in answer.content.decode()
    assert frame(desk, broken, 0).status_code == 422


def test_a_restricted_item_is_not_there_for_others(desk: Client, vault: Vault, gulnar: User) -> None:
    hidden = keep(vault, gulnar, photograph((320, 200)), media_type="image/jpeg", is_restricted=True)
    for name in ("evidence-look", "evidence-blurred", "evidence-original", "evidence-verifications"):
        assert desk.get(reverse(name, args=[hidden.number])).status_code == 404
    assert show(desk, hidden).status_code == 404
    assert desk.get(reverse("evidence-look", args=[10**15])).status_code == 404


def test_with_a_locked_vault_the_page_leads_to_unlocking(
    desk: Client, clip: DigitalItem, settings: Any
) -> None:
    show(desk, clip)
    settings.VAULT_PASSPHRASE = ""
    try:
        answer = frame(desk, clip, 0)
    except Exception as error:  # noqa: BLE001  # the page that unlocks may not be there yet
        assert "evidence-unlock" in str(error)  # noqa: PT017
        return
    assert answer.status_code in (302, 423)


def test_an_editor_looks_but_writes_nothing(client: Client, farida: User, clip: DigitalItem) -> None:
    client.force_login(farida)
    assert show(client, clip).status_code == 302
    text = page_text(client, clip)
    assert 'id="mark-form"' not in text
    assert client.post(reverse("evidence-marks", args=[clip.number]), {"note": "x"}).status_code == 403
    assert client.get(reverse("evidence-verification-new", args=[clip.number])).status_code == 403


def test_remembered_pictures_are_sealed_and_bounded(vault: Vault, clip_bytes: bytes) -> None:
    from kuager.engines.media import viewing

    drawn = viewing.moments(io.BytesIO(clip_bytes), ms=0, side=320, ahead=4)
    pictures, wanted = SealedPictures(2 * len(vault.seal(drawn[0].data)) + 200), Wanted("a", 320, False, None)
    for one in drawn:
        pictures.put(vault, wanted, one)
    assert pictures.get(vault, wanted, drawn[0].ms) is None
    assert pictures.get(vault, wanted, drawn[4].ms + 7) == drawn[4]
    assert pictures.get(vault, wanted._replace(is_grey=True), drawn[4].ms) is None
    assert not any(drawn[4].data[100:160] in held.sealed for held in pictures._held.values())


def test_a_documenters_view_counts_for_the_second_person(
    client: Client, vault: Vault, clip: DigitalItem, asel: User, gulnar: User
) -> None:
    finding = operations.propose_verification(
        vault=vault,
        item=clip,
        aspect="place",
        question="Where?",
        method="Compared the tower.",
        finding="The square.",
        certainty="probable",
        by=asel,
        at=AT,
    )
    client.force_login(gulnar)
    address = reverse("evidence-verification-second", args=[clip.number, finding.pk])
    text = client.get(address).content.decode()
    assert "Compared the tower." in text
    refused = client.post(address, {"has_looked": "on"})
    assert refused.status_code == 422
    show(client, clip)
    assert client.post(address, {"has_looked": "on"}).status_code == 302
    finding.refresh_from_db()
    assert (finding.state, finding.seconded_by) == ("verified", gulnar)


def test_nobody_seconds_their_own_finding(desk: Client, clip: DigitalItem) -> None:
    given = {
        "aspect": "place",
        "question": "Where?",
        "method": "Compared.",
        "finding": "Here.",
        "certainty": "possible",
        "coordinates": "43.2389; 76.9457",
        "landmarks": "tower, three poplars",
        "shadow": "long, to the north-east",
    }
    answer = desk.post(reverse("evidence-verification-new", args=[clip.number]), given)
    assert answer.status_code == 302
    finding = clip.verifications.get()
    text = desk.get(reverse("evidence-verifications", args=[clip.number])).content.decode()
    for part in ("43.238900, 76.945700", "three poplars", "to the north-east"):
        assert part in text
    assert b"poplars" not in bytes(finding.method_sealed)
    second = reverse("evidence-verification-second", args=[clip.number, finding.pk])
    assert desk.post(second, {"has_looked": "on"}).status_code == 403
    withdraw = reverse("evidence-verification-withdraw", args=[clip.number, finding.pk])
    assert desk.post(withdraw, {"reason": " "}).status_code == 422
    assert desk.post(withdraw, {"reason": "another tower"}).status_code == 302
    assert "another tower" in desk.get(reverse("evidence-verifications", args=[clip.number])).content.decode()


@pytest.mark.parametrize("coordinates", ["north", "91, 0", "1", "nan, 0", "1,2,3"])
def test_what_is_no_point_on_the_earth_is_refused(desk: Client, clip: DigitalItem, coordinates: str) -> None:
    given = {"aspect": "place", "question": "?", "method": "m", "finding": "f", "certainty": "possible"}
    address = reverse("evidence-verification-new", args=[clip.number])
    assert desk.post(address, {**given, "coordinates": coordinates}).status_code == 422
    assert not clip.verifications.exists()


def test_a_lawyer_may_verify_and_a_volunteer_sees_nothing(client: Client, clip: DigitalItem) -> None:
    client.force_login(create_user(username="timur", role=Role.VOLUNTEER))
    for name in ("evidence-look", "evidence-transcripts", "evidence-verifications"):
        assert client.get(reverse(name, args=[clip.number])).status_code == 403
