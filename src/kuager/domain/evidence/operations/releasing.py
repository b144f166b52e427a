"""Letting a redacted copy be published: one proposes, another one releases, anybody stops it."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction

from kuager.core.errors import RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import DigitalItem
from kuager.domain.evidence.operations.recording import audit, index_act, log_act
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules import two_people
from kuager.domain.evidence.terms import ReleaseState
from kuager.engines.vault.custody import Act
from kuager.engines.vault.vault import Vault

if TYPE_CHECKING:
    from kuager.core.digest import JsonValue

_FIELDS = ("release_state", "release_proposed_by", "release_proposed_at", "released_by", "released_at")


@transaction.atomic
def propose_release(*, item: DigitalItem, reason: str, by: User, at: datetime) -> DigitalItem:
    """Propose a redacted copy for publication; somebody else has to look at it and release it."""
    check_sees(by, item)
    reason = two_people.check_reason(reason)
    locked = _locked(item)
    two_people.check_may_propose_release(by, locked)
    _check_is_another_file(locked)
    locked.release_state = ReleaseState.PROPOSED
    locked.release_proposed_by, locked.release_proposed_at = by, at
    locked.save(update_fields=_FIELDS)
    audit("propose_release", locked, by=by, at=at, reason=reason)
    return locked


def release_item(*, vault: Vault, item: DigitalItem, by: User, at: datetime) -> DigitalItem:
    """Release a redacted copy that somebody else proposed."""
    check_sees(by, item)
    two_people.check_may_release(by, DigitalItem.objects.get(pk=item.pk))
    detail: dict[str, JsonValue] = {"what": "release"}
    number = log_act(vault, Act.RELEASED, item, detail, by=by, at=at)
    with transaction.atomic():
        locked = _locked(item)
        two_people.check_may_release(by, locked)
        _check_is_another_file(locked)
        locked.release_state = ReleaseState.RELEASED
        locked.released_by, locked.released_at = by, at
        locked.save(update_fields=_FIELDS)
        index_act(number, Act.RELEASED, locked, by=by, at=at)
        audit("release_item", locked, by=by, at=at)
    return locked


def recall_release(
    *, item: DigitalItem, reason: str, by: User, at: datetime, vault: Vault | None = None
) -> DigitalItem:
    """Take a proposal or a release back at once; with an open vault its log tells of it too."""
    check_sees(by, item)
    reason = two_people.check_reason(reason)
    two_people.check_may_recall(by, DigitalItem.objects.get(pk=item.pk))
    detail: dict[str, JsonValue] = {"what": "recall", "reason": reason}
    number = None if vault is None else log_act(vault, Act.NOTED, item, detail, by=by, at=at)
    with transaction.atomic():
        locked = _locked(item)
        two_people.check_may_recall(by, locked)
        locked.release_state = ReleaseState.NONE
        locked.release_proposed_by = locked.release_proposed_at = None
        locked.released_by = locked.released_at = None
        locked.save(update_fields=_FIELDS)
        if number is not None:
            index_act(number, Act.NOTED, locked, by=by, at=at)
        audit("recall_release", locked, by=by, at=at, reason=reason)
    return locked


def _locked(item: DigitalItem) -> DigitalItem:
    return DigitalItem.objects.select_for_update(no_key=True).get(pk=item.pk)


def _check_is_another_file(item: DigitalItem) -> None:
    """Refuse a "redacted" copy that is byte for byte what it was made of."""
    origin = item.derived_from
    while origin is not None:
        if origin.address == item.address:
            raise RefusedError("this copy is byte for byte an item it was made of: nothing was taken out")
        origin = origin.derived_from
