"""The promises of SECURITY.md, one by one."""

import csv
import io
import logging
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from kuager.domain.accounts.models import User
from kuager.domain.people.rules.drafts import RecordDraft
from kuager.domain.register import operations as register
from kuager.domain.register.rules.drafts import AssertionDraft
from kuager.domain.register.terms import Status

NOON = datetime(2021, 11, 9, 12, tzinfo=UTC)
CANARY = "Қырмызыбек Тоқтамысов"
PUBLIC = "kuager.interfaces.public"
SAMPLES = {"int": 1, "slug": "x", "str": "x", "code": "X", "key": "x", "digest": "0" * 64, "name": "x"}


def pages(
    patterns: list[URLPattern | URLResolver] | None = None, prefix: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield (address with sample values, module of the view) of every page."""
    for entry in get_resolver().url_patterns if patterns is None else patterns:
        text = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from pages(entry.url_patterns, text)
        else:
            filled = re.sub(r"<(?:(\w+):)?(\w+)>", lambda m: str(SAMPLES.get(m[1] or "str", "x")), text)
            yield "/" + filled.replace("^", "").replace("$", ""), entry.callback.__module__


DESK = sorted({address for address, module in pages() if "/desk/" in address})
STRANGERS = sorted({address for address, module in pages() if module.startswith(PUBLIC)})


def test_there_are_pages_to_test() -> None:
    assert len(DESK) > 30
    assert len(STRANGERS) > 8


@pytest.mark.parametrize("address", DESK)
def test_every_desk_page_asks_for_a_sign_in(db: None, client: Client, address: str) -> None:
    for answer in (client.get(address), client.post(address)):
        assert answer.status_code == 302, answer.status_code
        assert "/sign-in/" in answer["Location"]


@pytest.mark.parametrize("address", DESK)
def test_a_user_without_a_role_can_do_nothing(bolat: User, client: Client, address: str) -> None:
    client.force_login(bolat)
    for answer in (client.get(address, follow=True), client.post(address, follow=True)):
        if address.endswith("/desk/"):
            continue  # the home page greets everybody, and shows what the role may see
        assert answer.status_code in (403, 404, 405), f"{address}: {answer.status_code}"


@pytest.mark.parametrize("address", [*DESK, *STRANGERS])
def test_pages_forbid_foreign_and_inline_content(asel: User, client: Client, address: str) -> None:
    client.force_login(asel)
    answer = client.get(address)
    policy = answer["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "media-src 'self'" in policy  # evidence is played from here alone
    assert not re.search(r"script-src[^;]*'unsafe|\*|https?:", policy)
    for header, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Embedder-Policy": "require-corp",
        "Cross-Origin-Resource-Policy": "same-origin",
    }.items():
        assert answer[header] == value


def test_signed_in_pages_are_not_stored(asel: User, client: Client) -> None:
    client.force_login(asel)
    assert client.get(reverse("desk-register"))["Cache-Control"] == "no-store"


def test_changes_need_a_token(asel: User) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(asel)
    assert strict.post(reverse("desk-call-save"), {"name": CANARY}).status_code == 403


@pytest.mark.parametrize("name", ["desk-call", "desk-register-search"])
def test_pages_that_take_no_files_lay_none_aside(
    asel: User, client: Client, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    client.force_login(asel)
    large = SimpleUploadedFile("clip.mp4", CANARY.encode() * 150_000, content_type="video/mp4")
    answer = client.post(reverse(name), {"text": "x", "file": large})
    assert not answer.wsgi_request.FILES
    assert not list(tmp_path.iterdir())


def add_canary(user: User) -> str:
    record = register.record_call(
        call=register.CallDraft(
            record=RecordDraft(name=CANARY),
            told_on=date(2021, 11, 9),
            statuses=(AssertionDraft(status=Status.DETAINED, told_on=date(2021, 11, 9)),),
            caller_note="+7 700 000 00 00",
        ),
        by=user,
        at=NOON,
    )
    return record.home_person.code


def test_no_name_reaches_a_log(asel: User, client: Client, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    code = add_canary(asel)
    client.force_login(asel)
    client.get(reverse("desk-person", args=[code]))
    client.post(reverse("desk-register-search"), {"text": CANARY})
    client.post(reverse("desk-call"), {"text": CANARY})
    client.post(reverse("desk-assert", args=[code]), {"status": "nonsense", "quotation": CANARY})
    client.get("/en/desk/register/?status=nonsense")
    client.post("/en/people/", {"text": CANARY})
    assert not re.search("Қырмызыбек|Тоқтамысов|700 000", caplog.text)


def test_an_error_page_repeats_nothing_of_the_database(asel: User, client: Client) -> None:
    client.force_login(asel)
    answer = client.get(reverse("desk-person", args=["NO-SUCH"]))
    assert answer.status_code == 404
    assert "Traceback" not in answer.content.decode()


def test_downloads_carry_no_formula(asel: User, client: Client) -> None:
    client.force_login(asel)
    answer = client.get(reverse("desk-counts-csv"), {"as_of": "2021-11-09", "by": "category"})
    for row in csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))):
        for cell in row:
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠"))


def test_the_data_folder_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import os
    import subprocess
    import sys

    data = tmp_path / "data"
    subprocess.run(
        [sys.executable, "-m", "kuager.interfaces.cli.main", "register", "count", "--as-of", "2021-11-09"],
        env={**os.environ, "KUAGER_DATA": str(data), "KUAGER_DATABASE_URL": ""},
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert data.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    ("language", "said"), [("kk", "рұқсат бермейді"), ("ru", "не позволяет"), ("en", "does not allow")]
)
def test_a_refusal_is_explained_in_the_readers_language(
    bolat: User, client: Client, language: str, said: str
) -> None:
    client.force_login(bolat)
    answer = client.get(f"/{language}/desk/register/")
    assert answer.status_code == 403
    assert said in answer.content.decode()
