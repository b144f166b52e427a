"""Function 9, safe publication: what the world may see, how it is known, and how it is taken back."""

from datetime import date, datetime, timedelta

import pytest

from kuager.core.errors import PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.people.terms import Verdict
from kuager.domain.places.queries import get_place
from kuager.domain.publication import operations, queries
from kuager.domain.publication.models import Snapshot, SnapshotFigure, SnapshotPerson
from kuager.domain.register import operations as register
from kuager.domain.register import queries as counts
from kuager.domain.register.rules import AssertionDraft
from kuager.domain.register.terms import Dimension, Status
from tests.integration.register_story import TOLD, Story, january

S = Status
DAY = date(2022, 1, 20)
ALL = ("name", "age", "place", "status")


@pytest.fixture
def story(asel: User, gulnar: User) -> Story:
    return Story(asel, gulnar)


def build(story: Story, by: User, *, known_at: datetime | None = None) -> Snapshot:
    return operations.build_snapshot(as_of=DAY, known_at=known_at, by=by, at=story.now())


def publish(story: Story, by: User) -> Snapshot:
    return operations.publish_snapshot(snapshot=build(story, by), by=by, at=story.now())


def listed(snapshot: Snapshot) -> dict[str, SnapshotPerson]:
    return {person.name: person for person in queries.filter_people(snapshot, queries.PeopleFilter())}


def values(snapshot: Snapshot, depth: int) -> dict[str, int]:
    figures = SnapshotFigure.objects.filter(snapshot=snapshot).values_list("key", "value")
    return {key: value for key, value in figures if key.count(".") == depth}


def test_published_figures_are_the_counts_of_the_register(story: Story, farida: User, places: None) -> None:
    almaty = get_place("almaty")
    for name, status in (
        ("Айдос Үлгіров", S.DETAINED),
        ("Мәди Сынақов", S.DETAINED),
        ("Қуат Мысалов", S.MISSING),
    ):
        story.says(story.tells(name), status, january(6), place_id=almaty.pk)
    dead = story.tells("Ерік Тестов")
    story.says(dead, S.DEAD, january(7))
    snapshot = build(story, farida)
    then = snapshot.known_at
    table = counts.count(as_of=DAY, known_at=then, by=(Dimension.STATUS,))
    assert {row.values[0]: row.count for row in table.rows} == {
        key: value for key, value in values(snapshot, 0).items() if key != "all"
    }
    assert values(snapshot, 0)["all"] == table.total == 4
    regions = counts.count(as_of=DAY, known_at=then, by=(Dimension.STATUS, Dimension.REGION))
    for row in regions.rows:
        assert values(snapshot, 2)[f"{row.values[0]}.region.{row.values[1] or 'unknown'}"] == row.count


def test_a_death_one_person_told_waits_and_the_figure_says_so(story: Story, farida: User) -> None:
    story.approved(story.tells("Ерік Тестов"), S.DEAD, january(7))
    story.says(story.tells("Қуат Мысалов"), S.DEAD, january(8))
    snapshot = build(story, farida)
    figure = SnapshotFigure.objects.get(snapshot=snapshot, key="dead")
    assert (figure.value, figure.basis["pending"]) == (1, 1)


def test_only_who_agreed_is_on_the_list_and_only_with_what_was_agreed(story: Story, farida: User) -> None:
    agreed = story.tells("Айдос Үлгіров", consent=story.consent(*ALL), age_min=30, age_max=30)
    story.says(agreed, S.DETAINED, january(6))
    partly = story.tells("Мәди Сынақов", consent=story.consent("name"), age_min=41, age_max=41)
    story.says(partly, S.INJURED, january(6))
    story.tells("Қуат Мысалов")
    public = story.tells("Ерік Тестов", consent=story.consent("name", "status", given="already_public"))
    story.approved(public, S.DEAD, january(7))
    people = listed(publish(story, farida))
    assert sorted(people) == ["Айдос Үлгіров", "Ерік Тестов", "Мәди Сынақов"]
    assert (people["Айдос Үлгіров"].age, people["Айдос Үлгіров"].status) == ("30", "detained")
    assert (people["Мәди Сынақов"].age, people["Мәди Сынақов"].status) == ("", "")
    assert (people["Ерік Тестов"].status, people["Ерік Тестов"].since) == ("dead", "2022-01-07")


def test_what_a_family_told_in_confidence_shows_nowhere(story: Story, farida: User) -> None:
    public = story.tells("Айдос Үлгіров", consent=story.consent(*ALL))
    story.says(public, S.DETAINED, january(6))
    family = story.tells("Айдос Үлгіров", publisher="His family")
    register.judge(
        record_a=public,
        record_b=family,
        verdict=Verdict.SAME,
        explanation="the brother called",
        by=story.author,
        at=story.now(),
    )
    story.approved(family, S.RELEASED, january(12))
    snapshot = publish(story, farida)
    person = listed(snapshot)["Айдос Үлгіров"]
    assert values(snapshot, 0)["released"] == 1
    assert person.status == ""
    assert len(person.sources) == 1


def test_people_about_whom_judgements_contradict_are_counted_and_not_shown(
    story: Story, farida: User, gulnar: User
) -> None:
    records = [
        story.tells("Айдос Үлгіров", publisher=f"List {n}", consent=story.consent(*ALL)) for n in "ABC"
    ]
    for first, second, verdict in ((0, 1, "same"), (1, 2, "same"), (0, 2, "different")):
        register.judge(
            record_a=records[first],
            record_b=records[second],
            verdict=Verdict(verdict),
            explanation="compared",
            by=story.author,
            at=story.now(),
        )
    snapshot = publish(story, farida)
    assert listed(snapshot) == {}
    assert values(snapshot, 0)["all"] >= 1


def test_the_same_question_gives_the_same_digest_however_much_is_learned(story: Story, farida: User) -> None:
    record = story.tells("Айдос Үлгіров", consent=story.consent(*ALL))
    said = story.says(record, S.DETAINED, january(6))
    then = story.now()
    first = build(story, farida, known_at=then)
    register.correct_assertion(
        assertion=said,
        reason="the list mistook him for a namesake",
        replacement=AssertionDraft(status=S.MISSING, since=january(6), told_on=TOLD),
        by=story.author,
        at=story.now(),
    )
    other = story.tells("Мәди Сынақов", publisher="List B", consent=story.consent(*ALL))
    register.judge(
        record_a=record,
        record_b=other,
        verdict=Verdict.SAME,
        explanation="x",
        by=story.author,
        at=story.now(),
    )
    again = build(story, farida, known_at=then)
    assert first.content_digest == again.content_digest
    assert queries.verify_snapshot(first, recompute=True).is_intact
    assert build(story, farida).content_digest != first.content_digest


def test_the_difference_says_what_changed_and_through_which_acts(story: Story, farida: User) -> None:
    record = story.tells("Айдос Үлгіров", consent=story.consent(*ALL))
    said = story.says(record, S.MISSING, january(6))
    publish(story, farida)
    register.correct_assertion(
        assertion=said,
        reason="found in a police station",
        replacement=AssertionDraft(status=S.DETAINED, since=january(6), told_on=TOLD),
        by=story.author,
        at=story.now(),
    )
    difference = publish(story, farida).difference
    changed = {figure["key"]: (figure["old"], figure["new"]) for figure in difference["figures"]}
    assert (changed["missing"], changed["detained"]) == ((1, 0), (0, 1))
    assert difference["people"]["changed_count"] == 1
    assert difference["reasons"]["corrections"] == 1


def test_a_withdrawn_consent_empties_every_snapshot_and_the_register_stops_publishing(
    story: Story, farida: User
) -> None:
    consent = story.consent(*ALL)
    story.says(story.tells("Айдос Үлгіров", consent=consent), S.DETAINED, january(6))
    first, second = publish(story, farida), publish(story, farida)
    operations.withdraw_consent(
        consent=consent, reason="the family is afraid", by=story.author, at=story.now()
    )
    assert listed(first) == listed(second) == {}
    assert values(second, 0)["detained"] == 1
    third = publish(story, farida)
    assert listed(third) == {}
    assert values(third, 0)["detained"] == 1
    assert all(queries.verify_snapshot(each, recompute=True).is_intact for each in (first, second, third))


def test_building_and_publishing_are_two_acts_and_the_second_needs_an_editor(
    story: Story, farida: User, erlan: User
) -> None:
    snapshot = build(story, erlan)
    for user in (story.author, erlan):
        with pytest.raises(PermissionDeniedError):
            operations.publish_snapshot(snapshot=snapshot, by=user, at=story.now())
    operations.publish_snapshot(snapshot=snapshot, by=farida, at=story.now())
    assert queries.shown_snapshot(None).snapshot == snapshot


def test_a_mistake_is_withdrawn_with_a_reason_and_the_one_before_is_shown(story: Story, farida: User) -> None:
    first, second = publish(story, farida), publish(story, farida)
    operations.withdraw_snapshot(snapshot=second, reason="a list was read twice", by=farida, at=story.now())
    shown = queries.shown_snapshot(None)
    assert shown.snapshot == first
    assert shown.withdrawn is not None
    assert shown.withdrawn.withdrawal_reason == "a list was read twice"
    third = build(story, farida)
    assert third.previous == first
    assert third.known_at - first.known_at > timedelta(0)
