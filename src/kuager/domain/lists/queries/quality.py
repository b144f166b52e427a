"""How good the links of a run are: measured by blind double review, and expected from the probabilities.

Promises: measured figures rest on nothing but blind answers and the decisions of third persons, as they were
known at a moment; the same moment gives the same figures for ever. What nobody measured is None, not a guess.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import polars as pl
from django.db.models import Count, F, Q, QuerySet, Sum

from kuager.domain.lists.models import (
    BlindAnswer,
    CandidatePair,
    CasualtyList,
    DoubleReview,
    LinkRun,
    SampledPair,
)
from kuager.domain.lists.rules.double_review import state_after
from kuager.domain.lists.terms import PairState, SampleState
from kuager.domain.people.terms import Verdict
from kuager.engines.linkage.reviewing import Agreement, MeasuredQuality, agreement, measured_quality

DEFAULT_THRESHOLD = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class StratumCounts:
    """What was said of the sampled pairs of one stratum, which stand for ``pairs`` pairs of the run."""

    stratum: str
    pairs: float
    sampled: int
    same: int
    different: int
    unsettled: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MeasuredLinks:
    """What a blind double review of a run has measured so far.

    ``reviewed`` of ``sampled`` pairs have two answers; ``differing`` of them wait for a third person and
    count as unsettled. ``measured`` and ``agreement`` are None until a pair has two answers.
    """

    review: DoubleReview
    sampled: int
    reviewed: int
    differing: int
    reviewers: int
    agreement: Agreement | None
    measured: MeasuredQuality | None
    strata: tuple[StratumCounts, ...]

    @property
    def is_complete(self) -> bool:
        """Whether every pair of the sample is settled."""
        return self.reviewed == self.sampled and not self.differing


@dataclass(frozen=True, slots=True, kw_only=True)
class ExpectedAt:
    """What to expect of taking all pairs from a probability on: as good as the probabilities are.

    ``false`` of ``links`` are expected to be different people, ``missed`` pairs of one person are left apart.
    """

    threshold: float
    links: int
    false: float
    missed: float

    @property
    def precision(self) -> float:
        """Expected share of the links that are right, 0..1."""
        return 1.0 - self.false / self.links if self.links else 1.0

    @property
    def recall(self) -> float:
        """Expected share of the pairs of one person that are linked, 0..1."""
        right = self.links - self.false
        return right / (right + self.missed) if right + self.missed > 0 else 1.0


@dataclass(frozen=True, slots=True)
class _Answered:
    """The two blind answers of a pair (by reviewer), and what the pair comes to."""

    blind: tuple[tuple[int, str], ...]
    state: SampleState
    verdict: str


def measured_links(run: LinkRun, *, known_at: datetime | None = None) -> MeasuredLinks | None:
    """Return what the newest double review of a run with an answered pair has measured; None without one."""
    reviews = DoubleReview.objects.filter(run=run).select_related("run", "drawn_by").order_by("-id")
    for review in reviews if known_at is None else reviews.filter(drawn_at__lte=known_at):
        found = review_quality(review, known_at=known_at)
        if found.reviewed:
            return found
    return None


def review_quality(review: DoubleReview, *, known_at: datetime | None = None) -> MeasuredLinks:
    """Return what one double review has measured, as it was known at a moment (None: now)."""
    pairs = list(SampledPair.objects.filter(review=review).order_by("position"))
    answers = _answered(BlindAnswer.objects.filter(sampled__review=review), known_at)
    both = [found for pair in pairs if len((found := answers.get(pair.pk, _NONE)).blind) == 2]
    first, second = ([found.blind[side][1] for found in both] for side in (0, 1))
    return MeasuredLinks(
        review=review,
        sampled=len(pairs),
        reviewed=len(both),
        differing=sum(found.state == SampleState.THIRD for found in both),
        reviewers=len({reviewer for found in both for reviewer, _ in found.blind}),
        agreement=agreement(first, second) if both else None,
        measured=_measured(pairs, answers, not_compared(review.run)) if both else None,
        strata=tuple(_strata(pairs, answers)),
    )


def expected_links(run: LinkRun, *, threshold: float = DEFAULT_THRESHOLD) -> ExpectedAt:
    """Add up the probabilities of a run's pairs on both sides of a threshold."""
    pairs = CandidatePair.objects.filter(run=run).exclude(state=PairState.WITHDRAWN)
    linked, apart = Q(probability__gte=threshold), Q(probability__lt=threshold)
    sums = pairs.aggregate(
        links=Count("pk", filter=linked),
        right=Sum(F("probability"), filter=linked),
        missed=Sum(F("probability"), filter=apart),
    )
    links, right = int(sums["links"]), float(sums["right"] or 0.0)
    return ExpectedAt(
        threshold=threshold,
        links=links,
        false=max(links - right, 0.0),
        missed=float(sums["missed"] or 0.0) + not_compared(run),
    )


def not_compared(run: LinkRun) -> float:
    """Return how many pairs of one person the run expects among records that it never compared."""
    said = run.expected.get("not_compared", 0.0) if isinstance(run.expected, dict) else 0.0
    return float(said or 0.0)


def runs_of(casualty_list: CasualtyList, *, newest: int = 5) -> list[LinkRun]:
    """Return the newest runs that compared a list and found pairs, newest first."""
    runs = LinkRun.objects.filter(lists=casualty_list, pair_count__gt=0).prefetch_related("lists")
    return list(runs.order_by("-id")[:newest])


def list_quality(casualty_list: CasualtyList) -> tuple[LinkRun | None, MeasuredLinks | None]:
    """Return the newest run of a list, and the newest measurement among its newest runs."""
    runs = runs_of(casualty_list)
    measured = (found for run in runs if (found := measured_links(run)) is not None)
    return (runs[0] if runs else None), next(measured, None)


_NONE = _Answered((), SampleState.FIRST, "")


def _answered(answers: QuerySet[BlindAnswer], known_at: datetime | None) -> dict[int, _Answered]:
    """Return what was said of each sampled pair by a moment; its two reviewers in the order of their ids."""
    in_force = Q(ended_at__isnull=True)
    if known_at is not None:
        in_force = Q(answered_at__lte=known_at) & (in_force | Q(ended_at__gt=known_at))
    said: dict[int, list[tuple[int, str]]] = defaultdict(list)
    decided: dict[int, str] = {}
    rows = answers.filter(in_force).order_by("reviewer_id")
    for sampled, reviewer, is_deciding, verdict in rows.values_list(
        "sampled_id", "reviewer_id", "is_deciding", "verdict"
    ):
        if is_deciding:
            decided[sampled] = verdict
        else:
            said[sampled].append((reviewer, verdict))
    return {
        sampled: _Answered(
            tuple(blind), *state_after([verdict for _, verdict in blind], decided.get(sampled, ""))
        )
        for sampled, blind in said.items()
    }


def _measured(
    pairs: Sequence[SampledPair], answers: Mapping[int, _Answered], missed: float
) -> MeasuredQuality:
    """Ask the engine; a pair on which reviewers still differ is unsettled, one not yet answered unknown."""
    rows = [
        (pair.stratum, pair.stands_for, pair.is_linked, _said(answers.get(pair.pk, _NONE))) for pair in pairs
    ]
    schema = {"stratum": pl.String, "weight": pl.Float64, "linked": pl.Boolean, "verdict": pl.String}
    return measured_quality(pl.DataFrame(rows, schema=schema, orient="row"), not_compared=missed)


def _strata(pairs: Sequence[SampledPair], answers: Mapping[int, _Answered]) -> Iterator[StratumCounts]:
    """Count by stratum, in the order of their names: all that the figures are computed from."""
    inside: dict[str, list[SampledPair]] = defaultdict(list)
    for pair in pairs:
        inside[pair.stratum].append(pair)
    for stratum in sorted(inside):
        said = Counter(_said(answers.get(pair.pk, _NONE)) for pair in inside[stratum])
        yield StratumCounts(
            stratum=stratum,
            pairs=sum(pair.stands_for for pair in inside[stratum]),
            sampled=len(inside[stratum]),
            same=said[Verdict.SAME.value],
            different=said[Verdict.DIFFERENT.value],
            unsettled=said[Verdict.UNSURE.value],
        )


def _said(found: _Answered) -> str | None:
    if len(found.blind) < 2:
        return None
    return found.verdict or Verdict.UNSURE.value
