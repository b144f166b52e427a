"""Background work that nobody asks for: it must do its part, come again, and never run twice at once."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django_tasks_db.models import DBTaskResult

from kuager.domain.accounts.models import User
from kuager.domain.publication.models import SnapshotPerson
from kuager.domain.publication.operations import build_snapshot, publish_snapshot
from kuager.domain.sources.models import Consent
from kuager.interfaces.jobs import evidence
from kuager.interfaces.jobs.consents import CARETAKER, sweep_ended_consents
from kuager.interfaces.jobs.links import audit_links
from tests.integration.small_register import DAY, NOW, SmallRegister


@pytest.fixture
def published(asel: User, farida: User) -> Consent:
    """One published person, whose consent has run out since."""
    small = SmallRegister(by=asel)
    consent = small.consent()
    small.person("Айнұр Бекжанова", consent=consent)
    snapshot = build_snapshot(as_of=DAY, by=farida, at=NOW)
    publish_snapshot(snapshot=snapshot, by=farida, at=NOW)
    assert SnapshotPerson.objects.filter(is_redacted=False).count() == 1
    Consent.objects.filter(pk=consent.pk).update(expires_on=DAY + timedelta(days=30))
    return consent


def test_an_ended_consent_leaves_the_public_pages_by_itself(published: Consent) -> None:
    assert sweep_ended_consents.call() == 1
    assert not SnapshotPerson.objects.filter(is_redacted=False).exists()
    assert User.objects.get(username=CARETAKER).has_usable_password() is False
    assert sweep_ended_consents.call() == 0


def test_the_sweep_comes_again_in_an_hour(db: None) -> None:
    sweep_ended_consents.call()
    (waiting,) = DBTaskResult.objects.filter(status="READY")
    assert abs(waiting.run_after - waiting.enqueued_at - timedelta(hours=1)) < timedelta(minutes=1)


def test_starting_work_leaves_one_of_each_repeated_work_waiting(
    db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    from kuager.interfaces.jobs.management.commands import work

    started: list[str] = []
    monkeypatch.setattr(work, "call_command", lambda name, **_: started.append(name))
    call_command("work")
    call_command("work")
    assert started == ["db_worker", "db_worker"]
    waiting = DBTaskResult.objects.filter(status="READY").values_list("task_path", flat=True)
    repeated = (
        sweep_ended_consents,
        audit_links,
        evidence.watch_evidence,
        evidence.check_fixity,
        evidence.bring_to_authorities,
    )
    assert sorted(waiting) == sorted(one.module_path for one in repeated)
