"""No highest interaction: all that the lists do together, except what only the unseen could show.

The table of overlaps has a count for every combination of lists but one. This method lets the lists
depend on each other in every way that the table can show, and assumes only that the last way, which would
need the count of the unseen, is absent. The assumption is one number, so its doubt can be shown.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.draws import TOTAL, Draws
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence, people

# Range of the sensitivity parameter in Aleshin-Guendel, Sadinle & Wakefield.
LEAST_INTERACTION, MOST_INTERACTION = 0.5, 2.0
# Our choice: 255 counts; with more lists nearly all would be empty.
MOST_LISTS = 8
# Our choice: beyond this the answer is made of the prior for empty counts.
MOST_EMPTY = 0.25
DRAWS_PER_CHAIN = 5_000
# Persons: above this the whole number nearest to a mean is as good as a draw around it.
LARGEST_POISSON = 1e9

ASSUMPTIONS = (
    Sentence(
        "However lists depend on each other, they do so alike among people on a further list and among "
        "people not on it; nothing in the table can check this."
    ),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
    Sentence("Everybody could have been on each of the lists."),
)


@dataclass(frozen=True, kw_only=True)
class Products:
    """Counts of all combinations of lists, by whether the combination has an odd number of lists.

    Parameters
    ----------
    odd, even : array
        Persons, empty combinations too, in increasing order: the answer does not depend on any other.

    """

    odd: NDArray[np.int64]
    even: NDArray[np.int64]

    @property
    def empty(self) -> int:
        """Combinations that nobody has."""
        return int((self.odd == 0).sum() + (self.even == 0).sum())

    @property
    def unseen(self) -> float:
        """Product of the odd counts over that of the even ones, in persons; only where none is empty."""
        return float(np.exp(np.log(self.odd).sum() - np.log(self.even).sum()))


def products(histories: CaptureHistories) -> Products:
    """Sort the counts of a table into odd and even combinations.

    Raises
    ------
    BadInputError
        There are fewer than two or more than ``MOST_LISTS`` lists.

    """
    n_lists = len(histories.lists)
    if not 2 <= n_lists <= MOST_LISTS:
        raise BadInputError(
            f"no-highest-interaction needs 2 to {MOST_LISTS} lists, got {n_lists}; choose or merge lists"
        )
    odd_size = 2 ** (n_lists - 1)
    is_odd = histories.patterns.sum(axis=1) % 2 == 1
    counts = [np.sort(histories.counts[is_odd]), np.sort(histories.counts[~is_odd])]
    odd, even = (
        np.concatenate([np.zeros(size - len(part), dtype=np.int64), part])
        for part, size in zip(counts, (odd_size, odd_size - 1), strict=True)
    )
    return Products(odd=odd, even=even)


def draw_odds(
    found: Products, random: np.random.Generator, shape: tuple[int, int], *, prior_count: float = 1.0
) -> NDArray[np.float64]:
    """Draw the odds of being unseen; a prior count of 1 means that all shares are equally likely before.

    Notes
    -----
    Shares are Dirichlet(n_x + prior count): independent gammas over their sum. There is one odd
    combination more than even ones, so that sum stays in the ratio once.

    """
    ratio, whole = np.zeros(shape), np.zeros(shape)
    for counts, sign in ((found.odd, 1), (found.even, -1)):
        for count in counts:
            share = random.standard_gamma(count + prior_count, size=shape)
            ratio += sign * np.log(share)
            whole += share
    return np.asarray(np.exp(ratio - np.log(whole)))


def draw_unseen(odds: NDArray[np.float64], observed: int, random: np.random.Generator) -> NDArray[np.float64]:
    """Draw the persons unseen, given the odds of being unseen and a prior 1/N: negative binomial.

    Parameters
    ----------
    odds : array
        Odds of being unseen: share unseen over share seen.
    observed : int
        Persons seen, at least 1.

    """
    mean = odds * random.standard_gamma(float(observed), size=odds.shape)
    drawn = random.poisson(np.minimum(mean, LARGEST_POISSON)).astype(np.float64)
    return np.where(mean < LARGEST_POISSON, drawn, np.rint(mean))


def estimate_no_highest_interaction(
    histories: CaptureHistories, request: Request, *, prior_count: float = 1.0
) -> Estimate:
    """Give the estimate without the highest interaction, and what a doubled or halved one would give.

    Parameters
    ----------
    prior_count : float
        Persons that the prior adds to each combination of lists; above 0. It matters for the interval, and
        for the estimate where a combination is empty.

    Raises
    ------
    BadInputError
        There are fewer than two lists or too many.
    RefusedError
        Nobody is on two lists, or most combinations of lists are empty.

    References
    ----------
    Aleshin-Guendel, Sadinle & Wakefield (2024), The central role of the identifying assumption in
    population size estimation, Biometrics 80; Fienberg (1972), The multiple recapture census for closed
    populations and incomplete 2^k contingency tables, Biometrika 59, 591-603.

    """
    found = products(histories)
    _check(histories, found)
    random = np.random.default_rng(request.seed)
    shape = (request.chains, request.draws or DRAWS_PER_CHAIN)
    odds = draw_odds(found, random, shape, prior_count=prior_count)
    unseen = {xi: draw_unseen(odds / xi, histories.observed, random) for xi in (1.0, MOST_INTERACTION)}
    unseen[LEAST_INTERACTION] = draw_unseen(odds / LEAST_INTERACTION, histories.observed, random)
    values = {
        xi: found.unseen / xi if not found.empty else float(np.median(drawn)) for xi, drawn in unseen.items()
    }
    value = histories.observed + values[1.0]
    low, high = (histories.observed + end for end in _ends(unseen[1.0], request.level))
    return Estimate(
        method="no-highest-interaction",
        observed=histories.observed,
        estimate=value,
        mean=histories.observed + float(unseen[1.0].mean()),
        interval=(min(low, value), max(high, value)),
        level=request.level,
        diagnostics={
            "degrees_of_freedom": 0,
            "empty_patterns": found.empty,
            "xi_low": histories.observed + values[MOST_INTERACTION],
            "xi_high": histories.observed + values[LEAST_INTERACTION],
            "xi_interval_low": histories.observed + _ends(unseen[MOST_INTERACTION], request.level)[0],
            "xi_interval_high": histories.observed + _ends(unseen[LEAST_INTERACTION], request.level)[1],
        },
        warnings=tuple(_warnings(histories.observed, found, values)),
        assumptions=ASSUMPTIONS,
        seed=request.seed,
        draws=Draws(values={TOTAL: histories.observed + unseen[1.0], "odds_unseen": odds}),
    )


def _check(histories: CaptureHistories, found: Products) -> None:
    if not histories.recaptured:
        raise RefusedError("nobody is on two lists, so their overlap says nothing; find matches first")
    size = len(found.odd) + len(found.even)
    if found.empty > MOST_EMPTY * size:
        raise RefusedError(
            f"{found.empty} of {size} combinations of lists are empty; "
            "no-highest-interaction would answer with its prior; choose fewer lists or merge some"
        )


def _ends(unseen: NDArray[np.float64], level: float) -> tuple[float, float]:
    tail = (1 - level) / 2
    low, high = np.quantile(unseen, (tail, 1 - tail))
    return float(low), float(high)


def _warnings(observed: int, found: Products, values: dict[float, float]) -> list[str]:
    said: list[str] = [
        Sentence(
            "If the interaction that nobody can see were twice or half what is assumed, the number would be "
            "{low} or {high}.",
            low=people(observed + values[MOST_INTERACTION]),
            high=people(observed + values[LEAST_INTERACTION]),
        )
    ]
    if found.empty:
        said.append(
            Sentence(
                "{n} combinations of lists are empty; the answer rests on a prior for them.",
                n=str(found.empty),
            )
        )
    return said
