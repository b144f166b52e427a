"""Giving evidence out: recorded, durably, before the first byte leaves."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.operations.recording import index_act
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules.two_people import check_reason
from kuager.engines.vault.bundle import Bundle, Sink, begin
from kuager.engines.vault.bundle.exporting import contents
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault


def begin_export(
    *, vault: Vault, items: Sequence[DigitalItem], reason: str, by: User, at: datetime
) -> Bundle:
    """Record that items are given out, and return the bundle whose bytes may now leave.

    Who streams it writes its :func:`kuager.engines.vault.bundle.zipped`; a stream that breaks off stays on
    record as given out.
    """
    check_may(by, Capability.EXPORT_EVIDENCE)
    reason = check_reason(reason)
    if not items:
        raise BadInputError("say which items are to be exported")
    for item in items:
        check_sees(by, item)
    given = {item.read_from: item for item in items}
    vault.refresh()
    bundle = begin(vault, sorted(given), by=by.username, at=at, reason=reason)
    _index(bundle, given, reason, by=by, at=at)
    return bundle


def export_items(
    *, vault: Vault, items: Sequence[DigitalItem], sink: Sink, reason: str, by: User, at: datetime
) -> str:
    """Export items as a bundle with history and proofs; return the bundle's number.

    Raises
    ------
    IntegrityError
        When an item has changed; nothing is left in the sink. The attempt stays on record.
    """
    try:
        bundle = begin_export(vault=vault, items=items, reason=reason, by=by, at=at)
        for path, pieces in contents(vault, bundle):
            sink.write(path, pieces)
        sink.finish()
    except BaseException:
        sink.drop()
        raise
    return bundle.number


@transaction.atomic
def _index(bundle: Bundle, given: Mapping[int, DigitalItem], reason: str, *, by: User, at: datetime) -> None:
    for number, item in given.items():
        # The export is the last event of each history the bundle carries.
        index_act(bundle.histories[number][-1].number, Act.EXPORTED, item, by=by, at=at)
    record_event(
        action="evidence.export_items",
        actor=by,
        target=f"evidence.DigitalItem:{min(item.number for item in given.values())}",
        at=at,
        reason=reason,
        bundle=bundle.number,
        items=[str(item.number) for item in given.values()],
    )
