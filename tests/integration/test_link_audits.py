"""Every night what was linked bit by bit is compared with linking everything anew; nothing merges by it."""

from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django_tasks_db.models import DBTaskResult

from kuager.domain.accounts.models import User
from kuager.domain.lists import operations
from kuager.domain.lists.models import CandidatePair, LinkAudit, LinkRun
from kuager.domain.people.models import Assignment, Judgement
from kuager.interfaces.jobs import links
from tests.integration.two_lists import TwoLists, import_two_lists, link


@pytest.fixture
def lists(asel: User, tmp_path: Path, settings: object) -> TwoLists:
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]  # pytest-django's settings take any name
    return import_two_lists(tmp_path, by=asel)


@pytest.fixture
def run(lists: TwoLists, asel: User) -> LinkRun:
    link(lists, by=asel)
    return link(lists, by=asel)


def test_where_nothing_differs_it_says_so(run: LinkRun, lists: TwoLists, asel: User) -> None:
    assert not run.is_full
    audit = operations.audit_linkage(run=run, by=asel, at=lists.at)
    assert (audit.in_both, audit.only_kept, audit.only_anew, audit.differing) == (3, 0, 0, [])


def test_reviewers_see_what_differs_and_nothing_merges(
    run: LinkRun, lists: TwoLists, asel: User, client: Client
) -> None:
    pair = CandidatePair.objects.filter(run=run).order_by("-probability").first()
    assert pair is not None
    CandidatePair.objects.filter(pk=pair.pk).update(probability=0.2)
    before = set(Assignment.objects.values_list("record", "person"))
    audit = operations.audit_linkage(run=run, by=asel, at=lists.at)
    assert (audit.in_both, audit.only_kept, audit.only_anew) == (2, 0, 1)
    client.force_login(asel)
    page = client.get(reverse("desk-run", args=[run.pk])).content.decode()
    for words in (
        "1 only where everything is linked anew",
        "20 %",
        reverse("desk-review-pair", args=[pair.pk]),
    ):
        assert words in page
    assert set(Assignment.objects.values_list("record", "person")) == before
    assert not Judgement.objects.exists()
    assert LinkRun.objects.count() == 2, "an audit is no run: nobody's queue changes"


def test_the_nightly_job_audits_each_incremental_run_once(run: LinkRun) -> None:
    assert links.audit_links.call() == 1
    assert links.audit_links.call() == 0
    assert LinkAudit.objects.get().run == run
    assert DBTaskResult.objects.filter(task_path=links.audit_links.module_path).exists()


def test_a_worker_sees_to_it_that_one_audit_waits(lists: TwoLists, monkeypatch: pytest.MonkeyPatch) -> None:
    from kuager.interfaces.jobs.management.commands import work

    monkeypatch.setattr(work, "call_command", lambda *_, **__: None)
    call_command("work")
    call_command("work")
    assert DBTaskResult.objects.filter(task_path=links.audit_links.module_path).count() == 1


@pytest.mark.parametrize(("hour", "day"), [(1, 5), (3, 6), (23, 6)])
def test_audits_come_in_the_night(hour: int, day: int) -> None:
    now = datetime(2022, 1, 5, hour, 30, tzinfo=ZoneInfo("Asia/Almaty"))
    assert links.next_night(now) == datetime(2022, 1, day, 3, tzinfo=ZoneInfo("Asia/Almaty"))
