"""What was added to a public record from another source: the record's consent does not cover it."""

from datetime import date

import pytest

from kuager.domain.accounts.models import User
from kuager.domain.people.models import Person
from kuager.domain.publication import operations
from kuager.domain.publication.models import SnapshotPerson
from kuager.domain.register.models import StatusAssertion
from kuager.domain.register.operations import derive
from kuager.domain.sources.models import Citation, Source
from tests.integration.small_register import DAY, FIRST, LATER, NOW, SmallRegister


@pytest.fixture
def register(asel: User) -> SmallRegister:
    return SmallRegister(by=asel)


def add_statement(register: SmallRegister, source: Source, said_by: Source) -> Person:
    """A public record of one source, to which somebody added what another source, or the same one, says."""
    person = register.bare_person()
    record = register.record(person, source, register.consent(), name="Public Side")
    citation = Citation.objects.create(source=said_by, recorded_by=register.by, recorded_at=FIRST)
    statement = register.assertion(record, "missing", since=date(2022, 1, 12))
    StatusAssertion.objects.filter(pk=statement.pk).update(citation=citation)
    derive([person.pk], at=LATER, cause="test")
    return person


def test_what_a_caller_adds_to_a_public_record_stays_private(register: SmallRegister, farida: User) -> None:
    person = add_statement(register, register.source("City list"), register.source("Hotline", kind="hotline"))
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    shown = SnapshotPerson.objects.get(snapshot=snapshot, code=person.code)
    assert (shown.name, shown.status, shown.since) == ("Public Side", "", "")


def test_what_the_public_source_itself_adds_is_shown(register: SmallRegister, farida: User) -> None:
    source = register.source("Newspaper")
    person = add_statement(register, source, source)
    snapshot = operations.build_snapshot(as_of=DAY, by=farida, at=NOW)
    assert SnapshotPerson.objects.get(snapshot=snapshot, code=person.code).status == "missing"
