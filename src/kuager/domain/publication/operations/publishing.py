"""Publishing a snapshot, and withdrawing it with a reason."""

from datetime import datetime

from django.db import transaction

from kuager.core.errors import IntegrityError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.publication import rules
from kuager.domain.publication.models import Snapshot
from kuager.domain.publication.operations.redacting import redact_unpublishable
from kuager.domain.publication.queries.snapshots import latest_snapshot
from kuager.domain.publication.queries.verification import verify_snapshot
from kuager.domain.publication.terms import SnapshotState


@transaction.atomic
def publish_snapshot(*, snapshot: Snapshot, by: User, at: datetime) -> Snapshot:
    """Show a built snapshot to the world. Who may no longer be shown is taken off first.

    Raises
    ------
    RefusedError
        Without the right to publish, when it is published or withdrawn already, or when another snapshot
        was published since it was built (its list of changes would be wrong).
    IntegrityError
        When what is stored does not have the digest it was built with.
    """
    check_may(by, Capability.PUBLISH)
    locked = (
        Snapshot.objects.select_for_update(of=("self",), no_key=True)
        .select_related("previous")
        .get(pk=snapshot.pk)
    )
    rules.check_transition(locked, SnapshotState.PUBLISHED)
    rules.check_follows(locked, latest_snapshot())
    if not verify_snapshot(locked).is_intact:
        raise IntegrityError(
            f"snapshot {locked.number} is not what was built; build it again and ask who changed it"
        )
    redact_unpublishable(by=by, at=at)
    locked.state, locked.published_by, locked.published_at = SnapshotState.PUBLISHED, by, at
    locked.save(update_fields=["state", "published_by", "published_at"])
    _record("publication.publish_snapshot", locked, by=by, at=at)
    return locked


@transaction.atomic
def withdraw_snapshot(*, snapshot: Snapshot, reason: str, by: User, at: datetime) -> Snapshot:
    """Take a published snapshot back: the pages show the one before, and the reason."""
    check_may(by, Capability.PUBLISH)
    rules.check_reason(reason)
    locked = Snapshot.objects.select_for_update(no_key=True).get(pk=snapshot.pk)
    rules.check_transition(locked, SnapshotState.WITHDRAWN)
    locked.state, locked.withdrawn_by, locked.withdrawn_at = SnapshotState.WITHDRAWN, by, at
    locked.withdrawal_reason = reason.strip()
    locked.save(update_fields=["state", "withdrawn_by", "withdrawn_at", "withdrawal_reason"])
    _record("publication.withdraw_snapshot", locked, by=by, at=at, reason=locked.withdrawal_reason)
    return locked


def _record(action: str, snapshot: Snapshot, *, by: User, at: datetime, reason: str = "") -> None:
    target = f"publication.Snapshot:{snapshot.number}"
    record_event(action=action, actor=by, target=target, at=at, reason=reason, digest=snapshot.content_digest)
