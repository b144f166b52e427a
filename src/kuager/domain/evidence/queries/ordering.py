"""Copies that were ordered: what they shall be, and how far they are."""

import json
from dataclasses import dataclass

from django.db.models import QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import CopyOrder, DigitalItem
from kuager.domain.evidence.queries.visibility import check_sees
from kuager.domain.evidence.terms import OrderState
from kuager.engines.media.redacting import Recipe
from kuager.engines.vault.vault import Vault


@dataclass(frozen=True, slots=True)
class OrderedCopy:
    """What was ordered, unsealed: the recipe, and why."""

    recipe: Recipe
    reason: str


def recipe_of(vault: Vault, order: CopyOrder) -> OrderedCopy:
    """Return what an order asks for; needs the open vault."""
    content = json.loads(vault.unseal(bytes(order.recipe_sealed)))
    return OrderedCopy(Recipe.from_json(content["recipe"]), str(content["reason"]))


def get_order(number: int, *, item: DigitalItem, user: User) -> CopyOrder:
    """Return an order about an item; raises NotFoundError when there is none for this reader."""
    check_sees(user, item)
    found = CopyOrder.objects.select_related("item", "by", "result").filter(pk=number, item=item).first()
    if found is None:
        raise NotFoundError(f"there is no order {number} for a copy of item {item.number}")
    return found


def order_by_number(number: int) -> CopyOrder:
    """Return an order for the program itself, which sees everything; raises NotFoundError."""
    found = CopyOrder.objects.select_related("item", "by", "result").filter(pk=number).first()
    if found is None:
        raise NotFoundError(f"there is no order {number}")
    return found


def list_orders(item: DigitalItem, *, user: User) -> QuerySet[CopyOrder]:
    """List what was ordered of an item, newest first, drawings that came to nothing left out."""
    check_sees(user, item)
    found = CopyOrder.objects.filter(item=item).exclude(state=OrderState.DRAFT)
    return found.select_related("by", "result").order_by("-id")


def list_unfinished_orders() -> list[int]:
    """Return the numbers of orders that wait or were left half-way. For the program itself."""
    states = [OrderState.WAITING, OrderState.RUNNING]
    return list(CopyOrder.objects.filter(state__in=states).order_by("id").values_list("pk", flat=True))
