"""Which items belong together, and where copies of one thing were published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import Appearance, DigitalItem, ItemRelation
from kuager.domain.evidence.queries.visibility import visible_items
from kuager.domain.evidence.terms import COPIES, RelationState


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyGroup:
    """Items that people confirmed to be copies of one thing, as far as a reader may see them.

    Attributes
    ----------
    items
        By number.
    relations
        The confirmed ones among them.
    appearances
        Where they were published, the earliest seen first.
    """

    items: Mapping[int, DigitalItem]
    relations: Sequence[ItemRelation]
    appearances: Sequence[Appearance]


def get_relation(relation_id: int, *, user: User) -> ItemRelation:
    """Return a relation with both items; raises NotFoundError unless both are for this reader."""
    relation = _seen_by(user).filter(pk=relation_id).first()
    if relation is None:
        raise NotFoundError(f"there is no relation {relation_id}")
    return relation


def relations(item: DigitalItem, *, user: User) -> QuerySet[ItemRelation]:
    """Relations of an item with items somebody may see, the surest first (lazy queryset, items joined)."""
    of_item = _seen_by(user).filter(Q(first=item) | Q(second=item))
    return of_item.order_by("-score", "id")


def list_suggestions(*, user: User) -> QuerySet[ItemRelation]:
    """Suggested relations nobody has looked at, the surest first (lazy queryset, items joined)."""
    return _seen_by(user).filter(state=RelationState.SUGGESTED).order_by("-score", "id")


def _seen_by(user: User) -> QuerySet[ItemRelation]:
    seen = visible_items(user)
    both = ItemRelation.objects.filter(first__in=seen, second__in=seen)
    return both.select_related("first", "second", "decided_by")


def group_of(item: DigitalItem, *, user: User) -> CopyGroup:
    """Return all items that confirmed relations join with this one; what is hidden joins nothing."""
    confirmed = _seen_by(user).filter(state=RelationState.CONFIRMED, kind__in=COPIES)
    items, found = {item.pk: item}, dict[int, ItemRelation]()
    border = {item.pk}
    while border:
        reached = confirmed.filter(Q(first__in=border) | Q(second__in=border))
        fresh = {relation.pk: relation for relation in reached if relation.pk not in found}
        found |= fresh
        ends = {one.pk: one for relation in fresh.values() for one in (relation.first, relation.second)}
        border = set(ends) - set(items)
        items = ends | items
    by_number = {one.number: one for one in sorted(items.values(), key=lambda one: one.number)}
    ordered = sorted(found.values(), key=lambda relation: (relation.first.number, relation.second.number))
    return CopyGroup(items=by_number, relations=ordered, appearances=_appearances(items))


def appearances_of_group(item: DigitalItem, *, user: User) -> Sequence[Appearance]:
    """Return where copies of an item were published, the earliest seen first."""
    return group_of(item, user=user).appearances


def _appearances(items: Mapping[int, DigitalItem]) -> list[Appearance]:
    found = Appearance.objects.filter(item__in=items, withdrawn_at__isnull=True)
    return list(found.select_related("item", "taken_from", "recorded_by").order_by("seen_at", "id"))


def get_appearance(appearance_id: int, *, user: User) -> Appearance:
    """Return an appearance with its item; raises NotFoundError, also when the item is not for this reader."""
    found = Appearance.objects.filter(pk=appearance_id, item__in=visible_items(user))
    appearance = found.select_related("item").first()
    if appearance is None:
        raise NotFoundError(f"there is no appearance {appearance_id}")
    return appearance
