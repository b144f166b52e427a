"""The page of a reconciliation: the same numbers as on the paper, each leading to the rows behind it."""

import csv
import io
import json
import re
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.lists import operations
from tests.integration.two_lists import TwoLists, import_list, import_two_lists, link

PAGE, TAKE = "desk-reconciliation", "desk-reconciliation-take"
THIRD = (
    "Сериков Асан Маратович,31,06.01.2022,Алматы,погиб",
    ",40,05.01.2022,Алматы,погиб",
    '"=HYPERLINK(""http://x.invalid"")",33,06.01.2022,Тараз,погиб',
)


@pytest.fixture(autouse=True)
def english(settings: Any) -> None:
    settings.LANGUAGE_CODE = "en"


@pytest.fixture
def lists(asel: User, tmp_path: Path) -> TwoLists:
    two = import_two_lists(tmp_path, by=asel)
    run = link(two, by=asel)
    operations.accept_links(run=run, threshold=0.99, explanation="checked all", by=asel, at=two.at)
    later = two.at + timedelta(hours=1)
    import_list(THIRD, title="Office", publisher="Invented Office", folder=tmp_path, by=asel, at=later)
    return two


def desk_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def asked(*numbers: int, **more: str) -> dict[str, Any]:
    return {"lists": list(numbers), "as_of": "2022-01-10", **more}


def numbers_of(lists: TwoLists) -> list[int]:
    return [lists.cyrillic.pk, lists.latin.pk, lists.latin.pk + 1]


def test_lists_are_chosen_first_and_a_wrong_question_takes_nothing(lists: TwoLists, asel: User) -> None:
    desk = desk_of(asel)
    page = desk.get(reverse(PAGE))
    assert page.status_code == 200
    for title in ("Hotline", "Reporters", "Office"):
        assert title in page.content.decode()
    few = desk.get(reverse(PAGE), asked(lists.cyrillic.pk))
    assert "Choose two to six lists." in few.content.decode()
    assert desk.post(reverse(TAKE), asked(lists.cyrillic.pk, form="pdf")).status_code == 422
    assert desk.post(reverse(TAKE), asked(*numbers_of(lists), form="exe")).status_code == 422
    assert not AuditEvent.objects.filter(action="lists.export_reconciliation").exists()


def test_the_page_and_the_paper_tell_the_same(lists: TwoLists, asel: User) -> None:
    desk = desk_of(asel)
    page = desk.get(reverse(PAGE), asked(*numbers_of(lists)))
    text = page.content.decode()
    known_at = re.search(r'name="known_at" value="([^"]+)"', text)
    assert known_at
    taken = desk.post(reverse(TAKE), asked(*numbers_of(lists), form="pdf", known_at=known_at[1]))
    assert taken["Content-Type"] == "application/pdf"
    pdf = PdfReader(io.BytesIO(taken.content))
    paper = " ".join(" ".join(one.extract_text() for one in pdf.pages).split())
    for way in page.context["ways"]:
        assert way["sentence"] in paper
    for line in page.context["overlap"]:
        assert f" {line.figures[0].text} " in paper
    for line in page.context["numbers"]:
        assert " ".join(figure.text for figure in line.figures) in paper
    digest = page.context["facts"].digest
    assert digest in paper.replace(" ", "")
    assert AuditEvent.objects.get(action="lists.export_reconciliation").detail["digest"] == digest


def test_each_number_leads_to_as_many_rows(lists: TwoLists, asel: User) -> None:
    desk = desk_of(asel)
    page = desk.get(reverse(PAGE), asked(*numbers_of(lists)))
    figures = [line.figures[0] for line in page.context["overlap"]]
    figures += [line.figures[0] for way in page.context["ways"] for line in way["lines"]]
    figures += [figure for line in page.context["numbers"] for figure in line.figures]
    figures += [page.context["clashes"], page.context["doubt"]]
    assert len([figure for figure in figures if figure.show]) > 12
    for figure in figures:
        if figure.show:
            shown = desk.get(reverse(PAGE), asked(*numbers_of(lists), show=figure.show))
            count = int(re.sub(r"\(.*\)|\D", "", figure.text))
            assert len(shown.context["behind"].rows) == count, figure


def test_people_behind_a_number_are_linked(lists: TwoLists, asel: User) -> None:
    show = f"without-{lists.latin.pk}-{lists.cyrillic.pk}"
    page = desk_of(asel).get(reverse(PAGE), asked(*numbers_of(lists)[:2], show=show))
    (row,) = [row for row in page.context["rows"] if row.name == "Toleutaev Daniyar"]
    assert reverse("desk-person", args=[row.code]) in page.content.decode()
    assert reverse("desk-edition-rows", args=[row.edition]) in page.content.decode()


def test_a_number_that_does_not_exist_is_not_found(lists: TwoLists, asel: User) -> None:
    desk = desk_of(asel)
    for show in ("nonsense", "both-1", "unnamed-99999", "on", "doubt-1"):
        answer = desk.get(reverse(PAGE), asked(*numbers_of(lists)[:2], show=show))
        assert answer.status_code == 404, show


def test_the_table_holds_every_row_once_and_no_formula(lists: TwoLists, asel: User) -> None:
    taken = desk_of(asel).post(
        reverse(TAKE), asked(*numbers_of(lists), form="csv", with_names="on", known_at="")
    )
    rows = list(csv.DictReader(io.StringIO(taken.content.decode("utf-8-sig"))))
    assert len(rows) == len({(row["list"], row["row"]) for row in rows}) == 13
    assert [row["part"] for row in rows].count("unnamed") == 1
    assert any(row["name"].startswith("'=") for row in rows)
    assert not any(cell.startswith("=") for row in rows for cell in row.values())


def test_without_names_nobody_is_named(lists: TwoLists, asel: User) -> None:
    desk = desk_of(asel)
    table = desk.post(reverse(TAKE), asked(*numbers_of(lists), form="csv")).content.decode()
    document = json.loads(desk.post(reverse(TAKE), asked(*numbers_of(lists), form="json")).content)
    assert "Toleutaev" not in table
    assert "names" not in document
    assert [
        event.detail["with_names"] for event in AuditEvent.objects.filter(action__contains="export_")
    ] == [
        False,
        False,
    ]


def test_who_may_not_take_names_is_refused_them(lists: TwoLists, erlan: User, bolat: User) -> None:
    lawyer = desk_of(erlan)
    page = lawyer.get(reverse(PAGE), asked(*numbers_of(lists)))
    assert 'name="with_names"' not in page.content.decode()
    question = asked(*numbers_of(lists), form="pdf")
    assert lawyer.post(reverse(TAKE), question | {"with_names": "on"}).status_code == 403
    assert lawyer.post(reverse(TAKE), question).status_code == 200
    assert desk_of(bolat).get(reverse(PAGE), asked(*numbers_of(lists))).status_code == 403


def test_the_page_asks_the_database_little(
    lists: TwoLists, asel: User, django_assert_max_num_queries: Any
) -> None:
    desk = desk_of(asel)
    with django_assert_max_num_queries(40):
        desk.get(reverse(PAGE), asked(*numbers_of(lists), show=f"all-{lists.latin.pk}"))
