"""The audit record: whoever changes, removes, moves or cuts events is found out."""

from datetime import UTC, datetime, timedelta

import pytest

from kuager.core.errors import IntegrityError
from kuager.domain.accounts.models import User
from kuager.domain.audit.models import AuditEvent, AuditHead
from kuager.domain.audit.operations import record_event
from kuager.domain.audit.queries import list_events, verify_chain

NOON = datetime(2021, 11, 9, 12, tzinfo=UTC)


@pytest.fixture
def five_events(asel: User) -> list[AuditEvent]:
    return [
        record_event(
            action="test.act", actor=asel, target=f"test.Thing:{n}", at=NOON + timedelta(minutes=n), n=n
        )
        for n in range(5)
    ]


def test_an_untouched_record_verifies(five_events: list[AuditEvent]) -> None:
    assert verify_chain() == len(five_events)
    assert [event.target for event in list_events(target="test.Thing")[:2]] == [
        "test.Thing:4",
        "test.Thing:3",
    ]


@pytest.mark.parametrize(
    "field", ["actor", "action", "target", "reason", "at", "detail", "prev_hash", "hash", "seq"]
)
def test_a_changed_field_is_found(five_events: list[AuditEvent], field: str) -> None:
    changed = {
        "at": NOON,
        "detail": {"n": 99},
        "seq": 99,
        "prev_hash": "f" * 64,
        "hash": "f" * 64,
    }.get(field, "somebody else")
    AuditEvent.objects.filter(pk=five_events[2].pk).update(**{field: changed})
    with pytest.raises(IntegrityError):
        verify_chain()


def test_a_removed_event_is_found(five_events: list[AuditEvent]) -> None:
    AuditEvent.objects.filter(pk=five_events[1].pk).delete()
    with pytest.raises(IntegrityError, match="broken at event 2"):
        verify_chain()


def test_a_cut_end_is_found(five_events: list[AuditEvent]) -> None:
    AuditEvent.objects.filter(seq__gt=3).delete()
    with pytest.raises(IntegrityError, match="ends at event 3, but 5 were written"):
        verify_chain()


def test_swapped_events_are_found(five_events: list[AuditEvent]) -> None:
    first, second = five_events[1], five_events[2]
    AuditEvent.objects.filter(pk=first.pk).update(seq=1000)
    AuditEvent.objects.filter(pk=second.pk).update(seq=first.seq)
    AuditEvent.objects.filter(pk=first.pk).update(seq=second.seq)
    with pytest.raises(IntegrityError):
        verify_chain()


def test_an_act_that_fails_leaves_no_event(asel: User) -> None:
    from django.db import transaction

    def act() -> None:
        with transaction.atomic():
            record_event(action="test.act", actor=asel, target="test.Thing:1", at=NOON)
            raise ValueError("the act failed")

    with pytest.raises(ValueError, match="the act failed"):
        act()
    assert verify_chain() == 0
    assert not AuditHead.objects.filter(seq__gt=0).exists()
