"""The pages of overlap and estimates: counts beside models, and a refusal in words where overlap is thin."""

import ast
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
from tests.integration.two_lists import TwoLists, import_two_lists, link


@pytest.fixture
def lists(asel: User, tmp_path: Path, settings: object) -> TwoLists:
    """Both lists, three persons of which are linked."""
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]  # pytest-django's settings take any name
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
    assert desk.get(reverse("desk-estimate-picture", args=[run.pk])).status_code == 200


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


def test_every_sentence_of_the_engine_can_be_translated() -> None:
    said = set()
    for module in Path(estimation.__file__).parent.glob("*.py"):
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
