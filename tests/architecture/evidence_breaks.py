"""How each rule of the evidence room is broken once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import (
    Appearance,
    CopyOrder,
    DigitalItem,
    FixityFault,
    FixityRun,
    ItemReader,
    ItemRelation,
    Mark,
    Transcript,
    Verification,
)
from tests.integration.small_register import FIRST, LATER, SmallRegister

Given = Any
"""Values of a table's fields, right and wrong ones."""


def item(small: SmallRegister, **more: Given) -> DigitalItem:
    number = DigitalItem.objects.count()
    values: dict[str, Given] = {
        "address": f"{number:064x}",
        "number": number,
        "read_from": number,
        "size": 1,
        "acquired_by": small.by,
        "acquired_at": FIRST,
    }
    return DigitalItem.objects.create(**(values | more))


def redacted(small: SmallRegister, **more: Given) -> DigitalItem:
    return item(small, derivation="redacted", derived_from=item(small), **more)


def somebody_else() -> User:
    return User.objects.create(username="somebody else")


def reader(small: SmallRegister, of: DigitalItem, **more: Given) -> ItemReader:
    return ItemReader.objects.create(
        item=of, user=small.by, reason="x", granted_by=small.by, granted_at=FIRST, **more
    )


def mark(small: SmallRegister, **more: Given) -> Mark:
    return Mark.objects.create(item=item(small), note_sealed=b"x", by=small.by, at=FIRST, **more)


def transcript(small: SmallRegister, of: DigitalItem, **more: Given) -> Transcript:
    return Transcript.objects.create(item=of, language="kk", text_sealed=b"x", by=small.by, at=FIRST, **more)


def verification(small: SmallRegister, **more: Given) -> Verification:
    values: dict[str, Given] = {
        "item": item(small),
        "aspect": "place",
        "question_sealed": b"x",
        "method_sealed": b"x",
        "finding_sealed": b"x",
        "certainty": "possible",
        "by": small.by,
        "at": FIRST,
    }
    return Verification.objects.create(**(values | more))


def relation(small: SmallRegister, *, turned: bool = False, **more: Given) -> ItemRelation:
    pair = [item(small), item(small)]
    low, high = reversed(pair) if turned else pair
    values: dict[str, Given] = {
        "first": low,
        "second": high,
        "kind": "same_footage",
        "score": 0.5,
        "suggested_at": FIRST,
    }
    return ItemRelation.objects.create(**(values | more))


def the_same_relation_again(small: SmallRegister) -> None:
    one = relation(small)
    relation(small, first=one.first, second=one.second)


def appearance(small: SmallRegister, **more: Given) -> Appearance:
    values: dict[str, Given] = {
        "item": item(small),
        "platform": "a channel",
        "seen_at": FIRST,
        "recorded_by": small.by,
        "recorded_at": FIRST,
    }
    return Appearance.objects.create(**(values | more))


def taken_from_itself(small: SmallRegister) -> None:
    one = appearance(small)
    one.taken_from = one
    one.save()


def fixity(small: SmallRegister, **more: Given) -> FixityRun:
    return FixityRun.objects.create(started_at=FIRST, stepped_at=FIRST, by=small.by, **more)


def fault(of: FixityRun, item: DigitalItem) -> FixityFault:
    return FixityFault.objects.create(run=of, item=item, words="x", found_at=FIRST)


def order(small: SmallRegister, **more: Given) -> CopyOrder:
    values: dict[str, Given] = {"derivation": "redacted", "recipe_sealed": b"x", "drawn_at": FIRST}
    return CopyOrder.objects.create(item=item(small), by=small.by, **(values | more))


def twice(make: Callable[..., object], *given: Given) -> None:
    make(*given)
    make(*given)


EVIDENCE_BREAKS: dict[str, Callable[[SmallRegister], object]] = {
    "item_kept_once": lambda s: item(s, address=item(s).address),
    "derived_item_has_an_original": lambda s: item(s, derivation="still"),
    "only_redacted_items_are_released": lambda s: item(
        s, release_state="proposed", release_proposed_by=s.by, release_proposed_at=FIRST
    ),
    "release_says_who_and_when": lambda s: redacted(s, release_state="released"),
    "release_needs_two_people": lambda s: redacted(
        s,
        release_state="released",
        release_proposed_by=s.by,
        release_proposed_at=FIRST,
        released_by=s.by,
        released_at=LATER,
    ),
    "one_open_reader": lambda s: twice(reader, s, item(s)),
    "reading_ended_by_somebody": lambda s: reader(s, item(s), ended_at=LATER),
    "mark_in_time_or_on_page": lambda s: mark(s, time_ms=1, page=1),
    "mark_page_from_one": lambda s: mark(s, page=0),
    "mark_box_in_picture": lambda s: mark(s, box_x=900, box_y=0, box_width=200, box_height=10),
    "mark_dropped_by_somebody": lambda s: mark(s, superseded_at=LATER),
    "one_transcript_in_force": lambda s: twice(transcript, s, item(s)),
    "transcript_superseded_by_somebody": lambda s: transcript(s, item(s), superseded_at=LATER),
    "verified_by_two_people": lambda s: verification(
        s, state="verified", seconded_by=s.by, seconded_at=LATER
    ),
    "verified_when_seconded": lambda s: verification(s, state="verified"),
    "verification_withdrawn_with_reason": lambda s: verification(
        s, state="withdrawn", withdrawn_by=s.by, withdrawn_at=LATER
    ),
    "relation_once_a_pair": the_same_relation_again,
    "relation_in_order": lambda s: relation(s, turned=True),
    "relation_score_is_a_share": lambda s: relation(s, score=1.5),
    "relation_decided_by_somebody": lambda s: relation(
        s, state="rejected", decided_by=s.by, decided_at=LATER
    ),
    "appearance_somewhere": lambda s: appearance(s, platform=""),
    "appearance_not_of_itself": taken_from_itself,
    "appearance_withdrawn_with_reason": lambda s: appearance(
        s, withdrawn_by=s.by, withdrawn_at=LATER + timedelta(days=1)
    ),
    "done_order_has_a_copy": lambda s: order(s, state="done"),
    "failed_order_says_why": lambda s: order(s, state="failed"),
    "order_progress_is_a_share": lambda s: order(s, progress=1.5),
    "one_fixity_run": lambda s: twice(fixity, s),
    "fixity_run_ends_once": lambda s: fixity(s, state="done"),
    "fault_once_a_run": lambda s: twice(fault, fixity(s), item(s)),
}
