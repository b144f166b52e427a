from datetime import date
from pathlib import Path

import pytest

from kuager.core.errors import BadInputError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import CandidatePair, CasualtyList, LinkRun
from kuager.domain.lists.terms import PairState
from kuager.domain.people.models import Assignment, Judgement
from kuager.domain.people.terms import Verdict
from tests.integration.list_files import FIRST, later, load, new_list, write_csv

JANUARY_20 = date(2022, 1, 20)
ENGLISH = ("Name", "Age", "Date", "City", "Status")
OTHER = (
    ("Erden Tasbolatov", "34", "2022-01-06", "Almaty", "detained"),
    ("Didar Oralkhanov", "19", "2022-01-05", "Taraz", "dead"),
    ("Aidana Zhunisova", "27", "2022-01-07", "Almaty", "injured"),
    ("Sanzhar Kydyrbek", "63", "2022-01-05", "Aktau", "missing"),
)

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture
def statistician(db: None) -> User:
    return create_user(username="statistician", role=Role.STATISTICIAN)


@pytest.fixture
def ours(asel: User, tmp_path: Path) -> CasualtyList:
    chosen = new_list(asel, title="Ours")
    load(chosen, write_csv(tmp_path / "ours.csv", FIRST), asel, as_of=JANUARY_20)
    return chosen


@pytest.fixture
def theirs(asel: User, tmp_path: Path) -> CasualtyList:
    chosen = new_list(asel, title="Theirs", publisher="Other")
    load(chosen, write_csv(tmp_path / "theirs.csv", OTHER, ENGLISH), asel, as_of=JANUARY_20)
    return chosen


@pytest.fixture
def run(ours: CasualtyList, theirs: CasualtyList, asel: User) -> LinkRun:
    return operations.run_linkage(lists=[ours, theirs], by=asel, at=later(1))


def pair_of(run: LinkRun, name: str) -> CandidatePair:
    return CandidatePair.objects.select_related("record_a", "record_b").get(
        run=run, record_a__name__startswith=name, probability__gte=0.5
    )


def test_a_run_finds_the_same_people_in_two_scripts(run: LinkRun) -> None:
    found = {
        (pair.record_a.name, pair.record_b.name)
        for pair in CandidatePair.objects.filter(run=run, probability__gte=0.5).select_related(
            "record_a", "record_b"
        )
    }
    assert found == {
        ("Тасболатов Ерден Серикович", "Erden Tasbolatov"),
        ("Оралханов Дидар", "Didar Oralkhanov"),
        ("Жүнісова Айдана", "Aidana Zhunisova"),
    }
    assert run.record_count == 8
    assert Assignment.objects.values("person").distinct().count() == 8


def test_every_pair_says_why(run: LinkRun) -> None:
    page = queries.pair_page(pair_of(run, "Тасболатов"))
    assert (page.a.list_title, page.b.list_title) == ("Ours", "Theirs")
    assert page.reasons
    fields = {field.field: field for field in page.fields}
    assert (fields["age"].value_a, fields["age"].value_b) == ("34", "34")
    assert fields["event_place"].value_b == "Almaty"
    assert page.a.assertions[0].status == "detained"
    assert page.a.person_code != page.b.person_code
    assert any(field.weight is not None for field in page.fields)


def test_accepting_links_is_one_explained_act_of_a_person(run: LinkRun, asel: User, bolat: User) -> None:
    with pytest.raises(BadInputError, match="why"):
        operations.accept_links(run=run, threshold=0.5, explanation=" ", by=asel, at=later(2))
    with pytest.raises(PermissionDeniedError):
        operations.accept_links(run=run, threshold=0.5, explanation="checked", by=bolat, at=later(2))
    with pytest.raises(BadInputError, match="between"):
        operations.accept_links(run=run, threshold=0.2, explanation="checked", by=asel, at=later(2))
    accepted = operations.accept_links(
        run=run, threshold=0.5, explanation="ten checked", by=asel, at=later(2)
    )
    assert accepted == 3
    assert set(Judgement.objects.values_list("method", "explanation")) == {("link_run", "ten checked")}
    active = Assignment.objects.filter(known_until__isnull=True)
    assert active.values("person").distinct().count() == 5


def test_what_is_judged_is_decided_in_the_next_run(
    run: LinkRun, ours: CasualtyList, theirs: CasualtyList, asel: User
) -> None:
    operations.accept_links(run=run, threshold=0.5, explanation="checked", by=asel, at=later(2))
    again = operations.run_linkage(lists=[ours, theirs], by=asel, at=later(3))
    assert pair_of(again, "Тасболатов").state == PairState.DECIDED
    assert pair_of(again, "Тасболатов").probability == 1.0


def test_the_queue_asks_first_where_it_is_least_sure(run: LinkRun, asel: User) -> None:
    waiting, total = queries.review_queue(asel)
    doubts = [abs(item.pair.probability - 0.5) for item in waiting]
    assert doubts == sorted(doubts)
    assert total == len(waiting) == queries.review_progress(run, user=asel).mine
    assert {waiting[0].list_a, waiting[0].list_b} <= {"Ours", "Theirs"}


def test_a_judged_pair_is_not_shown_again(run: LinkRun, asel: User) -> None:
    pair = queries.next_pair(asel)
    assert pair is not None
    judged = operations.review_pair(pair=pair, verdict=Verdict.DIFFERENT, by=asel, at=later(2))
    assert judged.state == PairState.DECIDED
    following = queries.next_pair(asel)
    assert following is None or following.pk != pair.pk


def test_skipping_goes_to_the_pair_behind(run: LinkRun, asel: User) -> None:
    waiting, _ = queries.review_queue(asel)
    second = queries.next_pair(asel, after=waiting[0].pair)
    assert second == waiting[1].pair


def test_an_unsure_pair_goes_to_a_second_reviewer(run: LinkRun, asel: User, gulnar: User) -> None:
    pair = pair_of(run, "Тасболатов")
    unsure = operations.review_pair(pair=pair, verdict=Verdict.UNSURE, by=asel, at=later(2))
    assert unsure.state == PairState.SECOND
    assert pair not in [item.pair for item in queries.review_queue(asel)[0]]
    assert pair in [item.pair for item in queries.review_queue(gulnar)[0]]
    settled = operations.review_pair(pair=pair, verdict=Verdict.SAME, by=gulnar, at=later(3))
    assert settled.state == PairState.DECIDED
    assert queries.pair_page(settled).a.person_code == queries.pair_page(settled).b.person_code


def test_reviewers_who_disagree_link_nothing(run: LinkRun, asel: User, gulnar: User) -> None:
    pair = pair_of(run, "Тасболатов")
    operations.review_pair(pair=pair, verdict=Verdict.SAME, by=asel, at=later(2))
    disputed = operations.review_pair(pair=pair, verdict=Verdict.DIFFERENT, by=gulnar, at=later(3))
    assert disputed.state == PairState.DISPUTED
    page = queries.pair_page(disputed)
    assert page.a.person_code != page.b.person_code
    assert len(page.judgements) == 2
    assert queries.review_progress(run).disputed == 1


def test_the_last_review_is_taken_back(run: LinkRun, asel: User) -> None:
    assert operations.undo_review(by=asel, at=later(2)) is None
    pair = pair_of(run, "Тасболатов")
    operations.review_pair(pair=pair, verdict=Verdict.SAME, explanation="same age", by=asel, at=later(2))
    undone = operations.undo_review(by=asel, at=later(3))
    assert undone == pair
    assert undone is not None
    assert undone.state == PairState.OPEN
    page = queries.pair_page(undone)
    assert page.a.person_code != page.b.person_code


def test_overlap_counts_persons_by_the_exact_set_of_lists(
    run: LinkRun, ours: CasualtyList, theirs: CasualtyList, asel: User
) -> None:
    operations.accept_links(run=run, threshold=0.5, explanation="checked", by=asel, at=later(2))
    table = queries.overlap([ours, theirs])
    assert {row.list_ids: row.count for row in table.rows} == {
        (ours.pk, theirs.pk): 3,
        (ours.pk,): 1,
        (theirs.pk,): 1,
    }
    assert (table.totals, table.persons) == ((4, 4), 5)
    before = queries.overlap([ours, theirs], known_at=later(1))
    assert {row.list_ids: row.count for row in before.rows} == {(ours.pk,): 4, (theirs.pk,): 4}


def test_everybody_only_on_one_list_is_a_work_queue(
    run: LinkRun, ours: CasualtyList, theirs: CasualtyList, asel: User
) -> None:
    pair = pair_of(run, "Тасболатов")
    page = queries.only_on(ours, not_on=theirs)
    assert page.total == 4
    assert pair in [candidate.pair for item in page.items for candidate in item.candidates]
    operations.review_pair(pair=pair, verdict=Verdict.SAME, by=asel, at=later(2))
    assert queries.only_on(ours, not_on=theirs).total == 3


def test_histories_can_ask_for_a_status_of_a_day(
    run: LinkRun, ours: CasualtyList, theirs: CasualtyList, asel: User
) -> None:
    operations.accept_links(run=run, threshold=0.5, explanation="checked", by=asel, at=later(2))
    everybody = queries.capture_histories([ours, theirs], as_of=JANUARY_20)
    detained = queries.capture_histories([ours, theirs], as_of=JANUARY_20, status="detained")
    assert (everybody.observed, everybody.overlap("Ours", "Theirs")) == (5, 3)
    assert (detained.observed, detained.overlap("Ours", "Theirs")) == (2, 1)
    assert queries.capture_histories([ours, theirs], as_of=date(2022, 1, 1)).observed == 0


def test_an_estimate_from_thin_lists_is_kept_and_refused_publication(
    run: LinkRun, ours: CasualtyList, theirs: CasualtyList, asel: User, statistician: User
) -> None:
    operations.accept_links(run=run, threshold=0.5, explanation="checked", by=asel, at=later(2))
    with pytest.raises(PermissionDeniedError):
        operations.run_estimate(lists=[ours, theirs], as_of=JANUARY_20, by=asel, at=later(3))
    made = operations.run_estimate(lists=[ours, theirs], as_of=JANUARY_20, by=statistician, at=later(3))
    assert made.histories["observed"] == 5
    chapman = next(item for item in made.results["methods"] if item["method"] == "chapman")
    assert chapman["estimate"] == pytest.approx(5.25)
    assert chapman["reasons"]
    assert not made.is_publishable


def test_a_list_built_from_another_is_no_second_witness(
    run: LinkRun, ours: CasualtyList, theirs: CasualtyList, asel: User, statistician: User
) -> None:
    operations.accept_links(run=run, threshold=0.5, explanation="checked", by=asel, at=later(2))
    theirs.built_from = ours
    theirs.save()
    made = operations.run_estimate(lists=[ours, theirs], as_of=JANUARY_20, by=statistician, at=later(3))
    reasons = " ".join(made.results["methods"][0]["reasons"])
    assert "Theirs" in reasons
    assert not made.is_publishable


def test_an_estimate_needs_two_lists_with_people(
    ours: CasualtyList, theirs: CasualtyList, statistician: User
) -> None:
    with pytest.raises(BadInputError, match="two lists"):
        operations.run_estimate(lists=[ours], as_of=JANUARY_20, by=statistician, at=later(1))
    with pytest.raises(BadInputError, match="nobody"):
        operations.run_estimate(lists=[ours, theirs], as_of=date(2022, 1, 1), by=statistician, at=later(1))


def test_an_empty_list_cannot_be_linked(ours: CasualtyList, asel: User) -> None:
    with pytest.raises(BadInputError, match="apply an edition"):
        operations.run_linkage(lists=[ours, new_list(asel, title="Empty")], by=asel, at=later(1))
