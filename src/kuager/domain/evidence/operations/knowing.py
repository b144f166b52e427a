"""Who may know of an item: restricting it, opening it again, naming its readers."""

from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError, InvalidTransitionError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may, may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import DigitalItem, ItemReader
from kuager.domain.evidence.operations.recording import audit
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules.two_people import check_reason


@transaction.atomic
def restrict_item(*, item: DigitalItem, reason: str, by: User, at: datetime) -> DigitalItem:
    """Let only those who brought an item, whoever restricts it and named readers know of it from now on."""
    locked = _locked(item, by)
    reason = check_reason(reason)
    if locked.is_restricted:
        raise InvalidTransitionError("this item is restricted already")
    locked.is_restricted = True
    locked.save(update_fields=["is_restricted"])
    _grant(locked, by, reason, by=by, at=at)
    audit("restrict_item", locked, by=by, at=at, reason=reason)
    return locked


@transaction.atomic
def open_item(*, item: DigitalItem, reason: str, by: User, at: datetime) -> DigitalItem:
    """Let everybody who may look at evidence know of an item again."""
    locked = _locked(item, by)
    reason = check_reason(reason)
    if not locked.is_restricted:
        raise InvalidTransitionError("this item is not restricted")
    locked.is_restricted = False
    locked.save(update_fields=["is_restricted"])
    audit("open_item", locked, by=by, at=at, reason=reason)
    return locked


@transaction.atomic
def grant_reading(*, item: DigitalItem, user: User, reason: str, by: User, at: datetime) -> ItemReader:
    """Let somebody see a restricted item; granting twice changes nothing."""
    locked = _locked(item, by)
    reason = check_reason(reason)
    if not may(user, Capability.VIEW_EVIDENCE):
        raise BadInputError(
            "this member's role may not look at evidence at all; an administrator gives roles"
        )
    reader, is_new = _grant(locked, user, reason, by=by, at=at)
    if is_new:
        audit("grant_reading", locked, by=by, at=at, reason=reason, reader=user.pk)
    return reader


@transaction.atomic
def grant_by_keyholder(*, number: int, user: User, reason: str, by: User, at: datetime) -> ItemReader:
    """Let somebody see a restricted item when nobody is left who may grant it.

    For the command that asks for the passphrase of the vault first: who has it reads everything anyway.
    """
    check_may(by, Capability.KEEP_EVIDENCE)
    reason = check_reason(reason)
    item = DigitalItem.objects.select_for_update(no_key=True).filter(number=number).first()
    if item is None or not item.is_restricted:
        raise BadInputError(f"there is no restricted item {number}")
    if not may(user, Capability.VIEW_EVIDENCE):
        raise BadInputError(
            "this member's role may not look at evidence at all; an administrator gives roles"
        )
    reader, _ = _grant(item, user, reason, by=by, at=at)
    audit("grant_by_keyholder", item, by=by, at=at, reason=reason, reader=user.pk)
    return reader


@transaction.atomic
def end_reading(*, reader: ItemReader, reason: str, by: User, at: datetime) -> ItemReader:
    """End somebody's sight of a restricted item; the grant itself is kept."""
    locked = _locked(reader.item, by)
    reason = check_reason(reason)
    ended = (
        ItemReader.objects.select_for_update(of=("self",), no_key=True)
        .select_related("user")
        .get(pk=reader.pk)
    )
    if ended.ended_at is not None:
        raise InvalidTransitionError("this member's reading has ended already")
    ended.ended_by, ended.ended_at = by, at
    ended.save(update_fields=["ended_by", "ended_at"])
    audit("end_reading", locked, by=by, at=at, reason=reason, reader=ended.user_id)
    return ended


def _locked(item: DigitalItem, by: User) -> DigitalItem:
    check_may(by, Capability.KEEP_EVIDENCE)
    check_sees(by, item)
    return DigitalItem.objects.select_for_update(no_key=True).get(pk=item.pk)


def _grant(item: DigitalItem, user: User, reason: str, *, by: User, at: datetime) -> tuple[ItemReader, bool]:
    return ItemReader.objects.get_or_create(
        item=item,
        user=user,
        ended_at=None,
        defaults={"reason": reason, "granted_by": by, "granted_at": at},
    )
