"""Writing an assertion together with its source and citation, all of it or nothing.

The register's operation takes a citation that stands already. Here the source is made first, or taken from
those the person has, so that nobody can assert anything without saying who says so and where.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.utils.translation import gettext

from kuager.core.errors import BadInputError
from kuager.domain.register import operations as register
from kuager.domain.register.operations.calls import HOTLINE
from kuager.domain.sources import operations as sources
from kuager.domain.sources import queries
from kuager.domain.sources.terms import PublisherKind, Reliability, SourceKind

if TYPE_CHECKING:
    from kuager.domain.accounts.models import User
    from kuager.domain.people.models import Record
    from kuager.domain.register.models import StatusAssertion
    from kuager.domain.register.operations import CallDraft
    from kuager.domain.register.rules import AssertionDraft
    from kuager.domain.sources.models import Citation


@dataclass(frozen=True, kw_only=True)
class NewSource:
    """A source that is not written down yet."""

    publisher: str
    publisher_kind: PublisherKind
    kind: SourceKind
    title: str
    told_on: date
    url: str = ""
    reliability: Reliability = Reliability.F


@dataclass(frozen=True, kw_only=True)
class CitationDraft:
    """Where exactly it stands: in a source that is known (by id) or in a new one."""

    source: int | NewSource
    locator: str = ""
    quotation: str = ""


@transaction.atomic
def assert_with_citation(
    record: "Record", draft: "AssertionDraft", cited: CitationDraft, *, by: "User", at: datetime
) -> "StatusAssertion":
    """Write source, citation and assertion."""
    citation = _cite(cited, by, at)
    return register.add_assertion(record=record, draft=draft, citation=citation, by=by, at=at)


@transaction.atomic
def correct_with_citation(  # keyword-only
    assertion: "StatusAssertion",
    *,
    reason: str,
    replacement: "AssertionDraft | None",
    cited: CitationDraft | None,
    by: "User",
    at: datetime,
) -> None:
    """Supersede an assertion with a reason, with what shows it where a source is named."""
    citation = _cite(cited, by, at) if cited is not None and replacement is not None else None
    register.correct_assertion(
        assertion=assertion, reason=reason, replacement=replacement, citation=citation, by=by, at=at
    )


@transaction.atomic
def assert_from_call(record: "Record", call: "CallDraft", *, by: "User", at: datetime) -> None:
    """Let a call speak of a record that stands; for those whose role may not judge who is who."""
    if not call.statuses:
        raise BadInputError(
            gettext("Choose what happened: a call about a known person says something of them.")
        )
    hotline = NewSource(
        publisher=HOTLINE,
        publisher_kind=PublisherKind.HOTLINE,
        kind=SourceKind.CALL,
        title=f"Call of {call.told_on.isoformat()}",
        told_on=call.told_on,
    )
    citation = _cite(CitationDraft(source=hotline, quotation=call.caller_note), by, at)
    for draft in call.statuses:
        register.add_assertion(record=record, draft=draft, citation=citation, by=by, at=at)


def _cite(cited: CitationDraft, by: "User", at: datetime) -> "Citation":
    if isinstance(cited.source, int):
        source = queries.get_source(cited.source)
    else:
        new = cited.source
        publisher = sources.get_or_create_publisher(name=new.publisher, kind=new.publisher_kind, by=by, at=at)
        source = sources.add_source(
            publisher=publisher,
            kind=new.kind,
            title=new.title,
            told_on=new.told_on,
            url=new.url,
            reliability=new.reliability,
            by=by,
            at=at,
        )
    return sources.add_citation(source=source, locator=cited.locator, quotation=cited.quotation, by=by, at=at)
