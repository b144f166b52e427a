"""Link runs go on in the background: with progress, stopped, taken up; and say what to expect."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from kuager.core.errors import BadInputError, InvalidTransitionError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import CandidatePair, LinkDraws, LinkRun
from kuager.domain.lists.operations import link_answering, link_computing
from kuager.domain.lists.queries import link_quality
from kuager.engines.estimation.partitions import read_partitions
from kuager.engines.linkage.trained import from_json
from kuager.interfaces.jobs import links
from tests.integration.two_lists import TwoLists, import_two_lists, link


@pytest.fixture
def lists(asel: User, tmp_path: Path, settings: object) -> TwoLists:
    settings.DATA = tmp_path  # type: ignore[attr-defined]  # pytest-django's settings take any name
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]
    return import_two_lists(tmp_path, by=asel)


@pytest.fixture
def run(lists: TwoLists, asel: User) -> LinkRun:
    return operations.ask_linkage(lists=[lists.cyrillic, lists.latin], by=asel, at=lists.at)


class Clock:
    """A clock that goes on by a minute whenever it is asked."""

    def __init__(self, at: datetime) -> None:
        self.now = at

    def __call__(self) -> datetime:
        self.now += timedelta(minutes=1)
        return self.now


def during(monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Let something happen when the pairs have been compared."""
    answer = link_answering.link_anew

    def anew(inputs: object, tell: Callable[[str, float], None]) -> object:
        def told(step: str, done: float) -> None:
            if step == "drawing":
                happens()
            tell(step, done)

        return answer(inputs, told)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(link_computing, "link_anew", anew)


def test_what_is_asked_for_waits_and_the_worker_does_it(run: LinkRun) -> None:
    assert (run.state, run.pair_count, run.ended_at) == ("waiting", 0, None)
    assert queries.latest_run() is None, "a run that waits replaces nobody's queue"
    assert links.compute_linkage.call(run.pk) == "done"
    run.refresh_from_db()
    assert (run.record_count, run.progress, run.is_full) == (10, 1.0, True)
    assert run.pair_count == CandidatePair.objects.filter(run=run).count() > 0
    assert queries.latest_run() == run
    assert links.compute_linkage.call(run.pk, is_taken_over=True) == "done"


def test_the_model_and_the_draws_are_kept_with_the_run(lists: TwoLists, run: LinkRun) -> None:
    links.compute_linkage.call(run.pk)
    run.refresh_from_db()
    assert set(from_json(run.trained).sizes) == {str(lists.cyrillic.pk), str(lists.latin.pk)}
    assert "Serikov" not in run.trained
    draws = link_quality.drawn_partitions(run)
    assert draws.clusters.shape == (100, 10)
    kept = LinkDraws.objects.get(run=run)
    LinkDraws.objects.filter(run=run).update(packed=bytes(kept.packed) + b"x")
    with pytest.raises(RefusedError, match="not what was stored"):
        link_quality.drawn_partitions(run)


def test_the_same_lists_give_the_same_draws(lists: TwoLists, asel: User) -> None:
    # In full both times: links brought up to date know fewer pairs that may be links, and draw from these.
    one, two = link(lists, by=asel, is_full=True), link(lists, by=asel, is_full=True)
    assert one.draws.digest == two.draws.digest


def test_errors_and_persons_to_expect_come_with_intervals(run: LinkRun) -> None:
    links.compute_linkage.call(run.pk)
    run.refresh_from_db()
    quality = link_quality.run_quality(run)
    assert quality is not None
    assert quality.low <= quality.persons <= quality.high <= 10
    assert {one.lists for one in quality.strata} == {("Hotline", "Reporters")}
    assert sum(one.links for one in quality.strata) == quality.total.links
    assert quality.total.false_interval[0] <= quality.total.false_links <= quality.total.false_interval[1]
    assert (quality.recall_of_blocking, quality.missed_uncompared) == (1.0, 0.0)


def test_progress_is_seen_and_a_run_can_be_stopped(
    run: LinkRun, lists: TwoLists, asel: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[tuple[str, str]] = []

    def stop() -> None:
        seen.append(LinkRun.objects.values_list("state", "progress_of").get())
        operations.stop_linkage(run=run, by=asel, at=lists.at)

    during(monkeypatch, stop)
    stopped = operations.compute_linkage(run=run, clock=Clock(lists.at))
    assert stopped.state == "stopped"
    assert seen == [("running", "joining")]
    assert not CandidatePair.objects.exists()
    monkeypatch.undo()
    assert operations.continue_linkage(run=run, by=asel, at=lists.at).state == "waiting"
    assert operations.compute_linkage(run=run, clock=Clock(lists.at)).state == "done"
    with pytest.raises(InvalidTransitionError):
        operations.continue_linkage(run=run, by=asel, at=lists.at)


def test_a_killed_run_has_stored_nothing_and_the_next_worker_begins_it_again(
    run: LinkRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die() -> None:
        raise KeyboardInterrupt

    during(monkeypatch, die)
    with pytest.raises(KeyboardInterrupt):
        links.compute_linkage.call(run.pk)
    monkeypatch.undo()
    assert (LinkRun.objects.get().state, CandidatePair.objects.count()) == ("running", 0)
    from kuager.interfaces.jobs.management.commands import work

    monkeypatch.setattr(work, "call_command", lambda *_, **__: None)
    call_command("work")
    queued = DBTaskResult.objects.get(task_path=links.compute_linkage.module_path)
    assert queued.args_kwargs == {"args": [run.pk], "kwargs": {"is_taken_over": True}}
    assert links.compute_linkage.call(run.pk, is_taken_over=True) == "done"


def test_killed_while_storing_nothing_is_stored(run: LinkRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(link_computing, "_store_draws", die)
    with pytest.raises(KeyboardInterrupt):
        links.compute_linkage.call(run.pk)
    assert (LinkRun.objects.get().state, CandidatePair.objects.count()) == ("running", 0)


def test_a_fault_of_the_program_is_said_without_names(run: LinkRun, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise ZeroDivisionError("Serikov Asan")

    during(monkeypatch, fail)
    with pytest.raises(ZeroDivisionError):
        links.compute_linkage.call(run.pk)
    run.refresh_from_db()
    assert run.state == "failed"
    assert "ZeroDivisionError" in run.failure
    assert "Serikov" not in run.failure


def test_whoever_lost_a_run_stores_nothing_more(
    run: LinkRun, lists: TwoLists, monkeypatch: pytest.MonkeyPatch
) -> None:
    during(monkeypatch, lambda: LinkRun.objects.update(claim="another worker"))
    left = operations.compute_linkage(run=run, clock=Clock(lists.at))
    assert (left.state, left.claim) == ("running", "another worker")
    assert not CandidatePair.objects.exists()


def test_a_run_that_is_computed_is_not_begun_again_by_hand(
    run: LinkRun, lists: TwoLists, asel: User, bolat: User
) -> None:
    LinkRun.objects.update(state="running", progress_at=lists.at, claim="somebody")
    with pytest.raises(RefusedError, match="right now"):
        operations.continue_linkage(run=run, by=asel, at=lists.at)
    with pytest.raises(PermissionDeniedError):
        operations.stop_linkage(run=run, by=bolat, at=lists.at)
    later = lists.at + timedelta(hours=1)
    assert operations.continue_linkage(run=run, by=asel, at=later).state == "waiting"


def test_lists_that_cannot_be_linked_are_said_at_once(lists: TwoLists, asel: User) -> None:
    with pytest.raises(BadInputError, match="at least one"):
        operations.ask_linkage(lists=[], by=asel, at=lists.at)
    assert not LinkRun.objects.exists()


def page_of(client: Client, name: str, *args: object) -> str:
    return client.get(reverse(name, args=args)).content.decode()


def test_the_page_says_how_far_it_is_and_stops_it(run: LinkRun, asel: User, client: Client) -> None:
    client.force_login(asel)
    assert "waits for its turn" in page_of(client, "desk-run", run.pk)
    assert "hx-get" in page_of(client, "desk-run-progress", run.pk)
    client.post(reverse("desk-run-act", args=[run.pk, "stop"]))
    assert "Somebody stopped this link run" in page_of(client, "desk-run", run.pk)
    client.post(reverse("desk-run-act", args=[run.pk, "continue"]))
    client.post(reverse("desk-run-act", args=[run.pk, "here"]))
    done = client.get(reverse("desk-run-progress", args=[run.pk]))
    assert done["HX-Refresh"] == "true"
    assert client.post(reverse("desk-run-act", args=[run.pk, "dance"])).status_code == 404


def test_before_signing_the_page_says_what_to_expect(run: LinkRun, asel: User, client: Client) -> None:
    client.force_login(asel)
    links.compute_linkage.call(run.pk)
    page = page_of(client, "desk-run", run.pk)
    for words in ("What to expect of its links", "Expected wrong", "Hotline + Reporters", "kuager estimate"):
        assert words in page
    asked = client.get(reverse("desk-run-accept", args=[run.pk]) + "?threshold=50").content.decode()
    assert "of them are expected to be wrong" in asked


def test_the_draws_are_downloaded_as_the_command_line_reads_them(
    run: LinkRun, farida: User, erlan: User, client: Client, tmp_path: Path
) -> None:
    links.compute_linkage.call(run.pk)
    client.force_login(farida)
    response = client.get(reverse("desk-run-draws", args=[run.pk]))
    path = tmp_path / "draws.parquet"
    path.write_bytes(response.getvalue())
    partitions = read_partitions(path)
    assert (partitions.lists, len(partitions)) == (("Hotline", "Reporters"), 100)
    assert pl.read_parquet(path).columns == ["draw", "list", "id", "cluster"]
    kept = link_quality.drawn_partitions(run)
    assert sum(len(np.unique(row)) for row in kept.clusters) == sum(
        table.observed for table in partitions.histories()
    )
    assert not list(tmp_path.glob("tmp*.parquet"))
    client.force_login(erlan)
    assert client.get(reverse("desk-run-draws", args=[run.pk])).status_code == 403
