"""Single marks, findings and grants, for those who may see the item they belong to."""

from django.db.models import QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.accounts.models import User
from kuager.domain.evidence.models import ItemReader, Mark, Verification
from kuager.domain.evidence.queries.visibility import visible_items


def get_mark(mark_id: int, *, user: User) -> Mark:
    """Return a mark in force with its item; raises NotFoundError, also when it is not for this reader."""
    found = Mark.objects.filter(
        pk=mark_id, superseded_at__isnull=True, item__in=visible_items(user)
    ).select_related("item", "by")
    mark = found.first()
    if mark is None:
        raise NotFoundError(f"there is no mark {mark_id}")
    return mark


def get_verification(verification_id: int, *, user: User) -> Verification:
    """Return a finding with its item; raises NotFoundError, also when the item is not for this reader."""
    found = Verification.objects.filter(pk=verification_id, item__in=visible_items(user))
    verification = found.select_related("item", "by").first()
    if verification is None:
        raise NotFoundError(f"there is no finding {verification_id}")
    return verification


def list_verifications(*, user: User, state: str = "") -> QuerySet[Verification]:
    """List findings about items somebody may see, oldest first (lazy queryset; their texts stay sealed)."""
    found = Verification.objects.filter(item__in=visible_items(user)).select_related("item", "by")
    if state:
        found = found.filter(state=state)
    return found.defer("question_sealed", "method_sealed", "finding_sealed").order_by("at", "id")


def get_reader(reader_id: int, *, user: User) -> ItemReader:
    """Return a grant with its item; raises NotFoundError, also when the item is not for this reader."""
    found = ItemReader.objects.filter(pk=reader_id, item__in=visible_items(user))
    reader = found.select_related("item", "user").first()
    if reader is None:
        raise NotFoundError(f"there is no reader {reader_id}")
    return reader
