"""The example tells its whole story, with fewer people than ``make demo`` does."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from kuager.domain.audit.queries import verify_chain
from kuager.domain.lists.queries import list_estimates, review_progress
from kuager.domain.lists.queries.taken_back import list_taken_back
from kuager.domain.people.queries import contradictions
from kuager.domain.publication.models import Snapshot
from kuager.domain.register import queries
from kuager.domain.register.models import Entry
from kuager.domain.register.operations import rebuild_entries
from kuager.domain.register.terms import Status
from kuager.interfaces.cli.example import brothers
from kuager.interfaces.cli.example.invention import invent_people
from kuager.interfaces.cli.example.story import Story


@pytest.fixture
def said(db: None, tmp_path: Path) -> list[str]:
    """What the story said while it was told."""
    lines: list[str] = []
    Story(folder=tmp_path, say=lines.append, size=260).tell()
    return lines


def test_the_story_is_told_to_its_end(said: list[str]) -> None:
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
