import math
from itertools import product

import numpy as np
import pytest

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation import CaptureHistories, Request, estimate
from kuager.engines.estimation.interaction import LARGEST_POISSON, draw_unseen

METHOD = "no-highest-interaction"
THREE = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 0), (1, 0, 1), (0, 1, 1), (1, 1, 1)]


def three_lists(counts: list[int]) -> CaptureHistories:
    return CaptureHistories.from_counts("ABC", THREE, counts)


def test_the_unseen_are_the_odd_counts_over_the_even_ones() -> None:
    answer = estimate(three_lists([69, 55, 63, 21, 17, 18, 28]), method=METHOD)
    assert answer.unseen[0] == pytest.approx(69 * 55 * 63 * 28 / (21 * 17 * 18))


def test_two_lists_without_interaction_are_independent() -> None:
    histories = CaptureHistories.from_counts("AB", [(1, 0), (0, 1), (1, 1)], [70, 50, 60])
    ratio = estimate(histories, method="lincoln-petersen").estimate
    assert estimate(histories, method=METHOD).estimate == pytest.approx(ratio)


def test_a_doubled_interaction_halves_the_unseen_and_the_answer_says_so() -> None:
    answer = estimate(three_lists([69, 55, 63, 21, 17, 18, 28]), method=METHOD)
    unseen = answer.unseen[0]
    assert float(answer.diagnostics["xi_low"]) - answer.observed == pytest.approx(unseen / 2)
    assert float(answer.diagnostics["xi_high"]) - answer.observed == pytest.approx(unseen * 2)
    assert float(answer.diagnostics["xi_interval_low"]) < answer.interval[0]
    assert float(answer.diagnostics["xi_interval_high"]) > answer.interval[1]
    assert "twice or half" in answer.warnings[0]


def test_one_empty_combination_gives_a_finite_answer_with_a_warning() -> None:
    for empty in range(6):
        counts = [69, 55, 63, 21, 17, 18, 28]
        counts[empty] = 0
        answer = estimate(three_lists(counts), method=METHOD)
        assert math.isfinite(answer.estimate)
        assert answer.interval[0] < answer.estimate < answer.interval[1]
        assert any("empty" in warning for warning in answer.warnings)


def test_mostly_empty_tables_are_refused() -> None:
    with pytest.raises(RefusedError, match="3 of 7 combinations"):
        estimate(three_lists([60, 50, 40, 3, 0, 0, 0]), method=METHOD)


def test_lists_without_overlap_are_refused() -> None:
    with pytest.raises(RefusedError, match="on two lists"):
        estimate(three_lists([60, 50, 40, 0, 0, 0, 0]), method=METHOD)


def test_one_list_or_too_many_are_bad_input() -> None:
    with pytest.raises(BadInputError, match="2 to 8 lists"):
        estimate(CaptureHistories.from_counts("A", [(1,)], [50]), method=METHOD)
    rows = [row for row in product((0, 1), repeat=9) if sum(row) == 2]
    with pytest.raises(BadInputError, match="got 9"):
        estimate(CaptureHistories.from_counts("ABCDEFGHI", rows, [5] * len(rows)), method=METHOD)


def test_the_same_seed_draws_the_same_in_any_order_of_lists() -> None:
    histories = three_lists([69, 55, 63, 21, 17, 18, 28])
    first, second, third = (
        estimate(histories.select(order), method=METHOD, request=Request(seed=seed))
        for order, seed in (("ABC", 4), ("CAB", 4), ("ABC", 5))
    )
    assert first.draws is not None
    assert second.draws is not None
    assert (first.draws.total == second.draws.total).all()
    assert first.interval != third.interval


def test_the_saturated_model_is_never_published_from_three_lists() -> None:
    answer = estimate(three_lists([690, 550, 630, 210, 170, 180, 280]), method=METHOD)
    assert not answer.publishable
    assert any("parameter for every count" in reason for reason in answer.reasons)


def test_chains_and_draws_are_as_many_as_asked() -> None:
    answer = estimate(
        three_lists([69, 55, 63, 21, 17, 18, 28]), method=METHOD, request=Request(chains=5, draws=200)
    )
    assert answer.draws is not None
    assert answer.draws.total.shape == (5, 200)
    assert (answer.draws.total >= answer.observed).all()


def test_enormous_means_are_not_handed_to_a_generator_that_cannot_take_them() -> None:
    drawn = draw_unseen(np.full((1, 10), 1e15), 100, np.random.default_rng(1))
    assert (drawn > LARGEST_POISSON).all()
