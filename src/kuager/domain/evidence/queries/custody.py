"""Who did what with an item and when, as the index tells it; the log of the vault proves it."""

from django.db.models import Q, QuerySet

from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import CustodyEvent, DigitalItem
from kuager.domain.evidence.queries.visibility import visible_items


def history(item: DigitalItem) -> QuerySet[CustodyEvent]:
    """Every act with an item, oldest first (lazy queryset, people joined)."""
    return item.custody.select_related("by").order_by("number")


def list_custody(*, user: User, act: str = "") -> QuerySet[CustodyEvent]:
    """Acts with all items somebody may see, and acts with none, newest first (lazy queryset)."""
    events = CustodyEvent.objects.filter(Q(item__isnull=True) | Q(item__in=visible_items(user)))
    if act:
        events = events.filter(act=act)
    return events.select_related("by", "item").order_by("-number")
