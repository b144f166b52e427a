"""Taking a reconciliation away as a file: who took which one is kept for ever."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import CasualtyList
from kuager.domain.lists.rules.reconciling import check_lists, check_may_take_names


@transaction.atomic
def export_reconciliation(  # noqa: PLR0913  # keyword-only, one for each part of what was taken
    *,
    lists: Sequence[CasualtyList],
    as_of: date,
    known_at: datetime,
    form: str,
    with_names: bool,
    digest: str,
    by: User,
    at: datetime,
) -> None:
    """Record that somebody takes a reconciliation of lists as a file.

    Parameters
    ----------
    form
        ``pdf``, ``csv`` or ``json``.
    with_names
        Whether it names people; numbers of rows and codes of persons stand in it in any case.
    digest
        SHA-256 of the account, by which the file is known again.
    """
    check_may(by, Capability.READ_REGISTER)
    check_lists([one.pk for one in lists])
    if with_names:
        check_may_take_names(by)
    record_event(
        action="lists.export_reconciliation",
        actor=by,
        target=f"lists.CasualtyList:{lists[0].pk}",
        at=at,
        lists=[str(one.pk) for one in lists],
        as_of=as_of.isoformat(),
        known_at=known_at.isoformat(),
        form=form,
        with_names=with_names,
        digest=digest,
    )
