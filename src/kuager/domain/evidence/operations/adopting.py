"""After a crash: whatever the log of the vault holds and the tables do not is entered now."""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.evidence.models import CustodyEvent, DigitalItem
from kuager.domain.evidence.operations.entering import enter_acquisition
from kuager.domain.evidence.operations.recording import index_act
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Recorded, Vault

_WINDOW = 4096


def adopt_items(*, vault: Vault, by: User, at: datetime) -> int:
    """Enter what the log holds and the tables lack: items, acquisitions, acts; return how many events.

    Also what the vault's own commands did without the database. Doing it again changes nothing; being
    interrupted loses nothing.
    """
    check_may(by, Capability.VIEW_EVIDENCE)
    vault.refresh()
    people = {user.username: user for user in User.objects.all()}
    entered = 0
    for number in _missing(vault.journal.size):
        _adopt(vault, vault.event(number), people)
        entered += 1
    if entered:
        record_event(
            action="evidence.adopt_items",
            actor=by,
            target=f"evidence.CustodyEvent:{vault.journal.size}",
            at=at,
            count=entered,
        )
    return entered


def _missing(size: int) -> Iterator[int]:
    """Give the numbers below ``size`` that the index lacks, in order; quick where it lacks none."""
    if CustodyEvent.objects.filter(number__lt=size).count() == size:
        return
    for begin in range(0, size, _WINDOW):
        end = min(begin + _WINDOW, size)
        there = set(
            CustodyEvent.objects.filter(number__gte=begin, number__lt=end).values_list("number", flat=True)
        )
        yield from (number for number in range(begin, end) if number not in there)


def _adopt(vault: Vault, recorded: Recorded, people: dict[str, User]) -> None:
    by, event = people.get(str(recorded.opening.detail.get("by", ""))), recorded.event
    with transaction.atomic():
        if event.act is Act.ACQUIRED:
            enter_acquisition(vault, vault.item(recorded.number), by=by, at=event.at)
            return
        item = None if event.item is None else DigitalItem.objects.get(acquisitions__number=event.item)
        index_act(recorded.number, event.act, item, by=by, at=event.at)
