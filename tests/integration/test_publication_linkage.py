"""Every publication says how its records were linked, and how good the links were found to be."""

import json
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.lists import operations
from kuager.domain.lists.models import LinkRun
from kuager.domain.publication.models import Snapshot
from kuager.domain.publication.operations import build_snapshot, publish_snapshot
from kuager.domain.publication.queries import linkage_page, verify_snapshot
from kuager.domain.publication.queries.linkage import linkage_notes
from kuager.domain.sources.models import Publisher
from tests.integration.two_lists import import_two_lists, link

AS_OF = date(2022, 1, 10)


@pytest.fixture
def run(asel: User, tmp_path: Path) -> LinkRun:
    return link(import_two_lists(tmp_path, by=asel), by=asel)


def accept(run: LinkRun, by: User) -> None:
    at = run.known_at + timedelta(hours=1)
    operations.accept_links(run=run, threshold=0.9, explanation="looked at all", by=by, at=at)


def publish(run: LinkRun, by: User, *, hours: int) -> Snapshot:
    at = run.known_at + timedelta(hours=hours)
    snapshot = build_snapshot(as_of=AS_OF, by=by, at=at)
    return publish_snapshot(snapshot=snapshot, by=by, at=at)


def review_all(run: LinkRun, first: User, second: User, *, hours: int) -> None:
    saule = create_user(username="saule", role=Role.STATISTICIAN)
    at = run.known_at + timedelta(hours=hours)
    review = operations.draw_double_review(run=run, size=10, seed=1, by=saule, at=at)
    for sampled in review.pairs.all():
        verdict = "same" if sampled.is_linked else "different"
        for one in (first, second):
            operations.answer_blindly(sampled=sampled, verdict=verdict, by=one, at=at)


def test_a_publication_says_plainly_that_nobody_measured(
    run: LinkRun, asel: User, farida: User, client: Client
) -> None:
    accept(run, asel)
    snapshot = publish(run, farida, hours=2)
    page = client.get("/en/linkage/").content.decode()
    assert "Not measured" in page
    assert "which is no measurement" in page
    assert "Not measured" in client.get("/en/method/").content.decode()
    note = client.get("/en/linkage/linkage.json").json()["linkage"][0]
    assert note["measured"] is None
    assert note["accepted_together"] == 3
    assert note["lists"] == ["Invented Hotline: Hotline", "Invented Reporters: Reporters"]
    assert snapshot.summary["linkage"] == [note]


def test_measured_quality_stands_in_the_digest_and_is_computed_again(
    run: LinkRun, asel: User, gulnar: User, farida: User, client: Client
) -> None:
    review_all(run, asel, gulnar, hours=1)
    first = publish(run, farida, hours=2)
    page = client.get("/en/linkage/").content.decode()
    assert "Precision" in page
    assert "95 % interval" in page
    assert "asel" not in page
    measured = first.summary["linkage"][0]["measured"]
    assert (measured["complete"], measured["reviewers"]) == (True, 2)
    assert verify_snapshot(first, recompute=True).is_intact
    # What is measured later changes later snapshots only.
    third = create_user(username="third", role=Role.DOCUMENTER)
    again = operations.draw_double_review(
        run=run, size=10, seed=2, by=farida, at=run.known_at + timedelta(hours=3)
    )
    sampled = again.pairs.get(position=1)
    operations.answer_blindly(
        sampled=sampled, verdict="unsure", by=third, at=run.known_at + timedelta(hours=3)
    )
    assert verify_snapshot(first, recompute=True).is_intact
    Snapshot.objects.filter(pk=first.pk).update(
        summary=first.summary | {"linkage": [first.summary["linkage"][0] | {"measured": None}]}
    )
    first.refresh_from_db()
    assert not verify_snapshot(first).is_intact


def test_the_downloaded_files_prove_the_note_without_us(
    run: LinkRun, asel: User, farida: User, client: Client, tmp_path: Path
) -> None:
    accept(run, asel)
    snapshot = publish(run, farida, hours=2)
    for name in ("figures.json", "people.json"):
        got = client.get(f"/en/snapshots/{snapshot.number}/downloads/{name}")
        (tmp_path / name).write_bytes(b"".join(got.streaming_content))  # type: ignore[attr-defined]  # sent piece by piece
    program = tmp_path / "check.py"
    program.write_bytes(client.get("/en/downloads/check_snapshot.py").content)
    command = [sys.executable, str(program)]
    said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)  # noqa: S603  # our program
    assert snapshot.content_digest in said.stdout
    figures = json.loads((tmp_path / "figures.json").read_text())
    assert figures["format"] == "kuager-snapshot-3"


def test_a_publication_without_link_run_has_no_note(asel: User, farida: User, client: Client) -> None:
    snapshot = build_snapshot(as_of=AS_OF, by=farida, at=asel.date_joined)
    publish_snapshot(snapshot=snapshot, by=farida, at=asel.date_joined)
    assert linkage_page(snapshot) == []
    assert "No figure of this snapshot rests" in client.get("/en/linkage/").content.decode()
    assert verify_snapshot(snapshot, recompute=True).is_intact


def test_a_protected_publisher_is_not_named(run: LinkRun, asel: User, farida: User) -> None:
    Publisher.objects.filter(name="Invented Reporters").update(is_protected=True)
    accept(run, asel)
    snapshot = publish(run, farida, hours=2)
    assert snapshot.summary["linkage"][0]["lists"] == ["Invented Hotline: Hotline", "List 2"]


def test_a_better_method_later_does_not_break_an_old_snapshot(
    run: LinkRun, asel: User, gulnar: User, farida: User
) -> None:
    review_all(run, asel, gulnar, hours=1)
    snapshot = publish(run, farida, hours=2)
    note = snapshot.summary["linkage"][0]
    other = {"value": 0.5, "low": 0.4, "high": 0.6}
    older = [note | {"measured": note["measured"] | {"precision": other}}]
    again = linkage_notes(snapshot.known_at, published=older)
    assert again == older
    # Other counts are another thing: there the figures are computed anew.
    older[0]["measured"] |= {"reviewed": 1}
    assert linkage_notes(snapshot.known_at, published=older) == [note]
