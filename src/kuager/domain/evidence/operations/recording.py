"""Two records of one act: the log of the vault, which proves it, and the audit record, which names nobody."""

from collections.abc import Mapping
from datetime import datetime

from kuager.core.digest import JsonValue
from kuager.domain.accounts.models import User
from kuager.domain.audit.operations import Detail, record_event
from kuager.domain.evidence.models import CustodyEvent, DigitalItem
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault


def log_act(
    vault: Vault, act: Act, item: DigitalItem, detail: Mapping[str, JsonValue], *, by: User, at: datetime
) -> int:
    """Record an act in the log of the vault, durably; return its number. Call it before the transaction."""
    return vault.record(act, by=by.username, at=at, detail=detail, item=item.number)


def index_act(number: int, act: Act, item: DigitalItem | None, *, by: User | None, at: datetime) -> None:
    """Write an act of the log into the index; one that is there already is left as it is."""
    values = {"item": item, "act": act.value, "by": by, "at": at}
    CustodyEvent.objects.get_or_create(number=number, defaults=values)


def audit(
    action: str, item: DigitalItem, *, by: User, at: datetime, reason: str = "", **detail: Detail
) -> None:
    """Write the audit event of an act with an item."""
    record_event(
        action=f"evidence.{action}",
        actor=by,
        target=f"evidence.DigitalItem:{item.number}",
        at=at,
        reason=reason,
        **detail,
    )
