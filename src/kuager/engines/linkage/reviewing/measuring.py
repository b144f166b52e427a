"""Measure precision and recall of links from a sample that was reviewed blind, with honest intervals.

Promises: an interval is never a point unless every pair was reviewed; pairs that reviewers could not settle
are not hidden: they are left out of the middle figure, as if settled like the others of their stratum, and
``least`` and ``most`` say what the figures would be if all of them went against us, or for us. Errors that
both reviewers make are not measured. Method: ratio of Horvitz-Thompson sums over strata; intervals from 4,000
draws of what the pairs not sampled may hold, a beta-binomial for each stratum, whose prior of one pair leans
against the links for the lower end and for them for the upper, as Clopper and Pearson's interval does.

References: Horvitz and Thompson (1952), "A generalization of sampling without replacement from a finite
universe", JASA 47; Brown, Cai and DasGupta (2001), "Interval estimation for a binomial proportion",
Statistical Science 16, sections 3.1 and 4.2.1.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from kuager.core.errors import BadInputError

Floats = npt.NDArray[np.float64]

_DRAWS = 4_000
# What the prior leans to the other side: 0 would be Clopper and Pearson's interval, 0.5 Jeffreys'. Chosen by
# simulation (benchmarks/linkage_review.py): with 0.5, those of small samples in many strata are too short.
_LEAN = 0.2
_COLUMNS = ("stratum", "weight", "linked", "verdict")
VERDICTS = ("same", "different", "unsure")


@dataclass(frozen=True, slots=True)
class Measured:
    """A share, 0 to 1: its estimate, 95 % interval, and its bounds if unsettled pairs all went one way.

    ``low`` and ``high`` take in the doubt about unsettled pairs: from the lower end of the interval if all
    went against, to the upper end if all went for us.
    """

    value: float
    low: float
    high: float
    least: float
    most: float


@dataclass(frozen=True, slots=True)
class MeasuredQuality:
    """Quality of the links, measured.

    Attributes
    ----------
    precision
        Share of the pairs put together that are one person.
    recall
        Share of the pairs of one person that are put together.
    f1
        Harmonic mean of both.
    number, unsettled
        Pairs reviewed, and those without a verdict "same" or "different".
    population
        Pairs that the sample stands for.
    not_compared
        Pairs of one person assumed outside the population, as given.
    """

    precision: Measured
    recall: Measured
    f1: Measured
    number: int
    unsettled: int
    population: float
    not_compared: float


@dataclass(frozen=True, slots=True)
class _Strata:
    """By stratum: pairs in it, reviewed and settled, judged the same; whether they are put together."""

    size: Floats
    settled: Floats
    same: Floats
    linked: npt.NDArray[np.bool_]


def settled_verdicts(first: Sequence[str], second: Sequence[str]) -> list[str]:
    """Bring two reviewers' verdicts together: what both say, and "unsure" where they differ.

    >>> settled_verdicts(["same", "same", "unsure"], ["same", "different", "same"])
    ['same', 'unsure', 'unsure']
    """
    return [one if one == other else "unsure" for one, other in zip(first, second, strict=True)]


def measured_quality(sample: pl.DataFrame, *, not_compared: float = 0.0, seed: int = 1) -> MeasuredQuality:
    """Estimate precision, recall and F1 from a reviewed sample.

    Parameters
    ----------
    sample
        As ``double_review_sample`` gave it, with a column ``verdict``: "same", "different" or "unsure"; see
        :func:`settled_verdicts` for two reviewers. Rows without verdict (null) have not been reviewed: their
        stratum is then represented by the others.
    not_compared
        Pairs of one person to expect outside the population, for instance ``LinkResult.doubt.missed``; it
        lowers recall.
    seed
        Start of the random numbers behind the intervals.

    Raises
    ------
    BadInputError
        A column is missing, a verdict is none, or a stratum has no reviewed pair.
    """
    _check(sample)
    parts = sample.sort("stratum").partition_by("stratum", "linked", maintain_order=True)
    middle, worst, best = (_strata(parts, undecided) for undecided in ("unsure", "against", "for"))
    values = [_figures(one.size * _share(one), one, not_compared) for one in (middle, worst, best)]
    random = np.random.default_rng(seed)
    low = np.quantile(_drawn(worst, not_compared, random, for_us=False), 0.025, axis=1)
    high = np.quantile(_drawn(best, not_compared, random, for_us=True), 0.975, axis=1)
    shares = [
        Measured(
            value=float(values[0][place]),
            low=float(min(low[place], values[1][place])),
            high=float(max(high[place], values[2][place])),
            least=float(min(values[1][place], values[0][place])),
            most=float(max(values[2][place], values[0][place])),
        )
        for place in range(3)
    ]
    reviewed = sample.filter(pl.col("verdict").is_not_null())
    return MeasuredQuality(
        precision=shares[0],
        recall=shares[1],
        f1=shares[2],
        number=reviewed.height,
        unsettled=reviewed.filter(pl.col("verdict") == "unsure").height,
        population=float(middle.size.sum()),
        not_compared=not_compared,
    )


def _check(sample: pl.DataFrame) -> None:
    missing = [column for column in _COLUMNS if column not in sample.columns]
    if missing:
        raise BadInputError(f"the sample has no column {missing[0]}; expected {', '.join(_COLUMNS)}")
    unknown = set(sample["verdict"].drop_nulls()) - set(VERDICTS)
    if unknown:
        raise BadInputError(f"a verdict is {', '.join(VERDICTS)}; got {min(unknown)}")
    if not sample["verdict"].is_not_null().any():
        raise BadInputError("no pair of the sample has been reviewed yet")


def _strata(parts: Sequence[pl.DataFrame], undecided: str) -> _Strata:
    """Count the strata; ``undecided`` tells what becomes of pairs that reviewers could not settle."""
    rows = []
    for part in parts:
        verdict, linked = part["verdict"], bool(part["linked"][0])
        same, different = int((verdict == "same").sum()), int((verdict == "different").sum())
        open_ = int((verdict == "unsure").sum())
        if undecided != "unsure":
            # A pair put together speaks for us if it is one person, a pair kept apart if it is two.
            same += open_ if linked == (undecided == "for") else 0
        settled = same + different if undecided == "unsure" else int(verdict.is_not_null().sum())
        rows.append((float(part["weight"].sum()), float(settled), float(same), linked))
    size, settled_, same_, linked_ = zip(*rows, strict=True)
    return _Strata(np.array(size), np.array(settled_), np.array(same_), np.array(linked_, dtype=np.bool_))


def _share(strata: _Strata) -> Floats:
    """Give the share judged the same; one half where nothing is known."""
    share: Floats = np.full(len(strata.size), 0.5)
    np.divide(strata.same, strata.settled, out=share, where=strata.settled > 0)
    return share


def _figures(same: Floats, strata: _Strata, not_compared: float) -> Floats:
    """Give precision, recall and F1 from pairs of one person in each stratum, last axis strata."""
    right = same[..., strata.linked].sum(axis=-1)
    links = float(strata.size[strata.linked].sum())
    true = same.sum(axis=-1) + not_compared
    ones = np.ones_like(right)
    precision = np.divide(right, links, out=ones.copy(), where=np.full(right.shape, links > 0))
    recall = np.divide(right, true, out=ones.copy(), where=true > 0)
    f1 = np.divide(2 * right, links + true, out=ones.copy(), where=links + true > 0)
    result: Floats = np.stack([precision, recall, f1])
    return result


def _drawn(strata: _Strata, not_compared: float, random: np.random.Generator, *, for_us: bool) -> Floats:
    """Draw the three figures: what was seen, and what the rest of each stratum may hold.

    One end of the interval needs shares that lie against the links in every stratum, the other for them.
    """
    lean = np.where(strata.linked == for_us, 1.0 - _LEAN, _LEAN)
    different = strata.settled - strata.same
    share = random.beta(strata.same + lean, different + 1.0 - lean, (_DRAWS, len(strata.size)))
    rest = np.maximum(np.round(strata.size - strata.settled), 0.0).astype(np.int64)
    return _figures(strata.same + random.binomial(rest, share), strata, not_compared)
