"""Reading and checking the audit record."""

from collections.abc import Iterator

from django.db.models import QuerySet

from kuager.core.errors import IntegrityError
from kuager.domain.audit.models import AuditEvent, AuditHead
from kuager.domain.audit.rules import event_hash


def list_events(*, target: str = "", actor: str = "", action: str = "") -> QuerySet[AuditEvent]:
    """Events, newest first, filtered by the beginning of target and action and by actor (lazy queryset)."""
    events = AuditEvent.objects.order_by("-seq")
    if target:
        events = events.filter(target__startswith=target)
    if actor:
        events = events.filter(actor=actor)
    if action:
        events = events.filter(action__startswith=action)
    return events


def verify_chain() -> int:
    """Walk the whole chain and return how many events it has.

    Raises
    ------
    IntegrityError
        At the first event that was changed, removed or moved.

    """
    previous, count = "0" * 64, 0
    for event in _in_order():
        count += 1
        if event.seq != count or event.prev_hash != previous or event.hash != event_hash(event):
            raise IntegrityError(f"the audit record is broken at event {count}")
        previous = event.hash
    head = AuditHead.objects.filter(pk=1).first()
    if head is not None and (head.seq, head.hash) != (count, previous):
        raise IntegrityError(f"the audit record ends at event {count}, but {head.seq} were written")
    return count


def _in_order() -> Iterator[AuditEvent]:
    return AuditEvent.objects.order_by("seq").iterator(chunk_size=2000)
