"""Making the rows of an acquisition from what the vault holds of it: the same way at once and after a crash.

Promises: entering an acquisition twice changes nothing. Equal bytes become one item, except where that would
tell somebody of an item they may not know of, or would open what came in confidence: then a second item of
the same bytes stands apart.
"""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import Acquisition, DigitalItem, ItemReader
from kuager.domain.evidence.operations.recording import index_act
from kuager.domain.evidence.queries.visibility import visible_items
from kuager.domain.evidence.terms import AcquisitionMethod, Derivation
from kuager.domain.sources.models import Source
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Item, Vault

_ATTEMPTS = 3


def enter_acquisition(vault: Vault, kept: Item, *, by: User | None, at: datetime) -> DigitalItem:
    """Return the item of an acquisition; makes its rows where they are missing."""
    for _ in range(_ATTEMPTS - 1):
        try:
            with transaction.atomic():
                return _entered(vault, kept, by=by, at=at)
        except IntegrityError:
            # Somebody entered the same bytes, or this very event, at the same moment: look again.
            continue
    with transaction.atomic():
        return _entered(vault, kept, by=by, at=at)


def _entered(vault: Vault, kept: Item, *, by: User | None, at: datetime) -> DigitalItem:
    there = Acquisition.objects.filter(number=kept.number).select_related("item").first()
    if there is not None:
        return there.item
    address = vault.keyed_digest(kept)
    item = _joinable(address, kept, by)
    # Somebody may have entered the same bytes since we looked: look again before a second item is made.
    is_apart = item is None and DigitalItem.objects.filter(address=address).exists()
    item = _joinable(address, kept, by) if is_apart else item
    if item is None:
        item = _made(address, kept, is_apart=is_apart, by=by, at=at)
    elif kept.address != vault.item(item.read_from).address:
        # The vault found the stored file damaged and kept these bytes beside it: read these from now on.
        item.read_from = kept.number
        item.save(update_fields=["read_from"])
    Acquisition.objects.create(
        item=item, number=kept.number, method=_method(kept), source=_source(kept), by=by, at=at
    )
    index_act(kept.number, Act.ACQUIRED, item, by=by, at=at)
    return item


def _joinable(address: str, kept: Item, by: User | None) -> DigitalItem | None:
    """Return the item of these bytes that whoever brings them may know of, and that keeps confidence."""
    same = _seen(by).filter(address=address)
    if kept.acquired.get("restricted"):
        same = same.filter(is_restricted=True)
    if _derivation(kept) != Derivation.ORIGINAL:
        origin = int(str(kept.acquired["derived_from"]))
        same = same.filter(derivation=_derivation(kept), derived_from__number=origin)
    return same.select_for_update(no_key=True).order_by("number").first()


def _seen(by: User | None) -> QuerySet[DigitalItem]:
    if by is not None and may(by, Capability.VIEW_EVIDENCE):
        return visible_items(by)
    return DigitalItem.objects.filter(is_restricted=False)


def _made(address: str, kept: Item, *, is_apart: bool, by: User | None, at: datetime) -> DigitalItem:
    origin = _origin(kept)
    item = DigitalItem.objects.create(
        address=address,
        number=kept.number,
        read_from=kept.number,
        size=kept.size,
        media_type=str(kept.acquired.get("media_type", ""))[:100],
        derivation=_derivation(kept),
        derived_from=origin,
        is_restricted=bool(kept.acquired.get("restricted")) or (origin is not None and origin.is_restricted),
        is_apart=is_apart,
        acquired_by=by,
        acquired_at=at,
    )
    if origin is not None and origin.is_restricted:
        _share_as(origin, item, at=at)
    return item


def _share_as(origin: DigitalItem, item: DigitalItem, *, at: datetime) -> None:
    """Let those who may see the original see what was made of it: who brought it, and its readers."""
    grants = {
        brought.by: ("brought the original", brought.by, at)
        for brought in origin.acquisitions.select_related("by")
        if brought.by is not None
    }
    for grant in origin.readers.filter(ended_at__isnull=True).select_related("user", "granted_by"):
        grants[grant.user] = (grant.reason, grant.granted_by, grant.granted_at)
    ItemReader.objects.bulk_create(
        ItemReader(item=item, user=user, reason=reason, granted_by=granted_by, granted_at=granted_at)
        for user, (reason, granted_by, granted_at) in grants.items()
    )


def _origin(kept: Item) -> DigitalItem | None:
    if _derivation(kept) == Derivation.ORIGINAL:
        return None
    return DigitalItem.objects.get(number=int(str(kept.acquired["derived_from"])))


def _derivation(kept: Item) -> Derivation:
    return Derivation(str(kept.acquired.get("derivation", Derivation.ORIGINAL)))


def _method(kept: Item) -> AcquisitionMethod:
    """Return how it came; files added by the vault's own commands say nothing of it."""
    return AcquisitionMethod(str(kept.acquired.get("method", AcquisitionMethod.COMMAND)))


def _source(kept: Item) -> Source | None:
    number = kept.acquired.get("source_id")
    return Source.objects.filter(pk=number).first() if isinstance(number, int) else None
