"""Blind double review: nobody sees anybody, differences go to a third person, quality is measured."""

from pathlib import Path

import pytest
from django.db import IntegrityError

from kuager.core.errors import BadInputError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.operations import create_user
from kuager.domain.accounts.terms import Role
from kuager.domain.audit.models import AuditEvent
from kuager.domain.lists import operations, queries
from kuager.domain.lists.models import BlindAnswer, CandidatePair, DoubleReview, LinkRun, SampledPair
from kuager.domain.lists.queries import double_reviews, quality, run_pairs
from kuager.domain.lists.queries.answers_left import answers_left
from kuager.domain.lists.queries.reviewers import reviewer_agreement
from kuager.domain.lists.queries.run_pairs import PairFilter
from kuager.domain.lists.terms import SampleState, SkipReason
from kuager.domain.people.models import Judgement
from tests.integration.list_files import later as hours
from tests.integration.two_lists import import_two_lists, link


@pytest.fixture
def run(asel: User, tmp_path: Path) -> LinkRun:
    return link(import_two_lists(tmp_path, by=asel), by=asel)


@pytest.fixture
def saule(db: None) -> User:
    return create_user(username="saule", role=Role.STATISTICIAN)


@pytest.fixture
def review(run: LinkRun, saule: User) -> DoubleReview:
    return operations.draw_double_review(run=run, size=10, seed=7, by=saule, at=hours(1))


def next_for(user: User, review: DoubleReview) -> SampledPair:
    found = double_reviews.next_blind_pair(user, review)
    assert found is not None
    return found


def answer(sampled: SampledPair, verdict: str, by: User, why: str = "") -> SampledPair:
    return operations.answer_blindly(sampled=sampled, verdict=verdict, explanation=why, by=by, at=hours(2))


def test_the_same_seed_draws_the_same_sample(run: LinkRun, review: DoubleReview, saule: User) -> None:
    again = operations.draw_double_review(run=run, size=10, seed=7, by=saule, at=hours(3))
    drawn = [
        list(one.pairs.order_by("position").values_list("record_a", "record_b", "stratum", "stands_for"))
        for one in (review, again)
    ]
    assert drawn[0] == drawn[1]
    assert sum(row[3] for row in drawn[0]) == pytest.approx(run.pair_count)


def test_only_who_may_estimate_draws_a_sample(run: LinkRun, asel: User, saule: User) -> None:
    with pytest.raises(PermissionDeniedError):
        operations.draw_double_review(run=run, size=10, seed=1, by=asel, at=hours(1))
    with pytest.raises(BadInputError, match="10 to"):
        operations.draw_double_review(run=run, size=3, seed=1, by=saule, at=hours(1))


def test_two_who_agree_make_two_judgements(review: DoubleReview, asel: User, gulnar: User) -> None:
    sampled = next_for(asel, review)
    assert answer(sampled, "same", asel).state == SampleState.SECOND
    assert not Judgement.objects.exists()
    assert answer(sampled, "same", gulnar).state == SampleState.AGREED
    said = Judgement.objects.values_list("author__username", "verdict")
    assert set(said) == {("asel", "same"), ("gulnar", "same")}
    acts = AuditEvent.objects.filter(action="lists.answer_blindly")
    assert [act.actor for act in acts.order_by("seq")] == ["asel", "gulnar"]


def test_a_third_person_decides_where_two_differ(
    review: DoubleReview, asel: User, gulnar: User, saule: User
) -> None:
    sampled = next_for(asel, review)
    answer(sampled, "same", asel, "the same father")
    assert answer(sampled, "different", gulnar, "ages far apart").state == SampleState.THIRD
    assert not Judgement.objects.exists()
    assert double_reviews.next_difference(asel, review) is None
    assert double_reviews.next_difference(saule, review) == sampled
    for refused in (asel, gulnar):
        with pytest.raises(RefusedError, match="third person"):
            operations.decide_between(
                sampled=sampled, verdict="same", explanation="I say so", by=refused, at=hours(3)
            )
    with pytest.raises(BadInputError, match="why"):
        operations.decide_between(sampled=sampled, verdict="same", explanation=" ", by=saule, at=hours(3))
    decided = operations.decide_between(
        sampled=sampled, verdict="different", explanation="two graves", by=saule, at=hours(3)
    )
    assert (decided.state, decided.verdict) == (SampleState.DECIDED, "different")
    judgement = Judgement.objects.get()
    assert (judgement.author, judgement.verdict, judgement.explanation) == (saule, "different", "two graves")


def test_nobody_answers_twice_or_after_having_judged(review: DoubleReview, asel: User, gulnar: User) -> None:
    sampled = next_for(asel, review)
    answer(sampled, "same", asel)
    assert next_for(asel, review) != sampled
    with pytest.raises(RefusedError, match="somebody else"):
        answer(sampled, "same", asel)
    answer(sampled, "same", gulnar)
    with pytest.raises(RefusedError, match="two people"):
        answer(sampled, "same", create_user(username="third", role=Role.DOCUMENTER))


def test_a_pair_judged_before_is_not_given_to_that_person(
    run: LinkRun, asel: User, gulnar: User, saule: User
) -> None:
    pair = CandidatePair.objects.order_by("id").first()
    assert pair is not None
    operations.review_pair(pair=pair, verdict="same", by=asel, at=hours(1))
    review = operations.draw_double_review(run=run, size=10, seed=7, by=saule, at=hours(1))
    assert double_reviews.sample_progress(review, asel).mine == run.pair_count - 1
    assert double_reviews.sample_progress(review, gulnar).mine == run.pair_count
    known = SampledPair.objects.get(record_a=pair.record_a_id, record_b=pair.record_b_id)
    with pytest.raises(RefusedError, match="not be blind"):
        answer(known, "same", asel)


def test_an_answer_is_taken_back_until_the_pair_is_settled(
    review: DoubleReview, asel: User, gulnar: User
) -> None:
    sampled = next_for(asel, review)
    answer(sampled, "same", asel)
    assert operations.take_back_answer(by=asel, at=hours(3)) == sampled
    assert next_for(asel, review) == sampled
    assert BlindAnswer.objects.get().ended_at == hours(3)
    answer(sampled, "different", asel)
    answer(sampled, "different", gulnar)
    assert operations.take_back_answer(by=gulnar, at=hours(4)) is None
    assert operations.undo_review(by=gulnar, at=hours(4)) is None


def test_pairs_under_double_review_are_hidden_where_scores_are_shown(
    run: LinkRun, review: DoubleReview, asel: User, gulnar: User
) -> None:
    assert run_pairs.next_wanted(asel, PairFilter()) is None
    assert queries.next_pair(asel) is None
    assert run_pairs.links_from(run, 0.5)[0] == 0
    accepted = operations.accept_links(run=run, threshold=0.5, explanation="in haste", by=asel, at=hours(2))
    assert accepted == 0
    pair = CandidatePair.objects.order_by("-probability").first()
    assert pair is not None
    with pytest.raises(RefusedError, match="blind"):
        operations.review_pair(pair=pair, verdict="same", by=asel, at=hours(2))


def test_skipped_pairs_come_back_last_or_never(run: LinkRun, asel: User, gulnar: User) -> None:
    seen: list[CandidatePair] = []
    for reason in (SkipReason.LATER, SkipReason.KNOWN):
        pair = run_pairs.next_wanted(asel, PairFilter())
        assert pair is not None
        operations.skip_pair(pair=pair, reason=reason, by=asel, at=hours(len(seen) + 1))
        seen.append(pair)
    while (pair := run_pairs.next_wanted(asel, PairFilter())) not in seen:
        assert pair is not None
        operations.review_pair(pair=pair, verdict="different", by=asel, at=hours(5))
    assert pair == seen[0]
    assert seen[1] == run_pairs.next_wanted(gulnar, PairFilter()) or seen[0] == run_pairs.next_wanted(
        gulnar, PairFilter()
    )
    operations.review_pair(pair=seen[0], verdict="different", by=asel, at=hours(6))
    assert run_pairs.next_wanted(asel, PairFilter()) is None


def test_the_database_keeps_a_sample_honest(review: DoubleReview, asel: User) -> None:
    sampled = next_for(asel, review)
    sampled.state = SampleState.AGREED
    with pytest.raises(IntegrityError):
        sampled.save()


def answered_by_two(review: DoubleReview, first: User, second: User, *, differing: int = 0) -> None:
    """Let two reviewers say what the run says, but differ on the first ``differing`` pairs."""
    for number, sampled in enumerate(review.pairs.order_by("position")):
        verdict = "same" if sampled.is_linked else "different"
        other = "different" if sampled.is_linked else "same"
        answer(sampled, verdict, first)
        answer(sampled, other if number < differing else verdict, second)


def test_quality_is_measured_from_blind_answers(
    run: LinkRun, review: DoubleReview, asel: User, gulnar: User
) -> None:
    assert quality.measured_links(run) is None
    answered_by_two(review, asel, gulnar)
    found = quality.measured_links(run)
    assert found is not None
    assert found.is_complete
    assert (found.reviewed, found.reviewers) == (run.pair_count, 2)
    assert found.measured is not None
    assert found.measured.precision.value == found.measured.recall.value == 1.0
    assert found.agreement is not None
    assert found.agreement.kappa == 1.0


def test_quality_is_kept_as_it_was_known(
    run: LinkRun, review: DoubleReview, asel: User, gulnar: User
) -> None:
    answered_by_two(review, asel, gulnar, differing=1)
    found = quality.measured_links(run)
    assert found is not None
    assert found.measured is not None
    assert (found.differing, found.measured.unsettled) == (1, 1)
    assert not found.is_complete
    assert quality.measured_links(run, known_at=hours(1.5)) is None


def test_expected_links_add_up_the_probabilities(run: LinkRun) -> None:
    chances = list(run.pairs.values_list("probability", flat=True))
    expected = quality.expected_links(run, threshold=0.9)
    assert expected.links == sum(chance >= 0.9 for chance in chances)
    assert expected.false == pytest.approx(sum(1 - chance for chance in chances if chance >= 0.9))
    assert expected.missed >= sum(chance for chance in chances if chance < 0.9)


def test_reviewers_see_their_own_agreement_statisticians_everybodys(
    review: DoubleReview, asel: User, gulnar: User, saule: User
) -> None:
    answered_by_two(review, asel, gulnar, differing=1)
    all_of_it, own = reviewer_agreement(saule), reviewer_agreement(asel)
    assert [(pair.first, pair.second) for pair in all_of_it.pairs] == [("asel", "gulnar")]
    assert [work.name for work in all_of_it.work] == ["asel", "gulnar"]
    assert [work.name for work in own.work] == ["asel"]
    assert len(own.pairs) == 1
    third = create_user(username="third", role=Role.DOCUMENTER)
    assert not reviewer_agreement(third).pairs


def test_answers_left_fall_to_nothing_as_people_judge(run: LinkRun, asel: User) -> None:
    before = answers_left(run)
    assert 0 < before.number <= run.pair_count
    for number, pair in enumerate(run.pairs.order_by("id"), start=2):
        operations.review_pair(pair=pair, verdict="different", by=asel, at=hours(number))
    assert answers_left(run).is_useful
