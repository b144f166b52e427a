"""Laws of the register: the past keeps its answers, undoing leaves no trace, and order does not matter.

The fast derivation is compared with a slow one that computes everything from scratch for one moment.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuager.core.errors import InvalidTransitionError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.people import operations as people
from kuager.domain.people import queries as people_queries
from kuager.domain.people.models import Assignment, Judgement, Record
from kuager.domain.people.rules.clusters import components, pair_verdict
from kuager.domain.people.terms import Verdict
from kuager.domain.register import operations, queries
from kuager.domain.register.models import Entry, StatusAssertion, StatusSpell
from kuager.domain.register.rules import AssertionDraft, resolve_timeline
from kuager.domain.register.rules.facts import Fact
from kuager.domain.register.terms import FOREVER, STATUS_AXIS, Dimension, Status
from tests.integration.register_story import TOLD, Story, january, moment

Act = tuple[Any, ...]
STATUSES = sorted(STATUS_AXIS)
DAYS = [date(2022, 1, day) for day in (4, 8, 12, 16, 20)]
records = st.integers(0, 4)
say = st.tuples(st.just("say"), records, st.sampled_from(STATUSES), st.integers(1, 20))
act = st.one_of(
    say,
    st.tuples(st.just("approve"), st.integers(0, 30)),
    st.tuples(st.just("correct"), st.integers(0, 30)),
    st.tuples(
        st.just("judge"), records, records, st.sampled_from(["same", "different", "unsure"]), st.booleans()
    ),
    st.tuples(st.just("undo"), st.integers(0, 30)),
    st.tuples(st.just("withdraw"), records),
    st.tuples(st.just("restore"), records),
)
slow = settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@pytest.fixture
def story(asel: User, gulnar: User) -> Story:
    return Story(asel, gulnar)


@pytest.fixture
def told(story: Story) -> list[Record]:
    names = ("Айдос Қалтаев", "Aidos Kaltaev", "Қалтаев А.", "Нұрлан Сейтов", "Әлия Омарова")
    return [story.tells(name, publisher=f"List {place % 2}") for place, name in enumerate(names)]


class Undone:
    """Gives every example the same empty register."""

    def __enter__(self) -> None:
        from django.db import transaction

        self._block = transaction.atomic()
        self._block.__enter__()

    def __exit__(self, *reason: object) -> None:
        from django.db import transaction

        transaction.set_rollback(True)
        self._block.__exit__(None, None, None)


def perform(story: Story, told: list[Record], step: Act, at: datetime) -> None:
    """Do one act, as far as it can be done."""
    kind, *rest = step
    try:
        if kind == "say":
            _say(story, told[rest[0]], rest[1], rest[2], at)
        elif kind == "judge" and rest[0] != rest[1]:
            _judge(story, told, rest, at)
        elif kind in ("withdraw", "restore"):
            move = people.withdraw_records if kind == "withdraw" else people.restore_records
            touched = move(record_ids=[told[rest[0]].pk], cause="edition:1", at=at)
            operations.derive(touched, at=at, cause="edition:1")
        else:
            _revise(story, kind, rest[0], at)
    except (RefusedError, InvalidTransitionError):
        pass


def _say(story: Story, record: Record, status: str, day: int, at: datetime) -> None:
    draft = AssertionDraft(status=Status(status), told_on=TOLD, since=january(day))
    operations.add_assertion(record=record, draft=draft, citation=record.citation, by=story.author, at=at)


def _judge(story: Story, told: list[Record], rest: list[Any], at: datetime) -> None:
    by = story.author if rest[3] else story.second
    operations.judge(
        record_a=told[rest[0]], record_b=told[rest[1]], verdict=rest[2], explanation="law", by=by, at=at
    )


def _revise(story: Story, kind: str, number: int, at: datetime) -> None:
    if kind == "undo":
        in_force = list(Judgement.objects.filter(ended_at=None).order_by("pk"))
        if in_force:
            operations.undo_judgement(
                judgement=in_force[number % len(in_force)], reason="law", by=story.author, at=at
            )
        return
    assertions = list(StatusAssertion.objects.filter(superseded_at=None).order_by("pk"))
    if not assertions:
        return
    chosen = assertions[number % len(assertions)]
    if kind == "approve":
        operations.approve_assertion(assertion=chosen, by=story.second, at=at)
    elif kind == "correct":
        operations.correct_assertion(assertion=chosen, reason="law", by=story.author, at=at)


def clusters_from_scratch(known_at: datetime) -> dict[int, int]:
    """Return the home record of every active record, from the judgements in force at a moment."""
    active = set(people_queries.assigned_at(known_at).values_list("record_id", flat=True))
    said: dict[tuple[int, int], list[str]] = {}
    for a, b, verdict in people_queries.judged_at(known_at).values_list(
        "record_a_id", "record_b_id", "verdict"
    ):
        said.setdefault((a, b), []).append(verdict)
    links = [
        pair
        for pair, verdicts in said.items()
        if set(pair) <= active and pair_verdict(verdicts).value == "same"
    ]
    return components(active, links)


def count_from_scratch(as_of: date, known_at: datetime) -> Counter[str]:
    """Count statuses by going through every assertion for one moment."""
    facts: dict[int, list[Fact]] = {}
    first: dict[int, date] = {}
    home = clusters_from_scratch(known_at)
    for record, root in home.items():
        first[root] = min(first.get(root, date.max), Record.objects.get(pk=record).told_on)
        for one in StatusAssertion.objects.filter(record=record, known_at__lte=known_at):
            is_over = one.superseded_at is not None and one.superseded_at <= known_at
            waits = one.needs_approval and (one.approved_at is None or one.approved_at > known_at)
            if not is_over and not waits:
                facts.setdefault(root, []).append(_fact(one))
    counts: Counter[str] = Counter()
    for root, day in first.items():
        for spell in resolve_timeline(facts.get(root, []), first_told=day):
            counts[spell.status] += spell.since <= as_of < spell.until
    return +counts


def _fact(one: StatusAssertion) -> Fact:
    return Fact(
        one.pk,
        one.record_id,
        one.axis,
        one.status,
        one.since_latest,
        one.since_earliest,
        one.until_latest,
        one.told_on,
        one.verification,
        one.place_id,
    )


def fast_count(as_of: date, known_at: datetime | None) -> Counter[str]:
    return Counter({row.values[0]: row.count for row in queries.count(as_of=as_of, known_at=known_at).rows})


def entries() -> list[tuple[Any, ...]]:
    return list(Entry.objects.order_by("pk").values_list())


def moments(acts: list[Act], *, at_once: bool) -> Iterator[tuple[Act, datetime]]:
    """Give every act its moment: an hour apart, or in threes at one moment."""
    for place, step in enumerate(acts):
        yield step, moment(100 + (place // 3 if at_once else place))


@slow
@given(acts=st.lists(act, max_size=14), at_once=st.booleans())
def test_every_past_answer_is_what_was_known_then(
    story: Story, told: list[Record], acts: list[Act], at_once: bool
) -> None:
    with Undone():
        done = []
        for step, at in moments(acts, at_once=at_once):
            perform(story, told, step, at)
            done.append(at)
        for at in done:
            for day in DAYS:
                assert fast_count(day, at) == count_from_scratch(day, at)


@slow
@given(acts=st.lists(act, max_size=12))
def test_entries_and_clusters_are_what_a_rebuild_makes(
    story: Story, told: list[Record], acts: list[Act]
) -> None:
    with Undone():
        at = moment(100)
        for step, at in moments(acts, at_once=False):
            perform(story, told, step, at)
        before = entries()
        operations.rebuild_entries(at=at)
        assert entries() == before
        home = clusters_from_scratch(at)
        person = dict(Assignment.objects.filter(known_until=None).values_list("record_id", "person_id"))
        homes = dict(Record.objects.values_list("pk", "home_person_id"))
        assert person == {record: homes[root] for record, root in home.items()}


@slow
@given(
    before=st.lists(act, max_size=6),
    judged=st.tuples(records, records, st.sampled_from(["same", "different", "unsure"]), st.booleans()),
)
def test_an_undone_judgement_leaves_no_trace_but_history(
    story: Story, told: list[Record], before: list[Act], judged: Act
) -> None:
    with Undone():
        for step, at in moments(before, at_once=False):
            perform(story, told, step, at)
        was = entries(), [fast_count(day, None) for day in DAYS]
        perform(story, told, ("judge", *judged), moment(200))
        last = Judgement.objects.order_by("-pk").first()
        if last is not None and last.decided_at == moment(200):
            operations.undo_judgement(judgement=last, reason="law", by=story.author, at=moment(201))
        assert (entries(), [fast_count(day, None) for day in DAYS]) == was


@slow
@given(orders=st.lists(say, max_size=6).flatmap(lambda acts: st.tuples(st.just(acts), st.permutations(acts))))
def test_the_order_of_what_is_known_at_one_moment_does_not_matter(
    story: Story, told: list[Record], orders: tuple[list[Act], list[Act]]
) -> None:
    answers = []
    for order in orders:
        with Undone():
            for step in order:
                perform(story, told, step, moment(100))
            answers.append([queries.count(as_of=day, by=list(Dimension)[:5]) for day in DAYS])
    assert answers[0] == answers[1]


@slow
@given(acts=st.lists(act, max_size=12))
def test_spells_of_one_person_never_overlap(story: Story, told: list[Record], acts: list[Act]) -> None:
    with Undone():
        for step, at in moments(acts, at_once=True):
            perform(story, told, step, at)
        rows = list(
            StatusSpell.objects.values_list("person_id", "since", "until", "known_from", "known_until")
        )
        for place, (person, since, until, start, end) in enumerate(rows):
            for other, since2, until2, start2, end2 in rows[place + 1 :]:
                apart = until <= since2 or until2 <= since or end <= start2 or end2 <= start
                assert person != other or apart


@given(
    facts=st.lists(
        st.tuples(st.sampled_from(STATUSES), st.integers(1, 20), st.none() | st.integers(1, 25)), max_size=7
    )
)
def test_a_timeline_has_no_gap_no_overlap_and_no_needless_step(facts: list[Act]) -> None:
    first = date(2022, 1, 1)
    made = [
        Fact(
            number,
            number,
            STATUS_AXIS[Status(status)],
            status,
            first + timedelta(days=day),
            None,
            None if until is None else first + timedelta(days=until),
            TOLD,
            "reported",
            None,
        )
        for number, (status, day, until) in enumerate(facts, start=1)
    ]
    spells = resolve_timeline(made, first_told=TOLD)
    assert [spell.since for spell in spells[1:]] == [spell.until for spell in spells[:-1]]
    assert all(before[2:8] != after[2:8] for before, after in pairwise(spells))
    assert [spell[:8] for spell in resolve_timeline(made[::-1], first_told=TOLD)] == [
        spell[:8] for spell in spells
    ]
    died = [spell.since for spell in spells if spell.status == "dead"]
    assert all(spell.status == "dead" for spell in spells if died and spell.since >= died[0])


def test_what_lasts_ends_at_no_stored_moment() -> None:
    assert moment(10_000) < FOREVER


def test_only_clear_verdicts_link() -> None:
    assert pair_verdict([Verdict.UNSURE, Verdict.SAME]).value == "same"
    assert pair_verdict([Verdict.SAME, Verdict.SAME, Verdict.DIFFERENT]).value == "disputed"
