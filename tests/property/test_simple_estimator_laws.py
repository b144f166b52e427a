from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuager.engines.estimation import CaptureHistories, Request, estimate
from kuager.engines.estimation.complaints import reported_share
from kuager.engines.estimation.sample_coverage import coverage_totals
from kuager.engines.estimation.sensitivity import merge_lists, odds_ratio_range

METHODS = ("sample-coverage", "no-highest-interaction")
QUICK = Request(draws=200)


def table_of(n_lists: int, lowest: int = 1, highest: int = 200) -> st.SearchStrategy[CaptureHistories]:
    patterns = [pattern for pattern in product((0, 1), repeat=n_lists) if any(pattern)]
    counts = st.lists(st.integers(lowest, highest), min_size=len(patterns), max_size=len(patterns))
    return counts.map(lambda c: CaptureHistories.from_counts("ABCDE"[:n_lists], patterns, c))


ANY_TABLE = st.sampled_from([2, 3, 4]).flatmap(table_of)


@settings(max_examples=30, deadline=None)
@given(ANY_TABLE, st.sampled_from(METHODS), st.randoms(use_true_random=False))
def test_the_answer_does_not_depend_on_the_order_of_lists(
    histories: CaptureHistories, method: str, random: np.random.RandomState
) -> None:
    order = list(histories.lists)
    random.shuffle(order)
    first, second = (estimate(h, method=method, request=QUICK) for h in (histories, histories.select(order)))
    assert first.estimate == pytest.approx(second.estimate, rel=1e-12)
    assert first.interval == pytest.approx(second.interval, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(ANY_TABLE, st.sampled_from(METHODS))
def test_the_interval_holds_the_estimate_and_what_was_seen(histories: CaptureHistories, method: str) -> None:
    answer = estimate(histories, method=method, request=QUICK)
    low, high = answer.interval
    assert histories.observed <= low <= answer.estimate <= high < float("inf")


@settings(max_examples=30, deadline=None)
@given(ANY_TABLE, st.integers(2, 20))
def test_totals_grow_with_the_table(histories: CaptureHistories, times: int) -> None:
    one, many = (
        coverage_totals(histories.patterns, counts[None, :])
        for counts in (histories.counts, histories.counts * times)
    )
    assert many.coverage == pytest.approx(one.coverage)
    assert many.independent == pytest.approx(times * one.independent)
    assert many.one_step == pytest.approx(times * one.one_step)


@settings(max_examples=30, deadline=None)
@given(table_of(3))
def test_three_lists_agree_with_the_formulas_written_out(histories: CaptureHistories) -> None:
    """The general form against the published one for three lists (Chao et al. 2001, eq. 9 and 12)."""
    cell = {
        tuple(int(flag) for flag in row): float(count)
        for row, count in zip(histories.patterns, histories.counts, strict=True)
    }
    n = np.array(histories.list_totals, dtype=float)
    alone = np.array([cell[1, 0, 0], cell[0, 1, 0], cell[0, 0, 1]])
    coverage = 1 - (alone / n).mean()
    known = histories.observed - alone.mean()
    # Z_{1+0} + Z_{+10} and its like: on the one and not the third, plus on the other and not the third.
    a12 = cell[1, 0, 0] + 2 * cell[1, 1, 0] + cell[0, 1, 0]
    a13 = cell[1, 0, 0] + 2 * cell[1, 0, 1] + cell[0, 0, 1]
    a23 = cell[0, 1, 0] + 2 * cell[0, 1, 1] + cell[0, 0, 1]
    b12, b13, b23 = (float(histories.overlap(*pair)) for pair in ("AB", "AC", "BC"))
    shared = a12 * b12 / (n[0] * n[1]) + a13 * b13 / (n[0] * n[2]) + a23 * b23 / (n[1] * n[2])
    found = coverage_totals(histories.patterns, histories.counts[None, :])
    assert found.independent[0] == pytest.approx(known / coverage)
    assert found.full[0] == pytest.approx((known - (a12 + a13 + a23) / 3) / (coverage - shared / 3), rel=1e-6)


@settings(max_examples=20, deadline=None)
@given(table_of(2), st.floats(0.02, 1), st.floats(1, 50))
def test_stronger_dependence_means_more_people(
    histories: CaptureHistories, least: float, most: float
) -> None:
    found = odds_ratio_range(histories, odds_ratio=(least, most), request=QUICK)
    values = [point.estimate for point in found.points]
    assert values == sorted(values)
    lows = [point.interval[0] for point in found.points]
    assert all(low >= histories.observed for low in lows)


@settings(max_examples=20, deadline=None)
@given(table_of(4), st.permutations("ABCD"))
def test_merging_loses_nobody_and_gains_no_overlap(histories: CaptureHistories, order: list[str]) -> None:
    joined = merge_lists(histories, [order[:2]])
    assert joined.observed == histories.observed
    assert joined.recaptured <= histories.recaptured
    assert len(joined.lists) == 3


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 400), st.integers(0, 400), st.integers(0, 400))
def test_a_reported_share_is_a_share(both: int, complaints: int, register: int) -> None:
    found = reported_share(complaints=both + complaints, register=both + register, both=both)
    low, high = found.interval
    assert 0 <= low <= found.share <= high <= 1
    assert found.range is not None
    assert 0 < found.range[0] <= found.share * (1 + 1e-9)
    assert found.share <= found.range[1] * (1 + 1e-9) <= 1 + 1e-8
