"""Everything that can be changed, changed in turn, and what the number would be then."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from itertools import combinations
from typing import TYPE_CHECKING

from kuager.core.errors import KuagerError
from kuager.engines.estimation.guard import TWO_LIST_METHODS
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.methods import estimate
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sensitivity.accrual import trajectory, trajectory_sentences
from kuager.engines.estimation.sensitivity.consistency import InternalConsistency, internal_consistency
from kuager.engines.estimation.sensitivity.dependence import (
    DependenceRange,
    odds_ratio_range,
    pair_sentences,
)
from kuager.engines.estimation.sensitivity.leaving_out import leave_one_out, left_out_sentences
from kuager.engines.estimation.sensitivity.merging import merged, merged_sentence, proposed_merges
from kuager.engines.estimation.sensitivity.priors import OTHER_PRIORS, prior_sensitivity, prior_sentences
from kuager.engines.estimation.sensitivity.variation import Row, Variation, alone
from kuager.engines.estimation.sentences import Sentence

if TYPE_CHECKING:
    import polars as pl

# Our choice: with more lists the ranges of all pairs tell a reader nothing.
MOST_LISTS_FOR_PAIRS = 5


@dataclass(frozen=True, kw_only=True)
class Sensitivity:
    """How the answer changes when something is changed.

    Parameters
    ----------
    answer : Estimate
        The unchanged answer.
    left_out : tuple of Variation
        Without each list.
    merges : tuple of Variation
        With lists taken as one: copies, and pairs that share more than chance would give.
    priors : tuple of Variation
        Under other priors, if the method has one.
    dependence : tuple of DependenceRange
        Two lists at a time, over a range of dependence; from Lincoln-Petersen, whatever the method.
    consistency : InternalConsistency or None
        How often the method found the size of a list from the others; None with two lists.
    trajectory : tuple of Variation
        As records came in, if the days were given.
    sentences : tuple of str
        All of it in words.

    """

    answer: Estimate
    left_out: tuple[Variation, ...]
    merges: tuple[Variation, ...]
    priors: tuple[Variation, ...]
    dependence: tuple[DependenceRange, ...]
    consistency: InternalConsistency | None
    trajectory: tuple[Variation, ...]
    sentences: tuple[Sentence, ...]

    def to_json(self) -> dict[str, object]:
        """Answer as the command prints it."""
        return {
            "answer": self.answer.to_json(),
            "left_out": [case.to_json() for case in self.left_out],
            "merged": [case.to_json() for case in self.merges],
            "priors": [case.to_json() for case in self.priors],
            "dependence": [case.to_json() for case in self.dependence],
            "consistency": self.consistency.to_json() if self.consistency else None,
            "trajectory": [case.to_json() for case in self.trajectory],
            "sentences": [str(sentence) for sentence in self.sentences],
        }

    def to_dataframe(self) -> "pl.DataFrame":
        """Give one row for each changed answer.

        Columns: ``analysis`` (left out, merged, prior, dependence, consistency, date), ``name``,
        ``estimate``, ``low``, ``high``, ``times`` (of the unchanged answer, or of the truth), ``truth``,
        ``publishable``, ``reason``.
        """
        import polars as pl

        schema = dict.fromkeys(("estimate", "low", "high", "times", "truth"), pl.Float64)
        texts = dict.fromkeys(("analysis", "name", "reason"), pl.String)
        order = ("analysis", "name", "estimate", "low", "high", "times", "truth", "publishable", "reason")
        types = {**schema, **texts, "publishable": pl.Boolean}
        return pl.DataFrame(self._rows(), schema={name: types[name] for name in order})

    def _rows(self) -> list[Row]:
        changed = (*self.left_out, *self.merges, *self.priors, *self.trajectory)
        rows = [case.to_row() for case in changed]
        rows += [row for case in self.dependence for row in case.to_rows()]
        return rows + (self.consistency.to_rows() if self.consistency else [])


def sensitivity(
    histories: CaptureHistories,
    *,
    method: str,
    request: Request | None = None,
    derived: Mapping[str, str] | None = None,
    by_date: Mapping[date, CaptureHistories] | None = None,
) -> Sensitivity:
    """Change everything that applies to this table and this method.

    Parameters
    ----------
    derived : mapping, optional
        Lists built from another list: name of the copy to name of its origin. They are merged in turn.
    by_date : mapping, optional
        The same lists as they stood on earlier days.

    Raises
    ------
    KuagerError
        The unchanged table has no answer.

    """
    asked = request or Request()
    tell = asked.progress
    tell("answer", 0.0)
    full = estimate(histories, method=method, request=alone(asked), derived=derived)
    many = len(histories.lists) > 2 and method not in TWO_LIST_METHODS
    tell("lists left out", 0.1)
    left_out = leave_one_out(histories, method=method, request=asked, full=full) if many else ()
    tell("lists merged", 0.4)
    proposals = proposed_merges(histories, derived=derived) if many else ()
    merges = tuple(
        merged(histories, method=method, groups=[group], request=asked, full=full) for group, _ in proposals
    )
    tell("known numbers", 0.6)
    consistency = internal_consistency(histories, method=method, request=asked) if many else None
    tell("priors", 0.8)
    priors = (
        prior_sensitivity(histories, method=method, request=asked, full=full)
        if method in OTHER_PRIORS
        else ()
    )
    tell("dependence", 0.95)
    dependence = _pairs(histories, asked)
    accrual = trajectory(by_date, method=method, request=asked) if by_date else ()
    tell("done", 1.0)
    sentences = (
        *(left_out_sentences(left_out, full) if many else ()),
        *(
            said
            for (_, why), case in zip(proposals, merges, strict=True)
            for said in (
                (why, merged_sentence(case, full)) if case.answer else (merged_sentence(case, full),)
            )
        ),
        *(consistency.sentences if consistency else ()),
        *prior_sentences(priors, full),
        *pair_sentences(dependence),
        *trajectory_sentences(accrual),
    )
    return Sensitivity(
        answer=full,
        left_out=left_out,
        merges=merges,
        priors=priors,
        dependence=dependence,
        consistency=consistency,
        trajectory=accrual,
        sentences=sentences,
    )


def _pairs(histories: CaptureHistories, request: Request) -> tuple[DependenceRange, ...]:
    """Ranges of all pairs that share somebody; with two lists the one that there is."""
    if len(histories.lists) > MOST_LISTS_FOR_PAIRS:
        return ()
    found = []
    for first, second in combinations(histories.lists, 2):
        try:
            found.append(odds_ratio_range(histories, lists=(first, second), request=alone(request)))
        except KuagerError:
            continue
    return tuple(found)
