"""From a filled form to what a source says of a person."""

from datetime import date
from typing import TYPE_CHECKING

from kuager.domain.places.queries import find_place
from kuager.domain.register.rules import AssertionDraft
from kuager.domain.register.terms import Status, Verification
from kuager.domain.sources.terms import PublisherKind, Reliability, SourceKind
from kuager.interfaces.desk.register.citing import CitationDraft, NewSource
from kuager.interfaces.desk.register.forms import AssertionForm, SaidForm

if TYPE_CHECKING:
    from kuager.domain.people.models import Record
    from kuager.domain.register.models import StatusAssertion
    from kuager.domain.register.queries import PersonPage


def assertion_draft(form: SaidForm, told_on: date) -> AssertionDraft:
    """Return what is asserted; a place nobody knows stays text."""
    data = form.cleaned_data
    since = form.day("since")
    place = find_place(data["place"], on=since.latest or told_on) if data["place"] else None
    return AssertionDraft(
        status=Status(data["status"]),
        told_on=told_on,
        since=since,
        until=form.day("until"),
        place_id=None if place is None else place.pk,
        place_text=data["place"],
        authority=data["authority"],
        verification=Verification(data["verification"]),
    )


def citation_draft(form: AssertionForm) -> CitationDraft:
    """Return where it stands."""
    data = form.cleaned_data
    if not form.is_new_source:
        source: int | NewSource = int(data["source"])
    else:
        source = NewSource(
            publisher=data["publisher"],
            publisher_kind=PublisherKind(data["publisher_kind"]),
            kind=SourceKind(data["kind"]),
            title=data["title"],
            told_on=data["told_on"],
            url=data["url"],
            reliability=Reliability(data["reliability"] or Reliability.F),
        )
    return CitationDraft(source=source, locator=data["locator"], quotation=data["quotation"])


def record_and_day(page: "PersonPage", form: AssertionForm) -> tuple["Record", date]:
    """Return the record of the chosen source, or the person's first, and the day on which it was told."""
    records = [sourced.record for sourced in page.records if sourced.is_active]
    chosen = form.cleaned_data["source"]
    record = next((one for one in records if str(one.citation.source_id) == chosen), records[0])
    told_on = form.cleaned_data["told_on"] or record.citation.source.told_on
    return record, told_on


def as_filled(assertion: "StatusAssertion", place: str) -> dict[str, str]:
    """Return an assertion as the form would hold it, to begin a correction with."""
    return {
        "status": assertion.status,
        "since": assertion.since_edtf,
        "until": assertion.until_edtf,
        "place": assertion.place_text or place,
        "authority": assertion.authority,
        "verification": assertion.verification,
        "instead": "other",
    }
