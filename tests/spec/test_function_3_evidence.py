"""Function 3, evidence: one clip is kept, looked into, found again, agreed on, redacted and given out."""

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from kuager.core.errors import NotFoundError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.audit.queries import verify_chain
from kuager.domain.evidence import operations, queries
from kuager.domain.evidence.models import DigitalItem
from kuager.engines.vault.bundle import FolderSink
from kuager.engines.vault.vault import Vault
from tests.integration.evidence_story import AT, CLIP, keep, new_vault, redact
from tests.integration.small_register import SmallRegister


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    return new_vault(tmp_path)


@pytest.fixture
def dana(db: None) -> User:
    """An evidence officer."""
    return create_user(username="dana", role=Role.EVIDENCE_OFFICER)


@pytest.fixture
def clip(vault: Vault, asel: User) -> DigitalItem:
    """A clip that a neighbour gave to asel."""
    return keep(vault, asel, CLIP)


def test_a_clip_goes_from_a_neighbour_to_a_court(
    vault: Vault, clip: DigitalItem, asel: User, gulnar: User, erlan: User, tmp_path: Path
) -> None:
    operations.note_view(vault=vault, item=clip, what="frames", by=gulnar, at=AT + timedelta(hours=1))
    mark = operations.add_mark(
        vault=vault,
        item=clip,
        note="the clock of the tower",
        time_ms=4_200,
        box=(400, 100, 120, 120),
        by=gulnar,
        at=AT + timedelta(hours=2),
    )
    source = SmallRegister(by=asel).source()
    citation = operations.cite_mark(
        vault=vault, mark=mark, source=source, by=gulnar, at=AT + timedelta(hours=2)
    )
    assert citation.locator == "item 0, 00:00:04.200, box 400 100 120 120"
    finding = operations.propose_verification(
        vault=vault,
        item=clip,
        aspect="date",
        question="When was this filmed?",
        method="The clock of the tower, and the shadow of the mast",
        finding="6 January 2022, about 17:40",
        certainty="probable",
        by=gulnar,
        at=AT + timedelta(hours=3),
    )
    operations.second_verification(vault=vault, verification=finding, by=asel, at=AT + timedelta(hours=4))
    operations.export_items(
        vault=vault,
        items=[clip],
        sink=FolderSink(tmp_path / "bundle"),
        reason="for the court",
        by=erlan,
        at=AT + timedelta(hours=5),
    )
    acts = [event.act for event in queries.history(clip)]
    assert acts == ["acquired", "viewed", "noted", "noted", "noted", "verified", "exported"]
    command = [sys.executable, "-I", "-S", str(tmp_path / "bundle" / "verify.py"), str(tmp_path / "bundle")]
    said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)  # noqa: S603
    assert said.stdout.splitlines()[-1] == "SOUND"
    verify_chain()


def test_two_clips_are_one_event_and_the_earliest_appearance_is_told(
    vault: Vault, clip: DigitalItem, dana: User
) -> None:
    copy = keep(vault, dana, b"another cut " * 500)
    relation = operations.suggest_relation(
        first=clip, second=copy, kind="same_footage", score=0.91, why={"inliers": 140}, by=dana, at=AT
    )
    assert list(queries.list_suggestions(user=dana)) == [relation]
    operations.decide_relation(relation=relation, is_confirmed=True, kind="excerpt", by=dana, at=AT)
    earliest = operations.add_appearance(
        item=copy,
        platform="a channel",
        seen_at=AT - timedelta(days=2),
        claimed_on="2022-01-05",
        by=dana,
        at=AT,
    )
    later = operations.add_appearance(
        item=clip, url="https://example.org/clip", seen_at=AT, taken_from=earliest, by=dana, at=AT
    )
    assert list(queries.appearances_of_group(clip, user=dana)) == [earliest, later]


def test_only_a_redacted_copy_that_a_second_person_released_may_be_published(
    vault: Vault, clip: DigitalItem, asel: User, farida: User
) -> None:
    with pytest.raises(RefusedError):
        operations.propose_release(item=clip, reason="for the site", by=asel, at=AT)
    copy = redact(vault, clip, asel)
    operations.propose_release(item=copy, reason="faces are covered", by=asel, at=AT)
    with pytest.raises(PermissionDeniedError):
        operations.release_item(vault=vault, item=copy, by=asel, at=AT)
    assert operations.release_item(vault=vault, item=copy, by=farida, at=AT).release_state == "released"
    assert queries.open_item(vault, clip).read() == CLIP


def test_what_comes_in_confidence_is_known_to_few(vault: Vault, asel: User, dana: User, erlan: User) -> None:
    secret = keep(vault, asel, is_restricted=True)
    with pytest.raises(NotFoundError, match=f"there is no item {secret.number}"):
        queries.get_item(secret.number, user=dana)
    operations.grant_reading(item=secret, user=erlan, reason="represents the family", by=asel, at=AT)
    assert queries.get_item(secret.number, user=erlan) == secret
