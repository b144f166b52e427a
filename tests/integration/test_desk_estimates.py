"""The pages of overlap and estimates: counts beside models, and a refusal in words where overlap is thin."""

import ast
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kuager.domain.accounts.models import User
from kuager.domain.lists import operations
from kuager.domain.lists.models import EstimateRun
from kuager.engines import estimation
from kuager.interfaces.desk.estimates.sentence_words import TEMPLATES, translated
from tests.integration.quick_methods import leave_quick_methods
from tests.integration.two_lists import TwoLists, import_two_lists, link


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The methods themselves have tests of their own."""
    leave_quick_methods(monkeypatch)


@pytest.fixture(autouse=True)
def worker(settings: Any, tmp_path: Path) -> None:
    """Work in the background is done at once, before the page that asked for it is answered."""
    settings.LANGUAGE_CODE = "en"
    settings.DATA = tmp_path / "data"
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.immediate.ImmediateBackend"}}


@pytest.fixture
def busy(worker: None, settings: Any) -> None:
    """A worker that has other things to do first."""
    settings.TASKS = {"default": {"BACKEND": "django_tasks.backends.dummy.DummyBackend"}}


@pytest.fixture
def lists(asel: User, tmp_path: Path) -> TwoLists:
    """Both lists, three persons of which are linked."""
    lists = import_two_lists(tmp_path, by=asel)
    run = link(lists, by=asel)
    operations.accept_links(run=run, threshold=0.9, explanation="a test of overlap", by=asel, at=lists.at)
    return lists


@pytest.fixture
def desk(farida: User, client: Client) -> Client:
    client.force_login(farida)
    return client


def asked(both: TwoLists, **changes: Any) -> dict[str, Any]:
    chosen = [both.cyrillic.pk, both.latin.pk]
    return {"lists": chosen, "as_of": "2022-01-20", "status": ""} | changes


def test_the_overlap_counts_every_combination(desk: Client, lists: TwoLists) -> None:
    page = desk.get(reverse("desk-overlap"), asked(lists))
    overlap = page.context["overlap"]
    counts = {one.is_on: one.count for one in overlap.combinations}
    assert counts == {(True, True): 3, (True, False): 2, (False, True): 2}
    assert overlap.totals == (5, 5)
    assert overlap.persons == 7


def test_the_picture_comes_from_its_own_address(desk: Client, lists: TwoLists) -> None:
    page = desk.get(reverse("desk-overlap"), asked(lists))
    assert f'<img src="{page.context["picture_url"]}"'.replace("&", "&amp;") in page.content.decode()
    picture = desk.get(page.context["picture_url"])
    assert picture["Content-Type"] == "image/svg+xml"
    assert b"<script" not in picture.content
    assert b"Reporters" in picture.content


def test_one_list_overlaps_with_nothing(desk: Client, lists: TwoLists) -> None:
    response = desk.get(reverse("desk-overlap"), asked(lists, lists=[lists.latin.pk]))
    assert response.status_code == 422
    assert "two lists or more" in response.content.decode()


def test_an_estimate_is_kept_under_its_own_address(desk: Client, lists: TwoLists) -> None:
    response = desk.post(reverse("desk-estimates"), asked(lists))
    run = EstimateRun.objects.get()
    assert response["Location"] == reverse("desk-estimate", args=[run.pk])
    page = desk.get(response["Location"])
    assert page.context["overlap"].persons == 7
    for key in ("overlap", "methods"):
        picture = desk.get(reverse("desk-estimate-picture", args=[run.pk, key]))
        assert picture["Content-Type"] == "image/svg+xml"
    assert desk.get(reverse("desk-estimate-picture", args=[run.pk, "strata"])).status_code == 404


def test_a_thin_overlap_is_refused_in_words(desk: Client, lists: TwoLists) -> None:
    page = desk.post(reverse("desk-estimates"), asked(lists), follow=True).content.decode()
    assert "Do not publish any of these estimates" in page
    assert "Do not publish this number, because:" in page
    assert "It is right only if:" in page
    assert "Chapman" in page


def test_a_status_that_nobody_has_is_explained(desk: Client, lists: TwoLists) -> None:
    response = desk.post(reverse("desk-estimates"), asked(lists, status="missing"))
    assert response.status_code == 422
    assert not EstimateRun.objects.exists()


def test_who_may_not_estimate_is_refused(erlan: User, client: Client, lists: TwoLists) -> None:
    client.force_login(erlan)
    assert client.get(reverse("desk-overlap"), asked(lists)).status_code == 403
    assert client.post(reverse("desk-estimates"), asked(lists)).status_code == 403


def ask(desk: Client, lists: TwoLists, **changes: Any) -> EstimateRun:
    desk.post(reverse("desk-estimates"), asked(lists, **changes))
    return EstimateRun.objects.latest("pk")


def act(desk: Client, run: EstimateRun, name: str) -> str:
    response = desk.post(reverse("desk-estimate-act", args=[run.pk, name]), follow=True)
    run.refresh_from_db()
    return response.content.decode()


def test_the_page_of_the_overlap_asks_how_to_estimate(desk: Client, lists: TwoLists) -> None:
    page = desk.get(reverse("desk-overlap"), asked(lists)).content.decode()
    for label in ("Method", "Groups of people", "Start of the random numbers", "Also leave out each list"):
        assert label in page
    run = ask(desk, lists, method="chao", strata="sex", seed="42", with_sensitivity="on")
    assert (run.method, run.strata, run.seed, run.with_sensitivity) == ("chao", "sex", 42, True)
    assert run.state == "done"


def test_strata_and_changes_are_shown_beside_the_whole(desk: Client, lists: TwoLists) -> None:
    run = ask(desk, lists, strata="age_group", with_sensitivity="on")
    page = desk.get(reverse("desk-estimate", args=[run.pk]))
    assert {line.name for line in page.context["strata"].strata} == {"18-29", "30-44", "45-59"}
    assert page.context["sensitivity"] is not None
    files = desk.get(reverse("desk-estimate-csv", args=[run.pk, "strata"])).content.decode()
    assert "18-29" in files


def test_a_form_sent_twice_asks_once(desk: Client, lists: TwoLists) -> None:
    first = desk.post(reverse("desk-estimates"), asked(lists, once="token"))
    second = desk.post(reverse("desk-estimates"), asked(lists, once="token"))
    assert first["Location"] == second["Location"]
    assert EstimateRun.objects.count() == 1


def test_a_page_shows_how_far_the_work_is(desk: Client, lists: TwoLists, busy: None) -> None:
    run = ask(desk, lists)
    address = reverse("desk-estimate", args=[run.pk])
    assert "waits for its turn" in desk.get(address).content.decode()
    EstimateRun.objects.update(state="running", progress=0.42, progress_of="chao", progress_at=run.run_at)
    page = desk.get(address).content.decode()
    assert "42 %" in page
    assert "Look again" in page, "it must be complete without JavaScript"
    piece = desk.get(reverse("desk-estimate-progress", args=[run.pk]))
    assert "HX-Refresh" not in piece
    EstimateRun.objects.update(state="stopped", ended_at=run.run_at)
    assert desk.get(reverse("desk-estimate-progress", args=[run.pk]))["HX-Refresh"] == "true"


def test_a_run_is_stopped_and_goes_on(desk: Client, lists: TwoLists, busy: None) -> None:
    run = ask(desk, lists)
    assert "stopped this estimate" in act(desk, run, "stop")
    assert "waits for its turn" in act(desk, run, "continue")
    EstimateRun.objects.update(state="running", progress_at=run.run_at)
    assert "stop at its next step" in act(desk, run, "stop")
    EstimateRun.objects.update(progress_at=run.run_at - timedelta(hours=1))
    assert "probably interrupted" in desk.get(reverse("desk-estimate", args=[run.pk])).content.decode()
    act(desk, run, "continue")
    assert (run.state, run.is_stop_asked) == ("waiting", False)


def test_where_nothing_works_in_the_background_a_page_waits(
    desk: Client, lists: TwoLists, busy: None
) -> None:
    run = ask(desk, lists)
    page = act(desk, run, "here")
    assert run.state == "done"
    assert "What each method says" in page


def test_computing_again_shows_equal_numbers(desk: Client, lists: TwoLists) -> None:
    run = ask(desk, lists)
    page = act(desk, run, "again")
    again = EstimateRun.objects.latest("pk")
    assert again.repeats == run
    assert again.result_digest == run.result_digest != ""
    assert "the same numbers, bit for bit" in page
    EstimateRun.objects.filter(pk=run.pk).update(result_digest="1" * 64)
    page = desk.get(reverse("desk-estimate", args=[run.pk])).content.decode()
    assert "does not have the digest it was computed with" in page
    assert "OTHER numbers" in page


def test_everything_can_be_taken_away(desk: Client, lists: TwoLists) -> None:
    run = ask(desk, lists)
    document = desk.get(reverse("desk-estimate-json", args=[run.pk])).json()
    assert document["input_digest"] == run.input_digest
    assert document["histories"]["observed"] == 7
    overlap = desk.get(reverse("desk-estimate-csv", args=[run.pk, "overlap"])).content.decode("utf-8-sig")
    assert overlap.splitlines() == ["Hotline,Reporters,count", "0,1,2", "1,0,2", "1,1,3"]
    methods = desk.get(reverse("desk-estimate-csv", args=[run.pk, "methods"])).content.decode()
    assert "chapman" in methods
    assert desk.get(reverse("desk-estimate-csv", args=[run.pk, "draws"])).status_code == 200
    assert desk.get(reverse("desk-estimate-csv", args=[run.pk, "names"])).status_code == 404


def test_what_a_list_declares_is_heeded(desk: Client, lists: TwoLists) -> None:
    address = reverse("desk-list-limits", args=[lists.latin.pk])
    assert "People it cannot contain" in desk.get(address).content.decode()
    desk.post(address, {"built_from": lists.cyrillic.pk, "cannot_contain": "people who can read"})
    other = reverse("desk-list-limits", args=[lists.cyrillic.pk])
    assert desk.post(other, {"built_from": lists.latin.pk, "cannot_contain": ""}).status_code == 422
    assert "people who can read" in desk.get(reverse("desk-estimates")).content.decode()
    run = ask(desk, lists)
    page = desk.get(reverse("desk-estimate", args=[run.pk])).content.decode()
    assert "was built from" in page
    assert all(answer["reasons"] for answer in run.results["methods"])
    assert not run.is_publishable


def test_an_estimate_of_an_older_version_is_still_shown(desk: Client, lists: TwoLists) -> None:
    run = ask(desk, lists)
    old = {name: run.histories[name] for name in ("lists", "list_ids", "patterns", "observed", "totals")}
    results = {name: run.results[name] for name in ("methods", "not_run", "comparison")}
    EstimateRun.objects.update(histories=old, results=results, input_digest="", result_digest="", versions={})
    page = desk.get(reverse("desk-estimate", args=[run.pk])).content.decode()
    assert "Do not publish any of these estimates" in page
    assert "Compute it again" not in page


def test_the_share_that_complained_comes_with_its_caveats(desk: Client, lists: TwoLists) -> None:
    wanted = asked(lists, complaints=lists.cyrillic.pk)
    page = desk.get(reverse("desk-reported-share"), wanted)
    assert (page.context["share"].complaints, page.context["share"].both) == (5, 3)
    assert page.context["share"].share == 3 / 5
    assert "Say this with it:" in page.content.decode()
    assert "How many of them complained?" in desk.get(reverse("desk-overlap"), asked(lists)).content.decode()
    alone = desk.get(reverse("desk-reported-share"), asked(lists, complaints=0))
    assert alone.status_code == 422


def test_the_list_of_estimates_is_filtered(desk: Client, lists: TwoLists) -> None:
    done, waiting = ask(desk, lists), ask(desk, lists)
    EstimateRun.objects.filter(pk=waiting.pk).update(state="waiting", ended_at=None, status="dead")

    def shown(**wanted: str) -> list[int]:
        return [run.pk for run in desk.get(reverse("desk-estimates"), wanted).context["page"]]

    assert shown() == [waiting.pk, done.pk]
    assert shown(state="waiting") == shown(status="dead") == [waiting.pk]
    assert shown(status="everybody") == [done.pk]
    assert shown(publishable="yes") == []
    assert shown(state="nonsense") == [waiting.pk, done.pk]


def test_the_list_of_estimates_asks_little(
    desk: Client, lists: TwoLists, django_assert_max_num_queries: Any
) -> None:
    for _ in range(4):
        ask(desk, lists, method="chao")
    with django_assert_max_num_queries(14):
        desk.get(reverse("desk-estimates"))


def test_every_sentence_of_the_engine_can_be_translated() -> None:
    said = set()
    for module in Path(estimation.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(module.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Sentence":
                template = node.args[0]
                said |= {template.value} if isinstance(template, ast.Constant) else set()
    assert said == set(TEMPLATES)


def test_a_stored_sentence_is_found_by_its_template() -> None:
    text = "Only 12 persons are on more than one list; at least 30 are needed."
    with translation.override("en"):
        assert translated(text) == text
        assert translated("the file is empty") == "the file is empty"
