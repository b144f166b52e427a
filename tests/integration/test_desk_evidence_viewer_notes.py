"""Marks, citations and transcripts at the desk: sealed, cited exactly, told by line when faulty."""

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.sources.models import Citation
from kuager.engines.vault.vault import Vault
from tests.media_files import video
from tests.open_vault import kept, open_for_server

pytestmark = pytest.mark.django_db
CANARY = "зеленогривый всадник"
SRT = f"1\n00:00:00,100 --> 00:00:00,500\nAsel: {CANARY}\n\n2\n00:00:00,600 --> 00:00:00,900\nсөз\n"


@pytest.fixture(scope="module")
def clip_bytes() -> bytes:
    return video(frames=30, every=10)


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


def mark(client: Client, item: DigitalItem, **given: object) -> Any:
    data = {"note": CANARY, "at": "0:00.4", **given}
    return client.post(reverse("evidence-marks", args=[item.number]), data)


def look(client: Client, item: DigitalItem, query: str = "") -> str:
    return str(client.get(reverse("evidence-look", args=[item.number]) + query).content.decode())


def test_a_mark_with_a_box_is_sealed_and_leads_back(desk: Client, vault: Vault, clip: DigitalItem) -> None:
    desk.post(reverse("evidence-show", args=[clip.number]), {"way": "pictures"})
    answer = mark(desk, clip, left="10", top="20.5", width="30", height="4")
    row = clip.marks.get()
    assert (row.time_ms, row.box_x, row.box_y, row.box_width, row.box_height) == (400, 100, 205, 300, 40)
    assert CANARY.encode() not in bytes(row.note_sealed)
    assert answer["Location"].endswith(f"?t=400&mark={row.pk}#picture")
    text = look(desk, clip, f"?t=400&mark={row.pk}")
    assert '<rect class="box" x="100" y="205" width="300" height="40"/>' in text
    assert CANARY in text
    assert f"item {clip.number}, 00:00:00.400, box 100 205 300 40" in text


@pytest.mark.parametrize(
    "given",
    [
        {"note": ""},
        {"at": "later"},
        {"left": "10"},
        {"left": "100", "top": "0", "width": "1", "height": "1"},
        {"left": "-1", "top": "0", "width": "1", "height": "1"},
        {"left": "NaN", "top": "0", "width": "1", "height": "1"},
    ],
)
def test_a_mark_that_cannot_be_read_keeps_what_was_written(
    desk: Client, clip: DigitalItem, given: dict[str, str]
) -> None:
    answer = mark(desk, clip, **given)
    assert answer.status_code == 422
    if "note" not in given:
        assert CANARY in answer.content.decode()
    assert not clip.marks.exists()


def test_a_box_that_hangs_over_the_edge_is_cut(desk: Client, clip: DigitalItem) -> None:
    mark(desk, clip, left="90", top="90", width="50", height="10.5")
    row = clip.marks.get()
    assert (row.box_width, row.box_height) == (100, 100)


def test_a_mark_is_cited_as_a_place_in_a_source(desk: Client, clip: DigitalItem) -> None:
    mark(desk, clip)
    row = clip.marks.get()
    address = reverse("evidence-mark-cite", args=[clip.number, row.pk])
    assert desk.get(address).status_code == 200
    assert desk.post(address, {"source": "", "publisher": ""}).status_code == 422
    assert desk.post(address, {"publisher": "a neighbour", "told_on": "2022-01-06"}).status_code == 302
    citation = Citation.objects.get()
    assert citation.locator == f"item {clip.number}, 00:00:00.400"
    assert citation.source.kind == "video"
    assert (citation.quotation, citation.source.title) == ("", f"item {clip.number}")
    row.refresh_from_db()
    assert row.citation == citation
    drop = reverse("evidence-mark-drop", args=[clip.number, row.pk])
    assert desk.post(drop, {"reason": "a slip"}).status_code == 409


def test_a_mark_is_dropped_with_a_reason_and_belongs_to_its_item(
    desk: Client, vault: Vault, asel: User, clip: DigitalItem
) -> None:
    mark(desk, clip)
    row = clip.marks.get()
    other = kept(vault, asel, b"RIFF of another", "audio/wav")
    assert desk.get(reverse("evidence-mark-drop", args=[other.number, row.pk])).status_code == 404
    drop = reverse("evidence-mark-drop", args=[clip.number, row.pk])
    assert desk.post(drop, {"reason": ""}).status_code == 422
    assert desk.post(drop, {"reason": "a slip"}).status_code == 302
    assert CANARY not in look(desk, clip)


def transcribe(client: Client, item: DigitalItem, **given: object) -> Any:
    data = {"language": "kk", "text": SRT, **given}
    return client.post(reverse("evidence-transcripts", args=[item.number]), data)


def test_a_transcript_comes_in_as_srt_and_goes_out_in_every_form(desk: Client, clip: DigitalItem) -> None:
    assert transcribe(desk, clip).status_code == 302
    row = clip.transcripts.get()
    assert CANARY.encode() not in bytes(row.text_sealed)
    given = {}
    for form in ("vtt", "srt", "plain"):
        answer = desk.get(reverse("evidence-transcript", args=[clip.number, row.pk, form]))
        assert answer["Content-Disposition"].startswith("attachment")
        given[form] = answer.content.decode()
    assert f"<v Asel>{CANARY}" in given["vtt"]
    assert "00:00:00,600 --> 00:00:00,900\nсөз" in given["srt"]
    assert given["plain"] == f"[00:00:00.100] Asel: {CANARY}\n[00:00:00.600] сөз\n"
    assert desk.get(reverse("evidence-transcript", args=[clip.number, row.pk, "docx"])).status_code == 404


def test_original_and_translation_stand_side_by_side_and_lead_to_their_moment(
    desk: Client, clip: DigitalItem
) -> None:
    transcribe(desk, clip)
    transcribe(desk, clip, language="ru", is_translation="on", text="[0:00.65] слово\n")
    text = look(desk, clip, "?t=700")
    assert 'href="?t=600#picture" data-ms="600"' in text
    row = text[text.index('data-from="600"') :].split("</tr>")[0]
    assert "сөз" in row
    assert "слово" in row


def test_faults_of_a_transcript_are_told_by_line_and_nothing_is_lost(desk: Client, clip: DigitalItem) -> None:
    file = SimpleUploadedFile("кадр.srt", SRT.replace("00:00:00,600", "soon").encode("utf-16"))
    answer = transcribe(desk, clip, text="", file=file)
    assert answer.status_code == 200
    assert "6" in answer.content.decode().split("note warn")[-1]
    row = clip.transcripts.get()
    plain = desk.get(reverse("evidence-transcript", args=[clip.number, row.pk, "plain"])).content.decode()
    assert "сөз" in plain
    assert desk.get(reverse("evidence-transcript", args=[clip.number, row.pk, "srt"])).status_code == 422


@pytest.mark.parametrize(
    "given",
    [
        {"text": ""},
        {"text": "WEBVTT\n"},
        {"language": "", "other": ""},
        {"language": "", "other": "not a language"},
        {"text": "x", "file": SimpleUploadedFile("a.txt", b"y")},
        {"text": "", "file": SimpleUploadedFile("a.txt", b"a\x00b")},
    ],
)
def test_what_is_no_transcript_is_refused(desk: Client, clip: DigitalItem, given: dict[str, Any]) -> None:
    assert transcribe(desk, clip, **given).status_code == 422
    assert not clip.transcripts.exists()


def test_a_file_too_large_for_memory_never_reaches_the_disk(desk: Client, clip: DigitalItem) -> None:
    large = SimpleUploadedFile("a.txt", b"x" * 2_600_000)
    assert transcribe(desk, clip, text="", file=large).status_code == 422


def test_transcripts_need_the_token_of_the_page(asel: User, clip: DigitalItem) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(asel)
    assert transcribe(strict, clip).status_code == 403
    assert not clip.transcripts.exists()
