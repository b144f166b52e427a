"""Taking an edition back as a whole."""

from datetime import datetime

from django.db import transaction

from kuager.core.errors import BadInputError, RefusedError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.lists.models import ListEdition, ListRow
from kuager.domain.lists.operations.pausing import paused_collection
from kuager.domain.lists.queries.baseline import latest_applied
from kuager.domain.lists.rules.states import check_transition
from kuager.domain.lists.terms import EditionState, RowChange
from kuager.domain.people import operations as people
from kuager.domain.people.models import Assignment, Judgement
from kuager.domain.people.terms import Method
from kuager.domain.register import operations as register


@paused_collection()
@transaction.atomic
def undo_edition(*, edition: ListEdition, reason: str, by: User, at: datetime) -> ListEdition:
    """Take the latest applied edition of a list back; the records of the edition before come back.

    Nothing is deleted: its rows and records stay on record, and past questions keep their answers.
    """
    check_may(by, Capability.IMPORT_LISTS)
    if not reason.strip():
        raise BadInputError("say why the edition is taken back; others will ask in years to come")
    locked = (
        ListEdition.objects.select_for_update(of=("self",), no_key=True)
        .select_related("casualty_list", "previous")
        .get(pk=edition.pk)
    )
    check_transition(locked, EditionState.UNDONE)
    latest = latest_applied(locked.casualty_list)
    if latest is not None and latest.pk != locked.pk:
        raise RefusedError(f"edition {latest.pk} was applied after edition {locked.pk}; undo that one first")
    touched = _take_out(locked, reason, by=by, at=at) | _bring_back(locked, at=at)
    locked.state = EditionState.UNDONE
    locked.undone_by, locked.undone_at, locked.undo_reason = by, at, reason
    locked.save(update_fields=["state", "undone_by", "undone_at", "undo_reason"])
    register.derive(touched, at=at, cause=f"undo-edition:{locked.pk}")
    target = f"lists.ListEdition:{locked.pk}"
    record_event(action="lists.undo_edition", actor=by, target=target, at=at, reason=reason)
    return locked


def _take_out(edition: ListEdition, reason: str, *, by: User, at: datetime) -> set[int]:
    """End the links to the edition before, and take the edition's own records out."""
    own = ListRow.objects.filter(edition=edition, change__in=[RowChange.ADDED, RowChange.CHANGED])
    records = list(own.values_list("record_id", flat=True))
    changed = own.filter(change=RowChange.CHANGED).values("record_id")
    links = Judgement.objects.filter(method=Method.EDITION, ended_at__isnull=True, record_b__in=changed)
    touched: set[int] = set()
    judgement_ids = list(links.values_list("id", flat=True))
    if judgement_ids:
        outcome = people.undo_judgements(
            judgement_ids=judgement_ids, reason=f"edition {edition.pk} was taken back", by=by, at=at
        )
        touched |= outcome.person_ids
    return touched | people.withdraw_records(record_ids=records, cause=f"undo-edition:{edition.pk}", at=at)


def _bring_back(edition: ListEdition, *, at: datetime) -> set[int]:
    """Put the records back that left the register because the edition did not have them any more."""
    left = Assignment.objects.filter(end_cause=f"edition:{edition.pk}").values_list("record_id", flat=True)
    records = set(left)
    if not records:
        return set()
    return people.restore_records(record_ids=records, cause=f"undo-edition:{edition.pk}", at=at)
