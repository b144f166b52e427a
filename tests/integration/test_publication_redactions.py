from datetime import date, timedelta

import pytest
from django.db import IntegrityError as DatabaseRefusal
from django.db import transaction

from kuager.core.errors import BadInputError, InvalidTransitionError, NotFoundError, PermissionDeniedError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent
from kuager.domain.people.models import Record
from kuager.domain.publication import operations, queries
from kuager.domain.publication.models import PersonSalt, Redaction, Snapshot, SnapshotPerson
from kuager.domain.sources.models import Consent
from tests.integration.small_register import DAY, FIRST, NOW, SmallRegister

NEXT = NOW + timedelta(days=1)


@pytest.fixture
def register(asel: User) -> SmallRegister:
    return SmallRegister(by=asel)


def publish(by: User) -> Snapshot:
    snapshot = operations.build_snapshot(as_of=DAY, by=by, at=NOW)
    return operations.publish_snapshot(snapshot=snapshot, by=by, at=NOW)


def visible(snapshot: Snapshot) -> list[str]:
    return list(queries.filter_people(snapshot, queries.PeopleFilter()).values_list("name", flat=True))


def test_a_withdrawn_consent_takes_the_person_off_at_once_and_the_figures_stay(
    register: SmallRegister, farida: User
) -> None:
    consent = register.consent()
    person = register.person("Айша Тестова", consent=consent)
    register.person("Stays Here", consent=register.consent())
    snapshot = publish(farida)
    operations.withdraw_consent(consent=consent, reason="the family asked", by=register.by, at=NEXT)
    assert visible(snapshot) == ["Stays Here"]
    assert queries.headline(snapshot)[0].value == 2
    assert queries.verify_snapshot(snapshot, recompute=True).is_intact
    row = SnapshotPerson.objects.get(code=person.code)
    assert "Айша" not in str(vars(row))
    salt = PersonSalt.objects.get(person=person).salt
    downloads = "".join(queries.people_lines(snapshot))
    assert person.code not in downloads
    assert salt not in downloads
    assert row.digest in downloads


def test_a_second_consent_keeps_the_person_on_the_next_snapshot(
    register: SmallRegister, farida: User
) -> None:
    consent = register.consent()
    person = register.person("Two Consents", consent=consent)
    record = register.record(
        person, register.source("Public list"), register.consent("name,status"), name="Two Consents"
    )
    register.assertion(record, "detained")
    first = publish(farida)
    operations.withdraw_consent(consent=consent, reason="asked", by=register.by, at=NEXT)
    assert visible(first) == []
    second = operations.build_snapshot(as_of=DAY, by=farida, at=NEXT)
    operations.publish_snapshot(snapshot=second, by=farida, at=NEXT)
    operations.redact_unpublishable(by=farida, at=NEXT)
    row = SnapshotPerson.objects.get(snapshot=second, code=person.code)
    assert (row.name, row.age) == ("Two Consents", "")


def test_a_consent_that_runs_out_is_found_by_the_sweep(register: SmallRegister, farida: User) -> None:
    consent = register.consent()
    Consent.objects.filter(pk=consent.pk).update(expires_on=date(2022, 2, 2))
    register.person("Until Tomorrow", consent=consent)
    snapshot = publish(farida)
    assert visible(snapshot) == ["Until Tomorrow"]
    assert operations.redact_unpublishable(by=farida, at=NEXT) == 1
    assert operations.redact_unpublishable(by=farida, at=NEXT) == 0
    assert visible(snapshot) == []


def test_a_contradiction_after_publication_takes_the_person_off(
    register: SmallRegister, farida: User
) -> None:
    person = register.person("Now Disputed", consent=register.consent())
    other = register.record(person, register.source("Other"), register.consent(), name="Now Disputed")
    snapshot = publish(farida)
    register.keep_apart(
        Record.objects.filter(home_person=person).earliest("pk"), other, at=NOW + timedelta(hours=1)
    )
    assert operations.redact_unpublishable(by=farida, at=NEXT) == 1
    assert visible(snapshot) == []
    assert Redaction.objects.get().reason == "contradiction"


def test_an_editor_keeps_somebody_out_until_the_redaction_is_lifted(
    register: SmallRegister, farida: User
) -> None:
    person = register.person("In Danger", consent=register.consent())
    first = publish(farida)
    redaction = operations.redact_person(code=person.code, reason="safety", by=farida, at=NEXT)
    second = operations.build_snapshot(as_of=DAY, by=farida, at=NEXT)
    assert visible(first) == visible(second) == []
    assert second.content_digest == operations.build_snapshot(as_of=DAY, by=farida, at=NEXT).content_digest
    operations.lift_redaction(redaction=redaction, by=farida, at=NEXT)
    third = operations.build_snapshot(as_of=DAY, by=farida, at=NEXT)
    assert visible(third) == ["In Danger"]
    assert visible(first) == [], "older snapshots stay as they are"
    with pytest.raises(InvalidTransitionError):
        operations.lift_redaction(redaction=redaction, by=farida, at=NEXT)


def test_redactions_need_an_editor_a_known_code_and_a_reason_of_the_list(
    register: SmallRegister, asel: User, farida: User
) -> None:
    person = register.person("Somebody", consent=register.consent())
    with pytest.raises(PermissionDeniedError):
        operations.redact_person(code=person.code, reason="safety", by=asel, at=NOW)
    with pytest.raises(NotFoundError):
        operations.redact_person(code="ZZZZ-ZZZZ", reason="safety", by=farida, at=NOW)
    with pytest.raises(BadInputError):
        operations.redact_person(code=person.code, reason="his cousin Somebody asked", by=farida, at=NOW)


def test_the_audit_record_names_the_act_and_nobody(register: SmallRegister, farida: User) -> None:
    person = register.person("Айша Тестова", consent=register.consent())
    publish(farida)
    operations.redact_person(code=person.code, reason="takedown", by=farida, at=NEXT)
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.target, event.reason) == (
        "publication.redact_person",
        f"people.Person:{person.code}",
        "takedown",
    )
    assert not AuditEvent.objects.filter(detail__icontains="Айша").exists()


def test_the_database_refuses_a_redacted_row_that_still_says_something(
    register: SmallRegister, farida: User
) -> None:
    register.person("Somebody", consent=register.consent())
    publish(farida)
    with pytest.raises(DatabaseRefusal), transaction.atomic():
        SnapshotPerson.objects.update(is_redacted=True)


def test_the_database_refuses_a_redaction_lifted_by_nobody(register: SmallRegister, farida: User) -> None:
    person = register.person("Somebody", consent=register.consent(at=FIRST))
    operations.redact_person(code=person.code, reason="mistake", by=farida, at=NOW)
    with pytest.raises(DatabaseRefusal), transaction.atomic():
        Redaction.objects.update(lifted_at=NOW)
