"""Where a copy was published."""

from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError, InvalidTransitionError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import Appearance, DigitalItem
from kuager.domain.evidence.operations.recording import audit
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules import notes
from kuager.domain.evidence.rules.two_people import check_reason


@transaction.atomic
def add_appearance(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    item: DigitalItem,
    seen_at: datetime,
    url: str = "",
    platform: str = "",
    account: str = "",
    claimed_on: str = "",
    taken_from: Appearance | None = None,
    by: User,
    at: datetime,
) -> Appearance:
    """Write down that an item was seen published somewhere.

    Parameters
    ----------
    seen_at
        When we, or whoever told us, saw it there; not in the future.
    claimed_on
        The date the publication gives, in EDTF; empty when none.
    taken_from
        The appearance this one was copied from, where that is known.
    """
    check_may(by, Capability.VERIFY_EVIDENCE)
    check_sees(by, item)
    url, platform = url.strip(), platform.strip()
    notes.check_place_seen(url, platform)
    if seen_at > at:
        raise BadInputError("the time it was seen lies in the future; correct it")
    if taken_from is not None:
        check_sees(by, taken_from.item)
    appearance = Appearance.objects.create(
        item=item,
        url=url,
        platform=platform,
        account=account.strip(),
        seen_at=seen_at,
        claimed_on=notes.check_claimed(claimed_on),
        taken_from=taken_from,
        recorded_by=by,
        recorded_at=at,
    )
    audit("add_appearance", item, by=by, at=at, appearance=appearance.pk)
    return appearance


@transaction.atomic
def withdraw_appearance(*, appearance: Appearance, reason: str, by: User, at: datetime) -> Appearance:
    """Withdraw an appearance that was written down wrongly; it stays on record."""
    check_may(by, Capability.VERIFY_EVIDENCE)
    check_sees(by, appearance.item)
    reason = check_reason(reason)
    locked = (
        Appearance.objects.select_for_update(of=("self",), no_key=True)
        .select_related("item")
        .get(pk=appearance.pk)
    )
    if locked.withdrawn_at is not None:
        raise InvalidTransitionError("this appearance was withdrawn already")
    locked.withdrawn_by, locked.withdrawn_at, locked.reason = by, at, reason
    locked.save(update_fields=["withdrawn_by", "withdrawn_at", "reason"])
    audit("withdraw_appearance", locked.item, by=by, at=at, reason=reason, appearance=locked.pk)
    return locked
