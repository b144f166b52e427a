from datetime import UTC, date, datetime

import pytest

from kuager.core.errors import BadInputError, InvalidTransitionError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.sources import operations, queries, rules
from kuager.domain.sources.models import Consent, Publisher, Source
from kuager.domain.sources.terms import ConsentGiven, PublisherKind, Purpose, SourceKind

NOW = datetime(2022, 1, 20, 12, tzinfo=UTC)
TODAY = date(2022, 1, 20)


@pytest.fixture
def publisher(asel: User) -> Publisher:
    return operations.get_or_create_publisher(name="Open List", kind=PublisherKind.NGO, by=asel, at=NOW)


@pytest.fixture
def source(publisher: Publisher, asel: User) -> Source:
    return operations.add_source(
        publisher=publisher, kind=SourceKind.LIST, title="List", told_on=TODAY, by=asel, at=NOW
    )


@pytest.fixture
def consent(asel: User) -> Consent:
    return operations.record_consent(
        purpose=Purpose.PUBLICATION,
        given=ConsentGiven.SPOKEN,
        fields=["status", "name"],
        given_on=TODAY,
        by=asel,
        at=NOW,
    )


def test_a_publisher_is_written_down_once_whatever_the_spacing(publisher: Publisher, asel: User) -> None:
    again = operations.get_or_create_publisher(
        name="  open  list ", kind=PublisherKind.STATE, by=asel, at=NOW
    )
    assert again == publisher
    assert again.kind == PublisherKind.NGO


def test_a_publisher_needs_a_name_and_a_right(asel: User, bolat: User) -> None:
    with pytest.raises(BadInputError):
        operations.get_or_create_publisher(name=" ", kind=PublisherKind.NGO, by=asel, at=NOW)
    with pytest.raises(PermissionDeniedError):
        operations.get_or_create_publisher(name="X", kind=PublisherKind.NGO, by=bolat, at=NOW)


def test_a_source_cannot_speak_from_the_future(publisher: Publisher, asel: User) -> None:
    with pytest.raises(BadInputError, match="after today"):
        operations.add_source(
            publisher=publisher, kind="article", title="X", told_on=date(2022, 1, 22), by=asel, at=NOW
        )


def test_a_derived_source_says_what_from_and_how(publisher: Publisher, source: Source, asel: User) -> None:
    with pytest.raises(BadInputError, match="derived"):
        operations.add_source(
            publisher=publisher,
            kind="article",
            title="X",
            told_on=TODAY,
            derived_from=source,
            by=asel,
            at=NOW,
        )


def test_many_citations_are_one_act(source: Source, asel: User) -> None:
    before = AuditEvent.objects.count()
    citations = operations.add_citations(source=source, locators=["row 2", "row 3"], by=asel, at=NOW)
    assert [citation.locator for citation in citations] == ["row 2", "row 3"]
    assert all(citation.pk for citation in citations)
    assert AuditEvent.objects.count() == before + 1


def test_a_consent_keeps_its_fields_in_order(consent: Consent, asel: User) -> None:
    assert consent.fields == "name,status"
    with pytest.raises(BadInputError, match="phone"):
        operations.record_consent(
            purpose="publication", given="written", fields=["phone"], given_on=TODAY, by=asel, at=NOW
        )


def test_a_withdrawn_consent_allows_nothing_and_stays_on_record(consent: Consent, asel: User) -> None:
    assert rules.allows(consent, field="name", on=TODAY)
    assert not rules.allows(consent, field="age", on=TODAY)
    with pytest.raises(BadInputError):
        operations.withdraw_consent(consent=consent, by=asel, at=NOW, reason=" ")
    withdrawn = operations.withdraw_consent(consent=consent, by=asel, at=NOW, reason="the family asked")
    assert not rules.allows(withdrawn, field="name", on=TODAY)
    assert queries.get_consent(consent.pk).withdrawn_at == NOW
    with pytest.raises(InvalidTransitionError):
        operations.withdraw_consent(consent=consent, by=asel, at=NOW, reason="again")


def test_sources_are_listed_newest_first(publisher: Publisher, source: Source, asel: User) -> None:
    older = operations.add_source(
        publisher=publisher, kind="article", title="X", told_on=date(2022, 1, 6), by=asel, at=NOW
    )
    assert list(queries.list_sources(publisher)) == [source, older]
    assert queries.get_source(source.pk).publisher == publisher


def test_a_copy_has_the_origin_of_what_it_was_made_from(asel: User) -> None:
    def tell(publisher: str, group: str = "", made_from: Source | None = None) -> Source:
        who = operations.get_or_create_publisher(
            name=publisher, kind="outlet", origin_group=group, by=asel, at=NOW
        )
        return operations.add_source(
            publisher=who,
            kind="article",
            title="x",
            told_on=TODAY,
            derived_from=made_from,
            derivation="copy" if made_from else "",
            by=asel,
            at=NOW,
        )

    first = tell("Steppe News", group="steppe")
    copy = tell("Copies Daily", made_from=first)
    copy_of_copy = tell("Copies of Copies", made_from=copy)
    assert queries.derived_origins() == {copy.pk: "group:steppe", copy_of_copy.pk: "group:steppe"}


def test_an_unknown_kind_of_publisher_is_bad_input(asel: User) -> None:
    with pytest.raises(BadInputError, match="expected one of outlet"):
        operations.get_or_create_publisher(name="X", kind="foo", by=asel, at=NOW)
