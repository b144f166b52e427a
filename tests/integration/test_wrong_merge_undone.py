"""Two brothers are made one by a hasty acceptance, and parted again: the whole way through the real pages."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.audit.models import AuditEvent
from kuager.domain.audit.queries import verify_chain
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.domain.people.models import Judgement
from kuager.domain.publication.models import Snapshot
from kuager.domain.register.queries import count, person_code_of
from kuager.interfaces.cli.example.brothers import LAWYERS_ROW, NEWSROOM_ROW
from tests.integration.desk_register import signed_in
from tests.integration.two_lists import CYRILLIC, LATIN, START, TwoLists, import_list, link

ELDER, YOUNGER = str(LAWYERS_ROW[0]), str(NEWSROOM_ROW[0])
HASTE = "the figures are due in an hour"
REASON = "their mother called: they are two brothers, each list knew one"


@pytest.fixture
def lists(places: None, asel: User, gulnar: User, tmp_path: Path, settings: object) -> TwoLists:
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]  # pytest-django's settings take any name
    at = START
    cyrillic = import_list(
        (*CYRILLIC, f"{ELDER},24,06.01.2022,Тараз,погиб"),
        title="Hotline",
        publisher="Invented Hotline",
        folder=tmp_path,
        by=asel,
        at=at,
    )
    latin = import_list(
        (*LATIN, f"{YOUNGER},24,2022-01-06,Taraz,killed"),
        title="Reporters",
        publisher="Invented Reporters",
        folder=tmp_path,
        by=asel,
        at=at,
    )
    for one in (cyrillic, latin):
        edition = queries.list_editions(one).get()
        operations.approve_edition(edition=edition, by=gulnar, at=at + timedelta(hours=1))
    return TwoLists(cyrillic=cyrillic, latin=latin, at=at + timedelta(hours=2))


@pytest.fixture
def run(lists: TwoLists, asel: User) -> LinkRun:
    return link(lists, by=asel)


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def text_of(desk: Client, address: str, query: dict[str, int] | None = None) -> str:
    answer = desk.get(address, query or {})
    assert answer.status_code == 200, address
    return answer.content.decode()


def brothers(run: LinkRun) -> CandidatePair:
    return run.pairs.get(record_a__name=ELDER, record_b__name=YOUNGER)


def publish(desk: Client) -> Snapshot:
    """Build and publish the state of today on the pages of an editor."""
    built = desk.post(url("desk-snapshot-build"), {"as_of": "2022-01-10"})
    number = int(built["Location"].rstrip("/").split("/")[-1])
    desk.post(url("desk-snapshot-publish", number))
    return Snapshot.objects.get(number=number, state="published")


def only_on(desk: Client, one: TwoLists) -> str:
    return text_of(desk, url("desk-only-on"), {"on": one.cyrillic.pk, "missing_from": one.latin.pk})


def dead_now() -> int:
    asked = count(as_of=date(2022, 1, 10))
    return next(row.count for row in asked.rows if row.values[0] == "dead")


def test_a_wrong_merge_is_undone_on_the_real_pages(
    run: LinkRun, lists: TwoLists, asel: User, farida: User
) -> None:
    desk, editor = signed_in(asel), signed_in(farida)
    pair = brothers(run)
    a, b = pair.record_a_id, pair.record_b_id
    accept_in_haste(desk, run)
    assert person_code_of(a) == person_code_of(b)
    first, dead_before = publish(editor), dead_now()
    assert ELDER not in only_on(desk, lists)
    code = person_code_of(a)
    family_calls(desk, code)
    documenter_parts_them(desk, pair, code)
    assert person_code_of(a) != person_code_of(b)
    assert dead_now() == dead_before + 1
    assert ELDER in only_on(desk, lists)
    check_the_difference(publish(editor), first)
    check_nothing_is_lost(desk, pair)


def accept_in_haste(desk: Client, run: LinkRun) -> None:
    """Everything from one half on is accepted without looking; the page says that nobody measured."""
    assert brothers(run).probability >= 0.5
    accept = url("desk-run-accept", run.pk) + "?threshold=50"
    assert "Not measured" in text_of(desk, accept)
    desk.post(accept, {"explanation": HASTE})


def family_calls(desk: Client, code: str) -> None:
    """The mother calls about the man whom the register knows by a short name."""
    once = desk.get(url("desk-call-known", code)).context["form"].initial["once"]
    said = {"once": once, "name": "Бауырбаев Оразхан", "words": "Two of my sons.", "told_on": "2022-01-12"}
    assert desk.post(url("desk-call-known", code), said).status_code == 302


def documenter_parts_them(desk: Client, pair: CandidatePair, code: str) -> None:
    """The evidence is looked at part by part, the link undone with a reason, the two judged different."""
    address = url("desk-review-pair", pair.pk)
    person = text_of(desk, url("desk-person", code))
    assert "The evidence, part by part" in person
    assert address in person
    evidence = text_of(desk, address)
    assert "Field by field" in evidence
    assert HASTE in evidence
    judgement = Judgement.objects.get(
        record_a=pair.record_a_id, record_b=pair.record_b_id, ended_at__isnull=True
    )
    undo = url("desk-undo-judgement", code, judgement.pk)
    assert undo in evidence
    assert desk.post(undo, {"reason": ""}).status_code >= 400
    assert desk.post(undo, {"reason": REASON, "next": address})["Location"] == address
    desk.post(address, {"verdict": "different", "explanation": "two brothers"})


def check_the_difference(second: Snapshot, first: Snapshot) -> None:
    assert second.previous == first
    assert "decision was taken back" in text_of(Client(), "/en/snapshots/")
    changes = {change["key"]: change for change in second.difference["figures"]}
    assert changes["dead"]["new"] == changes["dead"]["old"] + 1


def check_nothing_is_lost(desk: Client, pair: CandidatePair) -> None:
    """The audit record keeps the act, and both judgements stay visible in the history of both people."""
    event = AuditEvent.objects.get(action="people.undo_judgement")
    assert (event.actor, event.reason) == ("asel", REASON)
    timur = create_user(username="timur", role=Role.AUDITOR)
    assert REASON in text_of(signed_in(timur), url("desk-audit"))
    assert verify_chain() > 0
    codes = [person_code_of(record) for record in (pair.record_a_id, pair.record_b_id)]
    for code in codes:
        page = text_of(desk, url("desk-person", code))
        assert all(words in page for words in (REASON, "two brothers", HASTE))
    taken_back = text_of(desk, url("desk-taken-back"))
    assert REASON in taken_back
    assert all(url("desk-person", code) in taken_back for code in codes)


def test_the_next_run_keeps_the_parted_brothers_apart(run: LinkRun, lists: TwoLists, asel: User) -> None:
    pair = brothers(run)
    operations.review_pair(pair=pair, verdict="different", by=asel, at=run.known_at + timedelta(hours=1))
    again = operations.run_linkage(
        lists=[lists.cyrillic, lists.latin], by=asel, at=run.known_at + timedelta(hours=2)
    )
    later = CandidatePair.objects.filter(run=again, record_a=pair.record_a_id, record_b=pair.record_b_id)
    assert all(one.state == "decided" and one.probability < 0.5 for one in later)
    at = run.known_at + timedelta(hours=3)
    operations.accept_links(run=again, threshold=0.5, explanation="the rest", by=asel, at=at)
    assert person_code_of(pair.record_a_id) != person_code_of(pair.record_b_id)
