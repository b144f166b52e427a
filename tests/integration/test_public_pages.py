import csv
import io
import json
import re
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kuager.domain.accounts.models import User
from kuager.domain.places.queries import get_place
from kuager.domain.publication import operations, queries
from kuager.domain.publication.models import Snapshot
from tests.integration.small_register import DAY, NOW, SmallRegister

QueryCount = Callable[..., object]
PAGES = ("", "people/", "figures/detained/", "figures/all/", "downloads/", "snapshots/", "method/")


@pytest.fixture
def register(asel: User, places: None) -> SmallRegister:
    return SmallRegister(by=asel)


@pytest.fixture
def published(register: SmallRegister, farida: User) -> Snapshot:
    city = get_place("almaty")
    register.person("Жағылтаров Нұрлан", consent=register.consent(), place=city, region=city)
    register.person("Testova Aisha", "missing", consent=register.consent())
    register.person("Confidential Person", "missing")
    return publish(farida)


def publish(by: User) -> Snapshot:
    snapshot = operations.build_snapshot(as_of=DAY, by=by, at=NOW)
    return operations.publish_snapshot(snapshot=snapshot, by=by, at=NOW)


def text_of(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200, address
    return str(response.content.decode())


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["", "people/", "downloads/", "figures/dead/", "snapshots/", "method/"])
def test_before_anything_is_published_pages_say_so_calmly(client: Client, address: str) -> None:
    assert "<h1>" in text_of(client, f"/en/{address}")


def test_strangers_can_read_every_page_in_every_language(client: Client, published: Snapshot) -> None:
    for language in ("kk", "ru", "en"):
        for address in PAGES:
            page = text_of(client, f"/{language}/{address}")
            assert f'<html lang="{language}">' in page
            assert "Confidential" not in page


def test_public_pages_set_no_cookie_and_may_be_kept_for_minutes(client: Client, published: Snapshot) -> None:
    for address in PAGES:
        response = client.get(f"/en/{address}")
        assert not response.cookies, address
        assert response["Cache-Control"] == "public, max-age=300"
        again = client.get(f"/en/{address}", headers={"If-None-Match": response["ETag"]})
        assert again.status_code == 304


def test_the_home_page_has_numbers_pictures_and_their_tables(client: Client, published: Snapshot) -> None:
    page = text_of(client, "/en/")
    assert page.count("How do we know?") >= 2
    for picture in re.findall(r'<img src="(/en/snapshots/1/[^"]+)" alt="([^"]+)"', page):
        response = client.get(picture[0])
        assert response["Content-Type"] == "image/svg+xml"
        assert "sandbox" in response["Content-Security-Policy"]
        assert "default-src 'none'" in response["Content-Security-Policy"]
        assert len(picture[1]) > 30
    assert page.count("<details>") >= 4
    assert published.content_digest in page


def test_how_do_we_know_names_rule_sources_and_command(client: Client, published: Snapshot) -> None:
    page = text_of(client, "/en/figures/missing/")
    assert "2 people" in page
    assert "1 independent source" in page
    assert "City list" in page
    assert "kuager register count --as-of 2022-01-20" in page
    figure = client.get("/en/figures/missing/figure.json").json()
    assert (figure["value"], figure["basis"]["public_people"]) == (2, 1)


def test_a_name_is_found_in_any_script_and_never_stands_in_the_address(
    client: Client, published: Snapshot
) -> None:
    for typed in ("Жагилтаров", "Jagiltarov", "Жағылтаров", "zhagiltarov nurlan"):
        response = client.post("/en/people/", {"text": typed})
        page = response.content.decode()
        assert "Жағылтаров Нұрлан" in page
        assert "Testova" not in page
        assert response["Cache-Control"] == "no-store"
    asked = client.get("/en/people/", {"text": typed, "status": "missing"})
    assert (asked.status_code, asked["Location"]) == (302, "/en/people/?status=missing")


def test_a_code_finds_its_person(client: Client, published: Snapshot) -> None:
    code = queries.filter_people(published, queries.PeopleFilter(text="Testova")).get().code
    assert "Testova Aisha" in client.post("/en/people/", {"text": code.lower()}).content.decode()


def test_filters_narrow_the_list_and_can_be_shared(client: Client, published: Snapshot) -> None:
    assert "Testova" not in text_of(client, "/en/people/?status=detained&region=almaty")
    assert "Жағылтаров" in text_of(client, "/en/people/?status=detained&region=almaty&age_group=30-44")
    posted = client.post("/en/people/", {"status": "missing", "text": ""})
    assert posted["Location"] == "/en/people/?status=missing"
    assert "Nobody on the public list" in text_of(client, "/en/people/?region=nowhere")


def test_long_lists_come_in_pages_of_fifty_without_more_questions(
    client: Client, register: SmallRegister, farida: User, django_assert_num_queries: QueryCount
) -> None:
    source, consent = register.source(), register.consent()
    for number in range(120):
        register.person(f"Person Nr{number:03d}", consent=consent, source=source)
    publish(farida)
    with django_assert_num_queries(5):  # type: ignore[attr-defined]  # a fixture without types
        page = text_of(client, "/en/people/")
    assert page.count('class="name"') == 50
    assert text_of(client, "/en/people/?page=3").count('class="name"') == 20
    searched = client.post("/en/people/", {"text": "Person", "page": "2"}).content.decode()
    assert searched.count('class="name"') == 50
    assert 'name="text" value="Person"' in searched


def test_a_person_page_shows_sources_and_how_to_be_removed(client: Client, published: Snapshot) -> None:
    person = queries.filter_people(published, queries.PeopleFilter(text="Testova")).get()
    address = f"/en/people/{person.code}/"
    page = text_of(client, address)
    assert "1 link, 1 independent source" in page
    assert "#corrections" in page
    assert "noarchive" in client.get(address)["X-Robots-Tag"]
    assert client.get("/en/people/ZZZZ-ZZZZ/").status_code == 404


def test_who_withdraws_consent_is_gone_from_every_page_at_once(
    client: Client, register: SmallRegister, farida: User
) -> None:
    consent = register.consent()
    person = register.person("Testova Aisha", consent=consent)
    publish(farida)
    publish(farida)
    operations.withdraw_consent(consent=consent, reason="asked", by=register.by, at=NOW + timedelta(hours=1))
    numbered = [f"snapshots/{number}/{page}" for number in (1, 2) for page in PAGES if "s/" in page]
    for address in (*PAGES, *(n for n in numbered if "snapshots/" in n and "method" not in n)):
        assert "Testova" not in client.get(f"/en/{address}").content.decode()
    for name in ("people.csv", "people.json"):
        content = b"".join(client.get(f"/en/snapshots/1/downloads/{name}").streaming_content).decode()  # type: ignore[attr-defined]  # a streaming response
        assert "Testova" not in content
        assert person.code not in content
    assert client.get(f"/en/people/{person.code}/").status_code == 404
    assert ">1<" in text_of(client, "/en/figures/all/").replace("</span>", "<")


def test_old_snapshots_keep_their_addresses(client: Client, published: Snapshot, farida: User) -> None:
    publish(farida)
    page = text_of(client, "/en/snapshots/1/")
    assert "old snapshot 1" in page
    assert "/en/snapshots/1/people/" in page
    assert "/en/snapshots/1/figures/missing/" in page
    assert "Testova" in text_of(client, "/en/snapshots/1/people/")
    assert "old snapshot" not in text_of(client, "/en/snapshots/2/")
    assert client.get("/en/snapshots/9/").status_code == 404


def test_a_withdrawn_snapshot_says_why_and_shows_the_one_before(
    client: Client, published: Snapshot, farida: User
) -> None:
    second = publish(farida)
    operations.withdraw_snapshot(snapshot=second, reason="a list was read twice", by=farida, at=NOW)
    gone = client.get("/en/snapshots/2/people/")
    assert gone.status_code == 410
    assert "a list was read twice" in gone.content.decode()
    assert "a list was read twice" in text_of(client, "/en/")
    assert "withdrawn" in text_of(client, "/en/snapshots/")
    operations.withdraw_snapshot(snapshot=published, reason="everything is wrong", by=farida, at=NOW)
    assert "Nothing is published" in text_of(client, "/en/")


def test_a_built_snapshot_does_not_exist_for_the_public(
    client: Client, published: Snapshot, farida: User
) -> None:
    operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    assert client.get("/en/snapshots/2/").status_code == 404
    assert "Snapshot 2" not in text_of(client, "/en/snapshots/")


def test_the_program_on_the_page_proves_the_downloads(
    client: Client, published: Snapshot, tmp_path: Path
) -> None:
    for name in ("figures.json", "people.json"):
        response = client.get(f"/en/snapshots/1/downloads/{name}")
        (tmp_path / name).write_bytes(b"".join(response.streaming_content))  # type: ignore[attr-defined]  # a streaming response
    program = client.get("/en/downloads/check_snapshot.py").content
    (tmp_path / "check_snapshot.py").write_bytes(program)
    proven = check(tmp_path)
    assert proven.stdout.strip() == f"right: {published.content_digest}"
    people = json.loads((tmp_path / "people.json").read_text())
    people["people"][0]["status"] = "alive"
    (tmp_path / "people.json").write_text(json.dumps(people))
    assert "WRONG" in check(tmp_path).stderr


def check(folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # our own program
        [sys.executable, "check_snapshot.py"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_spreadsheets_run_nothing(client: Client, register: SmallRegister, farida: User) -> None:
    register.person("=HYPERLINK(1)", consent=register.consent())
    register.person("＋2 Testov", consent=register.consent())
    publish(farida)
    response = client.get("/en/snapshots/1/downloads/people.csv")
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a streaming response
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"))))
    assert {row["name"] for row in rows} == {"'=HYPERLINK(1)", "'＋2 Testov"}


def test_names_are_escaped_in_pages(client: Client, register: SmallRegister, farida: User) -> None:
    register.person("<script>alert(1)</script>", consent=register.consent())
    publish(farida)
    page = text_of(client, "/en/people/")
    assert "<script" not in page


def test_example_snapshots_say_so_on_their_pages(
    client: Client, register: SmallRegister, farida: User
) -> None:
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW, is_example=True)
    operations.publish_snapshot(snapshot=snapshot, by=farida, at=NOW)
    assert "invented" in text_of(client, "/en/")


def test_pages_have_one_heading_labels_for_fields_and_words_for_pictures(
    client: Client, published: Snapshot
) -> None:
    for address in PAGES:
        outline = Outline()
        outline.feed(text_of(client, f"/en/{address}"))
        assert outline.headings == 1, address
        assert outline.fields <= outline.labels, address
        assert not outline.scripts, address
        assert outline.wordless == 0, address


class Outline(HTMLParser):
    """Counts what a reader with a screen reader depends on."""

    def __init__(self) -> None:
        super().__init__()
        self.headings = self.wordless = 0
        self.fields: set[str] = set()
        self.labels: set[str] = set()
        self.scripts: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        values = dict(attrs)
        self.headings += tag == "h1"
        self.wordless += tag == "img" and values.get("alt") is None
        if tag in ("input", "select") and values.get("type") != "hidden":
            self.fields.add(values.get("id") or "field without id")
        if tag == "label":
            self.labels.add(values.get("for") or "")
        if tag == "script" or any(name.startswith("on") or name == "style" for name in values):
            self.scripts.append(tag)


def test_pages_of_an_empty_register_work(client: Client, register: SmallRegister, farida: User) -> None:
    publish(farida)
    for address in ("", "people/", "figures/all/", "downloads/", "snapshots/"):
        text_of(client, f"/en/{address}")


def test_the_home_page_asks_the_database_little(
    client: Client, published: Snapshot, django_assert_max_num_queries: QueryCount
) -> None:
    with translation.override("en"):
        home, people = reverse("public-home"), reverse("public-people")
    for address in (home, people, "/en/figures/missing/", "/en/snapshots/"):
        with django_assert_max_num_queries(6):  # type: ignore[attr-defined]  # a fixture without types
            client.get(address)


def test_days_are_written_as_their_readers_write_them(client: Client, published: Snapshot) -> None:
    for language, words in (
        ("en", "20 January 2022"),
        ("ru", "20 января 2022"),
        ("kk", "2022 жылғы 20 қаңтар"),
    ):
        assert words in text_of(client, f"/{language}/")
