"""The pages of copies and appearances: both looked at, decided in words, and told in the order seen."""

import json
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from kuager.domain.accounts.models import User
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import Appearance, CustodyEvent, DigitalItem, ItemRelation
from kuager.domain.evidence.rules.completeness import Measure, most_complete
from kuager.engines.vault.vault import Vault
from kuager.interfaces.desk.evidence_appearances.graphs import HEIGHT, ROW, draw
from kuager.interfaces.desk.evidence_appearances.words import measure_words
from kuager.interfaces.shell import vaults
from kuager.interfaces.shell.vault_keys import Attempts
from tests.integration.desk_evidence import empty_vault, opened_vault, signed_in, unlocked
from tests.integration.evidence_story import AT, keep

PICTURE = b"\xff\xd8\xff not really a JPEG"


@pytest.fixture(autouse=True)
def folder(settings: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    empty_vault(tmp_path)
    monkeypatch.setattr(vaults, "_ATTEMPTS", Attempts())
    return tmp_path


@pytest.fixture
def vault(folder: Path) -> Vault:
    return opened_vault(folder)


@pytest.fixture
def pair(vault: Vault, asel: User) -> ItemRelation:
    """A suggestion about two items, read as small and large."""
    items = [keep(vault, asel, name=f"clip-{number}.mp4") for number in (1, 2)]
    for item, width in zip(items, (640, 1280), strict=True):
        probe = {"width": width, "height": width * 9 // 16, "duration_ms": 42_000}
        vault.sidecars.put("probe", str(item.number), json.dumps(probe).encode())
        vault.sidecars.put("preview", str(item.number), PICTURE)
    return operations.suggest_relation(
        first=items[0],
        second=items[1],
        kind="same_footage",
        score=0.83,
        why={"points_of_best_frame": 140, "likeness_of_movement": 0.91, "stretches": [[0, 2, 5, 7]]},
        by=asel,
        at=AT,
    )


@pytest.fixture
def copies(pair: ItemRelation, asel: User) -> ItemRelation:
    return operations.decide_relation(relation=pair, is_confirmed=True, by=asel, at=AT)


def english(client: Client, name: str, *values: object) -> str:
    answer = client.get(reverse(name, args=values), headers={"accept-language": "en"})
    assert answer.status_code == 200, answer.status_code
    return answer.content.decode()


def views() -> int:
    return CustodyEvent.objects.filter(act="viewed").count()


def test_suggestions_are_listed_without_names_while_locked(pair: ItemRelation, gulnar: User) -> None:
    text = english(signed_in(gulnar), "evidence-suggestions")
    assert reverse("evidence-relation", args=[pair.pk]) in text
    assert "clip-1" not in text


def test_pictures_are_shown_only_after_asking_and_that_is_recorded(pair: ItemRelation, gulnar: User) -> None:
    client = unlocked(gulnar)
    place = reverse("evidence-relation-picture", args=[pair.pk, "second"])
    assert place not in english(client, "evidence-relation", pair.pk)
    assert client.get(place).status_code == 404
    assert views() == 0
    client.post(reverse("evidence-relation-show", args=[pair.pk]))
    assert views() == 2
    text = english(client, "evidence-relation", pair.pk)
    assert place in text
    assert "clip-1.mp4" in text
    assert "1280 × 720, 0:42" in text
    answer = client.get(place)
    assert answer.content == PICTURE
    assert answer["Cache-Control"] == "no-store"
    assert "sandbox" in answer["Content-Security-Policy"]


def test_reasons_stand_in_words(pair: ItemRelation, gulnar: User) -> None:
    text = english(signed_in(gulnar), "evidence-relation", pair.pk)
    assert "points of one picture that fit the other</dt><dd>140</dd>" in text
    assert "0.91" in text
    assert "0.0-2.0 = 5.0-7.0" in text


def test_a_person_confirms_or_rejects_with_a_reason(pair: ItemRelation, gulnar: User) -> None:
    client, place = signed_in(gulnar), reverse("evidence-relation", args=[pair.pk])
    assert client.post(place, {"kind": "same_footage", "verdict": "reject"}).status_code == 422
    answer = client.post(place, {"kind": "excerpt", "verdict": "confirm"})
    assert answer.status_code == 302
    pair.refresh_from_db()
    assert (pair.state, pair.kind, pair.decided_by) == ("confirmed", "excerpt", gulnar)
    client.post(place, {"kind": "excerpt", "verdict": "reject", "reason": "another camera"})
    pair.refresh_from_db()
    assert (pair.state, pair.reason) == ("rejected", "another camera")


def test_an_editor_looks_but_does_not_decide(pair: ItemRelation, farida: User) -> None:
    client = signed_in(farida)
    assert 'name="verdict"' not in english(client, "evidence-relation", pair.pk)
    place = reverse("evidence-relation", args=[pair.pk])
    assert client.post(place, {"kind": "excerpt", "verdict": "confirm"}).status_code == 403


def test_hidden_items_have_no_copies_for_others(
    vault: Vault, pair: ItemRelation, asel: User, gulnar: User
) -> None:
    operations.restrict_item(item=pair.first, reason="a child", by=asel, at=AT)
    client = signed_in(gulnar)
    for name, values in (
        ("evidence-relation", [pair.pk]),
        ("evidence-copies", [pair.first.number]),
        ("evidence-appearances", [pair.first.number]),
    ):
        assert client.get(reverse(name, args=values)).status_code == 404
    assert client.post(reverse("evidence-relation-show", args=[pair.pk])).status_code in (302, 404)
    assert views() == 0
    assert reverse("evidence-relation", args=[pair.pk]) not in english(client, "evidence-suggestions")


def appeared(item: DigitalItem, by: User, days: int, **more: object) -> Appearance:
    return operations.add_appearance(
        item=item,
        platform="a channel",
        account=f"account {days}",
        seen_at=AT - timedelta(days=days),
        by=by,
        at=AT,
        **more,  # type: ignore[arg-type]
    )


def test_the_group_is_drawn_and_told_in_words(copies: ItemRelation, asel: User) -> None:
    origin = appeared(copies.second, asel, 3)
    appeared(copies.first, asel, 1, taken_from=origin)
    text = english(unlocked(asel), "evidence-copies", copies.first.number)
    assert text.count("<rect") == 2
    assert 'role="img"' in text
    assert f"Item {copies.first.number} was taken from item {copies.second.number}." in text
    assert text.index(f"Item {copies.second.number}</text>") < text.index(
        f"Item {copies.first.number}</text>"
    )
    assert "the most complete" in text


def test_the_earliest_appearance_is_told_as_what_we_know(copies: ItemRelation, asel: User) -> None:
    appeared(copies.first, asel, 1, claimed_on="2022-01-02")
    appeared(copies.second, asel, 3)
    text = english(signed_in(asel), "evidence-appearances", copies.first.number)
    assert "The earliest appearance we know of:</strong> account 3" in text
    assert "It may have been published earlier" in text
    assert "An earlier date is claimed, not proven" in text
    assert text.index("account 3") < text.index("account 1 ")


def test_an_appearance_is_written_down_once_however_often_it_is_sent(
    copies: ItemRelation, gulnar: User
) -> None:
    client, place = signed_in(gulnar), reverse("evidence-appearances", args=[copies.first.number])
    said = {
        "platform": "a channel",
        "account": "someone",
        "seen_at": "2022-01-07T10:00",
        "claimed_on": "early January 2022",
        "once": "token",
    }
    assert client.post(place, said).status_code == 302
    assert client.post(place, said).status_code == 302
    found = Appearance.objects.get()
    assert (found.item, found.account, found.recorded_by) == (copies.first, "someone", gulnar)
    assert found.claimed_on
    wrong = said | {"platform": "", "once": "another"}
    assert client.post(place, wrong).status_code == 422
    withdraw = reverse("evidence-appearance-withdraw", args=[copies.first.number, found.pk])
    client.post(withdraw, {"reason": ""})
    assert queries.appearances_of_group(copies.first, user=gulnar)
    client.post(withdraw, {"reason": "another clip"})
    assert not queries.appearances_of_group(copies.first, user=gulnar)


def test_addresses_are_shown_but_never_opened(copies: ItemRelation, asel: User) -> None:
    operations.add_appearance(item=copies.first, url="https://example.org/x", seen_at=AT, by=asel, at=AT)
    text = english(signed_in(asel), "evidence-appearances", copies.first.number)
    assert "https://example.org/x" in text
    assert 'href="https://example.org' not in text


def test_no_page_asks_the_database_once_a_row(vault: Vault, copies: ItemRelation, asel: User) -> None:
    client, item = signed_in(asel), copies.first
    pages = [
        ("evidence-suggestions", []),
        ("evidence-copies", [item.number]),
        ("evidence-appearances", [item.number]),
    ]

    def grow() -> None:
        other, third = keep(vault, asel), keep(vault, asel)
        for two, is_decided in ((other, True), (third, False)):
            found = operations.suggest_relation(
                first=item, second=two, kind="same_footage", score=0.9, why={}, by=asel, at=AT
            )
            if is_decided:
                operations.decide_relation(relation=found, is_confirmed=True, by=asel, at=AT)
        appeared(other, asel, 1, taken_from=appeared(item, asel, 2))

    def counted() -> list[int]:
        found = []
        for name, values in pages:
            with CaptureQueriesContext(connection) as caught:
                english(client, name, *values)
            found.append(len(caught))
        return found

    grow()
    few = counted()
    grow()
    grow()
    assert counted() == few


def test_lines_join_only_boxes_that_are_drawn() -> None:
    picture = draw([3, 1], {}, joined=[(1, 3, "x"), (1, 9, "x")], taken=[(1, 1, "x"), (1, 3, "x")], asked=1)
    assert (len(picture.joins), len(picture.takes), picture.height) == (1, 1, 2 * ROW)
    assert [box.top for box in picture.boxes] == [4, 4 + ROW]
    assert ROW > HEIGHT


def test_the_most_complete_copy_is_larger_and_longer_or_none_is() -> None:
    small = Measure(width=640, height=360, duration_ms=1000)
    large = Measure(width=1280, height=720, duration_ms=1000)
    assert most_complete({1: small, 2: large}) == 2
    assert most_complete({1: small, 2: small}) is None
    assert most_complete({1: large}) is None


@pytest.mark.parametrize(
    ("measure", "words"),
    [
        (Measure(width=640, height=360, duration_ms=3_725_000), "640 × 360, 1:02:05"),
        (Measure(width=640, height=360, duration_ms=0), "640 × 360"),
        (Measure(width=0, height=0, duration_ms=61_000), "1:01"),
        (None, ""),
    ],
)
def test_sizes_in_words(measure: Measure | None, words: str) -> None:
    assert measure_words(measure) == words
