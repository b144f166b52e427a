"""Which items are copies of one thing: the machine suggests, a person decides."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from kuager.core.digest import JsonValue, canonical_json
from kuager.core.errors import BadInputError, InvalidTransitionError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.audit.operations import record_event
from kuager.domain.evidence.models import DigitalItem, ItemRelation
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.rules.two_people import check_reason
from kuager.domain.evidence.terms import RelationKind, RelationState


@transaction.atomic
def suggest_relation(  # noqa: PLR0913  # keyword-only, one for each field
    *,
    first: DigitalItem,
    second: DigitalItem,
    kind: RelationKind | str,
    score: float,
    why: Mapping[str, JsonValue],
    by: User,
    at: datetime,
) -> ItemRelation:
    """Suggest that two items belong together; what a person decided about the two stays decided.

    Parameters
    ----------
    score
        From 0 to 1.
    why
        What was compared and what came of it; codes and numbers, no text of evidence.
    """
    check_may(by, Capability.VIEW_EVIDENCE)
    if first.pk == second.pk or not 0 <= score <= 1:
        raise BadInputError("a relation has two items and a score from 0 to 1")
    low, high = sorted((first, second), key=lambda item: item.pk)
    values = {
        "kind": RelationKind(kind),
        "score": score,
        "why": canonical_json(dict(why)).decode(),
        "suggested_at": at,
    }
    relation, is_new = ItemRelation.objects.select_for_update(no_key=True).get_or_create(
        first=low, second=high, defaults=values
    )
    if not is_new:
        if relation.state != RelationState.SUGGESTED or score <= relation.score:
            return relation
        for name, value in values.items():
            setattr(relation, name, value)
        relation.save(update_fields=list(values))
    _record("suggest_relation", relation, by=by, at=at)
    return relation


@transaction.atomic
def decide_relation(
    *,
    relation: ItemRelation,
    is_confirmed: bool,
    kind: RelationKind | str = "",
    reason: str = "",
    by: User,
    at: datetime,
) -> ItemRelation:
    """Confirm a relation, as the kind it truly is, or reject it with a reason. Deciding again replaces it."""
    check_may(by, Capability.VERIFY_EVIDENCE)
    locked = ItemRelation.objects.select_for_update(of=("self",), no_key=True).select_related(
        "first", "second"
    )
    decided = locked.get(pk=relation.pk)
    check_sees(by, decided.first)
    check_sees(by, decided.second)
    if not is_confirmed or decided.state != RelationState.SUGGESTED:
        reason = check_reason(reason)
    wanted = RelationState.CONFIRMED if is_confirmed else RelationState.REJECTED
    if is_confirmed and kind:
        decided.kind = RelationKind(kind)
    elif decided.state == wanted:
        raise InvalidTransitionError("this is decided so already")
    decided.state, decided.reason = wanted, reason.strip()
    decided.decided_by, decided.decided_at = by, at
    decided.save(update_fields=["kind", "state", "reason", "decided_by", "decided_at"])
    _record("decide_relation", decided, by=by, at=at, reason=decided.reason)
    return decided


def _record(action: str, relation: ItemRelation, *, by: User, at: datetime, reason: str = "") -> None:
    record_event(
        action=f"evidence.{action}",
        actor=by,
        target=f"evidence.ItemRelation:{relation.pk}",
        at=at,
        reason=reason,
        kind=relation.kind,
        state=relation.state,
    )
