"""Finding lists, editions, runs and estimates."""

from django.db.models import Count, QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.lists.models import CandidatePair, CasualtyList, EstimateRun, LinkRun, ListEdition, ListRow
from kuager.domain.lists.queries.answers import ListSummary
from kuager.domain.lists.terms import EditionState
from kuager.domain.sources.models import Publisher


def list_lists() -> list[ListSummary]:
    """Return every list by title, with its newest applied edition and its records in the register."""
    lists = list(CasualtyList.objects.select_related("publisher").order_by("title", "id"))
    latest: dict[int, ListEdition] = {}
    counts: dict[int, int] = {}
    for edition in ListEdition.objects.order_by("applied_at", "id"):
        counts[edition.casualty_list_id] = counts.get(edition.casualty_list_id, 0) + 1
        if edition.state == EditionState.APPLIED:
            latest[edition.casualty_list_id] = edition
    records = records_in_register()
    return [
        ListSummary(
            casualty_list=one,
            latest=latest.get(one.pk),
            edition_count=counts.get(one.pk, 0),
            record_count=records.get(one.pk, 0),
        )
        for one in lists
    ]


def records_in_register() -> dict[int, int]:
    """Count, for each list, the persons of it that stand in the register now."""
    rows = (
        ListRow.objects.filter(
            edition__state=EditionState.APPLIED,
            record__assignments__known_until__isnull=True,
            record__isnull=False,
        )
        .values_list("edition__casualty_list_id")
        .annotate(records=Count("record__assignments__person_id", distinct=True))
    )
    return dict(rows)


def get_list(list_id: int) -> CasualtyList:
    """Return one list with its publisher; raises NotFoundError."""
    try:
        return CasualtyList.objects.select_related("publisher").get(pk=list_id)
    except CasualtyList.DoesNotExist:
        raise NotFoundError(f"there is no list {list_id}") from None


def find_list(publisher: Publisher, title: str) -> CasualtyList | None:
    """Return the list that this publisher calls so; None when there is none."""
    return CasualtyList.objects.filter(publisher=publisher, title=" ".join(title.split())).first()


def get_edition(edition_id: int) -> ListEdition:
    """Return one edition with list, publisher and source; raises NotFoundError."""
    try:
        return ListEdition.objects.select_related(
            "casualty_list__publisher", "source", "previous", "staged_by"
        ).get(pk=edition_id)
    except ListEdition.DoesNotExist:
        raise NotFoundError(f"there is no edition {edition_id}") from None


def list_editions(casualty_list: CasualtyList | None = None) -> QuerySet[ListEdition]:
    """Editions of one list or of all, newest first (lazy queryset, list joined)."""
    editions = ListEdition.objects.select_related("casualty_list__publisher", "staged_by").order_by("-id")
    return editions if casualty_list is None else editions.filter(casualty_list=casualty_list)


def get_run(run_id: int) -> LinkRun:
    """Return one linkage run; raises NotFoundError."""
    try:
        return LinkRun.objects.get(pk=run_id)
    except LinkRun.DoesNotExist:
        raise NotFoundError(f"there is no linkage run {run_id}") from None


def list_runs() -> QuerySet[LinkRun]:
    """Linkage runs, newest first (lazy queryset, lists prefetched)."""
    return LinkRun.objects.prefetch_related("lists").order_by("-id")


def latest_run() -> LinkRun | None:
    """Return the newest linkage run; None before the first."""
    return list_runs().first()


def get_pair(pair_id: int) -> CandidatePair:
    """Return one candidate pair with its records; raises NotFoundError."""
    try:
        return CandidatePair.objects.select_related("run", "record_a", "record_b").get(pk=pair_id)
    except CandidatePair.DoesNotExist:
        raise NotFoundError(f"there is no pair {pair_id}") from None


def get_estimate(estimate_id: int) -> EstimateRun:
    """Return one estimate; raises NotFoundError."""
    try:
        return EstimateRun.objects.prefetch_related("lists").get(pk=estimate_id)
    except EstimateRun.DoesNotExist:
        raise NotFoundError(f"there is no estimate {estimate_id}") from None


def list_estimates() -> QuerySet[EstimateRun]:
    """Estimates, newest first (lazy queryset, lists prefetched)."""
    return EstimateRun.objects.prefetch_related("lists").order_by("-id")
