"""Function 1, the register: from what sources say to counts that stay true for ever."""

from datetime import date, timedelta

import pytest

from kuager.core.dates import parse_edtf
from kuager.core.errors import BadInputError, InvalidTransitionError, PermissionDeniedError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.people.terms import Sex, Verdict
from kuager.domain.places.models import Place
from kuager.domain.places.operations import load_places
from kuager.domain.places.queries import list_regions
from kuager.domain.register import operations, queries
from kuager.domain.register.rules import AssertionDraft
from kuager.domain.register.terms import ConflictKind, Dimension, Status
from tests.integration.register_story import START, TOLD, Story, entry_of, january, moment

S = Status
DAY = date(2022, 1, 15)


@pytest.fixture
def story(asel: User, gulnar: User) -> Story:
    return Story(asel, gulnar)


def numbers(
    as_of: date = DAY, hours: int | None = None, by: tuple[Dimension, ...] = (Dimension.STATUS,)
) -> dict[tuple[str, ...], int]:
    known_at = None if hours is None else moment(hours)
    return {row.values: row.count for row in queries.count(as_of=as_of, known_at=known_at, by=by).rows}


def test_a_person_without_a_status_counts_as_unknown_from_the_day_of_the_first_telling(story: Story) -> None:
    story.tells("Нұрлан Сейтов")
    assert numbers(TOLD) == {("unknown",): 1}
    assert numbers(TOLD - timedelta(days=1)) == {}


def test_a_status_counts_from_the_latest_day_it_can_have_begun(story: Story) -> None:
    record = story.tells("Нұрлан Сейтов")
    story.says(record, S.DETAINED, parse_edtf("2022-01-05/2022-01-08"))
    assert numbers(date(2022, 1, 7)) == {}
    assert numbers(date(2022, 1, 8)) == {("detained",): 1}


def test_a_status_told_without_a_day_counts_from_the_day_it_was_told(story: Story) -> None:
    record = story.tells("Нұрлан Сейтов")
    story.says(record, S.DETAINED, parse_edtf("2022-01"))
    assert numbers(TOLD - timedelta(days=1)) == {}
    assert numbers(TOLD) == {("detained",): 1}


def test_dead_counts_only_once_a_second_person_agrees(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    waiting = story.says(record, S.DEAD, january(6))
    table = queries.count(as_of=DAY)
    assert (numbers(), table.pending) == ({}, {"dead": 1})
    with pytest.raises(PermissionDeniedError, match="second person"):
        operations.approve_assertion(assertion=waiting, by=story.author, at=story.now())
    operations.approve_assertion(assertion=waiting, by=story.second, at=story.now())
    assert numbers() == {("dead",): 1}
    assert queries.count(as_of=DAY).pending == {}


def test_who_has_no_right_approves_nothing(story: Story, bolat: User) -> None:
    waiting = story.says(story.tells("Айдос Қалтаев"), S.RELEASED, january(6))
    with pytest.raises(PermissionDeniedError):
        operations.approve_assertion(assertion=waiting, by=bolat, at=story.now())
    assert [one.pk for one in queries.list_pending(for_user=story.second)] == [waiting.pk]
    assert queries.list_pending(for_user=story.author) == queries.list_pending(for_user=bolat) == []


def test_a_refused_assertion_never_counts_and_is_kept(story: Story) -> None:
    waiting = story.says(story.tells("Айдос Қалтаев"), S.DEAD, january(6))
    with pytest.raises(BadInputError, match="reason"):
        operations.refuse_assertion(assertion=waiting, reason=" ", by=story.second, at=story.now())
    operations.refuse_assertion(assertion=waiting, reason="another man", by=story.second, at=story.now())
    assert numbers(TOLD) == {("unknown",): 1}
    with pytest.raises(RefusedError):
        operations.approve_assertion(assertion=waiting, by=story.second, at=story.now())


def test_the_dead_stay_dead(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    story.approved(record, S.DEAD, january(6))
    story.says(record, S.ALIVE, january(10))
    story.says(record, S.DETAINED, january(12))
    assert numbers() == {("dead",): 1}
    entry = entry_of(record)
    assert (entry.status, entry.custody, entry.is_conflicted) == ("dead", "unknown", True)
    assert entry.conflict == ConflictKind.STATUS_AFTER_DEATH


def test_only_a_correction_with_a_reason_brings_the_dead_back(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    death = story.approved(record, S.DEAD, january(6))
    with pytest.raises(BadInputError, match="reason"):
        operations.correct_assertion(assertion=death, reason="", by=story.author, at=story.now())
    alive = AssertionDraft(status=S.ALIVE, told_on=TOLD, since=january(10))
    operations.correct_assertion(
        assertion=death, reason="he called his mother", replacement=alive, by=story.author, at=story.now()
    )
    assert numbers() == {("alive",): 1}
    with pytest.raises(InvalidTransitionError):
        operations.correct_assertion(assertion=death, reason="again", by=story.author, at=story.now())


def test_the_same_question_about_the_past_keeps_its_answer(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    story.says(record, S.DETAINED, january(8))
    known = story.hours
    before = queries.count(as_of=DAY, known_at=moment(known), by=(Dimension.STATUS, Dimension.SEX))
    story.approved(record, S.RELEASED, january(9))
    operations.judge(
        record_a=record,
        record_b=story.tells("Aidos Kaltaev", publisher="List B"),
        verdict=Verdict.SAME,
        explanation="same name and street",
        by=story.author,
        at=story.now(),
    )
    assert queries.count(as_of=DAY, known_at=moment(known), by=(Dimension.STATUS, Dimension.SEX)) == before
    assert numbers() == {("released",): 1}


def test_two_acts_at_one_moment_leave_one_answer(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    at = story.now()
    for status in (S.DETAINED, S.INJURED, S.MISSING):
        operations.add_assertion(
            record=record,
            draft=AssertionDraft(status=status, told_on=TOLD, since=january(8)),
            citation=record.citation,
            by=story.author,
            at=at,
        )
    assert numbers(hours=story.hours) == numbers() == {("detained",): 1}


def test_nothing_is_added_before_what_is_already_known(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    story.says(record, S.DETAINED, january(8))
    draft = AssertionDraft(status=S.MISSING, told_on=TOLD)
    with pytest.raises(RefusedError, match="already known"):
        operations.add_assertion(
            record=record, draft=draft, citation=record.citation, by=story.author, at=START
        )


def test_counts_break_down_by_any_combination(story: Story) -> None:
    load_places(by=story.author, at=START)
    region = list_regions(on=DAY)[0]
    first = story.tells("Айдос Қалтаев", sex=Sex.MALE, age_min=20, age_max=20, category="medic")
    second = story.tells("Әлия Қалтаева", sex=Sex.FEMALE, age_min=40, age_max=40, publisher="List B")
    story.says(first, S.DETAINED, january(8), place_id=region.pk)
    story.says(first, S.INJURED, january(8))
    story.says(second, S.MISSING, january(8))
    assert numbers(by=(Dimension.CUSTODY, Dimension.HEALTH, Dimension.FATE)) == {
        ("detained", "injured", "unknown"): 1,
        ("unknown", "unknown", "missing"): 1,
    }
    assert numbers(by=(Dimension.REGION, Dimension.SEX)) == {(region.code, "male"): 1, ("", "female"): 1}
    assert numbers(by=(Dimension.SOURCE, Dimension.AGE_GROUP, Dimension.CATEGORY)) == {
        ("List A", "18-29", "medic"): 1,
        ("List B", "30-44", ""): 1,
    }
    assert queries.count(as_of=DAY, by=(), where={Dimension.SOURCE: "List B"}).total == 1
    assert queries.count(as_of=DAY, where={Dimension.REGION: region.code}).rows[0].values == ("detained",)


def test_who_stands_on_two_lists_counts_under_both_and_once_in_all(story: Story) -> None:
    first, second = story.tells("Айдос Қалтаев"), story.tells("Aidos Kaltaev", publisher="List B")
    operations.judge(
        record_a=first,
        record_b=second,
        verdict=Verdict.SAME,
        explanation="same",
        by=story.author,
        at=story.now(),
    )
    table = queries.count(as_of=TOLD, by=(Dimension.SOURCE,))
    assert {row.values: row.count for row in table.rows} == {("List A",): 1, ("List B",): 1}
    assert table.total == 1


def test_the_region_is_the_one_the_place_lay_in_on_the_day(story: Story) -> None:
    load_places(by=story.author, at=START)
    moved = _place_that_changed_region()
    record = story.tells("Айдос Қалтаев")
    story.says(record, S.MISSING, january(8), place_id=moved.pk)
    then, now = (numbers(day, by=(Dimension.REGION,)) for day in (DAY, date(2022, 12, 1)))
    assert then != now
    assert set(then.values()) == set(now.values()) == {1}


def _place_that_changed_region() -> Place:
    from kuager.domain.places.queries import place_index

    index = place_index()
    return next(
        place
        for number, place in index.places.items()
        if index.region_of(number, DAY) not in (None, index.region_of(number, date(2022, 12, 1)))
        and index.region_of(number, date(2022, 12, 1))
    )


def test_daily_counts_follow_the_single_days(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    story.says(record, S.MISSING, january(5))
    story.says(record, S.DETAINED, january(9))
    series = queries.daily_counts(first=date(2022, 1, 4), last=date(2022, 1, 10))
    for status, days in series.items():
        for day, number in days:
            assert numbers(day).get((status,), 0) == number
    assert set(series) == {"missing", "detained"}


def test_somebody_in_custody_unconfirmed_for_ninety_days_is_stale(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    story.says(record, S.REMANDED, january(9))
    assert queries.list_stale(as_of=TOLD + timedelta(days=89)) == []
    (stale,) = queries.list_stale(as_of=TOLD + timedelta(days=90))
    assert (stale.days, stale.code) == (90, record.home_person.code)
    story.approved(record, S.RELEASED, january(19))
    assert queries.list_stale(as_of=TOLD + timedelta(days=90)) == []


def test_sources_that_disagree_are_listed(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    story.says(record, S.CONVICTED, january(8))
    story.says(record, S.SUSPECT, january(12))
    (entry,) = queries.list_conflicts(kind=ConflictKind.SOURCES_DISAGREE)
    page = queries.get_person_page(entry.person.code)
    assert [conflict.axis for conflict in page.conflicts] == ["legal"]
    assert [step.legal for step in page.timeline] == ["convicted", "suspect"]


def test_what_changed_and_why_lists_acts_with_before_and_after(story: Story) -> None:
    record = story.tells("Айдос Қалтаев")
    story.says(record, S.DETAINED, january(8))
    since = story.hours
    story.approved(record, S.DEAD, january(9))
    found = queries.changes(known_from=moment(since), known_to=moment(story.hours))
    assert [(change.kind, change.before, change.after, change.by) for change in found] == [
        ("approved", "detained", "dead", "gulnar"),
        ("asserted", "detained", "detained", "asel"),
    ]
    (move,) = queries.moves(
        before=queries.Question(as_of=DAY, known_at=moment(since)), after=queries.Question(as_of=DAY)
    )
    assert (move.before, move.after, move.why) == ("detained", "dead", "List A: dead since 2022-01-09")


def test_the_entry_describes_the_person_by_all_sources(story: Story) -> None:
    first = story.tells("Kaltaev Aidos", sex=Sex.MALE, age_min=20, age_max=30)
    second = story.tells("Қалтаев Айдос Маратұлы", publisher="List B", age_min=25, age_max=40)
    operations.judge(
        record_a=first,
        record_b=second,
        verdict=Verdict.SAME,
        explanation="same",
        by=story.author,
        at=story.now(),
    )
    entry = entry_of(first)
    assert (entry.name, entry.other_names) == ("Қалтаев Айдос Маратұлы", "Kaltaev Aidos")
    assert (entry.sex, entry.age_min, entry.age_max, entry.age_group) == ("male", 25, 30, "unknown")
    assert (entry.record_count, entry.source_count, entry.independent_count) == (2, 2, 2)


def test_publishers_of_one_origin_count_as_one_independent_source(story: Story) -> None:
    first = story.tells("Айдос Қалтаев", group="hotline")
    second = story.tells("Айдос Қалтаев", publisher="List B", group="hotline")
    operations.judge(
        record_a=first,
        record_b=second,
        verdict=Verdict.SAME,
        explanation="same",
        by=story.author,
        at=story.now(),
    )
    assert (entry_of(first).source_count, entry_of(first).independent_count) == (2, 1)


def test_withdrawn_consent_publishes_nothing(story: Story) -> None:
    consent = story.consent("name")
    record = story.tells("Қалтаев Айдос", consent=consent)
    assert entry_of(record).may_publish
    at = story.now()
    operations.withdraw_consent(consent=consent, by=story.author, at=at, reason="the family is afraid")
    assert not entry_of(record).may_publish


def test_a_call_is_one_act(story: Story) -> None:
    from kuager.domain.people.rules import RecordDraft

    known = story.tells("Қалтаев Айдос")
    call = operations.CallDraft(
        record=RecordDraft(name="Kaltayev Aidos"),
        told_on=TOLD,
        statuses=(AssertionDraft(status=S.DETAINED, told_on=TOLD, since=january(8)),),
        caller_note="his sister, a number of hers",
        consent_purpose="publication",
        consent_fields=("name",),
        same_as_person_id=known.home_person_id,
    )
    record = operations.record_call(call=call, by=story.author, at=story.now())
    entry = entry_of(record)
    assert (entry.person_id, entry.status, entry.record_count) == (known.home_person_id, "detained", 2)
    assert entry.may_publish
