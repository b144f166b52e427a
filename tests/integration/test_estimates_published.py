"""Estimates in snapshots: the guard is obeyed, a bound stays one, nobody can be found, all can be proven."""

import json
import subprocess
import sys
from datetime import date, timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kuager.core.errors import IntegrityError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.lists import operations as lists
from kuager.domain.lists.models import EstimateRun
from kuager.domain.publication import operations, queries
from kuager.domain.publication.models import EstimateChoice, Snapshot, SnapshotEstimate, SnapshotPicture
from kuager.domain.publication.queries.estimate_pictures import draw_methods
from kuager.domain.register.models import StatusSpell
from tests.integration.known_lists import ENOUGH, THIN, KnownLists, known_lists
from tests.integration.quick_methods import leave_quick_methods
from tests.integration.small_register import DAY, LATER, NOW


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The methods themselves have tests of their own."""
    leave_quick_methods(monkeypatch)


@pytest.fixture
def known(asel: User) -> KnownLists:
    """Three lists with enough overlap."""
    return known_lists(asel, ENOUGH)


def estimated(known: KnownLists, by: User, **changes: object) -> EstimateRun:
    values: dict[str, object] = {"lists": known.lists, "as_of": DAY, "by": by, "at": LATER}
    return lists.run_estimate(**(values | changes))  # type: ignore[arg-type]  # changed by tests


@pytest.fixture
def run(known: KnownLists, farida: User) -> EstimateRun:
    return estimated(known, farida)


def published(by: User, *, as_of: date = DAY) -> Snapshot:
    snapshot = operations.build_snapshot(as_of=as_of, by=by, at=NOW)
    return operations.publish_snapshot(snapshot=snapshot, by=by, at=NOW)


def chosen(run: EstimateRun, by: User, method: str = "chao") -> EstimateChoice:
    return operations.choose_estimate(run=run, method=method, by=by, at=NOW)


def content_of(snapshot: Snapshot) -> dict[str, Any]:
    content: dict[str, Any] = SnapshotEstimate.objects.get(snapshot=snapshot).content
    return content


def test_a_chosen_estimate_goes_into_the_snapshot_with_its_sentence(run: EstimateRun, farida: User) -> None:
    assert run.results["recommended"] == "chao"
    assert run.is_publishable
    chosen(run, farida)
    snapshot = published(farida)
    with translation.override("en"):
        (line,) = queries.estimate_lines(snapshot)
    assert line.quote.startswith("Estimate for 20 January 2022 (everybody on the lists): At least ")
    assert line.quote.endswith("people; the lists together name 91.")
    assert line.quote.endswith(str(run.results["headline"])), "the desk says the same"
    assert content_of(snapshot)["lower_bound"] is True


def test_without_a_choice_a_snapshot_holds_none(run: EstimateRun, farida: User) -> None:
    snapshot = published(farida)
    assert not SnapshotEstimate.objects.exists()
    assert queries.figures_document(snapshot)["format"] == "kuager-snapshot-1"
    assert "estimates" not in queries.figures_document(snapshot)


def test_the_guard_is_obeyed(asel: User, farida: User) -> None:
    thin = estimated(known_lists(asel, THIN), farida)
    for answer in thin.results["methods"]:
        with pytest.raises(RefusedError, match=r"must not be published\. .+"):
            chosen(thin, farida, answer["method"])
    assert not EstimateChoice.objects.exists()


def test_another_method_that_the_guard_refuses_is_refused_beside_a_good_one(
    run: EstimateRun, farida: User
) -> None:
    refused = [one["method"] for one in run.results["methods"] if not one["publishable"]]
    assert refused
    for method in {*refused, "chapman", "nonsense"}:
        with pytest.raises(RefusedError):
            chosen(run, farida, method)


def test_one_method_alone_is_not_enough(known: KnownLists, farida: User) -> None:
    alone = estimated(known, farida, method="chao")
    assert alone.is_publishable
    with pytest.raises(RefusedError, match="all methods"):
        chosen(alone, farida)


def test_what_is_not_finished_or_was_changed_is_refused(
    known: KnownLists, run: EstimateRun, farida: User
) -> None:
    waiting = lists.ask_estimate(lists=known.lists, as_of=DAY, by=farida, at=LATER)
    with pytest.raises(RefusedError, match="computed to its end"):
        chosen(waiting, farida)
    run.results["methods"][2]["interval"][0] += 100
    run.save()
    with pytest.raises(IntegrityError):
        chosen(run, farida)


def test_only_an_editor_chooses(run: EstimateRun, asel: User, farida: User) -> None:
    with pytest.raises(PermissionDeniedError):
        chosen(run, asel)
    chosen(run, farida)
    with pytest.raises(PermissionDeniedError):
        operations.drop_estimate(run=run, by=asel, at=NOW)


def test_building_asks_the_guard_again(run: EstimateRun, farida: User) -> None:
    chosen(run, farida)
    before = run.results
    changed = json.loads(json.dumps(before))
    for one in changed["methods"]:
        one.update(publishable=False, reasons=["Somebody found a fault."])
    EstimateRun.objects.update(results=changed)
    with pytest.raises(RefusedError, match="Somebody found a fault"):
        operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    EstimateRun.objects.update(results=before, result_digest="0" * 64)
    with pytest.raises(IntegrityError, match="not what was computed"):
        operations.build_snapshot(as_of=DAY, by=farida, at=NOW)


def test_a_newer_choice_replaces_the_one_about_the_same_people(
    known: KnownLists, run: EstimateRun, farida: User
) -> None:
    chosen(run, farida)
    again = estimated(known, farida, seed=2)
    chosen(again, farida)
    missing = estimated(known, farida, status="missing")
    chosen(missing, farida)
    assert [choice.run for choice in queries.list_choices()] == [again, missing]
    operations.drop_estimate(run=again, by=farida, at=NOW)
    with pytest.raises(RefusedError):
        operations.drop_estimate(run=again, by=farida, at=NOW)
    snapshot = published(farida)
    with translation.override("en"):
        assert [line.key for line in queries.estimate_lines(snapshot)] == ["missing"]
        assert "(missing)" in queries.estimate_lines(snapshot)[0].quote


def test_a_snapshot_holds_no_estimate_that_knows_more_than_it(run: EstimateRun, farida: User) -> None:
    chosen(run, farida)
    for as_of, known_at in ((DAY - timedelta(days=1), NOW), (DAY, LATER - timedelta(hours=1))):
        snapshot = operations.build_snapshot(as_of=as_of, known_at=known_at, by=farida, at=NOW)
        assert not queries.estimate_lines(snapshot)


def numbers_in(value: object) -> set[float]:
    if isinstance(value, dict):
        return set().union(*(numbers_in(item) for item in value.values())) if value else set()
    if isinstance(value, list):
        return set().union(*(numbers_in(item) for item in value)) if value else set()
    return {float(value)} if isinstance(value, int | float) and not isinstance(value, bool) else set()


def test_nobody_can_be_found_from_the_public_numbers(run: EstimateRun, farida: User) -> None:
    chosen(run, farida)
    content = content_of(published(farida))
    cells = set(ENOUGH.values()) - {5, 10, 15, 20}
    told = {name: content[name] for name in ("lists", "pairs")}
    assert {one["people"] for one in told["lists"]} == {45, 50, 35}
    assert {one["people"] for one in told["pairs"]} == {20, 10}
    places = ("seed", "lists", "pairs")
    assert not numbers_in({name: value for name, value in content.items() if name not in places}) & cells
    assert "patterns" not in json.dumps(content)
    assert run.input_digest not in json.dumps(content)
    assert run.result_digest not in json.dumps(content)


def test_a_refused_number_stands_nowhere_in_public(run: EstimateRun, farida: User) -> None:
    chosen(run, farida)
    content = content_of(published(farida))
    methods = content["methods"]
    assert isinstance(methods, list)
    for one in methods:
        assert isinstance(one, dict)
        stored = next(answer for answer in run.results["methods"] if answer["method"] == one["method"])
        assert one["publishable"] is stored["publishable"]
        if not one["publishable"]:
            assert one["estimate"] is one["interval"] is None
            assert f"{stored['estimate']:,.0f}" not in json.dumps(one["reasons"])


def test_small_groups_are_only_said_to_be_small(known: KnownLists, farida: User) -> None:
    StatusSpell.objects.filter(pk__in=StatusSpell.objects.order_by("pk")[:4]).update(age_group="60+")
    chosen(estimated(known, farida, strata="age_group"), farida)
    snapshot = published(farida)
    with translation.override("en"):
        large, small = queries.estimate_page(snapshot, "all").strata
    assert (large.name, large.observed, large.publishable) == ("30–44", 87, True)
    assert (small.name, small.observed, small.estimate, small.low) == ("60+", None, None, None)


def test_lists_of_families_are_not_named(asel: User, farida: User) -> None:
    hidden = known_lists(asel, ENOUGH, kinds={1: "family"})
    chosen(estimated(hidden, farida), farida)
    snapshot = published(farida)
    assert "Known list 2" not in json.dumps(queries.figures_document(snapshot))
    with translation.override("en"):
        names = [line.name for line in queries.estimate_page(snapshot, "all").lists]
    assert names == ["Known list 1", "a list whose publisher is protected", "Known list 3"]


def test_changed_inputs_are_said_in_a_warning(
    known: KnownLists, run: EstimateRun, farida: User, client: Client
) -> None:
    chosen(run, farida)
    assert content_of(published(farida))["changed"] is None
    known.add("100", 4, at=LATER + timedelta(hours=1))
    snapshot = published(farida)
    assert SnapshotEstimate.objects.get(snapshot=snapshot).content["changed"] == {
        "observed_then": 91,
        "observed_now": 95,
    }
    page = client.get("/en/estimates/all/").content.decode()
    assert "named 91 people then and name 95 now" in page
    client.force_login(farida)
    desk = client.get(reverse("desk-snapshot", args=[snapshot.number]), headers={"accept-language": "en"})
    assert "95" in desk.content.decode()


def test_the_digest_covers_the_estimate_and_can_be_asked_of_the_register_again(
    known: KnownLists, run: EstimateRun, farida: User
) -> None:
    chosen(run, farida)
    snapshot, twin = published(farida), operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    assert snapshot.content_digest == twin.content_digest
    assert queries.verify_snapshot(snapshot, recompute=True).is_intact
    # What is learned later changes no old snapshot.
    known.add("111", 2, at=NOW + timedelta(hours=1))
    assert queries.verify_snapshot(snapshot, recompute=True).is_intact
    content = content_of(twin)
    SnapshotEstimate.objects.filter(snapshot=snapshot).update(content={**content, "observed": 92})
    assert not queries.verify_snapshot(snapshot).is_intact


def test_older_snapshots_stay_readable_and_provable(run: EstimateRun, farida: User, client: Client) -> None:
    old = published(farida)
    digest = old.content_digest
    chosen(run, farida)
    published(farida)
    old.refresh_from_db()
    assert queries.verify_snapshot(old, recompute=True).recorded == digest
    assert queries.verify_snapshot(old, recompute=True).is_intact
    assert client.get("/en/snapshots/1/").status_code == 200
    assert client.get("/en/snapshots/1/estimates/all/").status_code == 404
    assert client.get("/en/snapshots/2/estimates/all/").status_code == 200


def test_the_program_on_the_page_proves_a_snapshot_with_an_estimate(
    run: EstimateRun, farida: User, client: Client, tmp_path: Path
) -> None:
    chosen(run, farida)
    snapshot = published(farida)
    operations.export_snapshot(snapshot, tmp_path)
    assert json.loads((tmp_path / "figures.json").read_text())["format"] == "kuager-snapshot-2"
    assert (tmp_path / "estimate-all.kk.svg").exists()
    (tmp_path / "check.py").write_bytes(client.get("/en/downloads/check_snapshot.py").content)

    def check() -> subprocess.CompletedProcess[str]:
        return subprocess.run(  # our own program
            [sys.executable, "check.py"],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    assert check().stdout.strip() == f"right: {snapshot.content_digest}"
    figures = json.loads((tmp_path / "figures.json").read_text())
    figures["estimates"][0]["interval"][0] += 1
    (tmp_path / "figures.json").write_text(json.dumps(figures))
    assert "WRONG" in check().stderr


def test_the_public_page_has_sentence_picture_assumptions_and_files_in_three_languages(
    run: EstimateRun, farida: User, client: Client
) -> None:
    chosen(run, farida)
    snapshot = published(farida)
    for language in ("kk", "ru", "en"):
        response = client.get(f"/{language}/estimates/all/")
        page = response.context["page"]
        text = unescape(response.content.decode())
        assert page.line.quote in text
        assert all(sentence in text for sentence in page.assumptions)
        assert "91" in page.line.quote
        picture = SnapshotPicture.objects.get(snapshot=snapshot, key="estimate-all", language=language)
        drawn = client.get(f"/{language}/snapshots/1/pictures/estimate-all.svg")
        assert drawn.content.decode() == picture.svg
        assert page.line.quote in unescape(client.get(f"/{language}/").content.decode())
        document = client.get(f"/{language}/snapshots/1/estimates/all/estimate.json").json()
        assert document["quote"] == page.line.quote
        assert document["estimate"] == content_of(snapshot)
        file = client.get(f"/{language}/snapshots/1/estimates/all/estimate.csv")
        content = b"".join(file.streaming_content)  # type: ignore[attr-defined]  # a streaming response
        assert len(content.decode("utf-8-sig").splitlines()) == 1 + len(page.methods)
    assert client.get("/en/snapshots/1/estimates/all/estimate.xml").status_code == 404


def test_the_desk_offers_only_what_the_guard_allows(
    known: KnownLists, run: EstimateRun, asel: User, farida: User, client: Client
) -> None:
    client.force_login(farida)
    english = {"accept-language": "en"}
    address = reverse("desk-estimate", args=[run.pk])
    assert "Put it into the next snapshot" in client.get(address, headers=english).content.decode()
    client.post(reverse("desk-estimate-choose", args=[run.pk, "chao"]))
    assert "Take it out again" in client.get(address, headers=english).content.decode()
    assert run in [choice.run for choice in client.get(reverse("desk-publication")).context["choices"]]
    client.post(reverse("desk-estimate-drop", args=[run.pk]))
    assert not queries.list_choices()
    thin = estimated(known_lists(asel, THIN), farida)
    page = client.get(reverse("desk-estimate", args=[thin.pk]), headers=english).content.decode()
    assert "the guard refuses it" in page
    assert client.post(reverse("desk-estimate-choose", args=[thin.pk, "chao"])).status_code == 409


def test_no_picture_of_a_lower_bound_tells_its_upper_end() -> None:
    bound: Any = {"method": "chao", "interval": [1999, 2119], "estimate": 2053, "lower_bound": True}
    with translation.override("en"):
        picture = draw_methods({"methods": [bound | {"publishable": True}], "observed": 1740})
    assert "at least 1999" in picture.alt
    told = "".join(f"{picture.svg}{picture.alt}{picture.table}".split())
    assert "2119" not in told
    assert "2053" not in told
