"""Counts and changes at the desk: the question, the answer, the download, the command, the reasons."""

import csv
import io
import json
import re
import shlex
from datetime import timedelta
from html import unescape

import pytest
from click.testing import CliRunner
from django.utils.translation import override

from kuager.core.csv_cells import safe_cell
from kuager.domain.accounts.models import User
from kuager.domain.register import operations
from kuager.domain.register.models import StatusAssertion
from kuager.interfaces.cli.main import cli
from kuager.interfaces.desk.access import now
from kuager.interfaces.desk.changes.act_words import act_words
from tests.integration.desk_register import LATER, DeskRegister, signed_in

EN = "/en/desk/counts/"
CHANGES = "/en/desk/changes/"
ASKED = {"as_of": "2026-01-20", "by_1": "status", "by_2": "region"}


@pytest.fixture
def register(asel: User, places: None) -> DeskRegister:
    desk = DeskRegister(by=asel)
    desk.call("Қайратова Айсұлу", "detained", place="Шымкент")
    desk.call("Омаров Тимур", "missing")
    desk.call("Ким Роман", "dead")
    return desk


def test_count_is_broken_down_and_totalled(register: DeskRegister, asel: User) -> None:
    page = signed_in(asel).get(EN, ASKED).content.decode()
    assert re.search(r"<td>detained</td><td>Shymkent[^<]*</td><td class=\"number\">1</td>", page)
    assert re.search(r"Total, every person once</th><td class=\"number\"><strong>3</strong>", page)


def test_what_waits_for_a_second_person_is_said_beside_the_count(register: DeskRegister, asel: User) -> None:
    page = signed_in(asel).get(EN, ASKED).content.decode()
    assert re.search(r"Not counted yet[^<]*dead 1", page)


def test_count_of_the_past_stays_what_it_was(register: DeskRegister, asel: User, gulnar: User) -> None:
    asked = ASKED | {"known_at": "2026-01-14T12:00"}
    client = signed_in(asel)
    before = client.get(f"{EN}table.csv", asked).content
    operations.approve_assertion(assertion=StatusAssertion.objects.get(status="dead"), by=gulnar, at=LATER)
    assert client.get(f"{EN}table.csv", asked).content == before
    assert b"dead" in client.get(f"{EN}table.csv", ASKED).content


def test_download_holds_the_question_and_codes(register: DeskRegister, asel: User) -> None:
    response = signed_in(asel).get(f"{EN}table.csv", ASKED)
    rows = list(csv.DictReader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert {row["as_of"] for row in rows} == {"2026-01-20"}
    assert sum(int(row["count"]) for row in rows) == 3
    assert {row["status"] for row in rows} >= {"detained", "missing"}


@pytest.mark.parametrize(
    "text", ["=1+1", "+1", "-1", "@x", "\t=1", "\r=1", "\n=1", " =1", "＝1", "|calc", "%0A"]
)
def test_no_cell_of_a_download_is_a_formula(text: str) -> None:
    assert safe_cell(text).startswith("'")


def test_page_prints_the_command_that_asks_the_same(register: DeskRegister, asel: User) -> None:
    page = signed_in(asel).get(EN, ASKED | {"known_at": "2026-01-14T12:00", "sex": "female"}).content.decode()
    found = re.search(r"<code>(kuager register count [^<]+)</code>", page)
    assert found is not None
    words = shlex.split(found[1])
    assert words[3:5] == ["--as-of", "2026-01-20"]
    assert "2026-01-14T12:00:00+05:00" in words
    assert "status,region" in words


def test_question_that_cannot_be_read_is_said_in_the_form(register: DeskRegister, asel: User) -> None:
    page = signed_in(asel).get(EN, {"as_of": "yesterday"}).content.decode()
    assert "it is marked below" in page
    assert signed_in(asel).get(f"{EN}table.csv", {"as_of": "yesterday"}).status_code == 422


def test_changes_say_what_changed_why_and_by_whom(register: DeskRegister, asel: User, gulnar: User) -> None:
    said = StatusAssertion.objects.get(status="dead")
    operations.approve_assertion(assertion=said, by=gulnar, at=LATER)
    window = {"known_from": "2026-01-14T00:00", "known_to": "2026-01-16T00:00"}
    page = signed_in(asel).get(CHANGES, window).content.decode()
    assert "approved by a second person" in page
    assert "gulnar" in page
    assert re.search(r'<span class="before">not known</span> → <strong>dead</strong>', page)
    assert "1 change<" in page


def test_changes_are_filtered_by_kind(register: DeskRegister, asel: User) -> None:
    window = {"known_from": "2026-01-01T00:00", "known_to": "2026-01-16T00:00", "kind": "judged"}
    assert "Nothing changed." in signed_in(asel).get(CHANGES, window).content.decode()


def test_two_days_are_compared(register: DeskRegister, asel: User) -> None:
    days = {"day_from": "2026-01-04", "day_to": "2026-01-06"}
    page = signed_in(asel).get(CHANGES, days).content.decode()
    assert re.search(r"→ <strong>detained</strong>", page)


def test_counts_are_closed_to_strangers_to_the_register(bolat: User) -> None:
    client = signed_in(bolat)
    assert [client.get(address).status_code for address in (EN, f"{EN}table.csv", CHANGES)] == [403, 403, 403]


@pytest.mark.parametrize(
    ("note", "words"),
    [
        ("custody: house_arrest since 2026-01-05", "custody: under house arrest since 2026-01-05"),
        ("fate: dead since 2026-01-05, now missing", "fate: dead since 2026-01-05, now missing"),
        ("records 7 and 9: same", "records № 7 and № 9: same person"),
        ("judgement:17", "judgement № 17"),
        ("edition:3", "list edition № 3"),
        ("nobody answers: 100 % sure", "nobody answers: 100 % sure"),
        ("", ""),
    ],
)
def test_notes_of_the_register_are_put_in_words(note: str, words: str) -> None:
    with override("en"):
        assert act_words(note) == words


def test_printed_command_gives_the_same_answer(register: DeskRegister, asel: User) -> None:
    asked = ASKED | {"known_at": "2026-01-14T12:00", "sex": "female"}
    client = signed_in(asel)
    found = re.search(r"<code>kuager ([^<]+)</code>", client.get(EN, asked).content.decode())
    assert found is not None
    printed = CliRunner().invoke(cli, [*shlex.split(found[1]), "--json"])
    assert printed.exit_code == 0, printed.output
    answer = json.loads(printed.stdout)
    rows = list(csv.DictReader(io.StringIO(client.get(f"{EN}table.csv", asked).content.decode("utf-8-sig"))))
    assert answer["total"] == 3 == sum(int(row["count"]) for row in rows)


def test_answer_of_now_can_be_kept_for_ever(register: DeskRegister, asel: User) -> None:
    client = signed_in(asel)
    page = client.get(EN, ASKED | {"as_of": "2026-01-20"}).content.decode()
    found = re.search(r'href="\?([^"]+)">Keep this answer for ever', page)
    assert found is not None
    address = f"{EN}?{unescape(found[1])}"
    before = client.get(address).content.decode()
    register.call("Сериков Дамир", "missing", at=now() + timedelta(seconds=5))
    table = re.compile(r"<tbody>.*?</tbody>", re.DOTALL)
    assert table.findall(client.get(address).content.decode()) == table.findall(before)
