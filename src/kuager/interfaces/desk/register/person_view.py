"""Everything known about one person, put in words for the person's page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext

from kuager.domain.people.terms import NameKind, Sex
from kuager.domain.register import rules
from kuager.domain.register.terms import Axis, Verification
from kuager.domain.sources.terms import SourceKind
from kuager.interfaces.desk.status_choices import status_word
from kuager.interfaces.shell.templatetags.kuager_pages import age_words, uncertain_date

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.people.models import Record
    from kuager.domain.register.models import StatusAssertion
    from kuager.domain.register.queries import SourcedRecord


@dataclass(frozen=True, kw_only=True)
class AssertionView:
    """One assertion with its citation, who recorded it, and who approved it."""

    id: int
    record_id: int
    status: str
    axis: str
    days: str
    place: str
    authority: str
    state: str
    tone: str
    how: str
    quotation: str
    correction_reason: str
    in_force: bool
    waits: bool
    may_approve: bool = False
    why_not: str = ""


@dataclass(frozen=True, kw_only=True)
class RecordView:
    """What one source says, with everything needed to find it again."""

    id: int
    name: str
    facts: list[tuple[str, str]]
    source_title: str
    source_kind: str
    publisher: str
    origin_group: str
    url: str
    locator: str
    quotation: str
    told_on: date
    known_at: datetime
    recorded_by: str
    is_active: bool
    assertions: list[AssertionView] = field(default_factory=list)


def assertion_view(assertion: "StatusAssertion", user: "User", places: Mapping[int, str]) -> AssertionView:
    """Put one assertion in words."""
    place = places.get(assertion.place_id or 0, "")
    said = f"({assertion.place_text})" if assertion.place_text and assertion.place_text != place else ""
    may_approve = rules.may_approve(user, assertion)
    state, shade = _state(assertion)
    return AssertionView(
        id=assertion.pk,
        record_id=assertion.record_id,
        status=status_word(assertion.status),
        axis=str(Axis(assertion.axis).label),
        days=_assertion_days(assertion),
        place=" ".join(part for part in (place, said) if part),
        authority=assertion.authority,
        state=state,
        tone=shade,
        how=_assertion_how(assertion),
        quotation=assertion.citation.quotation,
        correction_reason=assertion.correction_reason,
        in_force=assertion.superseded_at is None,
        waits=assertion.needs_approval and assertion.approved_at is None,
        may_approve=may_approve,
        why_not="" if may_approve else _why_not(assertion, user),
    )


def _assertion_days(assertion: "StatusAssertion") -> str:
    words = _began_words(assertion.since_edtf) or gettext("told on %(day)s, not since when") % {
        "day": assertion.told_on.isoformat()
    }
    if assertion.until_edtf:
        words += " " + gettext("until %(day)s") % {"day": uncertain_date(assertion.until_edtf)}
    return words


def _began_words(edtf: str) -> str:
    if edtf in ("", ".."):
        return ""
    # "Between" and "by" carry their own word; a single day, month or year needs "since".
    wording = gettext("began %(day)s") if "/" in edtf else gettext("since %(day)s")
    return wording % {"day": uncertain_date(edtf)}


def _state(assertion: "StatusAssertion") -> tuple[str, str]:
    if assertion.superseded_at is not None:
        return gettext("no longer in force"), "soft"
    if assertion.needs_approval and assertion.approved_at is None:
        return gettext("waits for a second person, not counted yet"), "warn"
    return str(Verification(assertion.verification).label), "good"


def _assertion_how(assertion: "StatusAssertion") -> str:
    words = gettext("told on %(day)s, recorded %(moment)s by %(who)s") % {
        "day": assertion.told_on.isoformat(),
        "moment": _moment(assertion.known_at),
        "who": assertion.recorded_by.username,
    }
    source = assertion.citation.source
    words += f" · {source.publisher.name}: {source.title}"
    if assertion.citation.locator:
        words += f", {assertion.citation.locator}"
    if assertion.approved_by is not None and assertion.approved_at is not None:
        words += " · " + gettext("approved %(moment)s by %(who)s") % {
            "moment": _moment(assertion.approved_at),
            "who": assertion.approved_by.username,
        }
    return words


def _why_not(assertion: "StatusAssertion", user: "User") -> str:
    if assertion.recorded_by_id == user.pk:
        return gettext("You recorded this yourself. Dead and released need a second person: ask a colleague.")
    return gettext("A colleague whose role may approve has to look at this.")


def record_view(sourced: "SourcedRecord", assertions: Sequence[AssertionView]) -> RecordView:
    """Put one record in words."""
    record = sourced.record
    citation = record.citation
    source = citation.source
    return RecordView(
        id=record.pk,
        name=record.name,
        facts=_facts(record),
        source_title=source.title,
        source_kind=str(SourceKind(source.kind).label),
        publisher=sourced.publisher,
        origin_group=source.publisher.origin_group,
        url=source.url if source.url.startswith(("http://", "https://")) else "",
        locator=citation.locator,
        quotation=citation.quotation,
        told_on=record.told_on,
        known_at=record.known_at,
        recorded_by=citation.recorded_by.username,
        is_active=sourced.is_active,
        assertions=list(assertions),
    )


def _facts(record: "Record") -> list[tuple[str, str]]:
    others = [
        f"{name.name} ({NameKind(name.kind).label})" if name.kind != NameKind.ALIAS else name.name
        for name in record.names.all()
    ]
    told = {
        gettext("Other names"): " · ".join(others),
        gettext("Sex"): str(Sex(record.sex).label) if record.sex else "",
        gettext("Age"): age_words(record),
        gettext("Born"): uncertain_date(record.birth_edtf) if record.birth_edtf else "",
        gettext("Lived in"): record.home_text,
        gettext("Occupation"): record.occupation,
        gettext("Category"): record.category,
        gettext("Note"): record.note,
    }
    return [(word, value) for word, value in told.items() if value]


def names_as_written(records: Iterable["Record"]) -> list[str]:
    """Return every spelling once, in the order of the records."""
    names = [name for record in records for name in (record.name, *(one.name for one in record.names.all()))]
    return list(dict.fromkeys(names))


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
