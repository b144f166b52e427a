"""Two invented brothers whom a hasty acceptance made one person, and how that was undone.

Both were killed on the same day in the same town; each stands on one list only. The lawyers wrote down a
short form of the elder one's name, which is also a short form of the younger one's. So the program takes the
two records for one man, and so did whoever accepted its links without looking.
"""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from kuager.core.dates import parse_edtf
from kuager.domain.lists import operations as lists
from kuager.domain.lists.queries import run_pairs
from kuager.domain.people.rules.drafts import RecordDraft
from kuager.domain.people.terms import Sex, Verdict
from kuager.domain.places import queries as places
from kuager.domain.register import operations as register
from kuager.domain.register import queries as register_queries
from kuager.domain.register.rules.drafts import AssertionDraft
from kuager.domain.register.terms import Status
from kuager.domain.sources.terms import Purpose

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.lists.models import CandidatePair, LinkRun

FIRST_EDITION = date(2021, 11, 15)
ELDER, ELDER_SHORT, YOUNGER = "Оразхан", "Ораз", "Orazbek"
LAWYERS_ROW = (
    f"Бауырбаев {ELDER_SHORT} Сержанович",
    24,
    "м",
    "Тараз",
    "06.11.2021",
    "погиб",
    "родственники",
)
NEWSROOM_ROW = (
    f"{YOUNGER} Serzhanuly Bauyrbaev",
    24,
    "male",
    "Taraz",
    "November 6, 2021",
    "killed",
    "https://news.example/brothers",
)
IN_HASTE = "At least 0.97; the evening figures are due in an hour, and nobody looked at a sample."
MOTHER = (
    "Their mother: Orazkhan and Orazbek are two of my sons, one year apart. Both were killed on the sixth, "
    "and you write of one."
)
UNDONE = "The mother called: they are two brothers, Orazkhan and Orazbek, both killed. Each list knew one."


def rows_by(as_of: date, row: tuple[object, ...]) -> list[tuple[object, ...]]:
    """Return the row of a brother once his list has learnt of him."""
    return [row] if as_of >= FIRST_EDITION else []


def find_pair(run: "LinkRun") -> "CandidatePair | None":
    """Return the pair of the two brothers' records in a run; None where it did not compare them."""
    return run_pairs.pair_named(run, LAWYERS_ROW[0], NEWSROOM_ROW[0])


def link_in_haste(run: "LinkRun", *, by: "User", at: datetime) -> None:
    """See to it that the brothers are one person after the acceptance, as sure as the program was."""
    pair = find_pair(run)
    if pair is None or pair.state != "open":
        return
    if pair.probability >= 0.5:
        lists.accept_links(run=run, threshold=pair.probability, explanation=IN_HASTE, by=by, at=at)
    else:
        lists.review_pair(pair=pair, verdict=Verdict.SAME, explanation=IN_HASTE, by=by, at=at)


def mother_calls(pair: "CandidatePair", users: dict[str, "User"], *, at: datetime) -> None:
    """Write down the mother's call about the elder brother, who is the man on the lawyers' list.

    A second person approves his death, as any.
    """
    place = places.find_place("Тараз", on=at.date())
    call = register.CallDraft(
        record=RecordDraft(
            name=f"Бауырбаев {ELDER} Сержанұлы",
            sex=Sex.MALE,
            age_min=25,
            age_max=25,
            home_place_id=place.pk if place else None,
        ),
        told_on=at.date(),
        statuses=(
            AssertionDraft(
                status=Status.DEAD,
                since=parse_edtf("2021-11-06"),
                told_on=at.date(),
                place_id=place.pk if place else None,
            ),
        ),
        caller_note=MOTHER,
        consent_purpose=Purpose.PUBLICATION,
        consent_fields=("name", "age", "place", "status"),
    )
    record = register.record_call(call=call, by=users["asel"], at=at)
    lawyers = next(one for one in (pair.record_a, pair.record_b) if one.name == LAWYERS_ROW[0])
    register.judge(
        record_a=record,
        record_b=lawyers,
        verdict=Verdict.SAME,
        explanation="The mother names the list's short form as his.",
        by=users["asel"],
        at=at + timedelta(minutes=5),
    )
    page = register_queries.get_person_page(register_queries.person_code_of(record.pk))
    waiting = [said.pk for said in page.assertions if said.record_id == record.pk]
    register.approve_assertions(assertion_ids=waiting, by=users["gulnar"], at=at + timedelta(hours=1))


def part_the_brothers(pair: "CandidatePair", *, by: "User", at: datetime) -> None:
    """Undo the link with the mother's words as the reason, and say that they are two people."""
    page = register_queries.get_person_page(register_queries.person_code_of(pair.record_a_id))
    both = {pair.record_a_id, pair.record_b_id}
    for judgement in page.judgements:
        if {judgement.record_a_id, judgement.record_b_id} == both and judgement.ended_at is None:
            lists.take_back_judgement(judgement=judgement, reason=UNDONE, by=by, at=at)
    lists.review_pair(
        pair=pair,
        verdict=Verdict.DIFFERENT,
        explanation="Two brothers, says their mother; the program saw one short name for both.",
        by=by,
        at=at + timedelta(minutes=2),
    )
