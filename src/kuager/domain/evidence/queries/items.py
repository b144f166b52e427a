"""Finding items, how they came, what was made of them and who may see them."""

from django.db.models import Count, Q, QuerySet

from kuager.core.errors import BadInputError
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import Acquisition, DigitalItem, ItemReader
from kuager.domain.evidence.queries.visibility import nothing, visible_items
from kuager.domain.evidence.rules.kinds import beginnings, every_beginning
from kuager.domain.evidence.terms import MediaKind, ReadingState, ReleaseState

LARGEST_NUMBER = 2**63 - 1


def get_item(number: int, *, user: User) -> DigitalItem:
    """Return an item; raises NotFoundError, the same one, when it is not there or not for this reader."""
    if not 0 <= number <= LARGEST_NUMBER:
        raise nothing(number)
    joined = ("acquired_by", "derived_from", "release_proposed_by", "released_by")
    item = visible_items(user).select_related(*joined).filter(number=number).first()
    if item is None:
        raise nothing(number)
    return item


def list_items(  # noqa: PLR0913  # keyword-only, one for each filter
    *,
    user: User,
    kind: str = "",
    method: str = "",
    state: str = "",
    derivation: str = "",
    release: str = "",
    verification: str = "",
    text: str = "",
) -> QuerySet[DigitalItem]:
    """Items somebody may see, newest first (lazy queryset: who acquired them joined, with counts).

    Parameters
    ----------
    kind
        A :class:`MediaKind`.
    method
        An :class:`AcquisitionMethod`.
    state
        A :class:`ReadingState`.
    derivation
        A :class:`Derivation`.
    release
        A :class:`ReleaseState`.
    verification
        A :class:`VerificationState` that one of its findings is in.
    text
        Number of an item, as somebody types it; names are sealed and cannot be searched here.
    """
    items = visible_items(user).select_related("acquired_by", "derived_from")
    if kind:
        items = items.filter(_of_kind(kind))
    if method:
        items = items.filter(acquisitions__method=method).distinct()
    if state:
        items = items.filter(reading_state=state)
    if derivation:
        items = items.filter(derivation=derivation)
    if release:
        items = items.filter(release_state=release)
    if verification:
        items = items.filter(verifications__state=verification).distinct()
    if text.strip():
        items = items.filter(number=_number(text))
    return items.annotate(
        acquisition_count=Count("acquisitions", distinct=True),
        mark_count=Count("marks", filter=Q(marks__superseded_at__isnull=True), distinct=True),
    ).order_by("-number")


def _of_kind(kind: str) -> Q:
    if kind not in MediaKind.values:
        raise BadInputError(f"there is no kind {kind!r}; expected one of {', '.join(MediaKind.values)}")
    wanted = beginnings(kind)
    condition = Q()
    for beginning in wanted or every_beginning():
        condition |= Q(media_type__startswith=beginning)
    return condition if wanted else ~condition


def _number(text: str) -> int:
    digits = text.strip().lstrip("#№")
    number = int(digits) if digits.isascii() and digits.isdigit() else -1
    return number if number <= LARGEST_NUMBER else -1


def count_items(user: User) -> int:
    """Return how many items somebody may see."""
    return visible_items(user).count()


def acquisitions(item: DigitalItem) -> QuerySet[Acquisition]:
    """How an item came, each time, oldest first (lazy queryset; who brought it and its source joined)."""
    return item.acquisitions.select_related("by", "source__publisher").order_by("number")


def derivatives(item: DigitalItem, *, user: User) -> QuerySet[DigitalItem]:
    """List the copies that were made of an item and that somebody may see (lazy queryset)."""
    return visible_items(user).filter(derived_from=item).select_related("acquired_by").order_by("number")


def list_readers(item: DigitalItem) -> QuerySet[ItemReader]:
    """Who may see a restricted item now, beside those who brought it (lazy queryset, people joined)."""
    readers = item.readers.filter(ended_at__isnull=True)
    return readers.select_related("user", "granted_by").order_by("granted_at", "id")


def list_releasable(user: User) -> QuerySet[DigitalItem]:
    """Redacted items that wait for a second person, oldest proposal first (lazy queryset)."""
    waiting = visible_items(user).filter(release_state=ReleaseState.PROPOSED)
    return waiting.select_related("release_proposed_by", "derived_from").order_by("release_proposed_at")


def items_waiting(limit: int = 100) -> list[DigitalItem]:
    """Return items nobody has looked into yet, oldest first. For the program itself: sees everything."""
    return list(DigitalItem.objects.filter(reading_state=ReadingState.WAITING).order_by("number")[:limit])
