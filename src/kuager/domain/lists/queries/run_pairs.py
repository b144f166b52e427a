"""The pairs of a link run: found by filters, counted by probability, and those surer than a threshold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Exists, F, FloatField, Max, OuterRef, Q, QuerySet, Sum
from django.db.models.functions import Abs, Floor

from kuager.domain.accounts.models import User
from kuager.domain.lists.models import CandidatePair, LinkRun, ListRow, SkippedPair
from kuager.domain.lists.queries.answers import PairSummary
from kuager.domain.lists.queries.finding import latest_run
from kuager.domain.lists.queries.hidden import without_blind
from kuager.domain.lists.queries.overlapping import WAITING
from kuager.domain.lists.terms import PairState, SkipReason
from kuager.domain.people.models import Judgement, Record
from kuager.domain.places.queries import place_index
from kuager.domain.register.models import StatusAssertion

BINS = 20
PUT_OFF = (SkipReason.LATER, SkipReason.ASK)


@dataclass(frozen=True, slots=True, kw_only=True)
class PairFilter:
    """Which pairs to show; what is None or empty filters nothing, but no run means the newest one.

    Probabilities are 0..1, both ends included.
    """

    run_id: int | None = None
    state: str = ""
    list_a: int | None = None
    list_b: int | None = None
    region: int | None = None
    asked_for: str = ""
    lowest: float | None = None
    highest: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """The pairs of a run between two probabilities, and how many of them wait."""

    low: float
    high: float
    count: int
    open: int


def find_pairs(wanted: PairFilter, *, offset: int = 0, limit: int = 50) -> tuple[list[PairSummary], int]:
    """Return one page of pairs, those whose answer teaches most first, and how many there are."""
    pairs = in_order(_filtered(wanted))
    return summaries(
        list(pairs.select_related("record_a", "record_b")[offset : offset + limit])
    ), pairs.count()


def next_wanted(
    user: User, wanted: PairFilter, *, after: CandidatePair | None = None
) -> CandidatePair | None:
    """Return the next pair within a filter that this user may judge; None when none waits.

    ``after`` goes on behind that pair and begins again at the top once the end is reached. What the user
    skipped to think or to ask comes back when nothing else is left; what they left to others does not.
    """
    waiting = _not_judged_by(_waiting(_filtered(wanted)), user)
    mine = in_order(waiting.exclude(Exists(_skips_of(user))))
    if after is None:
        return mine.first() or _put_off(waiting, user).first()
    return (
        mine.filter(_behind(after)).first()
        or mine.exclude(pk=after.pk).first()
        or _put_off(waiting, user).exclude(pk=after.pk).first()
    )


def in_order(pairs: QuerySet[CandidatePair]) -> QuerySet[CandidatePair]:
    """Put those first whose answer teaches most, then the most doubtful: a sure pair teaches nothing."""
    return pairs.annotate(doubt=Abs(F("probability") - 0.5, output_field=FloatField())).order_by(
        F("review_rank").asc(nulls_last=True), "doubt", "id"
    )


def _behind(after: CandidatePair) -> Q:
    doubt = abs(after.probability - 0.5)
    unranked = Q(review_rank__isnull=True)
    if after.review_rank is not None:
        return unranked | Q(review_rank__gt=after.review_rank)
    return unranked & (Q(doubt__gt=doubt) | Q(doubt=doubt, pk__gt=after.pk))


def _waiting(pairs: QuerySet[CandidatePair]) -> QuerySet[CandidatePair]:
    return pairs.filter(
        state__in=WAITING,
        record_a__assignments__known_until__isnull=True,
        record_b__assignments__known_until__isnull=True,
    )


def _skips_of(user: User) -> QuerySet[SkippedPair]:
    return SkippedPair.objects.filter(pair=OuterRef("pk"), reviewer=user)


def _put_off(pairs: QuerySet[CandidatePair], user: User) -> QuerySet[CandidatePair]:
    """Keep what this user only put off, the longest ago first."""
    for_others = _skips_of(user).exclude(reason__in=PUT_OFF)
    skipped = Max("skips__skipped_at", filter=Q(skips__reviewer=user))
    put_off = pairs.exclude(Exists(for_others)).annotate(last_skipped=skipped)
    return put_off.filter(last_skipped__isnull=False).order_by("last_skipped", "id")


def _not_judged_by(pairs: QuerySet[CandidatePair], user: User) -> QuerySet[CandidatePair]:
    """Leave out the pairs of which this user has said something that is in force."""
    said = Judgement.objects.filter(
        author=user, ended_at__isnull=True, record_a=OuterRef("record_a"), record_b=OuterRef("record_b")
    )
    return pairs.exclude(Exists(said))


def _filtered(wanted: PairFilter) -> QuerySet[CandidatePair]:
    run = latest_run() if wanted.run_id is None else LinkRun.objects.filter(pk=wanted.run_id).first()
    if run is None:
        return CandidatePair.objects.none()
    pairs = without_blind(CandidatePair.objects.filter(run=run))
    if wanted.state:
        pairs = pairs.filter(state=wanted.state)
    if wanted.lowest is not None:
        pairs = pairs.filter(probability__gte=wanted.lowest)
    if wanted.highest is not None:
        pairs = pairs.filter(probability__lte=wanted.highest)
    if wanted.asked_for:
        pairs = pairs.filter(asked_for=wanted.asked_for)
    if wanted.region is not None:
        pairs = _in_region(pairs, wanted.region, run.known_at.date())
    return _between_lists(pairs, [number for number in (wanted.list_a, wanted.list_b) if number is not None])


def _in_region(pairs: QuerySet[CandidatePair], region_id: int, on: date) -> QuerySet[CandidatePair]:
    """Keep pairs of which a source places something, or the home, of either record in a region of a day."""
    index = place_index()
    inside = [number for number in index.places if index.region_of(number, on) == region_id]
    told = StatusAssertion.objects.filter(place__in=inside, superseded_at__isnull=True).values("record")
    lived = Record.objects.filter(home_place__in=inside).values("pk")
    here = Q(record_a__in=told) | Q(record_b__in=told) | Q(record_a__in=lived) | Q(record_b__in=lived)
    return pairs.filter(here)


def _between_lists(pairs: QuerySet[CandidatePair], list_ids: Sequence[int]) -> QuerySet[CandidatePair]:
    """Keep pairs with a record of each of these lists; one list alone may stand on either side."""
    if not list_ids:
        return pairs
    on = [
        ListRow.objects.filter(edition__casualty_list=number, record__isnull=False).values("record")
        for number in list_ids
    ]
    first, last = on[0], on[-1]
    if len(on) == 1:
        return pairs.filter(Q(record_a__in=first) | Q(record_b__in=first))
    return pairs.filter(Q(record_a__in=first, record_b__in=last) | Q(record_a__in=last, record_b__in=first))


def pair_named(run: LinkRun, name: str, other_name: str) -> CandidatePair | None:
    """Return the likeliest pair of a run whose records bear these two names; None where there is none."""
    names = Q(record_a__name=name, record_b__name=other_name) | Q(
        record_a__name=other_name, record_b__name=name
    )
    pairs = CandidatePair.objects.filter(names, run=run).select_related("run", "record_a", "record_b")
    return pairs.order_by("-probability", "id").first()


def summaries(pairs: Sequence[CandidatePair]) -> list[PairSummary]:
    """Name the records of pairs and the lists they come from."""
    records = {number for pair in pairs for number in (pair.record_a_id, pair.record_b_id)}
    titles = dict(
        ListRow.objects.filter(record__in=records)
        .order_by("-edition_id")
        .values_list("record_id", "edition__casualty_list__title")
    )
    return [
        PairSummary(
            pair=pair,
            name_a=pair.record_a.name,
            name_b=pair.record_b.name,
            list_a=titles.get(pair.record_a_id, ""),
            list_b=titles.get(pair.record_b_id, ""),
        )
        for pair in pairs
    ]


def probability_bins(run: LinkRun) -> list[Bin]:
    """Count the pairs of a run by probability, in twenty steps, the surest first."""
    rows = (
        CandidatePair.objects.filter(run=run)
        .annotate(step=Floor(F("probability") * BINS))
        .values_list("step")
        .annotate(count=Count("pk"), open=Count("pk", filter=~Q(state=PairState.DECIDED)))
    )
    counts: dict[int, tuple[int, int]] = {}
    for step, count, waiting in rows:
        # A probability of exactly 1 belongs to the last step.
        place = min(int(step), BINS - 1)
        before = counts.get(place, (0, 0))
        counts[place] = (before[0] + count, before[1] + waiting)
    return [
        Bin(low=step / BINS, high=(step + 1) / BINS, count=counts[step][0], open=counts[step][1])
        for step in sorted(counts, reverse=True)
    ]


def links_from(run: LinkRun, threshold: float, *, sample: int = 10) -> tuple[int, list[PairSummary]]:
    """Count the open pairs of a run from a probability on, and show the least sure of them."""
    pairs = without_blind(
        CandidatePair.objects.filter(run=run, state=PairState.OPEN, probability__gte=threshold)
    )
    least_sure = pairs.select_related("record_a", "record_b").order_by("probability", "id")[:sample]
    return pairs.count(), summaries(list(least_sure))


def expected_wrong(run: LinkRun, threshold: float) -> float:
    """Say how many of the open pairs from a probability on are expected not to be one person."""
    pairs = CandidatePair.objects.filter(run=run, state=PairState.OPEN, probability__gte=threshold)
    found = without_blind(pairs).aggregate(count=Count("pk"), right=Sum("probability"))
    return float(found["count"] - (found["right"] or 0.0))
