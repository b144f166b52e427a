"""Sample coverage: how much of the group the lists reach, and how many persons that leaves out.

The lists need not be independent: what two of them share beyond chance is estimated and corrected for.
What three or more share beyond their pairs is left out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation.histories import CaptureHistories
from kuager.engines.estimation.intervals import Total, log_normal_total, normal_quantile
from kuager.engines.estimation.request import Request
from kuager.engines.estimation.result import Estimate
from kuager.engines.estimation.sentences import Sentence

# Below this coverage the authors' program (CARE1 1.1.0) warns that the full correction is unstable.
LEAST_COVERAGE = 0.55
# Our reading of "relatively large" in the help of CARE1 1.1.0, which then suggests the one-step form.
LARGEST_ERROR = 1 / 3
# Our choice: if more samples than this have no finite answer, the full correction has no error to speak of.
MOST_FAILED = 0.05
SAMPLES = 1_000
# Persons; beyond this the random numbers end, and the meaning long before.
LARGEST_TOTAL = 1e15

INDEPENDENT, ONE_STEP, FULL = "independent lists", "one-step correction", "full correction"

ASSUMPTIONS = (
    Sentence("Lists may depend on each other in pairs; anything that three share beyond that is left out."),
    Sentence("Nobody joined or left the group while the lists were made, and every match is right."),
    Sentence("Everybody could have been on each of the lists."),
)
TWO_LISTS = Sentence("With two lists their dependence cannot be measured; they are taken as independent.")
LOW_COVERAGE = Sentence(
    "The lists overlap too little to correct fully for their dependence; where they find the same people, "
    "the true number is higher."
)


@dataclass(frozen=True, kw_only=True)
class CoverageTotals:
    """Sample coverage and the three totals built on it, all but the first in persons.

    Parameters
    ----------
    coverage : array of shape (n_samples,)
        Average share, 0..1, of a list that the other lists know too: the overlap there is.
    known_to_others : array of shape (n_samples,)
        Persons on the lists that remain when one is left out, averaged over the lists ("D").
    independent : array of shape (n_samples,)
        Total if the lists do not depend on each other.
    one_step : array of shape (n_samples,)
        Total with one step of correction for pairs: for low coverage.
    full : array of shape (n_samples,)
        Total with the whole correction; not a number for two lists, negative or infinite for poor tables.

    """

    coverage: NDArray[np.float64]
    known_to_others: NDArray[np.float64]
    independent: NDArray[np.float64]
    one_step: NDArray[np.float64]
    full: NDArray[np.float64]


def coverage_totals(patterns: NDArray[np.int8], counts: NDArray[np.int64]) -> CoverageTotals:
    """Compute coverage and totals of many tables with the same patterns at once.

    Parameters
    ----------
    patterns : array of shape (n_patterns, n_lists)
        0 or 1.
    counts : array of shape (n_samples, n_patterns)
        Persons with each pattern. A list that is empty in a table is left out of it.

    Notes
    -----
    Let list j have ``n_j`` persons, ``s_j`` of them on no other list. Coverage is the mean of
    ``1 - s_j/n_j`` and ``D`` the mean of ``n - s_j``. If the lists depend in pairs only, with
    ``g_ij = N b_ij/(n_i n_j) - 1`` for the ``b_ij`` persons on both, inclusion and exclusion give
    ``N = D/C + sum over pairs of a_ij g_ij / (J C)``: what j shares with i beyond chance is new only where
    no third list has it, and those ``a_ij`` persons are counted by (only i) + (only j) + 2 (only i and j).
    Solved for N this is the full correction; put in twice from ``D/C`` it is the one-step form.

    References
    ----------
    Chao & Tsay (1998), A sample coverage approach to multiple-system estimation with application to census
    undercount, JASA 93, 283-293, eq. 14 and 20; Chao, Tsay, Lin, Shau & Chao (2001), The applications of
    capture-recapture models to epidemiological data, Stat. Med. 20, 3123-3157, eq. 9, 12 and 13.

    """
    n_lists = patterns.shape[1]
    on = patterns.astype(np.float64)
    seen = on.sum(axis=1)
    first, second = np.triu_indices(n_lists, 1)
    on_both = on[:, first] * on[:, second]
    alone = counts[:, seen == 1] @ on[seen == 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        totals = counts @ on
        used = (totals > 0).sum(axis=1)
        coverage = 1 - (alone / np.maximum(totals, 1)).sum(axis=1) / used
        known = counts.sum(axis=1) - alone.sum(axis=1) / used
        nobody_else = alone[:, first] + alone[:, second] + 2 * (counts[:, seen == 2] @ on_both[seen == 2])
        both_used = (totals[:, first] > 0) & (totals[:, second] > 0)
        nobody_else *= both_used
        per_person = (counts @ on_both) / np.where(both_used, totals[:, first] * totals[:, second], 1)
        shared = (nobody_else * per_person).sum(axis=1) / used
        correction = nobody_else.sum(axis=1) / used
        independent = known / coverage
        started = (known - correction + independent * shared) / coverage
        one_step = (known - correction + started * shared) / coverage
        full = (known - correction) / (coverage - shared)
    if n_lists == 2:
        one_step, full = independent, np.full_like(independent, np.nan)
    return CoverageTotals(
        coverage=coverage, known_to_others=known, independent=independent, one_step=one_step, full=full
    )


def estimate_sample_coverage(histories: CaptureHistories, request: Request) -> Estimate:
    """Answer with the form that the coverage allows, and an error from resampling the table.

    Raises
    ------
    BadInputError
        There are fewer than two lists, or one is empty.
    RefusedError
        No list shares anybody with another.

    """
    _check(histories)
    fixed = in_fixed_order(histories)
    found = coverage_totals(fixed.patterns, fixed.counts[None, :])
    values = {
        INDEPENDENT: float(found.independent[0]),
        ONE_STEP: float(found.one_step[0]),
        FULL: float(found.full[0]),
    }
    coverage = float(found.coverage[0])
    form, spread = _choose(fixed, values, coverage, request)
    total = _total(histories.observed, values[form], spread, request.level)
    return Estimate(
        method="sample-coverage",
        observed=histories.observed,
        estimate=total.value,
        interval=(total.low, total.high),
        level=request.level,
        is_lower_bound=form == ONE_STEP,
        diagnostics={
            "form": form,
            "coverage": coverage,
            "standard_error": _error(spread),
            "independent_estimate": values[INDEPENDENT],
            "one_step_estimate": values[ONE_STEP],
            "known_to_others": float(found.known_to_others[0]),
            "samples": len(spread),
            "samples_without_estimate": int((~np.isfinite(spread)).sum()),
            **({"full_estimate": values[FULL]} if np.isfinite(values[FULL]) else {}),
        },
        warnings={INDEPENDENT: (TWO_LISTS,), ONE_STEP: (LOW_COVERAGE,), FULL: ()}[form],
        assumptions=ASSUMPTIONS,
        seed=request.seed,
    )


def in_fixed_order(histories: CaptureHistories) -> CaptureHistories:
    """Order lists by size, then name: what is drawn does not depend on the order they came in."""
    sizes = dict(zip(histories.lists, histories.list_totals, strict=True))
    return histories.select(sorted(histories.lists, key=lambda name: (sizes[name], name)))


def _check(histories: CaptureHistories) -> None:
    if len(histories.lists) < 2:
        raise BadInputError("sample coverage needs at least two lists")
    empty = [name for name, size in zip(histories.lists, histories.list_totals, strict=True) if not size]
    if empty:
        raise BadInputError(f"nobody is on list {', '.join(empty)}; leave it out")
    if not histories.recaptured:
        raise RefusedError("nobody is on two lists, so their overlap says nothing; find matches first")


def _choose(
    fixed: CaptureHistories, values: dict[str, float], coverage: float, request: Request
) -> tuple[str, NDArray[np.float64]]:
    """Pick the form and resample it: the full correction needs coverage, an answer and a small error."""
    if len(fixed.lists) == 2:
        return INDEPENDENT, _resample(fixed, INDEPENDENT, values, request)
    full = values[FULL]
    if coverage > LEAST_COVERAGE and np.isfinite(full) and full >= fixed.observed:
        spread = _resample(fixed, FULL, values, request)
        failed = float((~np.isfinite(spread)).mean())
        if failed <= MOST_FAILED and _error(spread) <= LARGEST_ERROR * full:
            return FULL, spread
    return ONE_STEP, _resample(fixed, ONE_STEP, values, request)


def _resample(
    fixed: CaptureHistories, form: str, values: dict[str, float], request: Request
) -> NDArray[np.float64]:
    """Draw tables from a group of the estimated size, those unseen included, and estimate each again.

    Not-a-number stands for a table without a usable answer.
    """
    if not values[form] < LARGEST_TOTAL:
        raise RefusedError("the lists overlap too little for sample coverage; find more matches first")
    size = max(round(values[form]), fixed.observed)
    shares = np.append(fixed.counts, size - fixed.observed) / size
    random = np.random.default_rng(request.seed)
    counts = random.multinomial(size, shares, size=request.draws or SAMPLES)[:, :-1]
    found = coverage_totals(fixed.patterns, counts)
    totals = {INDEPENDENT: found.independent, ONE_STEP: found.one_step, FULL: found.full}[form]
    usable = np.isfinite(totals) & (totals > 0)
    return np.where(usable, totals, np.nan)


def _error(spread: NDArray[np.float64]) -> float:
    return float(np.nanstd(spread, ddof=1))


def _total(observed: int, value: float, spread: NDArray[np.float64], level: float) -> Total:
    """Log-normal interval; where the formula finds nobody unseen, the samples say how many there may be."""
    if value > observed:
        return log_normal_total(
            observed=observed, unseen=value - observed, variance=_error(spread) ** 2, z=normal_quantile(level)
        )
    beyond = max(float(np.nanquantile(spread, level)) - value, 0.0)
    return Total(value=observed, low=observed, high=observed + beyond)
