"""Finding lists, editions, runs and estimates."""

from django.db.models import Count, Q, QuerySet

from kuager.core.errors import NotFoundError
from kuager.domain.lists.models import (
    CandidatePair,
    CasualtyList,
    EstimateDraws,
    EstimateRun,
    LinkRun,
    ListEdition,
    ListRow,
)
from kuager.domain.lists.queries.answers import ListSummary
from kuager.domain.lists.terms import EditionState, EstimateState, LinkState
from kuager.domain.sources.models import Publisher


def list_lists() -> list[ListSummary]:
    """Return every list by title, with its newest applied edition and its records in the register."""
    lists = list(CasualtyList.objects.select_related("publisher", "built_from").order_by("title", "id"))
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
    runs = LinkRun.objects.prefetch_related("lists").order_by("-id")
    return runs.defer("trained", "doubt", "kept_apart")


def latest_run() -> LinkRun | None:
    """Return the newest linkage run that is done; None before the first."""
    return list_runs().filter(state=LinkState.DONE).first()


def previous_run(run: LinkRun) -> LinkRun | None:
    """Return the newest run before this one that is done and compared the same lists; None without."""
    wanted = set(run.lists.values_list("pk", flat=True))
    earlier = LinkRun.objects.filter(state=LinkState.DONE, pk__lt=run.pk).order_by("-id")
    for one in earlier.prefetch_related("lists"):
        if {chosen.pk for chosen in one.lists.all()} == wanted:
            return one
    return None


def list_unfinished_runs() -> list[int]:
    """Return the ids of link runs that wait or say that they are being computed, oldest first."""
    unfinished = LinkRun.objects.filter(state__in=[LinkState.WAITING, LinkState.RUNNING])
    return list(unfinished.order_by("id").values_list("id", flat=True))


def get_pair(pair_id: int) -> CandidatePair:
    """Return one candidate pair with its records; raises NotFoundError."""
    try:
        return CandidatePair.objects.select_related("run", "record_a", "record_b").get(pk=pair_id)
    except CandidatePair.DoesNotExist:
        raise NotFoundError(f"there is no pair {pair_id}") from None


def get_estimate(estimate_id: int) -> EstimateRun:
    """Return one estimate; raises NotFoundError."""
    try:
        return (
            EstimateRun.objects.select_related("run_by", "repeats")
            .prefetch_related("lists")
            .get(pk=estimate_id)
        )
    except EstimateRun.DoesNotExist:
        raise NotFoundError(f"there is no estimate {estimate_id}") from None


def list_estimates(
    *, status: str | None = None, state: str = "", is_publishable: bool | None = None
) -> QuerySet[EstimateRun]:
    """Estimates, newest first (lazy queryset, lists prefetched, without tables and results).

    Parameters
    ----------
    status
        Only those about people with this status; "" for those about everybody, None for all.
    """
    runs = EstimateRun.objects.select_related("run_by").prefetch_related("lists").order_by("-id")
    runs = runs.defer("histories", "results")
    if status is not None:
        runs = runs.filter(status=status)
    if state:
        runs = runs.filter(state=state)
    return runs if is_publishable is None else runs.filter(is_publishable=is_publishable)


def list_unfinished_estimates() -> list[int]:
    """Return the ids of estimates that wait or say that they are being computed, oldest first."""
    unfinished = EstimateRun.objects.filter(state__in=[EstimateState.WAITING, EstimateState.RUNNING])
    return list(unfinished.order_by("id").values_list("id", flat=True))


def list_repeats(run: EstimateRun) -> list[EstimateRun]:
    """Return the runs of the same question, in order: the one that was repeated, and its repetitions."""
    first = run.repeats or run
    found = EstimateRun.objects.filter(Q(pk=first.pk) | Q(repeats=first.pk)).select_related("run_by")
    return list(found.order_by("id").defer("histories", "results"))


def list_draws(run: EstimateRun) -> list[EstimateDraws]:
    """Return what the methods of a run have drawn, by method."""
    return list(EstimateDraws.objects.filter(run=run).order_by("method"))
