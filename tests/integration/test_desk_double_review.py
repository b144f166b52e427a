"""The pages of blind double review, of agreement, of quality, and of links taken back."""

from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.lists.models import DoubleReview, LinkRun, SampledPair, SkippedPair
from kuager.domain.lists.queries.double_reviews import next_blind_pair
from kuager.domain.people.models import Judgement
from tests.integration.desk_register import signed_in
from tests.integration.two_lists import import_two_lists, link


@pytest.fixture
def run(asel: User, tmp_path: Path, settings: object) -> LinkRun:
    settings.LANGUAGE_CODE = "en"  # type: ignore[attr-defined]  # pytest-django's settings take any name
    return link(import_two_lists(tmp_path, by=asel), by=asel)


@pytest.fixture
def saule(db: None) -> User:
    return create_user(username="saule", role=Role.STATISTICIAN)


@pytest.fixture
def review(run: LinkRun, saule: User) -> DoubleReview:
    desk = signed_in(saule)
    answer = desk.post(url("desk-run-double", run.pk), {"size": 10, "seed": 3, "threshold": 50})
    review = DoubleReview.objects.get()
    assert answer["Location"] == url("desk-double-review", review.pk)
    return review


def url(name: str, *args: object) -> str:
    return reverse(name, args=args)


def page_of(desk: Client, address: str) -> str:
    answer = desk.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def say(desk: Client, sampled: SampledPair, verdict: str, why: str = "") -> None:
    answer = desk.post(url("desk-blind-pair", sampled.pk), {"verdict": verdict, "explanation": why})
    assert answer.status_code == 302


def first_of(review: DoubleReview, user: User) -> SampledPair:
    sampled = next_blind_pair(user, review)
    assert sampled is not None
    return sampled


def test_a_blind_page_shows_no_score_no_weight_and_no_verdict(
    review: DoubleReview, asel: User, gulnar: User
) -> None:
    sampled = first_of(review, asel)
    say(signed_in(asel), sampled, "same", "the same father, I am sure")
    page = page_of(signed_in(gulnar), url("desk-blind-pair", sampled.pk))
    assert sampled.record_a.name in page
    main = page.split("<main")[1].split("</main>")[0]
    for told in ("%", "match weight", "speaks", "the same father", "asel", "probability"):
        assert told not in main


def test_a_pair_of_a_sample_is_not_shown_with_its_score(
    run: LinkRun, review: DoubleReview, asel: User
) -> None:
    pair = run.pairs.first()
    assert pair is not None
    answer = signed_in(asel).get(url("desk-review-pair", pair.pk))
    sampled = SampledPair.objects.get(record_a=pair.record_a_id, record_b=pair.record_b_id)
    assert answer["Location"] == url("desk-blind-pair", sampled.pk)
    queue = page_of(signed_in(asel), url("desk-review"))
    assert "No pair fits" in queue
    assert "wait for your answers, without a score" in queue


def test_the_third_person_reads_both_reasons_and_decides(
    review: DoubleReview, asel: User, gulnar: User, saule: User
) -> None:
    sampled = first_of(review, asel)
    say(signed_in(asel), sampled, "same", "the same father")
    say(signed_in(gulnar), sampled, "different", "ages far apart")
    desk = signed_in(saule)
    page = page_of(desk, url("desk-blind-pair", sampled.pk))
    assert "the same father" in page
    assert "ages far apart" in page
    refused = desk.post(url("desk-blind-pair", sampled.pk), {"verdict": "same", "explanation": ""})
    assert refused.status_code == 422
    say(desk, sampled, "different", "two graves")
    assert Judgement.objects.get().author == saule


def test_who_has_answered_is_sent_away_and_may_take_it_back(review: DoubleReview, asel: User) -> None:
    sampled, desk = first_of(review, asel), signed_in(asel)
    say(desk, sampled, "same")
    assert desk.get(url("desk-blind-pair", sampled.pk)).status_code == 302
    back = desk.post(url("desk-blind-take-back"))
    assert back["Location"] == url("desk-blind-pair", sampled.pk)
    assert desk.post(url("desk-blind-take-back"))["Location"] == url("desk-review")


def test_quality_is_said_plainly_before_and_after_it_is_measured(
    run: LinkRun, review: DoubleReview, asel: User, gulnar: User
) -> None:
    casualty_list = run.lists.order_by("pk")[0]
    desk = signed_in(asel)
    addresses = (
        url("desk-run", run.pk),
        url("desk-list", casualty_list.pk),
        url("desk-run-accept", run.pk) + "?threshold=90",
    )
    for address in addresses:
        page = page_of(desk, address)
        assert "Not measured" in page
        assert "xpected" in page
    for user in (asel, gulnar):
        for sampled in review.pairs.all():
            say(signed_in(user), sampled, "same" if sampled.is_linked else "different")
    for address in (*addresses, url("desk-double-review", review.pk)):
        page = page_of(desk, address)
        assert "Precision" in page
        assert "95 % interval" in page
        assert "judged by two people" in page


def test_agreement_is_shown_without_ranking(
    review: DoubleReview, asel: User, gulnar: User, saule: User, erlan: User
) -> None:
    sampled = first_of(review, asel)
    for user in (asel, gulnar):
        say(signed_in(user), sampled, "same")
    assert "asel · gulnar" in page_of(signed_in(saule), url("desk-reviewers"))
    own = page_of(signed_in(gulnar), url("desk-reviewers"))
    assert "You see your own figures" in own
    assert ">asel<" not in own
    admin = create_user(username="admin", role=Role.ADMINISTRATOR)
    assert "asel · gulnar" in page_of(signed_in(admin), url("desk-reviewers"))
    assert signed_in(erlan).get(url("desk-reviewers")).status_code == 403


def test_a_pair_says_why_it_is_asked_and_is_skipped_with_a_reason(run: LinkRun, asel: User) -> None:
    desk = signed_in(asel)
    queue = desk.get(url("desk-review"))
    pair = queue.context["next_pair"]
    assert pair.review_rank == 1
    assert "more answer" in queue.content.decode()
    page = page_of(desk, url("desk-review-pair", pair.pk))
    assert "Why we ask:" in page
    assert "I know these people" in page
    desk.post(url("desk-review-pair", pair.pk), {"skip": "known"})
    assert SkippedPair.objects.get().reason == "known"
    assert desk.get(url("desk-review")).context["next_pair"] != pair
    assert desk.post(url("desk-review-pair", pair.pk), {"skip": "boring"}).status_code == 422


def test_the_queue_is_narrowed_by_region_and_by_reason(run: LinkRun, asel: User) -> None:
    desk = signed_in(asel)
    regions = dict(desk.get(url("desk-review")).context["form"].fields["region"].choices)
    almaty = next(key for key, name in regions.items() if name == "Almaty")
    found = desk.get(url("desk-review"), {"region": almaty}).context["page"].paginator.count
    assert 0 < found < run.pair_count
    kinds = set(run.pairs.exclude(asked_for="").values_list("asked_for", flat=True))
    shown = sum(
        desk.get(url("desk-review"), {"asked_for": kind}).context["page"].paginator.count for kind in kinds
    )
    assert shown == run.pairs.exclude(asked_for="").count()


def test_only_statisticians_draw_samples(run: LinkRun, asel: User, saule: User) -> None:
    assert signed_in(asel).get(url("desk-run-double", run.pk)).status_code == 403
    few = signed_in(saule).post(url("desk-run-double", run.pk), {"size": 2, "seed": 1, "threshold": 50})
    assert few.status_code == 422


def test_a_link_is_taken_back_from_the_page_of_its_evidence(run: LinkRun, asel: User) -> None:
    desk = signed_in(asel)
    pair = run.pairs.order_by("-probability")[0]
    desk.post(url("desk-review-pair", pair.pk), {"verdict": "same", "explanation": "in haste"})
    judgement = Judgement.objects.get()
    address = url("desk-review-pair", pair.pk)
    page = page_of(desk, address)
    undo = page.split('action="')[1:]
    target = next(one.split('"')[0] for one in undo if f"judgements/{judgement.pk}/undo" in one)
    answer = desk.post(target, {"reason": "the mother says: two sons", "next": address})
    assert answer["Location"] == address
    pair.refresh_from_db()
    assert pair.state == "open"
    listed = page_of(desk, url("desk-taken-back"))
    assert "the mother says: two sons" in listed
    assert "in haste" in listed
