"""Chao's lower bound: at least so many, however much people differ in being seen."""

import math

from kuager.core.errors import BadInputError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import Total, log_normal_total, normal_quantile
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence

ASSUMPTIONS = (
    Sentence(
        "This is a LOWER BOUND: people differ in how easily they are seen, and the true number is higher."
    ),
    Sentence("The lists reach about the same number of people and do not copy from each other."),
    Sentence("Lists that avoid each other's people would make even this bound too high."),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
)
# Above this the bound may be worth a tenth of the unseen too much because the lists differ in size.
NOTABLE_INFLATION = 1.1


def chao(
    *, n_lists: int, observed: int, once: int, twice: int, bias_corrected: bool, z: float = 1.96
) -> Total:
    """Bound the number of persons from those seen once and those seen twice.

    Parameters
    ----------
    n_lists : int
        Number of lists, 2 or more.
    observed : int
        Persons on at least one list.
    once, twice : int
        Persons on exactly one list, and on exactly two.
    bias_corrected : bool
        Use the form for small counts, which also works when ``twice`` is 0.
    z : float
        Normal quantile of the interval.

    Returns
    -------
    Total
        Persons: the bound and an interval around the bound (not around the true number).

    Notes
    -----
    If everybody is equally likely to be on every list it is an estimate; with any spread among people it
    is too low. It is *not* a bound when the lists differ much in size (see ``inflation``).

    References
    ----------
    Chao (1987), Estimating the population size for capture-recapture data with unequal catchability,
    Biometrics 43, 783-791; variances as in Chao & Chiu (2016), Species richness: estimation and comparison,
    Wiley StatsRef, for incidence data.

    """
    share = (n_lists - 1) / n_lists
    if bias_corrected:
        ratio = once * (once - 1) / (2 * (twice + 1))
        slope = once * (2 * once - 1) / (2 * (twice + 1))
        tail = (once * (once - 1)) ** 2 * twice / (4 * (twice + 1) ** 4)
        return log_normal_total(
            observed=observed,
            unseen=share * ratio,
            variance=share * ratio + share**2 * (slope**2 + tail),
            z=z,
        )
    if twice == 0:
        raise BadInputError("nobody is on exactly two lists; only the bias-corrected bound can be computed")
    ratio = once / twice
    return log_normal_total(
        observed=observed,
        unseen=share * once * ratio / 2,
        variance=twice * (share * ratio**2 / 2 + share**2 * ratio**3 + share**2 * ratio**4 / 4),
        z=z,
    )


def estimate_chao(histories: CaptureHistories, request: Request) -> Estimate:
    """Apply ``chao``; the bias-corrected form only where nobody is on exactly two lists."""
    n_lists = len(histories.lists)
    if n_lists < 2:
        raise BadInputError("Chao's lower bound needs at least two lists")
    once, twice = histories.seen_on_exactly(1), histories.seen_on_exactly(2)
    z, corrected = normal_quantile(request.level), twice == 0
    counts = {"n_lists": n_lists, "observed": histories.observed, "once": once, "twice": twice}
    total = chao(**counts, bias_corrected=corrected, z=z)
    small = chao(**counts, bias_corrected=True, z=z)
    factor = inflation(histories, total.value)
    return Estimate(
        method="chao",
        observed=histories.observed,
        estimate=total.value,
        interval=(total.low, total.high),
        level=request.level,
        is_lower_bound=True,
        diagnostics={
            "seen_once": once,
            "seen_twice": twice,
            "bias_corrected_estimate": small.value,
            "form": "bias-corrected" if corrected else "classic",
            "inflation_by_unequal_lists": factor,
        },
        warnings=_warnings(factor),
        assumptions=ASSUMPTIONS,
    )


def inflation(histories: CaptureHistories, total: float) -> float:
    """Tell how many times too many unseen the bound finds only because the lists differ in size.

    Notes
    -----
    For independent lists with odds ``o_j`` of naming a person, ``f1/f0 = sum o_j`` and ``f2/f0 = sum of
    o_i o_j``, so the bound finds ``(J-1)/J (sum o_j)^2 / (2 sum o_i o_j)`` times the truth; Maclaurin's
    inequality makes that 1 for equal lists and more for any others.

    """
    shares = [min(size / total, 0.999) for size in histories.list_totals]
    odds = [share / (1 - share) for share in shares]
    pairs = (sum(odds) ** 2 - sum(value**2 for value in odds)) / 2
    n_lists = len(odds)
    return (n_lists - 1) / n_lists * sum(odds) ** 2 / (2 * pairs) if pairs > 0 else float("inf")


def _warnings(factor: float) -> tuple[str, ...]:
    if factor <= NOTABLE_INFLATION or not math.isfinite(factor):
        return ()
    return (
        Sentence(
            "The lists differ in size so much that this lower bound may count the unseen {times} times.",
            times=f"{factor:.2f}",
        ),
    )
