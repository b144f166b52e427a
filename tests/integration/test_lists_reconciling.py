"""Rival lists of the register: why their numbers differ, on the command line and on paper."""

import io
import json
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from kuager.core.errors import BadInputError, NotFoundError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import CandidatePair, CasualtyList, ListRow
from kuager.domain.people.models import Record
from kuager.domain.people.terms import Verdict
from kuager.domain.register.operations import judge
from kuager.interfaces.cli.lists import group
from kuager.interfaces.shell.reconciliation.paper import reconciliation_paper
from kuager.interfaces.shell.reconciliation.register import facts_of
from tests.integration.two_lists import START, TwoLists, import_list, import_two_lists, link

DAY = date(2022, 1, 10)
LATER = START + timedelta(days=30)
WITH_PROBLEMS = (
    "Сериков Асан Маратович,31,06.01.2022,Алматы,погиб",
    "Сериков А. М.,31,06.01.2022,Алматы,погиб",
    ",40,05.01.2022,Алматы,погиб",
    "неизвестный мужчина,40,05.01.2022,Алматы,погиб",
    "Ахметова Дина,24,04.01.2022,Тараз,задержана",
    "Итого 5,,,,",
)


@pytest.fixture
def two(asel: User, tmp_path: Path) -> TwoLists:
    return import_two_lists(tmp_path, by=asel)


@pytest.fixture
def three(two: TwoLists, asel: User, tmp_path: Path) -> list[CasualtyList]:
    third = import_list(
        WITH_PROBLEMS, title="Prosecutor", publisher="Invented Office", folder=tmp_path, by=asel, at=two.at
    )
    return [two.cyrillic, two.latin, third]


def reconcile(lists: list[CasualtyList], known_at: datetime = LATER) -> queries.RegisterReconciliation:
    return queries.reconciliation(lists, as_of=DAY, known_at=known_at)


def test_without_judgements_everybody_stands_alone(two: TwoLists) -> None:
    found = reconcile([two.cyrillic, two.latin])
    assert found.account.persons == 10
    (way,) = found.account.bridges
    assert (way.from_number, way.both, way.to_number) == (5, 0, 5)


def test_rows_without_a_name_and_totals_are_told_apart(three: list[CasualtyList]) -> None:
    listed = reconcile(three).account.lists[2]
    assert (listed.size.rows, listed.size.named) == (5, 3)
    assert len(listed.unnamed) == 2


def test_what_people_judged_counts_as_one_person(three: list[CasualtyList], asel: User) -> None:
    rows = ListRow.objects.filter(edition__casualty_list=three[2]).order_by("number")
    records = [row.record_id for row in rows if row.record_id]
    judge(
        record_a=records[0],
        record_b=records[1],
        verdict=Verdict.SAME,
        explanation="the same street and father",
        by=asel,
        at=START + timedelta(days=2),
    )
    prosecutor = reconcile(three).account.lists[2]
    assert prosecutor.repeats == (("3", "2"),)
    assert (prosecutor.size.named, prosecutor.persons) == (3, 2)


def test_dead_here_and_detained_there_is_said(three: list[CasualtyList], asel: User) -> None:
    names = ("Ахметова Дина Болатовна", "Ахметова Дина")
    dead, detained = (Record.objects.get(name=name) for name in names)
    judge(
        record_a=dead,
        record_b=detained,
        verdict=Verdict.SAME,
        explanation="the same street and father",
        by=asel,
        at=START + timedelta(days=2),
    )
    (clash,) = reconcile(three).account.clashes
    assert (clash.left_said.status, clash.right_said.status) == ("dead", "detained")
    assert clash.may_follow


def test_waiting_pairs_give_intervals_and_are_listed(two: TwoLists, asel: User) -> None:
    run = link(two, by=asel)
    found = reconcile([two.cyrillic, two.latin])
    assert found.run == run
    assert found.account.draws == 100
    way = found.account.bridges[0]
    assert way.closes
    assert way.both_interval is not None
    assert way.both_interval[1] >= 3


def test_accepted_links_close_the_bridge(two: TwoLists, asel: User) -> None:
    run = link(two, by=asel)
    sure = CandidatePair.objects.filter(run=run, probability__gte=0.9).count()
    operations.accept_links(run=run, threshold=0.9, explanation="checked all of them", by=asel, at=two.at)
    found = reconcile([two.cyrillic, two.latin])
    way = found.account.bridges[0]
    assert way.both == sure >= 3
    assert [step.change for step in way.steps if step.code == "only"] == [sure - 5, 5 - sure]
    assert reconcile([two.cyrillic, two.latin], two.at - timedelta(minutes=1)).account.persons == 10


def test_an_edition_is_asked_for_by_its_day_and_by_what_was_known(two: TwoLists) -> None:
    with pytest.raises(BadInputError, match="no edition"):
        queries.reconciliation([two.cyrillic, two.latin], as_of=date(2022, 1, 9), known_at=LATER)
    with pytest.raises(BadInputError, match="no edition"):
        reconcile([two.cyrillic, two.latin], START - timedelta(minutes=1))
    with pytest.raises(BadInputError, match="each of them once"):
        reconcile([two.cyrillic, two.cyrillic])


def test_the_paper_tells_the_same_numbers(two: TwoLists, asel: User) -> None:
    link(two, by=asel)
    facts = facts_of(reconcile([two.cyrillic, two.latin]), with_names=True)
    printed = reconciliation_paper(facts)
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(printed.pdf)).pages)
    assert printed.pages == 1
    assert "Hotline: 5 · Reporters: 5" in text
    assert "Толеутаев" not in text
    assert "Toleutaev Daniyar" in text
    assert facts.digest in text.replace("\n", "")


def test_who_may_not_take_names_may_take_numbers(two: TwoLists, erlan: User, bolat: User) -> None:
    found = reconcile([two.cyrillic, two.latin])
    values = {"lists": found.lists, "as_of": DAY, "known_at": LATER, "form": "pdf", "digest": "0" * 64}
    operations.export_reconciliation(**values, with_names=False, by=erlan, at=LATER)  # type: ignore[arg-type]  # values of the keywords
    with pytest.raises(PermissionDeniedError, match="without names"):
        operations.export_reconciliation(**values, with_names=True, by=erlan, at=LATER)  # type: ignore[arg-type]  # see above
    with pytest.raises(PermissionDeniedError):
        operations.export_reconciliation(**values, with_names=False, by=bolat, at=LATER)  # type: ignore[arg-type]  # see above
    event = AuditEvent.objects.get(action="lists.export_reconciliation")
    assert (event.actor, event.detail["with_names"], event.detail["form"]) == ("erlan", False, "pdf")


def run(*arguments: str) -> str:
    result = CliRunner().invoke(group, ["reconcile", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


def test_the_command_writes_the_same_bytes_again(two: TwoLists, tmp_path: Path) -> None:
    asked = ["Hotline", str(two.latin.pk), "--as-of", "2022-01-10", "--known-at", "2022-03-01", "--json"]
    first = json.loads(run(*asked, "-o", str(tmp_path / "one.pdf"), "--language", "kk"))
    run(*asked, "-o", str(tmp_path / "two.pdf"), "--language", "kk")
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()
    assert first["pages"] == 1
    assert first["persons"] == 10
    taken = AuditEvent.objects.filter(action="lists.export_reconciliation")
    assert {event.detail["digest"] for event in taken} == {first["digest"]}


def test_the_command_without_a_file_shows_the_bridge_and_takes_nothing(two: TwoLists) -> None:
    shown = run("Hotline", "Reporters", "--as-of", "2022-01-10")
    assert shown.startswith("Hotline 5 − 5 only on Hotline = 0 on both")
    assert shown.endswith("= 5 Reporters\n")
    assert not AuditEvent.objects.filter(action="lists.export_reconciliation").exists()


def test_a_program_that_reads_everything_takes_it(two: TwoLists) -> None:
    run("Hotline", "Reporters", "--as-of", "2022-01-10", "--json")
    assert AuditEvent.objects.get(action="lists.export_reconciliation").detail["form"] == "json"


def test_without_names_a_report_names_nobody(two: TwoLists, tmp_path: Path) -> None:
    path = tmp_path / "report.json"
    run("Hotline", "Reporters", "--as-of", "2022-01-10", "-o", str(path), "--without-names")
    written = path.read_text(encoding="utf-8")
    assert "Serikov" not in written
    assert "names" not in json.loads(written)


def test_wrong_questions_are_explained(two: TwoLists) -> None:
    for arguments, error in (
        (["Hotline", "Nobody's list"], BadInputError),
        (["Hotline", "9999"], NotFoundError),
        (["Hotline", "Reporters", "-o", "report.docx"], BadInputError),
        (["Hotline", "Reporters", "--as-of", "soon"], BadInputError),
    ):
        with pytest.raises(error):
            CliRunner().invoke(group, ["reconcile", *arguments], catch_exceptions=False)
