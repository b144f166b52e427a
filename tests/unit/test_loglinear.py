"""What log-linear models answer, and what they refuse."""

from itertools import product

import numpy as np
import pytest

from kuager.core.errors import BadInputError, RefusedError
from kuager.engines.estimation import METHODS, CaptureHistories, Estimate, Request
from kuager.engines.estimation.loglinear.candidates import fit_candidates
from kuager.engines.estimation.loglinear.hierarchies import hierarchical_models, make_table
from kuager.engines.estimation.loglinear.searching import stepwise_candidates
from kuager.engines.estimation.running import silent


def estimate(histories: CaptureHistories, *, method: str, request: Request | None = None) -> Estimate:
    """Ask the method alone, without the guard and its trials, which have tests of their own."""
    return METHODS[method](histories, request or Request())


def full(n_lists: int, counts: list[int]) -> CaptureHistories:
    patterns = [pattern for pattern in product((0, 1), repeat=n_lists) if any(pattern)]
    return CaptureHistories.from_counts("ABCDEFGHIJ"[:n_lists], patterns, counts)


def drawn(n_lists: int, chance: float, seed: int) -> CaptureHistories:
    rows = (np.random.default_rng(seed).random((800, n_lists)) < chance).astype(int)
    names = [f"list {place:02d}" for place in range(n_lists)]
    return CaptureHistories.from_memberships(names, rows[rows.any(axis=1)].tolist())


def singletons(n_lists: int) -> CaptureHistories:
    return CaptureHistories.from_memberships("ABCDEFG"[:n_lists], [*np.eye(n_lists, dtype=int).tolist()] * 20)


FOUR = full(4, [40, 30, 12, 60, 9, 8, 4, 50, 10, 9, 3, 14, 5, 4, 2])


def test_two_lists_are_the_ratio() -> None:
    answer = estimate(full(2, [80, 100, 20]), method="loglinear")
    assert answer.estimate == pytest.approx(120 * 100 / 20)
    assert answer.diagnostics["model"] == "[1,2]"


@pytest.mark.parametrize("method", ["loglinear", "loglinear-average", "sparse"])
@pytest.mark.parametrize("n_lists", [3, 7])
def test_lists_that_share_nobody_are_refused(method: str, n_lists: int) -> None:
    with pytest.raises(RefusedError, match=r"no finite estimate|has a finite estimate"):
        estimate(singletons(n_lists), method=method)


@pytest.mark.parametrize("method", ["loglinear", "loglinear-average", "sparse", "heterogeneity"])
def test_a_list_that_names_everybody_is_refused(method: str) -> None:
    with pytest.raises(RefusedError, match="list 'A' names everybody"):
        estimate(full(3, [0, 0, 0, 50, 20, 30, 10]), method=method)


@pytest.mark.parametrize("method", ["loglinear", "sparse"])
def test_twenty_one_lists_are_refused(method: str) -> None:
    with pytest.raises(BadInputError, match="to 20 lists, got 21"):
        estimate(drawn(21, 0.2, 1), method=method)


def test_more_than_five_lists_take_terms_of_three_at_most() -> None:
    with pytest.raises(BadInputError, match="set order to 2 or 3"):
        estimate(drawn(6, 0.2, 1), method="loglinear", request=Request(order=4))


@pytest.mark.parametrize("method", ["loglinear", "loglinear-average", "sparse"])
def test_counts_of_ten_million_do_not_overflow(method: str) -> None:
    answer = estimate(full(4, [10**7] * 15), method=method)
    assert answer.estimate == pytest.approx(16 * 10**7)
    assert answer.interval[0] < answer.estimate < answer.interval[1] < 1.001 * answer.estimate


def test_aic_is_a_request() -> None:
    by_bic, by_aic = (
        estimate(FOUR, method="loglinear", request=Request(criterion=criterion))
        for criterion in ("bic", "aic")
    )
    assert by_aic.diagnostics["criterion"] == "aic"
    assert float(by_aic.diagnostics["aic"]) <= float(by_bic.diagnostics["aic"])
    assert float(by_bic.diagnostics["bic"]) <= float(by_aic.diagnostics["bic"])
    with pytest.raises(BadInputError, match="ranked by bic or aic"):
        Request(criterion="dic")  # type: ignore[arg-type]  # that is the point


def test_choosing_again_widens_the_interval() -> None:
    answer = estimate(FOUR, method="loglinear")
    low, high = float(answer.diagnostics["choice_low"]), float(answer.diagnostics["choice_high"])
    assert answer.observed <= low < answer.estimate < high


def test_the_average_is_reported_beside_the_chosen_model() -> None:
    chosen, average = (estimate(FOUR, method=method) for method in ("loglinear", "loglinear-average"))
    assert chosen.diagnostics["averaged_estimate"] == average.estimate
    assert average.diagnostics["estimate_of_best"] == chosen.estimate
    assert chosen.diagnostics["averaged_high"] == average.interval[1]
    assert float(average.diagnostics["models_with_weight"]) > 1


def test_five_lists_try_every_hierarchical_model() -> None:
    answer = estimate(drawn(5, 0.3, 2), method="loglinear")
    assert (answer.diagnostics["models"], answer.diagnostics["order"]) == (6893, 4)


@pytest.mark.parametrize("order", [2, 3])
def test_the_search_finds_the_best_of_all_models(order: int) -> None:
    """Six lists of which two pairs copy from each other: few enough models to try all with pairs."""
    rows = (np.random.default_rng(3).random((900, 6)) < 0.25).astype(int)
    rows[:200, 1] |= rows[:200, 0]
    rows[300:450, 4] |= rows[300:450, 3]
    histories = CaptureHistories.from_memberships("abcdef", rows[rows.any(axis=1)].tolist())
    table = make_table(histories, order=2)
    every = fit_candidates(table, hierarchical_models(table))
    found = stepwise_candidates(make_table(histories, order=order), "bic", silent)
    best = found.bic[found.surely_exist].min()
    assert best <= every.bic[every.surely_exist].min() + 1e-6
    assert len(found.models) < 2000


def test_ten_lists_are_searched_and_told_of_progress() -> None:
    seen: list[float] = []
    rows = (np.random.default_rng(4).random((1500, 10)) < 0.1).astype(int)
    rows[:300, 1] |= rows[:300, 0]
    histories = CaptureHistories.from_memberships("abcdefghij", rows[rows.any(axis=1)].tolist())
    request = Request(progress=lambda _what, done: seen.append(done), draws=100)
    answer = estimate(histories, method="loglinear", request=request)
    assert answer.diagnostics["model_of_lists"] == "a*b + c + d + e + f + g + h + i + j"
    assert answer.interval[0] < 1500 < answer.interval[1]
    assert seen
    assert all(0 <= done <= 1 for done in seen)


@pytest.mark.parametrize("method", ["loglinear", "loglinear-average", "sparse"])
def test_the_order_of_lists_changes_no_bit(method: str) -> None:
    turned = FOUR.select(["C", "A", "D", "B"])
    request = Request(draws=100, seed=5)
    first, second = (estimate(table, method=method, request=request) for table in (FOUR, turned))
    assert (first.estimate, first.interval) == (second.estimate, second.interval)
    assert first.diagnostics.get("choice_high") == second.diagnostics.get("choice_high")
