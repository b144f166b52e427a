"""The database itself refuses what must never be; each rule is tried by breaking it."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import TypeVar

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction
from django.db.models import CheckConstraint

from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.lists.models import (
    BlindAnswer,
    CandidatePair,
    CasualtyList,
    DoubleReview,
    EstimateDraws,
    EstimateRun,
    LinkAudit,
    LinkDraws,
    LinkRun,
    ListEdition,
    ListRow,
    SampledPair,
)
from kuager.domain.people.models import Assignment, Judgement
from kuager.domain.places.models import Facility, Place
from kuager.domain.publication.models import (
    EstimateChoice,
    PublishedMedia,
    Redaction,
    Snapshot,
    SnapshotEstimate,
    SnapshotFigure,
    SnapshotPerson,
    SnapshotPicture,
)
from kuager.domain.register.models import StatusAssertion, StatusSpell
from tests.architecture.evidence_breaks import EVIDENCE_BREAKS, item
from tests.integration.small_register import DAY, FIRST, LATER, SmallRegister

T = TypeVar("T")
Break = Callable[[SmallRegister], object]


def place(**more: object) -> Place:
    return Place.objects.create(
        code=f"p{Place.objects.count()}", name_kk="x", name_ru="x", name_en="x", **more
    )


def media(small: SmallRegister, of: DigitalItem, **more: object) -> PublishedMedia:
    return PublishedMedia.objects.create(
        number=PublishedMedia.objects.count() + 1,
        item=of,
        sha256="a" * 64,
        size=1,
        media_type="image/png",
        caption="x",
        basis="x",
        recipe_digest="b" * 64,
        published_by=small.by,
        published_at=FIRST,
        **more,
    )


def twice(make: Callable[[T], object], of: T) -> None:
    make(of)
    make(of)


def edition(small: SmallRegister) -> ListEdition:
    source = small.source()
    one, _ = CasualtyList.objects.get_or_create(publisher=source.publisher, title="List")
    return ListEdition.objects.create(
        casualty_list=one,
        as_of=DAY,
        source=source,
        file_name="x.csv",
        file_digest="0" * 64,
        staged_by=small.by,
        staged_at=FIRST,
    )


def snapshot(small: SmallRegister, **more: object) -> Snapshot:
    values: dict[str, object] = {
        "number": Snapshot.objects.count() + 1,
        "as_of": DAY,
        "known_at": FIRST,
        "rules_version": "1",
        "content_digest": "0" * 64,
        "built_by": small.by,
        "built_at": FIRST,
    }
    return Snapshot.objects.create(**(values | more))


def two_records(small: SmallRegister) -> list[int]:
    people = [small.person("Айнұр Бекжанова"), small.person("Ainur Bekzhanova")]
    return sorted(person.home_records.get().pk for person in people)


def judgement(small: SmallRegister, first: int, second: int) -> Judgement:
    return Judgement.objects.create(
        record_a_id=first,
        record_b_id=second,
        verdict="same",
        method="review",
        author=small.by,
        decided_at=FIRST,
    )


def link_run(small: SmallRegister, **more: object) -> LinkRun:
    values: dict[str, object] = {
        "engine": "duckdb",
        "version": "1",
        "known_at": FIRST,
        "asked_at": FIRST,
        "state": "waiting",
        "run_by": small.by,
    }
    return LinkRun.objects.create(**(values | more))


def audit(of: LinkRun) -> LinkAudit:
    return LinkAudit.objects.create(
        run=of, made_by=of.run_by, made_at=LATER, only_kept=0, only_anew=0, in_both=1
    )


def sampled(small: SmallRegister, *, turned: bool = False, **more: object) -> SampledPair:
    """One more pair of the one double review; ``position`` counts them."""
    review = DoubleReview.objects.first() or DoubleReview.objects.create(
        run=link_run(small), size=10, seed=1, threshold=0.5, drawn_by=small.by, drawn_at=FIRST
    )
    low, high = two_records(small)
    values: dict[str, object] = {
        "record_a_id": high if turned else low,
        "record_b_id": low if turned else high,
        "position": SampledPair.objects.count() + 1,
        "stratum": "x",
        "stands_for": 1.0,
        "is_linked": True,
    }
    return SampledPair.objects.create(review=review, **(values | more))


def the_same_pair_again(small: SmallRegister) -> SampledPair:
    one = sampled(small)
    return sampled(small, record_a_id=one.record_a_id, record_b_id=one.record_b_id)


def answered(of: SampledPair, *, by: User, is_deciding: bool = False) -> BlindAnswer:
    return BlindAnswer.objects.create(
        sampled=of, reviewer=by, verdict="same", is_deciding=is_deciding, answered_at=FIRST
    )


def decided_twice(small: SmallRegister) -> None:
    of, other = sampled(small), User.objects.create(username="second")
    for one in (small.by, other):
        answered(of, by=one, is_deciding=True)


def pair(small: SmallRegister, first: int, second: int) -> CandidatePair:
    run = LinkRun.objects.first() or link_run(small)
    return CandidatePair.objects.create(
        run=run, record_a_id=first, record_b_id=second, probability=0.5, match_weight=0
    )


def estimate(small: SmallRegister, **more: object) -> EstimateRun:
    values: dict[str, object] = {
        "as_of": DAY,
        "known_at": FIRST,
        "method": "all",
        "level": 0.95,
        "seed": 1,
        "histories": {},
        "results": {},
        "state": "waiting",
        "run_by": small.by,
        "run_at": FIRST,
    }
    return EstimateRun.objects.create(**(values | more))


def choice(small: SmallRegister, **more: object) -> EstimateChoice:
    values: dict[str, object] = {"method": "chao", "key": "all", "salt": "x", "chosen_by": small.by}
    return EstimateChoice.objects.create(run=estimate(small), chosen_at=FIRST, **(values | more))


def break_published_estimate(small: SmallRegister) -> None:
    values = {"snapshot": snapshot(small), "key": "all", "choice": choice(small), "content": {}}
    twice(lambda given: SnapshotEstimate.objects.create(**given), values)


def break_assertion(small: SmallRegister, **change: object) -> None:
    record = small.person("Айнұр Бекжанова").home_records.get()
    StatusAssertion.objects.filter(record=record).update(**change)


def break_spell(small: SmallRegister, **change: object) -> None:
    person = small.person("Айнұр Бекжанова")
    StatusSpell.objects.filter(person=person).update(**change)


def break_published_person(small: SmallRegister) -> None:
    values = {"snapshot": snapshot(small), "code": "B222-3333", "status": "dead", "position": 1}
    twice(lambda given: SnapshotPerson.objects.create(**given), values)


BREAKS: dict[str, Break] = {
    "place_lasts_a_day": lambda s: place(kind="region", valid_since=DAY, valid_until=DAY),
    "facility_named_once_a_place": lambda s: twice(
        lambda at: Facility.objects.create(place=at, kind="police", name="House 1"),
        place(kind="region"),
    ),
    "one_open_assignment": lambda s: Assignment.objects.create(
        record_id=two_records(s)[0], person=s.bare_person(), known_from=FIRST, cause="test"
    ),
    "assignment_ends_after_it_begins": lambda s: Assignment.objects.filter(
        record_id=two_records(s)[0]
    ).update(known_until=FIRST - timedelta(days=1)),
    "judgement_pair_in_order": lambda s: judgement(s, *reversed(two_records(s))),
    "one_judgement_in_force": lambda s: twice(lambda two: judgement(s, *two), two_records(s)),
    "assertion_two_people": lambda s: break_assertion(s, approved_by=s.by, approved_at=LATER),
    "assertion_since_in_order": lambda s: break_assertion(s, since_earliest=date(2022, 1, 11)),
    "dead_and_released_need_two": lambda s: break_assertion(s, status="dead", needs_approval=False),
    "assertion_ends_with_a_reason": lambda s: break_assertion(s, superseded_at=LATER),
    "spell_lasts_a_day": lambda s: break_spell(s, until=date(2022, 1, 10)),
    "spell_was_known": lambda s: break_spell(s, known_until=FIRST),
    "list_titled_once": lambda s: twice(
        lambda by: CasualtyList.objects.create(publisher=by, title="List"),
        s.source().publisher,
    ),
    "edition_imported_once": lambda s: twice(edition, s),
    "row_numbered_once": lambda s: twice(
        lambda of: ListRow.objects.create(edition=of, number=1, cells=["x"], digest="0" * 64),
        edition(s),
    ),
    "pair_once_a_run": lambda s: twice(lambda two: pair(s, *two), two_records(s)),
    "pair_in_order": lambda s: pair(s, *reversed(two_records(s))),
    "link_run_ends_once": lambda s: link_run(s, state="done"),
    "link_run_fails_in_words": lambda s: link_run(s, state="failed", ended_at=LATER),
    "link_run_follows_one": lambda s: link_run(s, is_full=False),
    "link_draws_are_a_hundred": lambda s: LinkDraws.objects.create(
        run=link_run(s), draws=99, seed=1, packed=b"", digest="0" * 64
    ),
    "link_audit_at_a_time": lambda s: twice(audit, link_run(s)),
    "pair_sampled_once": the_same_pair_again,
    "sample_in_order": lambda s: twice(lambda one: sampled(one, position=1), s),
    "sampled_pair_in_order": lambda s: sampled(s, turned=True),
    "sampled_pair_settled_in_words": lambda s: sampled(s, state="agreed", verdict="same"),
    "blind_answer_once": lambda s: twice(lambda of: answered(of, by=s.by), sampled(s)),
    "blind_decision_once": decided_twice,
    "estimate_ends_once": lambda s: estimate(s, state="running", ended_at=LATER),
    "estimate_fails_in_words": lambda s: estimate(s, state="failed", ended_at=LATER),
    "only_done_estimates_publishable": lambda s: estimate(s, is_publishable=True),
    "draws_once_a_method": lambda s: twice(
        lambda of: EstimateDraws.objects.create(run=of, method="x", chains=1, total=b"", digest="0" * 64),
        estimate(s),
    ),
    "one_estimate_chosen": lambda s: twice(choice, s),
    "estimate_dropped_by_somebody": lambda s: choice(s, dropped_at=LATER),
    "estimate_published_once": break_published_estimate,
    "snapshot_published_by_somebody": lambda s: snapshot(s, state="published"),
    "snapshot_withdrawn_with_reason": lambda s: snapshot(
        s,
        state="withdrawn",
        published_by=s.by,
        published_at=FIRST,
        withdrawn_by=s.by,
        withdrawn_at=LATER,
    ),
    "figure_once": lambda s: twice(
        lambda of: SnapshotFigure.objects.create(snapshot=of, key="all", value=1),
        snapshot(s),
    ),
    "published_once": break_published_person,
    "redacted_person_is_empty": lambda s: SnapshotPerson.objects.create(
        snapshot=snapshot(s), code="B222-3334", status="dead", position=1, name="Айнұр", is_redacted=True
    ),
    "redaction_lifted_by_somebody": lambda s: Redaction.objects.create(
        code="B222-3335", reason="request", redacted_by=s.by, redacted_at=FIRST, lifted_at=LATER
    ),
    "picture_once": lambda s: twice(
        lambda of: SnapshotPicture.objects.create(snapshot=of, key="map", language="kk", svg="", alt=""),
        snapshot(s),
    ),
    "media_published_once": lambda s: twice(lambda of: media(s, of), item(s)),
    "media_taken_down_with_reason": lambda s: media(s, item(s), state="taken_down"),
    **EVIDENCE_BREAKS,
}
OURS = {
    constraint.name: constraint
    for model in apps.get_models()
    if model.__module__.startswith("kuager.")
    for constraint in model._meta.constraints
}


def test_every_constraint_is_tried() -> None:
    assert set(BREAKS) == set(OURS)


@pytest.mark.parametrize("name", sorted(OURS))
def test_the_database_refuses(asel: User, name: str) -> None:
    """SQLite names a broken check, but not a broken uniqueness."""
    said = name if isinstance(OURS[name], CheckConstraint) else "(?i)unique"
    with pytest.raises(IntegrityError, match=said), transaction.atomic():
        BREAKS[name](SmallRegister(by=asel))
