"""Estimates are computed in the background: with progress, stopped, interrupted, taken up, repeated."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from kuager.core.errors import BadInputError, InvalidTransitionError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.audit.queries import list_events
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import EstimateDraws, EstimateRun
from kuager.domain.lists.operations import computing
from kuager.domain.lists.operations.answering import Answer, StoredDraws, answer_question
from kuager.engines.estimation import Request
from kuager.interfaces.jobs import estimates
from tests.integration.quick_methods import leave_quick_methods
from tests.integration.two_lists import TwoLists, import_two_lists, link

JANUARY_20 = date(2022, 1, 20)
START = datetime(2022, 3, 1, tzinfo=UTC)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The methods themselves have tests of their own."""
    leave_quick_methods(monkeypatch)


@pytest.fixture(autouse=True)
def data_folder(settings: object, tmp_path: Path) -> Path:
    """Checkpoints lie in a folder of the test's own."""
    settings.DATA = tmp_path / "data"  # type: ignore[attr-defined]  # pytest-django's settings take any name
    return tmp_path / "data"


@pytest.fixture
def lists(asel: User, tmp_path: Path) -> TwoLists:
    """Both lists, three persons of which are linked."""
    lists = import_two_lists(tmp_path, by=asel)
    run = link(lists, by=asel)
    operations.accept_links(run=run, threshold=0.9, explanation="a test of estimates", by=asel, at=lists.at)
    return lists


Ask = Callable[..., EstimateRun]


@pytest.fixture
def ask(lists: TwoLists, farida: User) -> Ask:
    """Ask about both lists."""

    def asked(**changes: object) -> EstimateRun:
        values: dict[str, object] = {
            "lists": [lists.latin, lists.cyrillic],
            "as_of": JANUARY_20,
            "by": farida,
            "at": START,
        }
        return operations.ask_estimate(**(values | changes))  # type: ignore[arg-type]  # changed by tests

    return asked


class Clock:
    """A clock that goes on by a minute whenever it is asked."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def test_a_question_is_frozen_with_everything_it_rests_on(ask: Ask, lists: TwoLists) -> None:
    run = ask(strata="sex", seed=7)
    assert (run.state, run.method, run.seed, len(run.input_digest)) == ("waiting", "all", 7, 64)
    stored = queries.stored_inputs(run)
    assert stored["list_ids"] == sorted([lists.cyrillic.pk, lists.latin.pk])
    assert (stored["observed"], stored["totals"]) == (7, [5, 5])
    assert {edition["list"] for edition in stored["editions"]} == set(stored["list_ids"])
    assert all(len(str(edition["file_digest"])) == 64 for edition in stored["editions"])
    assert sum(one["count"] for rows in stored["strata"].values() for one in rows) == 7


@pytest.mark.parametrize(
    ("strata", "expected"),
    [
        # Where they died counts once a second person has approved the death.
        ("region", {"unknown": 7}),
        ("age_group", {"18-29": 3, "30-44": 3, "45-59": 1}),
        ("month", {"2022-01": 7}),
    ],
)
def test_strata_divide_everybody(ask: Ask, strata: str, expected: dict[str, int]) -> None:
    stored = queries.stored_inputs(ask(strata=strata))
    counted = {name: sum(one["count"] for one in rows) for name, rows in stored["strata"].items()}
    assert counted == expected


def test_a_question_nobody_can_answer_is_refused(ask: Ask, lists: TwoLists, asel: User) -> None:
    with pytest.raises(BadInputError, match="at least two lists"):
        ask(lists=[lists.latin, lists.latin])
    with pytest.raises(BadInputError, match="no method 'guessing'"):
        ask(method="guessing")
    with pytest.raises(BadInputError, match="no strata"):
        ask(strata="weather")
    with pytest.raises(BadInputError, match="seed"):
        ask(seed=-1)
    with pytest.raises(PermissionDeniedError):
        ask(by=asel)


def test_the_worker_answers_and_keeps_versions_digest_and_time(ask: Ask, data_folder: Path) -> None:
    run = ask(method="chao")
    assert estimates.compute_estimate.call(run.pk) == "done"
    run.refresh_from_db()
    assert run.results["methods"][0]["method"] == run.results["recommended"] == "chao"
    assert set(run.versions) == {"kuager", "numpy", "numba", "python", "machine"}
    assert run.seconds is not None
    assert queries.is_intact(run)
    assert not list((data_folder / "estimates").iterdir())
    assert [event.action for event in list_events(target=f"lists.EstimateRun:{run.pk}")] == [
        "lists.finish_estimate",
        "lists.ask_estimate",
    ]


def test_a_run_that_is_done_is_not_computed_again(ask: Ask) -> None:
    run = ask()
    estimates.compute_estimate.call(run.pk)
    before = EstimateRun.objects.values().get(pk=run.pk)
    assert estimates.compute_estimate.call(run.pk, is_taken_over=True) == "done"
    assert EstimateRun.objects.values().get(pk=run.pk) == before


def test_a_repetition_gives_the_same_numbers_bit_for_bit(ask: Ask, farida: User) -> None:
    run = ask(strata="age_group", method="chao")
    estimates.compute_estimate.call(run.pk)
    run.refresh_from_db()
    again = operations.repeat_estimate(run=run, by=farida, at=START)
    assert queries.equal_bits(run, again) is None, "it has not been computed yet"
    estimates.compute_estimate.call(again.pk)
    again.refresh_from_db()
    assert queries.equal_bits(run, again) is True
    third = operations.repeat_estimate(run=again, by=farida, at=START)
    assert third.repeats == run
    assert [one.pk for one in queries.list_repeats(again)] == [run.pk, again.pk, third.pk]
    EstimateRun.objects.filter(pk=again.pk).update(result_digest="0" * 64)
    again.refresh_from_db()
    assert queries.equal_bits(run, again) is False


def test_changed_results_are_noticed(ask: Ask) -> None:
    run = ask(method="chao")
    estimates.compute_estimate.call(run.pk)
    run.refresh_from_db()
    run.results["methods"][0]["estimate"] += 1
    assert not queries.is_intact(run)


def slow(monkeypatch: pytest.MonkeyPatch, during: Callable[[], object]) -> list[float]:
    """Let the engine take three steps, with something happening between the first and the second."""
    told: list[float] = []

    def answer(run: EstimateRun, request: Request) -> Answer:
        for step in (0.25, 0.5, 0.75):
            request.progress("drawing", step)
            told.append(step)
            during()
        return answer_question(run, request)

    monkeypatch.setattr(computing, "answer_question", answer)
    return told


def test_progress_is_seen_from_outside(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(method="chao")
    seen: list[tuple[object, ...]] = []
    slow(
        monkeypatch,
        lambda: seen.append(EstimateRun.objects.values_list("state", "progress", "progress_of").get()),
    )
    operations.compute_estimate(run=run, clock=Clock())
    assert seen == [("running", share, "drawing") for share in (0.25, 0.5, 0.75)]


def test_a_run_can_be_stopped_and_goes_on(ask: Ask, farida: User, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(method="chao")
    told = slow(monkeypatch, lambda: operations.stop_estimate(run=run, by=farida, at=START))
    assert operations.compute_estimate(run=run, clock=Clock()).state == "stopped"
    assert told == [0.25]
    monkeypatch.undo()
    waiting = operations.continue_estimate(run=run, by=farida, at=START)
    assert (waiting.state, waiting.is_stop_asked, waiting.ended_at) == ("waiting", False, None)
    assert operations.compute_estimate(run=run, clock=Clock()).state == "done"


def test_a_waiting_run_is_stopped_at_once(ask: Ask, farida: User) -> None:
    run = ask()
    assert operations.stop_estimate(run=run, by=farida, at=START).state == "stopped"
    assert estimates.compute_estimate.call(run.pk) == "stopped"
    with pytest.raises(InvalidTransitionError):
        operations.stop_estimate(run=run, by=farida, at=START)


def test_an_interrupted_run_is_taken_up_by_the_next_worker(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(method="chao")

    def die() -> None:
        raise KeyboardInterrupt

    slow(monkeypatch, die)
    with pytest.raises(KeyboardInterrupt):
        estimates.compute_estimate.call(run.pk)
    monkeypatch.undo()
    assert EstimateRun.objects.get().state == "running"
    assert estimates.compute_estimate.call(run.pk) == "running", "only who knows that it died takes it over"
    from kuager.interfaces.jobs.management.commands import work

    monkeypatch.setattr(work, "call_command", lambda *_, **__: None)
    call_command("work")
    queued = DBTaskResult.objects.get(task_path=estimates.compute_estimate.module_path)
    assert queued.args_kwargs == {"args": [run.pk], "kwargs": {"is_taken_over": True}}
    assert (
        estimates.compute_estimate.call(*queued.args_kwargs["args"], **queued.args_kwargs["kwargs"]) == "done"
    )


def test_whoever_lost_a_run_stores_nothing_more(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask(method="chao")
    slow(monkeypatch, lambda: EstimateRun.objects.update(claim="another worker"))
    left = operations.compute_estimate(run=run, clock=Clock())
    assert (left.state, left.claim, left.result_digest) == ("running", "another worker", "")


def test_a_run_nobody_computes_any_more_can_go_on_by_hand(ask: Ask, farida: User) -> None:
    run = ask()
    EstimateRun.objects.update(state="running", progress_at=START, claim="gone")
    with pytest.raises(RefusedError, match="right now"):
        operations.continue_estimate(run=run, by=farida, at=START + timedelta(minutes=1))
    later = START + timedelta(hours=1)
    assert operations.continue_estimate(run=run, by=farida, at=later).state == "waiting"
    EstimateRun.objects.update(state="running", progress_at=START, claim="gone")
    assert operations.stop_estimate(run=run, by=farida, at=later).state == "stopped"


def test_a_fault_of_the_program_is_kept_in_words(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    run = ask()

    def fail() -> None:
        raise ZeroDivisionError

    slow(monkeypatch, fail)
    with pytest.raises(ZeroDivisionError):
        estimates.compute_estimate.call(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "ZeroDivisionError" in run.failure


def test_draws_are_kept_to_the_last_bit(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    import numpy as np

    drawn = np.array([[7.0, 8.5, 9.25], [7.5, 8.0, 1e6]])

    def answer(run: EstimateRun, request: Request) -> Answer:
        found = answer_question(run, request)
        draws = StoredDraws(method="chao", chains=2, total=drawn.astype("<f8").tobytes())
        return Answer(results=found.results, is_publishable=False, draws=(draws,))

    monkeypatch.setattr(computing, "answer_question", answer)
    run = operations.compute_estimate(run=ask(method="chao"), clock=Clock())
    (draws,) = queries.list_draws(run)
    assert (queries.total_draws(draws) == drawn).all()
    assert queries.is_intact(run)
    EstimateDraws.objects.update(total=(drawn + 1).astype("<f8").tobytes())
    assert not queries.is_intact(run)


def test_what_a_list_declares_reaches_the_estimate(
    ask: Ask, lists: TwoLists, farida: User, asel: User
) -> None:
    def declare(**values: object) -> None:
        asked: Mapping[str, object] = {"built_from": None, "cannot_contain": "", "by": farida, "at": START}
        operations.declare_limits(**(dict(asked) | values))  # type: ignore[arg-type]  # changed by tests

    declare(casualty_list=lists.latin, built_from=lists.cyrillic, cannot_contain="  people who  live ")
    with pytest.raises(BadInputError, match="built from itself"):
        declare(casualty_list=lists.cyrillic, built_from=lists.latin)
    with pytest.raises(PermissionDeniedError):
        declare(casualty_list=lists.latin, by=asel)
    for one in (lists.latin, lists.cyrillic):
        one.refresh_from_db()
    stored = queries.stored_inputs(ask())
    assert stored["derived"] == {"Reporters": "Hotline"}
    assert stored["cannot_contain"] == {"Reporters": "people who live"}
