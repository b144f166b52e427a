"""The original is served to whoever asked for it, in exact parts, from any place, and never as a page."""

import tracemalloc
from pathlib import Path
from typing import Any

import pytest
from django.http import StreamingHttpResponse
from django.test import Client
from django.urls import reverse

from kuager.core.errors import IntegrityError
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import CustodyEvent, DigitalItem
from kuager.engines.vault.vault import Vault
from kuager.interfaces.shell.byte_ranges import (
    MOST_AT_ONCE,
    ByteRange,
    UnsatisfiableRangeError,
    asked_range,
)
from tests.open_vault import kept, open_for_server

pytestmark = pytest.mark.django_db
SIZE = 3_000_001
FILM = bytes(number * 7 % 251 for number in range(SIZE))


@pytest.fixture
def vault(settings: Any) -> Vault:
    return open_for_server(settings)


@pytest.fixture
def film(vault: Vault, asel: User) -> DigitalItem:
    return kept(vault, asel, FILM, "video/mp4")


def asking(client: Client, user: User, item: DigitalItem) -> Any:
    client.force_login(user)
    return client.post(reverse("evidence-show", args=[item.number]), {"way": "original"})


def get(client: Client, item: DigitalItem, **headers: str) -> Any:
    """Ask for the original and read all of the answer; at its end the client lets it go, as a server does."""
    answer: Any = client.get(reverse("evidence-original", args=[item.number]), headers=headers)
    if hasattr(answer, "streaming_content"):
        answer.all = b"".join(answer.streaming_content)
    return answer


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, None),
        ("bytes=0-", ByteRange(0, 99)),
        ("bytes=10-19", ByteRange(10, 19)),
        ("bytes=90-500", ByteRange(90, 99)),
        ("bytes=-5", ByteRange(95, 99)),
        ("bytes=-500", ByteRange(0, 99)),
        ("BYTES = 1-1", ByteRange(1, 1)),
        ("bytes=5-2", None),
        ("bytes=-", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=a-b", None),
        ("bytes=--1", None),
        ("bytes=1-2-3", None),
    ],
)
def test_ranges_are_read_as_the_standard_says(header: str | None, expected: ByteRange | None) -> None:
    assert asked_range(header, 100) == expected


@pytest.mark.parametrize(("header", "size"), [("bytes=100-", 100), ("bytes=-0", 100), ("bytes=-1", 0)])
def test_what_lies_behind_the_end_cannot_be_asked_for(header: str, size: int) -> None:
    with pytest.raises(UnsatisfiableRangeError):
        asked_range(header, size)


def test_a_part_is_never_longer_than_a_mebibyte() -> None:
    found = asked_range("bytes=7-", 10**12)
    assert found is not None
    assert found.size == MOST_AT_ONCE


def test_asking_for_pictures_does_not_open_the_original(
    client: Client, asel: User, film: DigitalItem
) -> None:
    client.force_login(asel)
    client.post(reverse("evidence-show", args=[film.number]), {"way": "pictures"})
    assert get(client, film).status_code == 403


def test_every_part_is_exact_and_comes_from_the_middle_too(
    client: Client, asel: User, film: DigitalItem, vault: Vault
) -> None:
    assert asking(client, asel, film).status_code == 302
    event = CustodyEvent.objects.get(item=film, act="viewed")
    assert vault.event(event.number).opening.detail["what"] == "original"
    for first, last in ((0, 0), (65_535, 65_536), (1_999_990, 2_000_100), (SIZE - 1, SIZE - 1)):
        answer = get(client, film, range=f"bytes={first}-{last}")
        assert answer.status_code == 206
        assert answer["Content-Range"] == f"bytes {first}-{last}/{SIZE}"
        assert answer["Content-Length"] == str(last - first + 1)
        assert answer.all == FILM[first : last + 1]
    tail = get(client, film, range="bytes=-100")
    assert (tail["Content-Range"], tail.all) == (f"bytes {SIZE - 100}-{SIZE - 1}/{SIZE}", FILM[-100:])


def test_the_whole_and_what_a_head_tells(client: Client, asel: User, film: DigitalItem) -> None:
    asking(client, asel, film)
    whole = get(client, film)
    assert (whole.status_code, whole["Accept-Ranges"], whole.all == FILM) == (200, "bytes", True)
    address = reverse("evidence-original", args=[film.number])
    head = client.head(address, headers={"range": "bytes=0-9"})
    assert (head.status_code, head["Content-Length"], head.content) == (200, str(SIZE), b"")


def test_a_range_behind_the_end_is_refused_with_the_size(
    client: Client, asel: User, film: DigitalItem
) -> None:
    asking(client, asel, film)
    answer = get(client, film, range=f"bytes={SIZE}-")
    assert (answer.status_code, answer["Content-Range"]) == (416, f"bytes */{SIZE}")


def test_a_condition_that_does_not_hold_gives_the_whole(
    client: Client, asel: User, film: DigitalItem
) -> None:
    asking(client, asel, film)
    tag = get(client, film, range="bytes=0-0")["ETag"]
    assert get(client, film, **{"range": "bytes=0-9", "if-range": tag}).status_code == 206
    assert get(client, film, **{"range": "bytes=0-9", "if-range": '"another"'}).status_code == 200


def test_evidence_is_neither_stored_nor_sniffed_nor_a_page(
    client: Client, asel: User, film: DigitalItem
) -> None:
    asking(client, asel, film)
    answer = get(client, film, range="bytes=0-9")
    assert answer["Cache-Control"] == "no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert answer["Content-Type"] == "video/mp4"
    assert answer["Content-Disposition"] == f'inline; filename="item-{film.number}.mp4"'
    assert get(client, film, **{"sec-fetch-dest": "document"}).status_code == 409
    assert get(client, film, **{"sec-fetch-dest": "video", "range": "bytes=0-9"}).status_code == 206


@pytest.mark.parametrize("claimed", ["text/html", "image/svg+xml", "application/pdf", "", "video/x-evil"])
def test_other_kinds_leave_as_some_bytes_with_the_right_to_export(
    client: Client, asel: User, erlan: User, vault: Vault, claimed: str
) -> None:
    page = kept(vault, asel, b"<script>alert(1)</script>" + claimed.encode(), claimed)
    assert asking(client, asel, page).status_code == 403
    assert asking(Client(), erlan, page).status_code == 302
    client = Client()
    asking(client, erlan, page)
    answer = get(client, page)
    assert answer["Content-Type"] == "application/octet-stream"
    assert answer["Content-Disposition"] == f'attachment; filename="item-{page.number}.bin"'
    assert answer.all.startswith(b"<script>")


def test_memory_does_not_grow_with_the_file(client: Client, asel: User, vault: Vault) -> None:
    large = kept(vault, asel, FILM * 8, "video/mp4")
    asking(client, asel, large)
    answer = client.get(reverse("evidence-original", args=[large.number]))
    assert isinstance(answer, StreamingHttpResponse)
    tracemalloc.start()
    length = sum(len(piece) for piece in answer)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert length == SIZE * 8
    assert peak < 2_000_000


def test_changed_bytes_are_never_sent(client: Client, asel: User, vault: Vault, settings: Any) -> None:
    item = kept(vault, asel, FILM[5:], "video/mp4")
    asking(client, asel, item)
    path = next(Path(settings.VAULT).rglob(f"*{vault.item(item.number).address}*"))
    sealed = bytearray(path.read_bytes())
    sealed[1_000_000] ^= 1
    path.chmod(0o600)
    path.write_bytes(sealed)
    with pytest.raises(IntegrityError):
        get(client, item, range="bytes=900000-1100000")
    assert get(client, item, range="bytes=0-99").all == FILM[5:105]
