"""What of the lists waits for a second person."""

from django.db.models import Count, QuerySet

from kuager.domain.lists.models import ListEdition, ListRow
from kuager.domain.lists.terms import EditionState
from kuager.domain.register.models import StatusAssertion


def _waiting() -> QuerySet[StatusAssertion]:
    return StatusAssertion.objects.filter(
        needs_approval=True, approved_at__isnull=True, superseded_at__isnull=True
    )


def waiting_in_edition(edition: ListEdition) -> int:
    """Count the assertions of an applied edition that no second person has approved yet."""
    if edition.state != EditionState.APPLIED:
        return 0
    records = ListRow.objects.filter(edition=edition, record__isnull=False).values("record")
    return _waiting().filter(citation__source=edition.source_id, record__in=records).count()


def waiting_by_list() -> dict[int, int]:
    """Count, for each list with any, the assertions of its applied editions that wait."""
    rows = (
        _waiting()
        .filter(citation__source__editions__state=EditionState.APPLIED)
        .values_list("citation__source__editions__casualty_list")
        .annotate(waiting=Count("pk", distinct=True))
    )
    return dict(rows)
