import numpy as np
import pytest

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation import CaptureHistories, Request, estimate
from kuager.engines.estimation.sample_coverage import FULL, INDEPENDENT, ONE_STEP, coverage_totals

THREE = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]


def three_lists(counts: list[int]) -> CaptureHistories:
    return CaptureHistories.from_counts("ABC", THREE, counts)


def expected_counts(total: int, chances: list[float]) -> list[int]:
    """Persons with each pattern if the lists are independent; rounded."""
    shares = [np.prod([p if on else 1 - p for on, p in zip(row, chances, strict=True)]) for row in THREE]
    return [round(total * share) for share in shares]


def test_independent_lists_give_back_their_total_in_every_form() -> None:
    histories = three_lists(expected_counts(100_000, [0.6, 0.5, 0.7]))
    found = coverage_totals(histories.patterns, histories.counts[None, :])
    for total in (found.independent, found.one_step, found.full):
        assert total[0] == pytest.approx(100_000, rel=1e-3)


def test_lists_that_depend_in_a_pair_are_corrected_in_full() -> None:
    """Two lists that find the same people in four groups, the third independent of both."""
    groups = [(0.5, 0.9, 0.8), (0.5, 0.2, 0.3)]
    counts = np.sum([expected_counts(100_000, [0.5, a, b]) for _, a, b in groups], axis=0)
    found = coverage_totals(np.array(THREE, dtype=np.int8), counts[None, :])
    assert found.independent[0] < 190_000
    assert abs(found.full[0] - 200_000) < 0.5 * abs(found.independent[0] - 200_000)


def test_enough_coverage_means_the_full_correction() -> None:
    answer = estimate(three_lists(expected_counts(2_000, [0.6, 0.5, 0.7])), method="sample-coverage")
    assert answer.diagnostics["form"] == FULL
    assert not answer.is_lower_bound


def test_little_coverage_means_one_step_and_a_lower_bound() -> None:
    answer = estimate(three_lists(expected_counts(20_000, [0.2, 0.15, 0.25])), method="sample-coverage")
    assert float(answer.diagnostics["coverage"]) < 0.55
    assert answer.diagnostics["form"] == ONE_STEP
    assert answer.is_lower_bound


def test_a_full_correction_below_those_seen_is_not_used() -> None:
    answer = estimate(three_lists([60, 50, 40, 1, 2, 1, 0]), method="sample-coverage")
    assert answer.diagnostics["form"] == ONE_STEP


def test_two_lists_are_taken_as_independent_and_it_says_so() -> None:
    histories = CaptureHistories.from_counts("AB", [(1, 0), (0, 1), (1, 1)], [70, 50, 60])
    answer = estimate(histories, method="sample-coverage")
    assert answer.diagnostics["form"] == INDEPENDENT
    assert answer.estimate == pytest.approx(estimate(histories, method="lincoln-petersen").estimate)
    assert "independent" in answer.warnings[0]


def test_the_same_seed_gives_the_same_interval_in_any_order_of_lists() -> None:
    histories = three_lists([69, 55, 63, 21, 17, 18, 28])
    answers = [
        estimate(histories.select(order), method="sample-coverage", request=Request(seed=seed))
        for order, seed in (("ABC", 4), ("CAB", 4), ("ABC", 5))
    ]
    assert answers[0].interval == answers[1].interval
    assert answers[0].interval != answers[2].interval


def test_lists_without_overlap_are_refused() -> None:
    with pytest.raises(RefusedError, match="on two lists"):
        estimate(three_lists([10, 20, 30, 0, 0, 0, 0]), method="sample-coverage")


def test_an_empty_list_and_a_single_one_are_named() -> None:
    with pytest.raises(BadInputError, match="list C"):
        estimate(three_lists([10, 20, 0, 5, 0, 0, 0]), method="sample-coverage")
    with pytest.raises(BadInputError, match="two lists"):
        estimate(CaptureHistories.from_counts("A", [(1,)], [50]), method="sample-coverage")


def test_a_list_that_a_resampled_table_misses_is_left_out_of_it() -> None:
    patterns = np.array(THREE, dtype=np.int8)
    with_empty = coverage_totals(patterns, np.array([[30, 20, 0, 15, 0, 0, 0]]))
    pair = coverage_totals(np.array([(1, 0), (0, 1), (1, 1)], dtype=np.int8), np.array([[30, 20, 15]]))
    assert with_empty.independent == pytest.approx(pair.independent)


def test_where_nobody_seems_unseen_the_interval_still_leaves_room() -> None:
    """Lists that avoid each other's people push the estimate below those seen."""
    answer = estimate(three_lists([0, 0, 0, 30, 30, 30, 1]), method="sample-coverage")
    assert answer.interval[0] == answer.estimate == answer.observed
    assert answer.interval[1] >= answer.estimate
