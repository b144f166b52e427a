"""Who is who: judgements, second reviewers, contradictions, and rows that a newer edition replaced."""

import pytest

from kuager.core.errors import BadInputError, InvalidTransitionError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.people import operations as people
from kuager.domain.people import queries
from kuager.domain.people.models import Judgement, Record
from kuager.domain.people.rules import PairVerdict
from kuager.domain.people.terms import Method, Verdict
from kuager.domain.register import operations
from kuager.domain.register import queries as register
from kuager.domain.register.models import Entry
from tests.integration.register_story import START, Story, entry_of


@pytest.fixture
def story(asel: User, gulnar: User) -> Story:
    return Story(asel, gulnar)


@pytest.fixture
def three(story: Story) -> list[Record]:
    return [
        story.tells(name, publisher=publisher, consent=story.consent("name"))
        for name, publisher in (("Айдос Қалтаев", "A"), ("Aidos Kaltaev", "B"), ("Қалтаев А.", "C"))
    ]


def judge(story: Story, a: Record, b: Record, verdict: Verdict, *, second: bool = False) -> Judgement:
    by = story.second if second else story.author
    return operations.judge(
        record_a=a, record_b=b, verdict=verdict, explanation="seen", by=by, at=story.now()
    )


def persons() -> int:
    return Entry.objects.count()


def test_the_person_of_a_cluster_is_that_of_its_first_record(story: Story, three: list[Record]) -> None:
    judge(story, three[2], three[1], Verdict.SAME)
    assert entry_of(three[2]).person_id == three[1].home_person_id
    judge(story, three[0], three[2], Verdict.SAME)
    assert {entry_of(record).person_id for record in three} == {three[0].home_person_id}
    assert [record.pk for record in queries.cluster(three[0].home_person_id)] == [
        record.pk for record in three
    ]


def test_undoing_a_link_gives_everybody_back(story: Story, three: list[Record]) -> None:
    judgement = judge(story, three[0], three[1], Verdict.SAME)
    assert persons() == 2
    operations.undo_judgement(judgement=judgement, reason="another street", by=story.author, at=story.now())
    assert persons() == 3
    with pytest.raises(InvalidTransitionError):
        operations.undo_judgement(judgement=judgement, reason="again", by=story.author, at=story.now())
    history = queries.history(three[1].home_person_id)
    assert [one.end_reason for one in history.judgements] == ["another street"]


def test_undoing_a_changed_mind_brings_the_first_one_back(story: Story, three: list[Record]) -> None:
    judge(story, three[0], three[1], Verdict.SAME)
    changed = judge(story, three[0], three[1], Verdict.DIFFERENT)
    assert persons() == 3
    operations.undo_judgement(judgement=changed, reason="slip of the key", by=story.author, at=story.now())
    assert persons() == 2
    restored = Judgement.objects.get(ended_at=None)
    operations.undo_judgement(judgement=restored, reason="no link at all", by=story.author, at=story.now())
    assert persons() == 3


def test_unsure_asks_for_a_second_reviewer(story: Story, three: list[Record]) -> None:
    judge(story, three[0], three[1], Verdict.UNSURE)
    assert queries.pair_state(three[0].pk, three[1].pk).needs_second
    judge(story, three[1], three[0], Verdict.SAME, second=True)
    state = queries.pair_state(three[1].pk, three[0].pk)
    assert (state.verdict, state.needs_second, persons()) == (PairVerdict.SAME, False, 2)


def test_reviewers_who_disagree_neither_link_nor_separate(story: Story, three: list[Record]) -> None:
    judge(story, three[0], three[1], Verdict.SAME)
    judge(story, three[0], three[1], Verdict.DIFFERENT, second=True)
    assert queries.pair_state(three[0].pk, three[1].pk).verdict is PairVerdict.DISPUTED
    assert persons() == 3
    judge(story, three[0], three[1], Verdict.SAME, second=True)
    assert persons() == 2


def test_a_contradiction_is_shown_and_blocks_publication(story: Story, three: list[Record]) -> None:
    judge(story, three[0], three[1], Verdict.SAME)
    judge(story, three[1], three[2], Verdict.SAME)
    assert entry_of(three[0]).may_publish
    apart = judge(story, three[0], three[2], Verdict.DIFFERENT)
    entry = entry_of(three[0])
    assert (entry.is_contradicted, entry.may_publish, entry.record_count) == (True, False, 3)
    (found,) = queries.contradictions()
    assert found.record_ids == (three[0].pk, three[2].pk)
    page = register.get_person_page(entry.person.code)
    assert [conflict.axis for conflict in page.conflicts] == ["judgement"]
    operations.undo_judgement(judgement=apart, reason="looked again", by=story.author, at=story.now())
    assert entry_of(three[0]).may_publish


def test_judging_needs_the_right_and_two_records(story: Story, three: list[Record], erlan: User) -> None:
    with pytest.raises(BadInputError):
        judge(story, three[0], three[0], Verdict.SAME)
    with pytest.raises(PermissionDeniedError):
        operations.judge(
            record_a=three[0], record_b=three[1], verdict="same", explanation="", by=erlan, at=story.now()
        )


def test_a_judgement_is_not_made_before_the_records_were_known(story: Story, three: list[Record]) -> None:
    with pytest.raises(RefusedError):
        operations.judge(
            record_a=three[0], record_b=three[1], verdict="same", explanation="", by=story.author, at=START
        )


def test_links_in_bulk_leave_reviewed_pairs_alone(story: Story, three: list[Record]) -> None:
    judge(story, three[0], three[1], Verdict.DIFFERENT)
    ids = [record.pk for record in three]
    made = operations.judge_many(
        pairs=[(ids[0], ids[1]), (ids[1], ids[2])],
        scores=[0.9, 0.95],
        verdict=Verdict.SAME,
        method=Method.LINK_RUN,
        explanation="above 0.9",
        by=story.author,
        at=story.now(),
    )
    assert (made, persons()) == (1, 2)
    assert queries.pair_state(ids[0], ids[1]).verdict is PairVerdict.DIFFERENT


def test_a_replaced_row_keeps_its_links_and_its_code(story: Story, three: list[Record]) -> None:
    judge(story, three[0], three[1], Verdict.SAME)
    code = entry_of(three[0]).person.code
    newer = story.tells("Қалтаев Айдос Маратұлы", publisher="A")
    at = story.now()
    touched = people.withdraw_records(record_ids=[three[0].pk], cause="edition:2", at=at)
    operations.judge_many(
        pairs=[(three[0].pk, newer.pk)],
        verdict=Verdict.SAME,
        method=Method.EDITION,
        explanation="edition 2",
        by=story.author,
        at=at,
    )
    operations.derive(touched, at=at, cause="edition:2")
    assert entry_of(newer).person.code == entry_of(three[1]).person.code == code
    undone = story.now()
    touched = people.withdraw_records(record_ids=[newer.pk], cause="undo edition:2", at=undone)
    touched |= people.restore_records(record_ids=[three[0].pk], cause="undo edition:2", at=undone)
    operations.derive(touched, at=undone, cause="undo edition:2")
    assert {entry_of(record).person.code for record in three[:2]} == {code}
    assert persons() == 2


def test_a_withdrawn_record_links_nobody(story: Story, three: list[Record]) -> None:
    judge(story, three[0], three[1], Verdict.SAME)
    judge(story, three[1], three[2], Verdict.SAME)
    at = story.now()
    touched = people.withdraw_records(record_ids=[three[1].pk], cause="edition:1", at=at)
    operations.derive(touched, at=at, cause="edition:1")
    assert persons() == 2
    at = story.now()
    touched = people.restore_records(record_ids=[three[1].pk], cause="edition:1", at=at)
    operations.derive(touched, at=at, cause="edition:1")
    assert persons() == 1


def test_a_record_keeps_birth_date_and_age_together(story: Story) -> None:
    record = story.tells("Айдос Қалтаев", age_min=20, age_max=20)
    assert (str(record.birth_earliest), str(record.birth_latest)) == (
        "2001-01-21",
        "2002-01-20",
    )


def test_a_person_needs_a_name(story: Story) -> None:
    with pytest.raises(BadInputError, match="name"):
        story.tells("  ")
