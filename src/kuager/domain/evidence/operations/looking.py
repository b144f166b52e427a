"""Looking at evidence, giving it out, and what the machine found when it read a file."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.operations.recording import audit, index_act, log_act
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules.two_people import check_reason
from kuager.domain.evidence.terms import ReadingState
from kuager.engines.vault.bundle import Bundle, Sink, begin, export
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue


def note_view(*, vault: Vault, item: DigitalItem, what: str, by: User, at: datetime) -> None:
    """Record that somebody looks at an item; durable on return, so call it before the first byte is shown.

    ``what`` says how much: ``frames``, ``original``; no name and no text of evidence.
    """
    check_sees(by, item)
    detail: dict[str, JsonValue] = {"what": what}
    number = log_act(vault, Act.VIEWED, item, detail, by=by, at=at)
    with transaction.atomic():
        index_act(number, Act.VIEWED, item, by=by, at=at)
        audit("note_view", item, by=by, at=at, what=what)


def export_items(
    *, vault: Vault, items: Sequence[DigitalItem], sink: Sink, reason: str, by: User, at: datetime
) -> str:
    """Export items as a bundle with history and proofs; return the bundle's number.

    The export stands in the log before the first byte leaves, and stays there when it breaks off.
    """
    reason = check_reason(reason)
    numbers = _exportable(items, by)
    vault.refresh()
    before = vault.journal.size
    try:
        return export(vault, sorted(numbers), sink, by=by.username, at=at, reason=reason)
    finally:
        _index_exports(vault, before, numbers, reason, by=by, at=at)


def begin_export(
    *, vault: Vault, items: Sequence[DigitalItem], reason: str, by: User, at: datetime
) -> Bundle:
    """Record an export, durably; its bytes may then leave as one stream, in their own time.

    For a recipient over a network: no transaction is open while a slow line takes the bundle.
    """
    reason = check_reason(reason)
    numbers = _exportable(items, by)
    vault.refresh()
    before = vault.journal.size
    try:
        return begin(vault, sorted(numbers), by=by.username, at=at, reason=reason)
    finally:
        _index_exports(vault, before, numbers, reason, by=by, at=at)


def _exportable(items: Sequence[DigitalItem], by: User) -> dict[int, DigitalItem]:
    """Return the items by the acquisition whose file is read; refuses what may not be given out."""
    check_may(by, Capability.EXPORT_EVIDENCE)
    if not items:
        raise BadInputError("say which items are to be exported")
    for item in items:
        check_sees(by, item)
    return {item.read_from: item for item in items}


def _index_exports(
    vault: Vault, start: int, numbers: dict[int, DigitalItem], reason: str, *, by: User, at: datetime
) -> None:
    found = [
        (one.number, numbers[one.event.item])
        for one in vault.events(start)
        if one.event.act is Act.EXPORTED and one.event.item in numbers and one.event.at == at
    ]
    with transaction.atomic():
        for number, item in found:
            index_act(number, Act.EXPORTED, item, by=by, at=at)
        record_event(
            action="evidence.export_items",
            actor=by,
            target=f"evidence.DigitalItem:{min(item.number for item in numbers.values())}",
            at=at,
            reason=reason,
            items=[str(item.number) for item in numbers.values()],
        )


@transaction.atomic
def note_reading(
    *, item: DigitalItem, state: ReadingState | str, media_type: str = "", by: User, at: datetime
) -> DigitalItem:
    """Write down that the machine has looked into a file, or could not, and what the file truly is."""
    check_may(by, Capability.VIEW_EVIDENCE)
    locked = DigitalItem.objects.select_for_update().get(pk=item.pk)
    locked.reading_state = ReadingState(state)
    if media_type:
        locked.media_type = media_type[:100]
    locked.save(update_fields=["reading_state", "media_type"])
    audit("note_reading", locked, by=by, at=at, state=locked.reading_state, media_type=locked.media_type)
    return locked
