"""What two lists would say if being on one made being on the other likelier, or less likely.

Two lists cannot show their dependence. This shows instead what each strength of it would mean.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.interaction import draw_unseen
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.sensitivity.variation import Row
from kuager.engines.estimation.sentences import Sentence, people

ANALYSIS = "dependence"
DEFAULT_RANGE = (0.5, 2.0)
LARGEST_ODDS_RATIO = 100.0
DRAWS = 20_000
# Our choice: with fewer draws than this left, the table speaks against the odds ratio.
FEWEST_LEFT = 0.05


@dataclass(frozen=True, kw_only=True)
class DependencePoint:
    """The number at one strength of dependence.

    Parameters
    ----------
    odds_ratio : float
        How many times the odds of being on one list are those of people not on the other.
    estimate : float
        Persons in all.
    interval : tuple of float
        Persons.
    accepted : float
        Share of the draws, 0..1, that this odds ratio allows: other lists may know more people on neither
        of the two than it leaves room for.

    """

    odds_ratio: float
    estimate: float
    interval: tuple[float, float]
    accepted: float

    def to_json(self) -> dict[str, object]:
        """Give the numbers by name."""
        return {
            "odds_ratio": self.odds_ratio,
            "estimate": self.estimate,
            "interval": list(self.interval),
            "accepted": self.accepted,
        }


@dataclass(frozen=True, kw_only=True)
class DependenceRange:
    """The number over a range of dependence between two lists.

    Parameters
    ----------
    lists : tuple of str
        The two lists.
    observed : int
        Persons on any list.
    level : float
        Probability of the intervals.
    points : tuple of DependencePoint
        By increasing odds ratio; 1 is among them.
    seed : int
        Of the draws.

    """

    lists: tuple[str, str]
    observed: int
    level: float
    points: tuple[DependencePoint, ...]
    seed: int

    @property
    def possible(self) -> tuple[DependencePoint, ...]:
        """Points that the other lists do not contradict."""
        return tuple(point for point in self.points if point.accepted >= FEWEST_LEFT)

    @property
    def estimates(self) -> tuple[float, float] | None:
        """Smallest and largest number over the possible points; None if there is none."""
        values = [point.estimate for point in self.possible]
        return (min(values), max(values)) if values else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """From the lowest to the highest end of these points' intervals: chance and dependence together."""
        ends = [point.interval for point in self.possible]
        return (min(low for low, _ in ends), max(high for _, high in ends)) if ends else None

    @property
    def sentences(self) -> tuple[Sentence, ...]:
        """Say the range in words."""
        values = {
            "first": self.lists[0],
            "second": self.lists[1],
            "least": f"{self.points[0].odds_ratio:g}",
            "most": f"{self.points[-1].odds_ratio:g}",
        }
        if self.estimates is None:
            return (
                Sentence(
                    "{first} and {second} depend on each other more than {most} times: other lists know more "
                    "people than that allows.",
                    **values,
                ),
            )
        low, high = self.estimates
        return (
            Sentence(
                "If the odds of being on list {first} were between {least} and {most} times as high for "
                "people on list {second} as for others, the number would lie between {low} and {high}.",
                low=people(low),
                high=people(high),
                **values,
            ),
        )

    def to_json(self) -> dict[str, object]:
        """Give the range and its points."""
        return {
            "lists": list(self.lists),
            "observed": self.observed,
            "level": self.level,
            "estimates": list(self.estimates) if self.estimates else None,
            "interval": list(self.interval) if self.interval else None,
            "points": [point.to_json() for point in self.points],
            "sentences": [str(sentence) for sentence in self.sentences],
            "seed": self.seed,
        }

    def to_rows(self) -> list[Row]:
        """Give the points as rows of a table."""
        middle = next(point.estimate for point in self.points if point.odds_ratio == 1)
        return [
            {
                "analysis": ANALYSIS,
                "name": f"{' & '.join(self.lists)}: odds ratio {point.odds_ratio:g}",
                "estimate": point.estimate,
                "low": point.interval[0],
                "high": point.interval[1],
                "times": point.estimate / middle,
                "truth": None,
                "publishable": None,
                "reason": None,
            }
            for point in self.points
        ]


def odds_ratio_range(
    histories: CaptureHistories,
    *,
    lists: tuple[str, str] | None = None,
    odds_ratio: tuple[float, float] = DEFAULT_RANGE,
    request: Request | None = None,
) -> DependenceRange:
    """Estimate from two lists over a range of odds ratios between them.

    Parameters
    ----------
    histories : CaptureHistories
        Two lists, or more of which two are chosen.
    lists : tuple of str, optional
        The two; may be left out if there are no others. Other lists only say how many people there are
        at least, and so which odds ratios are possible.
    odds_ratio : tuple of float
        Least and largest, around 1, up to ``LARGEST_ODDS_RATIO`` and its inverse. Above 1: people on one
        list are likelier to be on the other, and the number is higher than independent lists say.

    Notes
    -----
    With ``b`` persons on both lists, ``f`` and ``s`` on one of the two, and ``o`` on others only, the unseen
    are ``odds_ratio * f s / b - o``. Draws are those of ``no-highest-interaction``: Dirichlet(count + 1)
    for the four shares (three if there are no other lists), then a negative binomial; draws with fewer than
    no unseen are set aside. Their parameter xi is the inverse of the odds ratio.

    Raises
    ------
    BadInputError
        The lists are not there or not two; the range does not hold 1.
    RefusedError
        Nobody is on both lists.

    References
    ----------
    Aleshin-Guendel, Sadinle & Wakefield (2024), Biometrics 80, the two-list marginal assumption.

    """
    asked = request or Request()
    first, second = _two(histories, lists)
    least, most = _checked(odds_ratio)
    both, *apart, others = _cells(histories, first, second)
    if not both:
        raise RefusedError(f"nobody is on both {first} and {second}, so their overlap says nothing")
    random = np.random.default_rng(asked.seed)
    shares = [
        random.standard_gamma(count + 1.0, size=asked.draws or DRAWS) for count in (both, *sorted(apart))
    ]
    known = random.standard_gamma(others + 1.0, size=len(shares[0])) if len(histories.lists) > 2 else 0.0
    independent, known = _odds(shares, known)
    seed = int(random.integers(2**32))
    points = [
        _point(
            ratio,
            unseen=ratio * apart[0] * apart[1] / both - others,
            odds=ratio * independent - known,
            observed=histories.observed,
            request=asked,
            random=np.random.default_rng(seed),
        )
        for ratio in sorted({least, 1.0, most})
    ]
    return DependenceRange(
        lists=(first, second),
        observed=histories.observed,
        level=asked.level,
        points=tuple(points),
        seed=asked.seed,
    )


def pair_sentences(found: tuple[DependenceRange, ...]) -> tuple[Sentence, ...]:
    """Say the range of one pair, or the widest of several."""
    if len(found) == 1:
        return found[0].sentences
    ranges = [case.estimates for case in found if case.estimates]
    impossible = [sentence for case in found if not case.estimates for sentence in case.sentences]
    if not ranges:
        return tuple(impossible)
    return (
        Sentence(
            "From two lists at a time, with odds ratios between {least} and {most}, the number would lie "
            "between {low} and {high}, depending on which two.",
            least=f"{found[0].points[0].odds_ratio:g}",
            most=f"{found[0].points[-1].odds_ratio:g}",
            low=people(min(low for low, _ in ranges)),
            high=people(max(high for _, high in ranges)),
        ),
        *impossible,
    )


def _two(histories: CaptureHistories, lists: tuple[str, str] | None) -> tuple[str, str]:
    chosen = lists or histories.lists
    if len(chosen) != 2 or len(set(chosen)) != 2:
        raise BadInputError(f"expected two lists, got {', '.join(chosen)}; choose two of them")
    missing = [name for name in chosen if name not in histories.lists]
    if missing:
        raise BadInputError(
            f"there is no list {', '.join(missing)}; the lists are {', '.join(histories.lists)}"
        )
    return chosen[0], chosen[1]


def _checked(odds_ratio: tuple[float, float]) -> tuple[float, float]:
    least, most = odds_ratio
    if not 1 / LARGEST_ODDS_RATIO <= least <= 1 <= most <= LARGEST_ODDS_RATIO:
        raise BadInputError(
            f"the odds ratios run from at least {1 / LARGEST_ODDS_RATIO:g} up to 1 and from 1 to at most "
            f"{LARGEST_ODDS_RATIO:g}, got {least:g} to {most:g}"
        )
    return least, most


def _cells(histories: CaptureHistories, first: str, second: str) -> tuple[int, int, int, int]:
    """Persons on both, on the first only, on the second only, and on others only."""
    on_first = histories.patterns[:, histories.lists.index(first)] == 1
    on_second = histories.patterns[:, histories.lists.index(second)] == 1
    chosen = (on_first & on_second, on_first & ~on_second, ~on_first & on_second, ~on_first & ~on_second)
    both, only_first, only_second, neither = (int(histories.counts[mask].sum()) for mask in chosen)
    return both, only_first, only_second, neither


def _odds(
    shares: list[NDArray[np.float64]], known: NDArray[np.float64] | float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the odds of being on neither list if independent, and those of being known to others only."""
    both, only_first, only_second = shares
    whole = both + only_first + only_second + known
    return only_first * only_second / both / whole, np.asarray(known / whole)


def _point(
    ratio: float,
    *,
    unseen: float,
    odds: NDArray[np.float64],
    observed: int,
    request: Request,
    random: np.random.Generator,
) -> DependencePoint:
    """Put an interval around one point; where the table leaves no room there is nobody unseen."""
    possible = odds > 0
    value = observed + max(unseen, 0.0)
    accepted = float(possible.mean())
    if accepted < FEWEST_LEFT:
        return DependencePoint(
            odds_ratio=ratio, estimate=value, interval=(observed, value), accepted=accepted
        )
    drawn = observed + draw_unseen(np.where(possible, odds, 0.0), observed, random)[possible]
    tail = (1 - request.level) / 2
    low, high = (float(end) for end in np.quantile(drawn, (tail, 1 - tail)))
    return DependencePoint(
        odds_ratio=ratio, estimate=value, interval=(min(low, value), max(high, value)), accepted=accepted
    )
