"""How far two reviewers agree who judged the same pairs without seeing each other's answers.

Promises: the order of the pairs, and which reviewer is called the first, do not matter; nothing is made up
where kappa does not exist. Failure model: kappa falls when nearly all pairs have one answer, however well
reviewers agree (Feinstein and Cicchetti 1990), so that the observed agreement always stands beside it.

References: Cohen (1960), "A coefficient of agreement for nominal scales", Educational and Psychological
Measurement 20; Fleiss, Cohen and Everitt (1969), "Large sample standard errors of kappa and weighted kappa",
Psychological Bulletin 72, equation 13; Wilson (1927), "Probable inference", JASA 22.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

import numpy as np
import numpy.typing as npt

from kuager.core.errors import BadInputError

VERDICTS = ("same", "different", "unsure")
# Two-sided 95 % point of the normal distribution.
NORMAL_95 = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement between two reviewers.

    Attributes
    ----------
    number
        Pairs that both judged.
    observed, expected
        Share of pairs with the same verdict, and the share expected if both had answered at random, each as
        often as they did; 0 to 1.
    observed_interval
        95 % interval of ``observed`` (Wilson).
    kappa
        Cohen's kappa, -1 to 1; None where both gave one and the same verdict to every pair, so that chance
        explains everything.
    interval
        95 % interval of kappa; None where kappa is.
    counts
        Pairs by verdict of the first (row) and second reviewer (column), in the order of ``VERDICTS``.
    """

    number: int
    observed: float
    expected: float
    observed_interval: tuple[float, float]
    kappa: float | None
    interval: tuple[float, float] | None
    counts: tuple[tuple[int, ...], ...]


def agreement(first: Sequence[str], second: Sequence[str]) -> Agreement:
    """Compare the verdicts of two reviewers on the same pairs.

    Parameters
    ----------
    first, second
        Verdicts "same", "different" or "unsure", of the same pairs in the same order.

    Raises
    ------
    BadInputError
        There are no verdicts, not equally many, or other words.
    """
    if len(first) != len(second):
        raise BadInputError(
            f"two reviewers judge the same pairs: got {len(first)} and {len(second)} verdicts"
        )
    if not len(first):
        raise BadInputError("agreement needs at least one pair that both reviewers judged")
    unknown = sorted((set(first) | set(second)) - set(VERDICTS))
    if unknown:
        raise BadInputError(f"a verdict is {', '.join(VERDICTS)}; got {unknown[0]}")
    table = np.zeros((len(VERDICTS), len(VERDICTS)), dtype=np.int64)
    for one, other in zip(first, second, strict=True):
        table[VERDICTS.index(one), VERDICTS.index(other)] += 1
    return _measured(table)


def _measured(table: npt.NDArray[np.int64]) -> Agreement:
    number = int(table.sum())
    agreed = int(np.trace(table))
    shares = table / number
    expected = float(shares.sum(axis=1) @ shares.sum(axis=0))
    observed = agreed / number
    found = wilson_interval(agreed, number)
    is_chance = bool((table > 0).sum() == 1 and agreed == number)
    kappa = None if is_chance else (observed - expected) / (1.0 - expected)
    return Agreement(
        number=number,
        observed=observed,
        expected=expected,
        observed_interval=found,
        kappa=kappa,
        interval=None if kappa is None else _interval(shares, kappa, found, number),
        counts=tuple(tuple(row) for row in table.tolist()),
    )


def _interval(
    shares: npt.NDArray[np.float64], kappa: float, observed: tuple[float, float], number: int
) -> tuple[float, float]:
    """Give the large-sample interval, or, where it would be a point, what the observed agreement leaves."""
    row, column = shares.sum(axis=1), shares.sum(axis=0)
    expected, agreed = float(row @ column), float(np.trace(shares))
    diagonal = np.diag(shares) * ((1 - expected) - (row + column) * (1 - agreed)) ** 2
    beside = shares * (column[:, np.newaxis] + row[np.newaxis, :]) ** 2
    np.fill_diagonal(beside, 0.0)
    variance = (
        float(diagonal.sum())
        + (1 - agreed) ** 2 * float(beside.sum())
        - (agreed * expected - 2 * expected + agreed) ** 2
    ) / (number * (1 - expected) ** 4)
    # With complete agreement, or none, the formula gives no width, which no finite sample deserves.
    if variance > 1e-12:
        reach = NORMAL_95 * sqrt(variance)
        return max(kappa - reach, -1.0), min(kappa + reach, 1.0)
    low, high = ((share - expected) / (1 - expected) for share in observed)
    return max(min(low, kappa), -1.0), min(max(high, kappa), 1.0)


def wilson_interval(hits: int, number: int) -> tuple[float, float]:
    """Return the 95 % interval of a share: never a point, also where all or none are hits.

    >>> [round(end, 3) for end in wilson_interval(20, 20)]
    [0.839, 1.0]
    """
    share, square = hits / number, NORMAL_95**2
    centre = (share + square / (2 * number)) / (1 + square / number)
    reach = NORMAL_95 / (1 + square / number) * sqrt(share * (1 - share) / number + square / (4 * number**2))
    return max(centre - reach, 0.0), min(centre + reach, 1.0)
