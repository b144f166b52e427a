"""Restricted items: whoever need not know of one hears of it what everybody hears of nothing."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kuager.core.errors import BadInputError, InvalidTransitionError, NotFoundError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import DigitalItem
from kuager.engines.vault.bundle import FolderSink
from kuager.engines.vault.vault import Vault
from tests.integration.evidence_story import AT, CLIP, keep, new_vault, redact

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


@pytest.fixture
def secret(vault: Vault, asel: User) -> DigitalItem:
    """What asel brought in confidence."""
    return keep(vault, asel, CLIP, is_restricted=True)


def seen(user: User) -> set[int]:
    return {item.number for item in queries.list_items(user=user)}


def test_a_hidden_item_is_like_no_item(secret: DigitalItem, gulnar: User) -> None:
    answers = []
    for number in (secret.number, 777):
        with pytest.raises(NotFoundError) as caught:
            queries.get_item(number, user=gulnar)
        answers.append(str(caught.value).replace(str(number), "N"))
    assert answers[0] == answers[1]
    assert seen(gulnar) == set()
    assert queries.count_items(gulnar) == 0


def test_who_brought_it_and_readers_see_it(secret: DigitalItem, asel: User, gulnar: User) -> None:
    reader = operations.grant_reading(item=secret, user=gulnar, reason="translates it", by=asel, at=AT)
    assert seen(asel) == seen(gulnar) == {secret.number}
    assert [one.user for one in queries.list_readers(secret)] == [gulnar]
    operations.end_reading(reader=reader, reason="done", by=asel, at=AT)
    assert seen(gulnar) == set()
    with pytest.raises(InvalidTransitionError):
        operations.end_reading(reader=reader, reason="again", by=asel, at=AT)


def test_granting_twice_changes_nothing(secret: DigitalItem, asel: User, gulnar: User) -> None:
    grants = [
        operations.grant_reading(item=secret, user=gulnar, reason="translates", by=asel, at=AT)
        for _ in range(2)
    ]
    assert grants[0] == grants[1]


def test_nobody_without_the_right_becomes_a_reader(secret: DigitalItem, asel: User, bolat: User) -> None:
    with pytest.raises(BadInputError, match="role may not look"):
        operations.grant_reading(item=secret, user=bolat, reason="curious", by=asel, at=AT)


def test_every_act_on_a_hidden_item_finds_nothing(
    vault: Vault, secret: DigitalItem, asel: User, gulnar: User, erlan: User, tmp_path: Path
) -> None:
    other = keep(vault, gulnar)
    mark = operations.add_mark(vault=vault, item=secret, note="x", by=asel, at=AT)
    acts: list[Callable[[], object]] = [
        lambda: operations.note_view(vault=vault, item=secret, what="frames", by=gulnar, at=AT),
        lambda: operations.add_mark(vault=vault, item=secret, note="x", by=gulnar, at=AT),
        lambda: operations.drop_mark(mark=mark, reason="x", by=gulnar, at=AT),
        lambda: queries.get_mark(mark.pk, user=gulnar),
        lambda: operations.add_transcript(
            vault=vault, item=secret, language="kk", text="x", by=gulnar, at=AT
        ),
        lambda: operations.restrict_item(item=secret, reason="x", by=gulnar, at=AT),
        lambda: operations.open_item(item=secret, reason="x", by=gulnar, at=AT),
        lambda: operations.grant_reading(item=secret, user=gulnar, reason="x", by=gulnar, at=AT),
        lambda: redact(vault, secret, gulnar),
        lambda: operations.add_appearance(item=secret, platform="x", seen_at=AT, by=gulnar, at=AT),
        lambda: operations.export_items(
            vault=vault, items=[other, secret], sink=FolderSink(tmp_path / "b"), reason="x", by=erlan, at=AT
        ),
    ]
    size = vault.journal.size
    for act in acts:
        with pytest.raises(NotFoundError, match=f"there is no (item {secret.number}|mark {mark.pk})"):
            act()
    assert vault.journal.size == size
    assert not (tmp_path / "b").exists()


def test_bringing_the_same_bytes_tells_nobody_of_the_hidden_item(
    vault: Vault, secret: DigitalItem, asel: User, gulnar: User
) -> None:
    brought = keep(vault, gulnar, CLIP)
    assert brought.pk != secret.pk
    assert brought.is_apart
    assert [event.act for event in queries.history(brought)] == ["acquired"]
    assert keep(vault, gulnar, CLIP).pk == brought.pk
    assert keep(vault, asel, CLIP).pk == secret.pk


def test_what_comes_in_confidence_does_not_join_an_open_item(vault: Vault, asel: User, gulnar: User) -> None:
    known = keep(vault, gulnar, CLIP)
    secret = keep(vault, asel, CLIP, is_restricted=True)
    assert secret.pk != known.pk
    assert seen(gulnar) == {known.number}
    assert seen(asel) == {known.number, secret.number}


def test_copies_of_a_hidden_item_are_hidden_from_the_same_people(
    vault: Vault, secret: DigitalItem, asel: User, gulnar: User, erlan: User
) -> None:
    operations.grant_reading(item=secret, user=gulnar, reason="translates it", by=asel, at=AT)
    redacted = redact(vault, secret, gulnar)
    assert redacted.is_restricted
    assert redacted.number in seen(asel) & seen(gulnar)
    assert redacted.number not in seen(erlan)


def test_restricting_keeps_sight_for_who_does_it(vault: Vault, asel: User, gulnar: User, erlan: User) -> None:
    item = keep(vault, asel)
    operations.restrict_item(item=item, reason="a child is seen", by=gulnar, at=AT)
    assert item.number in seen(asel) & seen(gulnar)
    assert item.number not in seen(erlan)
    with pytest.raises(InvalidTransitionError):
        operations.restrict_item(item=item, reason="again", by=gulnar, at=AT)
    operations.open_item(item=item, reason="the family agreed", by=asel, at=AT)
    assert item.number in seen(erlan)


def test_relations_and_groups_stop_at_hidden_items(vault: Vault, asel: User, gulnar: User) -> None:
    left, secret, right = (keep(vault, asel, is_restricted=is_hidden) for is_hidden in (False, True, False))
    for other in (left, right):
        relation = operations.suggest_relation(
            first=other, second=secret, kind="same_footage", score=0.9, why={}, by=asel, at=AT
        )
        operations.decide_relation(relation=relation, is_confirmed=True, by=asel, at=AT)
    operations.add_appearance(item=secret, platform="a channel", seen_at=AT, by=asel, at=AT)
    assert set(queries.group_of(left, user=asel).items) == {left.number, secret.number, right.number}
    assert set(queries.group_of(left, user=gulnar).items) == {left.number}
    assert not queries.appearances_of_group(left, user=gulnar)
    assert not queries.relations(left, user=gulnar)
    with pytest.raises(NotFoundError):
        queries.get_relation(relation.pk, user=gulnar)


def test_custody_of_hidden_items_is_not_listed(vault: Vault, secret: DigitalItem, gulnar: User) -> None:
    shown = keep(vault, gulnar)
    assert [event.item for event in queries.list_custody(user=gulnar)] == [shown]


def test_who_may_not_look_at_evidence_is_told_so(secret: DigitalItem, bolat: User) -> None:
    for number in (secret.number, 777):
        with pytest.raises(PermissionDeniedError, match="bolat may not view evidence"):
            queries.get_item(number, user=bolat)


def test_numbers_no_item_can_have_are_no_items(asel: User) -> None:
    for number in (-1, 2**63, 10**30):
        with pytest.raises(NotFoundError):
            queries.get_item(number, user=asel)
    assert not queries.list_items(user=asel, text="9" * 40)
