"""Stepwise choice of pairs for sparse overlaps, and its bootstrap."""

import math

import numpy as np
import pytest
from scipy.stats import poisson

from kuager.engines.estimation import METHODS, CaptureHistories, Estimate, Request
from kuager.engines.estimation.loglinear.bootstrap import acceleration, bca_interval, quantile
from kuager.engines.estimation.sparse.poisson_tails import log_smaller_tail

# Two lists (a, b) that name different people, two that name many of the same (c, d).
APART = CaptureHistories.from_counts(
    "abcd",
    [[int(flag) for flag in f"{cell:04b}"] for cell in (8, 4, 2, 1, 10, 9, 6, 5, 3, 11, 7)],
    [300, 280, 90, 80, 30, 28, 27, 25, 40, 9, 8],
)


def estimate(histories: CaptureHistories, *, method: str, request: Request | None = None) -> Estimate:
    """Ask the method alone, without the guard and its trials, which have tests of their own."""
    return METHODS[method](histories, request or Request())


@pytest.mark.parametrize(
    ("count", "mean"), [(0, 4.2), (3, 4.2), (4, 4.2), (5, 4.2), (12, 4.2), (0, 0.01), (1, 0.7), (80, 130.5)]
)
def test_the_smaller_tail_is_that_of_the_poisson_distribution(count: int, mean: float) -> None:
    exact = min(poisson.cdf(count, mean), poisson.sf(count - 1, mean))
    assert math.exp(log_smaller_tail(float(count), mean)) == pytest.approx(exact, rel=1e-9)


def test_tails_beyond_the_smallest_double_still_differ() -> None:
    assert log_smaller_tail(3000.0, 10.0) < log_smaller_tail(2000.0, 10.0) < -800
    assert log_smaller_tail(0.0, 0.0) == 0.0


def test_lists_that_avoid_each_other_are_a_pair_at_minus_infinity() -> None:
    answer = estimate(APART, method="sparse")
    assert "a*b" in str(answer.diagnostics["model_of_lists"])
    assert answer.diagnostics["parameters_at_minus_infinity"] == 1
    assert any("share nobody" in warning for warning in answer.warnings)
    assert answer.estimate != pytest.approx(float(answer.diagnostics["main_effects_only"]), rel=0.01)


def test_the_same_seed_gives_the_same_interval_and_another_one_a_near_one() -> None:
    first, again, other = (estimate(APART, method="sparse", request=Request(seed=seed)) for seed in (1, 1, 2))
    assert first.interval == again.interval != other.interval
    assert other.interval == pytest.approx(first.interval, rel=0.1)


def test_replicates_and_progress_are_requests() -> None:
    seen: list[tuple[str, float]] = []
    request = Request(draws=150, progress=lambda what, done: seen.append((what, done)))
    assert estimate(APART, method="sparse", request=request).diagnostics["replicates"] == 150
    assert seen[0] == ("bootstrap", 0.0)
    assert seen[-1] == ("bootstrap", 1.0)


def test_thin_overlaps_are_told() -> None:
    rows = [*np.eye(3, dtype=int).tolist(), (1, 1, 0), (0, 1, 1)]
    thin = CaptureHistories.from_counts("abc", rows, [30, 20, 25, 1, 2])
    answer = estimate(thin, method="sparse")
    assert float(answer.diagnostics["replicates_without_estimate"]) > 0
    assert any("resampled tables" in warning for warning in answer.warnings)


def test_quantiles_are_median_unbiased_and_stand_infinities() -> None:
    values = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    for probability in (0.01, 0.3, 0.5, 0.77, 0.99):
        expected = np.quantile(values, probability, method="median_unbiased")
        assert quantile(values, probability) == pytest.approx(float(expected))
    assert quantile(np.array([1.0, np.inf, np.inf]), 0.99) == np.inf
    assert quantile(np.array([1.0, 2.0, np.inf]), 0.5) == 2.0


def test_without_bias_or_speed_the_interval_is_that_of_percentiles() -> None:
    values = np.arange(1.0, 1001.0)
    counts = np.ones(4)
    low, high = bca_interval(
        estimate=500.5, replicates=values, left_out=np.zeros(4), counts=counts, level=0.9
    )
    assert (low, high) == pytest.approx((50.35, 950.65))
    assert acceleration(np.array([np.inf, np.inf]), np.ones(2)) == 0.0
