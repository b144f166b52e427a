"""Looking at evidence, and what the machine found when it read a file."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.operations.recording import audit, index_act, log_act
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.terms import ReadingState
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


@transaction.atomic
def note_reading(
    *, item: DigitalItem, state: ReadingState | str, media_type: str = "", by: User, at: datetime
) -> DigitalItem:
    """Write down that the machine has looked into a file, or could not, and what the file truly is."""
    check_may(by, Capability.VIEW_EVIDENCE)
    locked = DigitalItem.objects.select_for_update(no_key=True).get(pk=item.pk)
    locked.reading_state = ReadingState(state)
    if media_type:
        locked.media_type = media_type[:100]
    locked.save(update_fields=["reading_state", "media_type"])
    audit("note_reading", locked, by=by, at=at, state=locked.reading_state, media_type=locked.media_type)
    return locked
