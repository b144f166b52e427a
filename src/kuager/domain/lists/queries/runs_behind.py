"""On which link runs the persons of the register rest, as it was known at a moment."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, OuterRef, Q, Subquery

from kuager.domain.lists.models import CandidatePair, LinkRun
from kuager.domain.lists.terms import LinkState
from kuager.domain.people.models import Judgement
from kuager.domain.people.terms import Method, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class RunBehind:
    """A run from which links in force came: accepted together from a probability on, or compared by eye."""

    run: LinkRun
    accepted: int
    by_eye: int


def runs_behind(known_at: datetime) -> list[RunBehind]:
    """Return the runs, oldest first, whose pairs people had judged the same and that were in force then.

    A judgement belongs to the newest run that had shown its pair by then.
    """
    shown = CandidatePair.objects.filter(
        record_a=OuterRef("record_a"),
        record_b=OuterRef("record_b"),
        run__known_at__lte=OuterRef("decided_at"),
        run__state=LinkState.DONE,
    )
    links = (
        Judgement.objects.filter(verdict=Verdict.SAME, decided_at__lte=known_at)
        .filter(Q(ended_at__isnull=True) | Q(ended_at__gt=known_at))
        .exclude(method=Method.EDITION)
        .annotate(run=Subquery(shown.order_by("-run_id").values("run_id")[:1]))
        .filter(run__isnull=False)
    )
    counts: dict[int, dict[str, int]] = defaultdict(dict)
    for run, method, number in links.values_list("run", "method").annotate(n=Count("id")).order_by():
        counts[run][method] = number
    runs = LinkRun.objects.filter(pk__in=counts).prefetch_related("lists__publisher").order_by("id")
    return [
        RunBehind(
            run=run,
            accepted=counts[run.pk].get(Method.LINK_RUN, 0),
            by_eye=counts[run.pk].get(Method.REVIEW, 0),
        )
        for run in runs
    ]
