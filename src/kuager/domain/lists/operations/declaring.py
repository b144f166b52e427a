"""Declaring of a list what no table can show: which list it was made from, whom it cannot contain."""

from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CasualtyList


@transaction.atomic
def declare_limits(
    *,
    casualty_list: CasualtyList,
    built_from: CasualtyList | None,
    cannot_contain: str,
    by: User,
    at: datetime,
) -> CasualtyList:
    """Say from which list a list was made, and which people can never stand on it; estimates heed both.

    Parameters
    ----------
    cannot_contain
        In a few words and without a name: "people who died at home". Empty where everybody could.
    """
    check_may(by, Capability.ESTIMATE)
    words = " ".join(cannot_contain.split())
    if len(words) > 200:
        raise BadInputError(f"expected at most 200 letters about who cannot be on the list, got {len(words)}")
    locked = CasualtyList.objects.select_for_update(of=("self",), no_key=True).get(pk=casualty_list.pk)
    _check_origin(locked, built_from)
    locked.built_from, locked.cannot_contain = built_from, words
    locked.save(update_fields=["built_from", "cannot_contain"])
    record_event(
        action="lists.declare_limits",
        actor=by,
        target=f"lists.CasualtyList:{locked.pk}",
        at=at,
        built_from=built_from.pk if built_from else None,
        has_limits=bool(words),
    )
    return locked


def _check_origin(casualty_list: CasualtyList, origin: CasualtyList | None) -> None:
    """Refuse a circle: a list cannot have been made from one that was made from it."""
    above = origin.pk if origin else None
    while above is not None:
        if above == casualty_list.pk:
            raise BadInputError("a list cannot be built from itself, nor from one that was built from it")
        above = CasualtyList.objects.values_list("built_from", flat=True).get(pk=above)
