"""Everything known about one person, put in words for the person's page."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from django.utils import timezone
from django.utils.translation import gettext, pgettext

from kuager.domain.people.terms import NameKind, Sex
from kuager.domain.register import rules
from kuager.domain.register.terms import Axis, Verification
from kuager.domain.sources.terms import ConsentGiven, Purpose, SourceKind
from kuager.interfaces.desk.status_choices import status_word
from kuager.interfaces.shell.templatetags.kuager_pages import age_words, uncertain_date

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.people.models import Record
    from kuager.domain.register.models import StatusAssertion
    from kuager.domain.register.queries import SourcedRecord, TimelineStep
    from kuager.domain.sources.models import Consent

# Where Kazakh, Russian, English and Arabic letters are read aloud by a screen reader.
LANGUAGE_OF_SCRIPT = {"cyrillic": "ru", "arabic": "ar", "latin": "en"}


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


@dataclass(frozen=True, kw_only=True)
class SpellView:
    """A stretch of a person's life on one axis."""

    axis: str
    status: str
    days: str
    place: str


@dataclass(frozen=True, kw_only=True)
class ConsentView:
    """What somebody allowed. One given for a whole list is not withdrawn for one person."""

    id: int
    words: str
    how: str
    may_withdraw: bool


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


def spells(steps: Iterable["TimelineStep"], places: Mapping[int, str]) -> list[SpellView]:
    """Return the stretches of each axis as they began; equal neighbours are one stretch."""
    steps = sorted(steps, key=lambda step: step.since)
    found: list[tuple[date, SpellView]] = []
    for axis in Axis:
        found += _spells_of(axis, steps, places)
    return [spell for _, spell in sorted(found, key=lambda pair: pair[0])]


def _spells_of(
    axis: Axis, steps: Sequence["TimelineStep"], places: Mapping[int, str]
) -> Iterable[tuple[date, SpellView]]:
    runs: list[list[TimelineStep]] = []
    for step in steps:
        joins = runs and runs[-1][-1].until == step.since and _on(axis, runs[-1][-1]) == _on(axis, step)
        if joins:
            runs[-1].append(step)
        else:
            runs.append([step])
    for run in runs:
        status = _on(axis, run[0])
        if status not in ("", "unknown"):
            place = next((places.get(step.place_id, "") for step in run if step.place_id), "")
            yield (
                run[0].since,
                SpellView(
                    axis=str(axis.label),
                    status=status_word(status),
                    days=_days(run[0].since, run[-1].until),
                    place=place,
                ),
            )


def _on(axis: Axis, step: "TimelineStep") -> str:
    return {Axis.FATE: step.fate, Axis.CUSTODY: step.custody, Axis.HEALTH: step.health}.get(axis, step.legal)


def _days(since: date, until: date | None) -> str:
    if until is None:
        return gettext("since %(day)s") % {"day": since.isoformat()}
    last = until - timedelta(days=1)
    return gettext("%(first)s to %(last)s") % {"first": since.isoformat(), "last": last.isoformat()}


def names_as_written(records: Iterable["Record"]) -> list[dict[str, str]]:
    """Return every spelling once, with the language a screen reader should read it in."""
    seen: dict[str, str] = {}
    for record in records:
        seen.setdefault(record.name, record.script)
        for other in record.names.all():
            seen.setdefault(other.name, other.script)
    return [{"text": name, "lang": LANGUAGE_OF_SCRIPT.get(script, "")} for name, script in seen.items()]


def consent_views(records: Iterable["Record"]) -> list[ConsentView]:
    """Put the consents of a person's records in words, each once."""
    consents = {record.consent_id: record.consent for record in records if record.consent is not None}
    return [consent_view(consent) for consent in consents.values() if consent is not None]


def consent_view(consent: "Consent") -> ConsentView:
    """Put one consent in words."""
    words = {
        "name": pgettext("consent", "name"),
        "age": pgettext("consent", "age"),
        "place": pgettext("consent", "place"),
        "status": pgettext("consent", "what happened"),
    }
    fields = ", ".join(words.get(name, name) for name in consent.fields.split(","))
    how = gettext("%(given)s, on %(day)s") % {
        "given": ConsentGiven(consent.given).label,
        "day": consent.given_on.isoformat(),
    }
    if consent.expires_on is not None:
        how += ", " + gettext("until %(day)s") % {"day": consent.expires_on.isoformat()}
    if consent.withdrawn_at is not None:
        how += ", " + gettext("withdrawn %(moment)s") % {"moment": _moment(consent.withdrawn_at)}
    return ConsentView(
        id=consent.pk,
        words=f"{Purpose(consent.purpose).label}: {fields}",
        how=how,
        may_withdraw=is_personal(consent) and consent.withdrawn_at is None,
    )


def is_personal(consent: "Consent") -> bool:
    """Tell whether somebody gave the consent for this person, in writing or in words.

    What is already public covers every row of a list: one person is taken off the public pages instead.
    """
    return consent.given != ConsentGiven.ALREADY_PUBLIC


def _moment(moment: datetime) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}"
