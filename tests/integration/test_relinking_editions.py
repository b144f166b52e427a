"""A new edition re-links only what changed, and never disturbs what a person decided."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from kuager.domain.accounts.models import User
from kuager.domain.lists import operations
from kuager.domain.lists.models import CandidatePair, CasualtyList, LinkRun
from kuager.domain.lists.operations import link_computing, relinking
from kuager.domain.lists.terms import PairState
from kuager.domain.people.models import Assignment, Judgement
from kuager.domain.people.terms import Verdict
from kuager.engines.linkage.incremental import MatchIndex
from tests.integration.list_files import FIRST, SECOND, later, load, new_list, write_csv
from tests.integration.test_lists_linking import ENGLISH, OTHER, pair_of

JANUARY_20, JANUARY_30 = date(2022, 1, 20), date(2022, 1, 30)

pytestmark = pytest.mark.usefixtures("places")


@pytest.fixture(autouse=True)
def much_may_change(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of eight records half change here; of real lists a few in a hundred."""
    monkeypatch.setattr(relinking, "MOST_CHANGED", 1.0)


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


def second_edition(ours: CasualtyList, by: User, folder: Path) -> None:
    load(ours, write_csv(folder / "second.csv", SECOND), by, as_of=JANUARY_30, at=later(3))


def again(run: LinkRun, by: User, *, hours: int = 5, is_full: bool = False) -> LinkRun:
    return operations.run_linkage(lists=list(run.lists.all()), is_full=is_full, by=by, at=later(hours))


def test_without_a_new_edition_nothing_is_compared_again(
    run: LinkRun, asel: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(_: MatchIndex, questions: list[object], **__: object) -> Iterator[object]:
        assert not questions, "nothing has to be looked up"
        return iter(())

    monkeypatch.setattr(MatchIndex, "candidates_of_each", never)
    following = again(run, asel)
    assert (following.is_full, following.previous) == (False, run)
    assert following.changes["unchanged"] == 8
    pairs = CandidatePair.objects.values_list("record_a", "record_b", "match_weight", "reasons")
    assert set(map(str, pairs.filter(run=following))) == set(map(str, pairs.filter(run=run)))
    chances = CandidatePair.objects.order_by("record_a", "record_b").values_list("probability", flat=True)
    assert list(chances.filter(run=following)) == pytest.approx(list(chances.filter(run=run)), abs=1e-6)


def test_only_what_changed_is_looked_up(
    run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_edition(ours, asel, tmp_path)
    asked: list[str] = []
    candidates = MatchIndex.candidates_of_each

    def noted(index: MatchIndex, questions: list[tuple[str, dict[str, str]]], **more: object) -> object:
        asked.extend(record["name"] for _, record in questions)
        return candidates(index, questions, **more)  # type: ignore[arg-type]  # passed on as they came

    monkeypatch.setattr(MatchIndex, "candidates_of_each", noted)
    following = again(run, asel)
    assert {"Тасболатов Ерден Серикович", "Сыздықов Мейірбек"} <= set(asked)
    assert not {"Жүнісова Айдана", "Қабылбек Нұрлан"} & set(asked)
    found = following.changes
    assert (found["added"], found["changed"], found["withdrawn"], found["unchanged"]) == (1, 1, 1, 6)
    assert (found["new_links"], found["gone_links"]) == (0, 1)


def test_pairs_of_a_row_that_went_are_withdrawn_and_those_decided_stay_decided(
    run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path
) -> None:
    went, changed = pair_of(run, "Оралханов"), pair_of(run, "Тасболатов")
    operations.review_pair(pair=changed, verdict=Verdict.SAME, by=asel, at=later(2))
    second_edition(ours, asel, tmp_path)
    following = again(run, asel)
    went.refresh_from_db()
    changed.refresh_from_db()
    assert (went.state, changed.state) == (PairState.WITHDRAWN, PairState.DECIDED)
    assert not CandidatePair.objects.filter(run=following, record_b__name__contains="Oralkhanov").filter(
        probability__gte=0.5
    )


def test_what_was_judged_of_a_changed_row_is_not_asked_again(
    run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path
) -> None:
    operations.review_pair(pair=pair_of(run, "Тасболатов"), verdict=Verdict.SAME, by=asel, at=later(2))
    judgements = set(Judgement.objects.exclude(method="edition").values_list("pk", "ended_at"))
    second_edition(ours, asel, tmp_path)
    following = again(run, asel)
    pair = CandidatePair.objects.get(
        run=following, record_a__name="Erden Tasbolatov", record_b__name__startswith="Тасболатов"
    )
    assert (pair.state, pair.probability) == (PairState.DECIDED, 1.0)
    assert following.changes["judged_before"] == 1
    assert set(Judgement.objects.exclude(method="edition").values_list("pk", "ended_at")) == judgements


def test_a_pair_judged_different_stays_apart(
    run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path
) -> None:
    operations.review_pair(pair=pair_of(run, "Тасболатов"), verdict=Verdict.DIFFERENT, by=asel, at=later(2))
    second_edition(ours, asel, tmp_path)
    for following in (again(run, asel), again(run, asel, hours=6, is_full=True)):
        linked = CandidatePair.objects.filter(run=following, probability__gte=0.5)
        assert not linked.filter(record_a__name="Erden Tasbolatov")


def test_nothing_merges_by_itself(run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path) -> None:
    second_edition(ours, asel, tmp_path)
    persons = set(Assignment.objects.filter(known_until__isnull=True).values_list("record", "person"))
    again(run, asel)
    assert set(Assignment.objects.filter(known_until__isnull=True).values_list("record", "person")) == persons


def test_the_links_are_those_of_linking_everything_anew(
    run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path
) -> None:
    second_edition(ours, asel, tmp_path)
    following, anew = again(run, asel), again(run, asel, hours=6, is_full=True)
    assert (following.is_full, anew.is_full) == (False, True)
    assert following.trained == run.trained
    links = CandidatePair.objects.filter(probability__gte=0.5).values_list("record_a", "record_b")
    assert set(links.filter(run=following)) == set(links.filter(run=anew))
    assert following.record_count == anew.record_count == 8


def test_where_too_much_changed_everything_is_linked_anew(
    run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relinking, "MOST_CHANGED", 0.2)
    second_edition(ours, asel, tmp_path)
    following = again(run, asel)
    assert following.is_full
    assert following.changes["withdrawn"] == 1


def test_many_judgements_call_for_learning_anew(
    run: LinkRun, asel: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(relinking, "MOST_JUDGED", 1)
    operations.review_pair(pair=pair_of(run, "Тасболатов"), verdict=Verdict.SAME, by=asel, at=later(2))
    assert again(run, asel).is_full


def test_the_index_of_the_register_serves_where_it_is_up_to_date(
    run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "matching"
    operations.build_index(folder)
    second_edition(ours, asel, tmp_path)
    asked = operations.ask_linkage(lists=list(run.lists.all()), by=asel, at=later(5))
    following = operations.compute_linkage(run=asked, clock=lambda: later(5), index_folder=folder)
    assert not following.is_full
    assert len(list(folder.glob("index-*.sqlite3"))) == 1
    assert not list(folder.glob("tmp*"))


def test_killed_while_relinking_the_run_before_is_untouched(
    run: LinkRun, ours: CasualtyList, asel: User, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    second_edition(ours, asel, tmp_path)
    before = set(CandidatePair.objects.values_list("pk", "state"))

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(link_computing, "_store_draws", die)
    with pytest.raises(KeyboardInterrupt):
        again(run, asel)
    assert set(CandidatePair.objects.values_list("pk", "state")) == before
