"""What we knew of a person, in the order in which we learnt it: known time, apart from what happened when."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext

from kuager.domain.people.terms import Verdict
from kuager.interfaces.desk.changes.act_words import cause_words
from kuager.interfaces.desk.status_choices import status_word

if TYPE_CHECKING:
    from kuager.domain.people.models import Judgement
    from kuager.domain.register.models import StatusAssertion
    from kuager.domain.register.queries import PersonPage


@dataclass(frozen=True, kw_only=True)
class Learnt:
    """One thing the register learnt, or took back."""

    at: datetime
    by: str
    words: str
    why: str = ""


def history_views(page: "PersonPage") -> list[Learnt]:
    """Return everything the register learnt of a person, newest first."""
    learnt = list(_records(page))
    for assertion in page.assertions:
        learnt += _assertion(assertion)
    for judgement in page.judgements:
        learnt += _judgement(judgement)
    return sorted(learnt, key=lambda one: one.at, reverse=True)


def _records(page: "PersonPage") -> Iterator[Learnt]:
    for assignment in page.history:
        words = gettext("Record № %(number)d counts as this person") % {"number": assignment.record_id}
        yield Learnt(at=assignment.known_from, by="", words=words, why=cause_words(assignment.cause))
        if assignment.known_until is not None:
            words = gettext("Record № %(number)d no longer counts as this person") % {
                "number": assignment.record_id
            }
            yield Learnt(at=assignment.known_until, by="", words=words, why=cause_words(assignment.end_cause))


def _assertion(assertion: "StatusAssertion") -> Iterator[Learnt]:
    said = {"status": status_word(assertion.status), "source": assertion.citation.source.publisher.name}
    yield Learnt(
        at=assertion.known_at,
        by=assertion.recorded_by.username,
        words=gettext("%(source)s says: %(status)s") % said,
    )
    if assertion.approved_at is not None and assertion.approved_by is not None:
        words = gettext("Approved as the second person: %(status)s") % said
        yield Learnt(at=assertion.approved_at, by=assertion.approved_by.username, words=words)
    if assertion.superseded_at is not None:
        by = assertion.ended_by.username if assertion.ended_by is not None else ""
        words = gettext("No longer in force: %(status)s") % said
        yield Learnt(at=assertion.superseded_at, by=by, words=words, why=assertion.correction_reason)


def _judgement(judgement: "Judgement") -> Iterator[Learnt]:
    pair = {
        "verdict": Verdict(judgement.verdict).label,
        "a": judgement.record_a_id,
        "b": judgement.record_b_id,
    }
    words = gettext("Records № %(a)d and № %(b)d judged: %(verdict)s") % pair
    yield Learnt(
        at=judgement.decided_at, by=judgement.author.username, words=words, why=judgement.explanation
    )
    if judgement.ended_at is not None:
        by = judgement.ended_by.username if judgement.ended_by is not None else ""
        words = gettext("Judgement of records № %(a)d and № %(b)d ended") % pair
        yield Learnt(at=judgement.ended_at, by=by, words=words, why=judgement.end_reason)
