"""The example tells its whole story, with fewer people than ``make demo`` does."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kuager.core.errors import RefusedError
from kuager.domain.audit.queries import verify_chain
from kuager.domain.evidence.models import Appearance, CustodyEvent, DigitalItem, ItemRelation, Verification
from kuager.domain.lists.queries import list_estimates, review_progress
from kuager.domain.lists.queries.taken_back import list_taken_back
from kuager.domain.people.queries import contradictions
from kuager.domain.publication.models import Snapshot
from kuager.domain.register import queries
from kuager.domain.register.models import Entry
from kuager.domain.register.operations import rebuild_entries
from kuager.domain.register.terms import Status
from kuager.engines.vault.files import OsFiles
from kuager.engines.vault.vault import Vault, create
from kuager.interfaces.cli.example import brothers
from kuager.interfaces.cli.example.evidence import make_vault
from kuager.interfaces.cli.example.invention import invent_people
from kuager.interfaces.cli.example.story import Story
from kuager.interfaces.shell.example_accounts import PASSWORD


@pytest.fixture
def said(db: None, tmp_path: Path) -> list[str]:
    """What the story said while it was told."""
    lines: list[str] = []
    vault = make_vault(tmp_path / "vault", PASSWORD)
    Story(folder=tmp_path, say=lines.append, size=260, vault=vault).tell()
    return lines


def test_the_story_is_told_to_its_end(said: list[str], tmp_path: Path) -> None:
    assert "estimating how many no list has" in said
    assert [snapshot.state for snapshot in Snapshot.objects.order_by("number")] == ["published"] * 3
    assert all(snapshot.is_example for snapshot in Snapshot.objects.all())
    assert list_estimates().count() == 1
    assert review_progress().decided > 50
    assert len(contradictions()) >= 1
    assert verify_chain() > 100
    # The first answer is still the first answer, after everything that came later.
    asked = queries.count(as_of=date(2021, 11, 8), known_at=datetime(2021, 11, 9, 11, tzinfo=UTC))
    first = Snapshot.objects.get(number=1)
    published = {f.key: f.value for f in first.figures.all() if "." not in f.key and f.value}
    assert {row.values[0]: row.count for row in asked.rows} == {
        key: value for key, value in published.items() if key in dict(Status.choices)
    }
    before = list(Entry.objects.order_by("pk").values())
    rebuild_entries(at=datetime(2021, 11, 24, tzinfo=UTC))
    assert list(Entry.objects.order_by("pk").values()) == before
    check_the_brothers_are_two_people()
    check_the_first_run_is_measured()
    check_the_evidence_is_kept(tmp_path / "vault")


def test_the_same_seed_invents_the_same_people() -> None:
    assert invent_people(50, seed=7) == invent_people(50, seed=7) != invent_people(50, seed=8)


def check_the_brothers_are_two_people() -> None:
    links, total = list_taken_back()
    assert total == 1
    undone = links[0]
    assert undone.is_apart
    assert undone.judgement.method == "link_run"
    assert undone.judgement.explanation == brothers.IN_HASTE
    assert undone.judgement.end_reason == brothers.UNDONE
    assert [said.verdict for said in undone.now] == ["different"]
    assert undone.pair is not None
    assert undone.pair.probability >= 0.5
    third = Snapshot.objects.get(number=3)
    assert third.difference["reasons"]["judgements_ended"] >= 1
    assert dead_as_known(hour=10) == dead_as_known(hour=8) + 1


def dead_as_known(*, hour: int) -> int:
    """Count the dead of the sixth as it was known at an hour of the day on which the brothers were parted."""
    asked = queries.count(as_of=date(2021, 11, 6), known_at=datetime(2021, 11, 18, hour, tzinfo=UTC))
    return next(row.count for row in asked.rows if row.values[0] == Status.DEAD)


def check_the_first_run_is_measured() -> None:
    notes = [snapshot.summary["linkage"] for snapshot in Snapshot.objects.order_by("number")]
    measured = notes[0][0]["measured"]
    assert measured["complete"]
    assert measured["precision"]["value"] > 0.8
    assert 0 < measured["kappa"]["value"] < 1
    assert [note["measured"] is not None for note in notes[2]].count(True) == 1


def check_the_evidence_is_kept(folder: Path) -> None:
    vault = Vault.unlock(OsFiles(folder), PASSWORD)
    assert {item.media_type for item in DigitalItem.objects.all()} >= {
        "video/mp4",
        "image/jpeg",
        "application/pdf",
    }
    assert CustodyEvent.objects.count() == vault.journal.size
    assert [one.state for one in Verification.objects.order_by("pk")] == ["verified", "proposed"]
    assert Appearance.objects.filter(taken_from__isnull=False).count() == 2
    assert ItemRelation.objects.filter(state="confirmed").count() == 2
    copy = DigitalItem.objects.get(derivation="redacted")
    assert copy.released_by != copy.release_proposed_by
    assert copy.release_state == "released"
    for item in vault.items():
        vault.check(item)


def test_a_vault_that_is_not_the_example_s_is_left_alone(tmp_path: Path) -> None:
    create(OsFiles(tmp_path), name="somebody/else", passphrase="not invented at all")
    with pytest.raises(RefusedError, match="not the example's"):
        make_vault(tmp_path, PASSWORD)
    assert (tmp_path / "vault.json").exists()
