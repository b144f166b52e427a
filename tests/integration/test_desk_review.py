"""The review pages: every verdict can be taken back, and nobody decides alone when unsure."""

from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.domain.lists.terms import PairState
from kuager.domain.people.models import Judgement
from kuager.domain.register import operations as register
from kuager.domain.register.models import Entry
from kuager.interfaces.desk.review.differences import mark_differences
from kuager.interfaces.desk.review.shown_pair import weight_words
from kuager.interfaces.jobs import links
from tests.integration.two_lists import TwoLists, import_two_lists, link


@pytest.fixture
def lists(asel: User, tmp_path: Path, settings: object) -> TwoLists:
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]  # pytest-django's settings take any name
    return import_two_lists(tmp_path, by=asel)


@pytest.fixture
def run(lists: TwoLists, asel: User) -> LinkRun:
    return link(lists, by=asel)


@pytest.fixture
def desk(asel: User, client: Client) -> Client:
    client.force_login(asel)
    return client


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def pair_of(run: LinkRun, name: str) -> CandidatePair:
    return run.pairs.get(record_b__name__startswith=name)


def test_the_queue_shows_pairs_with_their_lists(desk: Client, run: LinkRun) -> None:
    page = desk.get(url("desk-review")).content.decode()
    assert "Серіков" not in page
    assert "Zhumabayev Nurlan" in page
    assert "Reporters" in page


def test_the_queue_can_be_narrowed(desk: Client, run: LinkRun, lists: TwoLists) -> None:
    sure = desk.get(url("desk-review"), {"lowest": "90"})
    assert sure.context["page"].paginator.count == 3
    asked: dict[str, Any] = {"list_a": lists.latin.pk, "list_b": lists.cyrillic.pk, "highest": "50"}
    assert desk.get(url("desk-review"), asked).context["page"].paginator.count == 1
    assert desk.get(url("desk-review"), {"state": "disputed"}).context["page"].paginator.count == 0


def test_a_pair_shows_both_sides_and_why(desk: Client, run: LinkRun) -> None:
    pair = pair_of(run, "Ospanov")
    page = desk.get(url("desk-review-pair", pair.pk)).content.decode()
    assert "Оспанов Ермек" in page
    assert "Ospanov Yermek" in page
    assert "another age" in page
    assert "speaks against" in page


def test_a_verdict_leads_to_the_next_pair_of_the_same_queue(desk: Client, run: LinkRun) -> None:
    before = Entry.objects.count()
    pair = pair_of(run, "Serikov")
    query = f"?run={run.pk}&lowest=90"
    response = desk.post(url("desk-review-pair", pair.pk) + query, {"verdict": "same", "explanation": ""})
    assert response["Location"].endswith(f"run={run.pk}&lowest=90")
    assert str(pair.pk) not in response["Location"].split("?")[0].split("/pairs/")[1]
    assert Entry.objects.count() == before - 1
    assert Judgement.objects.get(record_a=pair.record_a_id).verdict == "same"


def test_undo_takes_the_last_verdict_back(desk: Client, run: LinkRun) -> None:
    before = Entry.objects.count()
    pair = pair_of(run, "Serikov")
    desk.post(url("desk-review-pair", pair.pk), {"verdict": "same"})
    response = desk.post(url("desk-review-undo"))
    assert response["Location"] == url("desk-review-pair", pair.pk)
    pair.refresh_from_db()
    assert pair.state == PairState.OPEN
    assert Entry.objects.count() == before
    assert desk.post(url("desk-review-undo"))["Location"] == url("desk-review")


def test_who_is_unsure_calls_for_somebody_else(desk: Client, run: LinkRun, gulnar: User) -> None:
    pair = pair_of(run, "Ospanov")
    desk.post(url("desk-review-pair", pair.pk), {"verdict": "unsure", "explanation": "the ages differ"})
    pair.refresh_from_db()
    assert pair.state == PairState.SECOND
    assert desk.get(url("desk-review")).context["next_pair"] != pair
    second = Client()
    second.force_login(gulnar)
    page = second.get(url("desk-review-pair", pair.pk)).content.decode()
    assert "somebody else, has to look" in page
    assert "the ages differ" in page
    second.post(url("desk-review-pair", pair.pk), {"verdict": "different", "explanation": "two people"})
    pair.refresh_from_db()
    assert pair.state == PairState.DECIDED


def test_reviewers_who_disagree_leave_the_pair_disputed(desk: Client, run: LinkRun, gulnar: User) -> None:
    pair = pair_of(run, "Serikov")
    desk.post(url("desk-review-pair", pair.pk), {"verdict": "same"})
    second = Client()
    second.force_login(gulnar)
    second.post(url("desk-review-pair", pair.pk), {"verdict": "different"})
    page = second.get(url("desk-review-pair", pair.pk)).content.decode()
    assert "Two reviewers disagree" in page


def test_a_verdict_that_is_none_changes_nothing(desk: Client, run: LinkRun) -> None:
    pair = pair_of(run, "Serikov")
    assert desk.post(url("desk-review-pair", pair.pk), {"verdict": "perhaps"}).status_code == 422
    assert not Judgement.objects.exists()


def test_a_contradiction_is_shown_with_its_chain(
    desk: Client, run: LinkRun, lists: TwoLists, asel: User
) -> None:
    first, second = pair_of(run, "Serikov"), pair_of(run, "Zhumabayev")
    a, b, c = first.record_a_id, first.record_b_id, second.record_a_id
    for left, right, verdict in ((a, b, "same"), (b, c, "same"), (a, c, "different")):
        register.judge(
            record_a=left,
            record_b=right,
            verdict=verdict,
            explanation="a test of chains",
            by=asel,
            at=lists.at,
        )
    page = desk.get(url("desk-contradictions")).content.decode()
    chain = page.split('class="chain"')[1]
    assert chain.count("<strong>=</strong>") == 2
    assert chain.index("≠") > chain.rindex("<strong>=</strong>")
    assert "contradict each other" in desk.get(url("desk-review-pair", first.pk)).content.decode()


def test_a_run_is_started_from_the_page(desk: Client, lists: TwoLists) -> None:
    response = desk.post(url("desk-runs"), {"lists": [lists.cyrillic.pk, lists.latin.pk]})
    run = LinkRun.objects.get()
    assert response["Location"] == url("desk-run", run.pk)
    assert "waits for its turn" in desk.get(response["Location"]).content.decode()
    links.compute_linkage.call(run.pk)
    run.refresh_from_db()
    page = desk.get(response["Location"])
    assert sum(one.count for one in page.context["histogram"]) == run.pair_count


def test_links_are_accepted_together_only_after_a_look_and_a_reason(desk: Client, run: LinkRun) -> None:
    address = url("desk-run-accept", run.pk) + "?threshold=90"
    page = desk.get(address)
    assert page.context["count"] == 3
    assert "Serikov Asan" in page.content.decode()
    assert desk.post(address, {"explanation": ""}).status_code == 422
    assert not Judgement.objects.exists()
    desk.post(address, {"explanation": "looked at all three of them"})
    assert Judgement.objects.filter(verdict="same", method="link_run").count() == 3


def test_who_may_not_judge_sees_no_pair(run: LinkRun, erlan: User, client: Client) -> None:
    client.force_login(erlan)
    pair = pair_of(run, "Serikov")
    for address in (url("desk-review"), url("desk-review-pair", pair.pk), url("desk-runs")):
        assert client.get(address).status_code == 403


def test_the_queue_asks_the_database_as_often_for_many_pairs_as_for_few(
    desk: Client, run: LinkRun, django_assert_max_num_queries: object
) -> None:
    with django_assert_max_num_queries(30):  # type: ignore[operator]  # pytest-django's fixture is untyped
        desk.get(url("desk-review"))


def test_differences_are_marked_letter_by_letter() -> None:
    pieces = mark_differences("Серыков", "Сериков")
    assert [piece.text for piece in pieces if piece.differs] == ["ы"]
    assert "".join(piece.text for piece in pieces) == "Серыков"


@pytest.mark.parametrize(
    ("weight", "words"), [(6.0, "strongly for"), (0.0, "little"), (-9.0, "strongly against")]
)
def test_a_weight_is_put_in_words(weight: float, words: str) -> None:
    with translation.override("en"):
        assert words in weight_words(weight)
