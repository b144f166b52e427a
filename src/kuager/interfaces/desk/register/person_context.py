"""What the template of the person's page is given."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from kuager.domain.register.terms import Axis
from kuager.interfaces.desk.person_lines import line_of, names_of_places
from kuager.interfaces.desk.register.conflict_view import conflict_views
from kuager.interfaces.desk.register.consent_view import consent_views
from kuager.interfaces.desk.register.history_view import history_views
from kuager.interfaces.desk.register.judgement_view import contradiction_chains, judgement_views
from kuager.interfaces.desk.register.person_view import (
    AssertionView,
    RecordView,
    assertion_view,
    names_as_written,
    record_view,
)
from kuager.interfaces.desk.register.timeline_view import spells
from kuager.interfaces.desk.status_choices import status_word, tone

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.register.models import Entry
    from kuager.domain.register.queries import PersonPage, SourcedRecord


def person_context(page: "PersonPage", user: "User") -> dict[str, object]:
    """Put everything known about one person in words."""
    code = page.person.code
    places = names_of_places()
    views = {one.pk: assertion_view(one, user, places) for one in page.assertions}
    active = [sourced for sourced in page.records if sourced.is_active]
    records = [sourced.record for sourced in active]
    return {
        "code": code,
        "person": None if page.entry is None else line_of(page.entry, code, places),
        "names": names_as_written(records),
        "records": _records(active, views),
        "past_records": _records([one for one in page.records if not one.is_active], views),
        "pending": [view for view in views.values() if view.in_force and view.waits],
        "axes": [] if page.entry is None else _axes(page.entry),
        "conflicts": conflict_views(page.conflicts, views),
        "contradictions": contradiction_chains(page.judgements, {record.pk for record in records}),
        "happened": spells(page.timeline, places),
        "consents": consent_views(records),
        "judgements": judgement_views([one for one in page.judgements if one.ended_at is None], user),
        "past_judgements": judgement_views([one for one in page.judgements if one.ended_at], user),
        "history": history_views(page),
    }


def _records(records: Iterable["SourcedRecord"], assertions: Mapping[int, AssertionView]) -> list[RecordView]:
    return [
        record_view(one, [assertions[said.pk] for said in one.assertions if said.pk in assertions])
        for one in records
    ]


def _axes(entry: "Entry") -> list[dict[str, str]]:
    standing = {
        Axis.FATE: entry.fate,
        Axis.CUSTODY: entry.custody,
        Axis.HEALTH: entry.health,
        Axis.LEGAL: entry.legal,
    }
    return [
        {"word": str(axis.label), "status": status_word(status), "tone": tone(status)}
        for axis, status in standing.items()
    ]
