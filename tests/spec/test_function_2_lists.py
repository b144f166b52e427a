"""Function 2, lists: three lists of one week are imported, reconciled and counted together."""

from datetime import date
from pathlib import Path

import pytest

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.audit.queries import list_events, verify_chain
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import CasualtyList
from kuager.domain.people.terms import Verdict
from kuager.domain.register import queries as register
from tests.integration.list_files import FIRST, SECOND, later, load, new_list, write_csv

JANUARY_20 = date(2022, 1, 20)
JANUARY_28 = date(2022, 1, 28)
ENGLISH = (
    ("Erden Tasbolatov", "34", "2022-01-06", "Almaty", "detained"),
    ("Didar Oralkhanov", "19", "2022-01-05", "Taraz", "dead"),
    ("Sanzhar Kydyrbek", "63", "2022-01-05", "Aktau", "missing"),
)

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def ours(asel: User, gulnar: User, tmp_path: Path) -> CasualtyList:
    chosen = new_list(asel, title="Ours")
    edition = load(chosen, write_csv(tmp_path / "ours.csv", FIRST), asel, as_of=JANUARY_20)
    operations.approve_edition(edition=edition, by=gulnar, at=later(1))
    return chosen


@pytest.fixture
def theirs(asel: User, tmp_path: Path) -> CasualtyList:
    chosen = new_list(asel, title="Theirs", publisher="Other")
    path = write_csv(tmp_path / "theirs.csv", ENGLISH, ("Name", "Age", "Date", "City", "Status"))
    load(chosen, path, asel, as_of=JANUARY_20, at=later(2))
    return chosen


def counted(as_of: date = JANUARY_20) -> dict[str, int]:
    return {row.values[0]: row.count for row in register.count(as_of=as_of).rows}


def test_two_lists_of_the_same_people_are_counted_once_after_review(
    ours: CasualtyList, theirs: CasualtyList, asel: User
) -> None:
    assert sum(counted().values()) == 7
    run = operations.run_linkage(lists=[ours, theirs], by=asel, at=later(3))
    while pair := queries.next_pair(asel, run=run):
        verdict = Verdict.SAME if pair.probability > 0.5 else Verdict.DIFFERENT
        operations.review_pair(pair=pair, verdict=verdict, explanation="compared", by=asel, at=later(4))
    assert queries.review_progress(run, user=asel).mine == 0
    assert sum(counted().values()) == 5
    assert counted() == {"detained": 2, "dead": 1, "injured": 1, "missing": 1}


def test_a_past_question_keeps_its_answer_after_a_newer_edition(
    ours: CasualtyList, asel: User, tmp_path: Path
) -> None:
    asked = register.count(as_of=JANUARY_20, known_at=later(5)).rows
    load(ours, write_csv(tmp_path / "newer.csv", SECOND), asel, as_of=JANUARY_28, at=later(6))
    assert register.count(as_of=JANUARY_20, known_at=later(5)).rows == asked
    assert register.count(as_of=JANUARY_28).rows != asked


def test_a_whole_life_of_a_list_leaves_an_unbroken_audit_record(
    ours: CasualtyList, asel: User, tmp_path: Path
) -> None:
    edition = load(ours, write_csv(tmp_path / "newer.csv", SECOND), asel, as_of=JANUARY_28, at=later(6))
    operations.undo_edition(edition=edition, reason="the publisher withdrew it", by=asel, at=later(7))
    acts = [event.action for event in list_events(target=f"lists.ListEdition:{edition.pk}").reverse()]
    assert acts == ["lists.begin_edition", "lists.stage_edition", "lists.apply_edition", "lists.undo_edition"]
    assert verify_chain() > 0


def test_no_name_of_a_list_reaches_the_audit_record(ours: CasualtyList) -> None:
    written = " ".join(f"{event.reason} {event.detail} {event.target}" for event in list_events())
    assert not [row[1] for row in FIRST if row[1].split()[0] in written]


def test_estimates_say_why_they_must_not_be_published(
    ours: CasualtyList, theirs: CasualtyList, asel: User
) -> None:
    statistician = create_user(username="statistician", role=Role.STATISTICIAN)
    run = operations.run_linkage(lists=[ours, theirs], by=statistician, at=later(3))
    operations.accept_links(run=run, threshold=0.9, explanation="all looked at", by=statistician, at=later(4))
    made = operations.run_estimate(lists=[ours, theirs], as_of=JANUARY_20, by=statistician, at=later(5))
    assert made.histories["observed"] == 5
    assert not made.is_publishable
    assert all(method["reasons"] for method in made.results["methods"])
