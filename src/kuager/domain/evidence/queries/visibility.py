"""Who sees which item.

Promises: whoever may not look at evidence is refused; of the others, who may not see an item hears what
everybody hears of an item that does not exist. Restricted items are seen by those who brought them and by
their readers.
"""

from django.db.models import Exists, OuterRef, Q, QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.models import User
from kuager.domain.accounts.rules import check_may
from kuager.domain.accounts.terms import Capability
from kuager.domain.evidence.models import Acquisition, DigitalItem, ItemReader


def visible_items(user: User) -> QuerySet[DigitalItem]:
    """Items that somebody may know of (lazy queryset); raises PermissionDeniedError without the right."""
    check_may(user, Capability.VIEW_EVIDENCE)
    return DigitalItem.objects.filter(_sees(user))


def _sees(user: User) -> Q:
    brought = Acquisition.objects.filter(item=OuterRef("pk"), by=user)
    reads = ItemReader.objects.filter(item=OuterRef("pk"), user=user, ended_at__isnull=True)
    return Q(is_restricted=False) | Q(Exists(brought)) | Q(Exists(reads))


def may_see(user: User, item: DigitalItem) -> bool:
    """Whether somebody may know of an item."""
    return visible_items(user).filter(pk=item.pk).exists()


def check_sees(user: User, item: DigitalItem) -> None:
    """Raise NotFoundError, as for an item that does not exist, unless somebody may know of it."""
    if not may_see(user, item):
        raise nothing(item.number)


def nothing(number: int) -> NotFoundError:
    """Return the one answer for an item that is not there, or not for this reader."""
    return NotFoundError(f"there is no item {number}")
