"""Writing down who says something, where exactly, and what we may do with it."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.sources import queries, rules
from kuager.domain.sources.models import Citation, Consent, Publisher, Source
from kuager.domain.sources.terms import (
    ConsentGiven,
    Derivation,
    PublisherKind,
    Purpose,
    Reliability,
    SourceKind,
)

CHUNK = 2000


@transaction.atomic
def get_or_create_publisher(
    *, name: str, kind: PublisherKind | str, origin_group: str = "", by: User, at: datetime
) -> Publisher:
    """Return the publisher of this name, or write it down for the first time.

    The kind of a publisher that exists already is left as it is: it was somebody's decision.
    """
    check_may(by, Capability.RECORD)
    name = " ".join(name.split())
    if not name:
        raise BadInputError("expected the name of a publisher: who stands behind the source?")
    found = queries.find_publisher(name)
    if found is not None:
        return found
    publisher = Publisher.objects.create(
        name=name, kind=rules.read_publisher_kind(kind), origin_group=origin_group.strip()
    )
    record_event(action="sources.add_publisher", actor=by, target=f"sources.Publisher:{publisher.pk}", at=at)
    return publisher


@transaction.atomic
def add_source(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    publisher: Publisher,
    kind: SourceKind | str,
    title: str,
    told_on: date,
    url: str = "",
    language: str = "",
    published: str = "",
    reliability: Reliability | str = Reliability.F,
    derived_from: Source | None = None,
    derivation: Derivation | str = "",
    by: User,
    at: datetime,
) -> Source:
    """Write down one source: a list, a call, an article. ``told_on`` is the day on which it says so."""
    check_may(by, Capability.RECORD)
    rules.check_told_on(told_on, at)
    rules.check_derivation(derived_from, derivation)
    source = Source.objects.create(
        publisher=publisher,
        kind=SourceKind(kind),
        title=title.strip() or SourceKind(kind).value,
        told_on=told_on,
        url=url,
        language=language,
        published=published,
        reliability=Reliability(reliability),
        derived_from=derived_from,
        derivation=derivation,
        collected_at=at,
    )
    record_event(
        action="sources.add_source", actor=by, target=f"sources.Source:{source.pk}", at=at, kind=source.kind
    )
    return source


@transaction.atomic
def add_citation(
    *, source: Source, locator: str = "", quotation: str = "", translation: str = "", by: User, at: datetime
) -> Citation:
    """Write down the exact place in a source: a row, a page, a time code."""
    check_may(by, Capability.RECORD)
    citation = Citation.objects.create(
        source=source,
        locator=locator,
        quotation=quotation,
        translation=translation,
        recorded_by=by,
        recorded_at=at,
    )
    record_event(action="sources.add_citation", actor=by, target=f"sources.Citation:{citation.pk}", at=at)
    return citation


@transaction.atomic
def add_citations(*, source: Source, locators: Sequence[str], by: User, at: datetime) -> list[Citation]:
    """Write down many places in one source, in the order given; one event for all of them."""
    check_may(by, Capability.RECORD)
    drafts = [
        Citation(source=source, locator=locator, recorded_by=by, recorded_at=at) for locator in locators
    ]
    citations = Citation.objects.bulk_create(drafts, batch_size=CHUNK)
    target = f"sources.Source:{source.pk}"
    record_event(action="sources.add_citations", actor=by, target=target, at=at, count=len(citations))
    return citations


@transaction.atomic
def record_consent(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    purpose: Purpose | str,
    given: ConsentGiven | str,
    fields: Sequence[str],
    given_on: date,
    note: str = "",
    expires_on: date | None = None,
    by: User,
    at: datetime,
) -> Consent:
    """Write down what somebody allowed: for what, which fields, how, and until when."""
    check_may(by, Capability.RECORD)
    stored = rules.check_consent_fields(fields)
    if expires_on is not None and expires_on <= given_on:
        raise BadInputError(f"the consent ends {expires_on}, not after the day it was given ({given_on})")
    consent = Consent.objects.create(
        purpose=Purpose(purpose),
        given=ConsentGiven(given),
        fields=stored,
        note=note,
        given_on=given_on,
        expires_on=expires_on,
        recorded_by=by,
        recorded_at=at,
    )
    record_event(
        action="sources.record_consent",
        actor=by,
        target=f"sources.Consent:{consent.pk}",
        at=at,
        purpose=consent.purpose,
    )
    return consent


@transaction.atomic
def withdraw_consent(*, consent: Consent, by: User, at: datetime, reason: str) -> Consent:
    """Withdraw a consent; what it allowed is no longer allowed from now on. The consent itself is kept."""
    check_may(by, Capability.RECORD)
    locked = Consent.objects.select_for_update(no_key=True).get(pk=consent.pk)
    rules.check_may_withdraw(locked, reason)
    locked.withdrawn_at = at
    locked.save(update_fields=["withdrawn_at"])
    record_event(
        action="sources.withdraw_consent",
        actor=by,
        target=f"sources.Consent:{locked.pk}",
        at=at,
        reason=reason,
    )
    return locked
